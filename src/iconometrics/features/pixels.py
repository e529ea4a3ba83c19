"""Raw pixels: the picture itself, very small, as a row of numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures, images
from iconometrics.errors import InputError
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_pixels
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Pixels"]

_CHANNELS = ("red", "green", "blue")
_MOST = 128


@register
class Pixels(Extractor):
    """The values of the pixels themselves, after reducing the picture to a small square.

    What every other set is to be compared with, and rarely what should be used: a picture that
    is shifted by one pixel has other numbers in every column.

    Parameters
    ----------
    size
        Side of the square in pixels; proportions are not kept. At most 128.
    color
        Whether red, green and blue are kept, instead of gray values.

    Notes
    -----
    Lecture 0: what happens when an outcome is regressed on raw pixels.

    Examples
    --------
    >>> import numpy as np
    >>> row = Pixels(size=2).transform(np.array([[0, 255], [51, 102]], dtype=np.uint8)).iloc[0]
    >>> row.to_dict()
    {'pixels_r1c1': 0.0, 'pixels_r1c2': 255.0, 'pixels_r2c1': 51.0, 'pixels_r2c2': 102.0}
    """

    name: ClassVar[str] = "pixels"

    def __init__(self, *, size: int = 16, color: bool = False) -> None:
        super().__init__(size=size)
        self.color = color

    def columns(self) -> tuple[Column, ...]:
        return _columns(self._side(), bool(self.color))

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        side = self._side()
        return images.resize(pixels, shape=(side, side))

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        return images.vector(pixels, gray=not self.color).astype(np.float64)

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        small = self.prepare(as_pixels(pixels))
        ax = figures.axes(ax)
        if self.color:
            ax.imshow(small)
        else:
            ax.imshow(images.gray(small), cmap="gray", vmin=0, vmax=255)
        ax.set_xticks(np.arange(self._side() + 1) - 0.5, minor=True)
        ax.set_yticks(np.arange(self._side() + 1) - 0.5, minor=True)
        ax.grid(which="minor", color="white", linewidth=0.3)
        ax.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
        ax.set_title(f"{len(self.columns()):,} numbers", loc="left", fontsize=8)
        return ax

    def _side(self) -> int:
        side = self.size
        if side is None or isinstance(side, bool) or side != int(side) or not 1 <= side <= _MOST:
            raise InputError(
                f"pixels with size={self.size!r}: expected a whole number from 1 to {_MOST}; the "
                "square has size x size pixels."
            )
        return int(side)


@lru_cache(maxsize=4)
def _columns(side: int, color: bool) -> tuple[Column, ...]:
    channels = _CHANNELS if color else ("",)
    return tuple(
        _column(row, column, side, channel)
        for row in range(side)
        for column in range(side)
        for channel in channels
    )


def _column(row: int, column: int, side: int, channel: str) -> Column:
    place = f"row {row + 1}, column {column + 1} of {side} x {side}"
    value = channel or "gray value"
    return Column(
        name=f"pixels_r{row + 1}c{column + 1}" + (f"_{channel}" if channel else ""),
        label=f"{value.capitalize()} at {place}",
        formula=f"The {value} of the pixel at {place}, the picture reduced to a square"
        + ("" if channel else "; gray = .299 R + .587 G + .114 B"),
        low=0.0,
        high=255.0,
        unit="gray levels (0-255)" if not channel else f"levels of {channel} (0-255)",
        source="ITU-R Recommendation BT.601",
        means_high="Light there" if not channel else f"Much {channel} there",
        means_low="Dark there" if not channel else f"No {channel} there",
        plain=row == column == side // 2,
    )
