"""Haar-like features of a whole picture: how much it has of edges, lines and checks, by size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures, images
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.haar_boosting import draw_haar
from iconometrics.features.haar_windows import KINDS, integral
from iconometrics.features.pictures import as_pixels
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Haar"]

_SOURCE = "Viola & Jones (2001), Rapid object detection using a boosted cascade, CVPR"
# Rectangles have sides of a 64th, a 32nd and a 16th of the longest side, in steps of a quarter.
_SIZES = {"fine": 256, "middle": 128, "coarse": 64}
_STEPS = 4


@register
class Haar(Extractor):
    """How strongly pictures answer to the five Haar-like rectangles, at three sizes.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    Viola, P. & Jones, M. (2001). Rapid object detection using a boosted cascade of simple
    features. CVPR. For all features of a window of fixed size, and for choosing among them, see
    `haar_features` and `haar_boost`.

    Examples
    --------
    >>> import numpy as np
    >>> halves = np.zeros((64, 64), dtype=np.uint8)
    >>> halves[:, 32:] = 255
    >>> row = Haar().transform(halves).iloc[0]
    >>> bool(row["haar_two_across_coarse"] > 0), float(row["haar_two_down_coarse"])
    (True, 0.0)
    """

    name: ClassVar[str] = "haar"

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        gray = images.gray(pixels)
        sums = integral(gray)
        answers = [
            _answers(sums, _step(gray.shape, parts), kind)
            for kind in KINDS
            for parts in _SIZES.values()
        ]
        return np.array(
            [float(np.abs(answer).mean()) if answer.size else 0.0 for answer in answers]
        )

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        gray = images.gray(self.prepare(as_pixels(pixels)))
        step = _step(gray.shape, _SIZES["coarse"])
        sums = integral(gray)
        ax = figures.axes(ax)
        ax.imshow(gray, cmap="gray", vmin=0, vmax=255)
        for kind, signs in KINDS.items():
            answers = np.abs(_answers(sums, step, kind))
            if answers.size:
                row, column = np.unravel_index(int(answers.argmax()), answers.shape)
                tall, wide = (_STEPS * step * side for side in signs.shape)
                place = {"top": row * step, "left": column * step, "height": tall, "width": wide}
                draw_haar(ax, {"kind": kind, **place})
        ax.set_axis_off()
        ax.set_title("Where each of the five answers most", loc="left", fontsize=8)
        return ax


def _step(shape: tuple[int, ...], parts: int) -> int:
    return max(1, round(max(shape) / parts))


def _answers(sums: NDArray[np.float64], step: int, kind: str) -> NDArray[np.float64]:
    """Mean gray value of the rectangles added less that of those taken off, everywhere."""
    signs = KINDS[kind]
    side = _STEPS * step
    grid = sums[::step, ::step]
    if min(grid.shape) <= _STEPS:
        return np.zeros((0, 0))
    means = grid[_STEPS:, _STEPS:] - grid[:-_STEPS, _STEPS:]
    means = (means - grid[_STEPS:, :-_STEPS] + grid[:-_STEPS, :-_STEPS]) / side**2
    rows, columns = (
        length - _STEPS * (count - 1)
        for length, count in zip(means.shape, signs.shape, strict=True)
    )
    total = np.zeros((max(0, rows), max(0, columns)))
    weights = np.where(signs > 0, 1 / (signs > 0).sum(), -1 / (signs < 0).sum())
    for (row, column), weight in np.ndenumerate(weights):
        down, right = _STEPS * row, _STEPS * column
        total += weight * means[down : down + len(total), right : right + total.shape[1]]
    return total


_MEANS = {
    "two across": ("vertical edges", "light beside dark"),
    "two down": ("horizontal edges", "light above dark, as sky above land"),
    "three across": ("vertical bars", "trunks, columns, the bridge of a nose"),
    "three down": ("horizontal bars", "horizons, shelves, eyes between brow and cheek"),
    "four": ("checks", "corners, crossings, diagonals"),
}


def _column(kind: str, size: str, parts: int) -> Column:
    what, such = _MEANS[kind]
    share = parts // _STEPS
    return Column(
        name=f"haar_{kind.replace(' ', '_')}_{size}",
        label=f"Strength of {size} {what}",
        formula="Mean over the picture of |mean gray value of the rectangles added - mean of those "
        f"taken off|, kind {kind!r}, each rectangle a square with a side of 1 / {share} of the "
        "longest side; 0 where it does not fit",
        low=0.0,
        high=255.0,
        unit="gray levels (0-255)",
        source=_SOURCE,
        means_high=f"Many {what} of that size: {such}",
        means_low=f"No {what} of that size",
        plain=True,
    )


_COLUMNS = tuple(_column(kind, size, parts) for kind in KINDS for size, parts in _SIZES.items())
