"""Corners: how many, how strong and where, by Harris and by FAST."""

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

__all__ = ["Corners"]

# The response to a corner of full contrast, some 7 by the Sobel differences, with room above.
_MOST = 300.0
_SHOWN = 300


@register
class Corners(Extractor):
    """Density, strength and spread of corners, by the methods of Harris and FAST.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    The corners are those of `iconometrics.images.corners` with its default thresholds, which are
    the same for every picture, so that counts can be compared.

    Examples
    --------
    >>> import numpy as np
    >>> picture = np.zeros((100, 100), dtype=np.uint8)
    >>> picture[30:70, 30:70] = 255
    >>> float(Corners().transform(picture)["corners_harris"].iloc[0])
    4.0
    """

    name: ClassVar[str] = "corners"

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        gray = images.gray(pixels)
        harris, fast = images.corners(gray, "harris"), images.corners(gray, "fast")
        return np.concatenate(
            [
                # The response grows with the fourth power of contrast.
                point_numbers(harris[:, :2], harris[:, 2] ** 0.25, gray.shape),
                point_numbers(fast[:, :2], fast[:, 2], gray.shape),
            ]
        )

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        gray = images.gray(self.prepare(as_pixels(pixels)))
        harris, fast = images.corners(gray, "harris"), images.corners(gray, "fast")
        ax = figures.axes(ax)
        ax.imshow(gray, cmap="gray", vmin=-120, vmax=255)
        style: dict[str, Any] = {"linestyle": "none", "markeredgewidth": 0.9}
        across, down = fast[:_SHOWN, 1], fast[:_SHOWN, 0]
        ax.plot(across, down, ".", ms=3, color=CATEGORIES[4], **style)
        across, down = harris[:_SHOWN, 1], harris[:_SHOWN, 0]
        ax.plot(across, down, "s", ms=4.5, mfc="none", mec=CATEGORIES[1], **style)
        ax.set_axis_off()
        ax.set_title(
            f"{len(harris):,} corners by Harris (squares), {len(fast):,} by FAST (dots)",
            loc="left",
            fontsize=8,
        )
        return ax


_COLUMNS = (
    *point_columns(
        "corners",
        "harris",
        "Harris corners",
        strength={
            "formula": "Mean over corners of R^(1/4), R = det A - .05 trace(A)^2, A the sums of "
            "products of Sobel differences (gray values from 0 to 1) under a Gaussian of one "
            "pixel; a corner is the largest R above .01 of 3 x 3 pixels; 0 without any",
            "high": _MOST**0.25,
            "unit": "fourth root of the Harris response, proportional to contrast",
            "means_high": "Hard contrast at corners: print, buildings in the sun",
            "means_low": "Soft corners, or none",
        },
        source="Harris & Stephens (1988), A combined corner and edge detector, Alvey Vision "
        "Conference",
    ),
    *point_columns(
        "corners",
        "fast",
        "FAST corners",
        strength={
            "formula": "Mean over corners of the largest difference in gray level by which 9 "
            "neighboring pixels of the 16 on a circle of radius 3 are all lighter or all darker "
            "than the middle, where it is above 20; 0 without any",
            "high": 255.0,
            "unit": "gray levels (0-255)",
            "means_high": "Specks and corners of hard contrast: text, foliage against the sky",
            "means_low": "Soft corners, or none",
        },
        source="Rosten & Drummond (2006), Machine learning for high-speed corner detection, ECCV",
    ),
)
