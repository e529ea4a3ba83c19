"""Keypoints: places that SIFT would know again in another photograph of the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures, images
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_pixels
from iconometrics.features.points import point_columns, point_numbers
from iconometrics.features.registry import register
from iconometrics.figures.palette import CATEGORIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Keypoints", "sift"]

_SOURCE = "Lowe (2004), Distinctive image features from scale-invariant keypoints, IJCV 60"
_SMALLEST = 4


@register
class Keypoints(Extractor):
    """How many SIFT keypoints there are, how large, how strong, which way and where.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured. The search
        begins at twice that size, as in the paper.

    Notes
    -----
    Lowe, D. (2004). Distinctive image features from scale-invariant keypoints. IJCV 60. A place
    with several directions counts once for each, as there.

    Examples
    --------
    >>> import numpy as np
    >>> row = Keypoints().transform(np.zeros((64, 64), dtype=np.uint8)).iloc[0]
    >>> row.to_numpy().tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """

    name: ClassVar[str] = "keypoints"

    def __init__(self, *, size: int | None = 256) -> None:
        super().__init__(size=size)

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        keypoints = sift(pixels)
        if len(keypoints) == 0:
            return np.zeros(len(_COLUMNS))
        sizes = keypoints[:, 2] / max(pixels.shape[:2])
        turns = np.radians(keypoints[:, 3])
        spread = 1 - float(np.hypot(np.cos(turns).mean(), np.sin(turns).mean()))
        numbers = point_numbers(keypoints[:, :2], keypoints[:, 4], pixels.shape)
        return np.append(numbers, [sizes.mean(), sizes.max(), max(0.0, spread)])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        from matplotlib.collections import EllipseCollection, LineCollection

        prepared = self.prepare(as_pixels(pixels))
        keypoints = sift(prepared)
        best = keypoints[np.argsort(-keypoints[:, 4], kind="stable")[:200]]
        middle, turns = best[:, 1::-1], np.radians(best[:, 3])
        tips = middle + best[:, 2:3] / 2 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        ax = figures.axes(ax)
        ax.imshow(images.gray(prepared), cmap="gray", vmin=-60, vmax=255)
        style: dict[str, Any] = {"edgecolors": CATEGORIES[1], "linewidths": 0.9}
        size, flat = best[:, 2], np.zeros(len(best))
        ring = EllipseCollection(
            size,
            size,
            flat,
            units="xy",
            offsets=middle,
            transOffset=ax.transData,
            facecolors="none",
            **style,
        )
        ax.add_collection(ring)
        ax.add_collection(LineCollection(list(np.stack([middle, tips], axis=1)), **style))
        ax.set_axis_off()
        shown = f", the {len(best)} strongest shown" if len(best) < len(keypoints) else ""
        ax.set_title(f"{len(keypoints)} keypoints{shown}", loc="left", fontsize=8)
        return ax


def sift(pixels: NDArray[Any]) -> NDArray[np.float64]:
    """Find SIFT keypoints.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), 0-255.

    Returns
    -------
    numpy.ndarray
        (keypoints, 5): row, column, diameter in pixels, direction in degrees (clockwise from the
        right), response.

    Examples
    --------
    >>> sift(np.zeros((32, 32), np.uint8)).shape
    (0, 5)
    """
    import cv2

    gray = np.rint(images.gray(pixels)).astype(np.uint8)
    # A picture of a few pixels has no octave to search.
    if min(gray.shape) < _SMALLEST:
        return np.zeros((0, 5))
    keypoints = cv2.SIFT.create().detect(gray, None)
    rows = [
        (keypoint.pt[1], keypoint.pt[0], keypoint.size, keypoint.angle, keypoint.response)
        for keypoint in keypoints
    ]
    return np.array(rows, np.float64).reshape(-1, 5)


def _size(name: str, label: str, rule: str) -> Column:
    return Column(
        name=f"keypoints_{name}",
        label=label,
        formula=f"{rule} diameter of the keypoints, divided by the picture's longest side; 0 "
        "without any",
        low=0.0,
        high=10.0,
        unit="share of the longest side",
        source=_SOURCE,
        means_high="Broad shapes: faces, cars, close-ups",
        means_low="Fine detail: foliage, crowds, text; or no keypoint",
        plain=True,
    )


_COLUMNS = (
    *point_columns(
        "keypoints",
        "sift",
        "SIFT keypoints",
        strength={
            "formula": "Mean over keypoints of |D|, the difference of Gaussians (gray values from "
            "0 to 1) at the keypoint; those below .04 / 3 and those on edges are left out; 0 "
            "without any",
            "high": 1.0,
            "unit": "filter response, proportional to contrast",
            "means_high": "Spots and corners that stand out",
            "means_low": "Faint ones, or none",
        },
        source=_SOURCE,
    ),
    _size("size", "Size of SIFT keypoints", "Mean"),
    _size("largest", "Size of the largest SIFT keypoint", "Largest"),
    Column(
        name="keypoints_directions",
        label="Spread of directions of SIFT keypoints",
        formula="1 - length of the mean of unit vectors in the directions of the keypoints "
        "(circular variance); 0 without any",
        low=0.0,
        high=1.0,
        unit="circular variance",
        source=_SOURCE,
        means_high="Brightness changes in all directions",
        means_low="It changes in one direction, as under raking light; or no keypoint",
        plain=True,
    ),
)
