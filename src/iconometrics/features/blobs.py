"""Blobs: how many bright and dark spots, how large, how strong and where."""

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
from iconometrics.images.blobs import SIGMAS, blob_responses, strongest_blobs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Blobs"]

_KINDS: tuple[tuple[str, Any, Any], ...] = (
    ("bright", "log", "bright"),
    ("dark", "log", "dark"),
    ("dog", "dog", "both"),
    ("doh", "doh", "both"),
)
_SOURCE = "Lindeberg (1998), Feature detection with automatic scale selection, IJCV 30"


@register
class Blobs(Extractor):
    """Density, strength, spread and size of blobs, by three filters.

    Bright and dark blobs by the Laplacian of a Gaussian; both together by the difference of
    Gaussians and by the determinant of second derivatives.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    The blobs are those of `iconometrics.images.blobs` with its default sizes (radii from 3 to 30
    pixels) and thresholds, which are the same for every picture, so that counts can be compared.

    Examples
    --------
    >>> import numpy as np
    >>> rows, columns = np.indices((100, 100))
    >>> disk = np.uint8(255 * ((rows - 40) ** 2 + (columns - 60) ** 2 <= 8**2))
    >>> row = Blobs().transform(disk).iloc[0]
    >>> float(row["blobs_bright"]), round(float(row["blobs_bright_size"]), 2)
    (1.0, 0.07)
    """

    name: ClassVar[str] = "blobs"

    def __init__(self, *, size: int | None = 256) -> None:
        super().__init__(size=size)

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        gray = images.gray(pixels)
        return np.concatenate([_numbers(blobs, gray.shape) for blobs in _strongest(gray)])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        from matplotlib.collections import EllipseCollection

        gray = images.gray(self.prepare(as_pixels(pixels)))
        ax = figures.axes(ax)
        ax.imshow(gray, cmap="gray", vmin=0, vmax=255)
        counts = []
        for tone, color in (("bright", CATEGORIES[1]), ("dark", CATEGORIES[4])):
            blobs = images.blobs(gray, tone=tone)  # type: ignore[arg-type]
            counts.append(f"{len(blobs)} {tone}")
            ring = EllipseCollection(
                2 * blobs[:, 2],
                2 * blobs[:, 2],
                np.zeros(len(blobs)),
                units="xy",
                offsets=blobs[:, 1::-1],
                transOffset=ax.transData,
                facecolors="none",
                edgecolors=color,
                linewidths=1,
            )
            ax.add_collection(ring)
        ax.set_axis_off()
        ax.set_title(f"{counts[0]} blobs (orange), {counts[1]} ones (blue)", loc="left", fontsize=8)
        return ax


def _strongest(gray: NDArray[np.float32]) -> list[NDArray[np.float64]]:
    stacks = blob_responses(gray, sigmas=SIGMAS, methods=["log", "dog", "doh"])
    return [
        strongest_blobs(stacks[method], method, sigmas=SIGMAS, tone=tone)
        for _, method, tone in _KINDS
    ]


def _numbers(blobs: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    radius = blobs[:, 2].mean() / max(shape) if len(blobs) else 0.0
    return np.append(point_numbers(blobs[:, :2], blobs[:, 3], shape), radius)


def _columns(kind: str, what: str, formula: str, high: float) -> tuple[Column, ...]:
    strength: dict[str, Any] = {
        "formula": f"Mean over blobs of {formula}, gray values running from 0 to 1; 0 without any",
        "high": high,
        "unit": "filter response, proportional to contrast"
        if kind != "doh"
        else "filter response, proportional to squared contrast",
        "means_high": "Spots that stand out: lamps, windows, berries, eyes",
        "means_low": "Faint spots, or none",
    }
    size = Column(
        name=f"blobs_{kind}_size",
        label=f"Size of {what}",
        formula="Mean radius (sqrt(2) sigma) of the blobs, divided by the picture's longest side; "
        "0 without any",
        low=0.0,
        high=25.0,
        unit="share of the longest side",
        source=_SOURCE,
        means_high="Large spots: faces, balloons, plates",
        means_low="Specks: berries, distant windows; or none",
        plain=True,
    )
    return (*point_columns("blobs", kind, what, strength=strength, source=_SOURCE), size)


_COLUMNS = (
    *_columns("bright", "bright blobs", "- sigma^2 (Lxx + Lyy)", 3.0),
    *_columns("dark", "dark blobs", "sigma^2 (Lxx + Lyy)", 3.0),
    *_columns("dog", "blobs by DoG", "|G(sigma) - G(1.6 sigma)| / .6", 2.0),
    *_columns("doh", "blobs by DoH", "sigma^4 (Lxx Lyy - Lxy^2)", 2.0),
)
