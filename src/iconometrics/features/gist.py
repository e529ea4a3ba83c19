"""GIST: the layout of a scene, as energies of oriented filters on a grid of 4 x 4 cells."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import images
from iconometrics.errors import InputError
from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray, as_pixels
from iconometrics.features.registry import register
from iconometrics.figures.palette import ACCENT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GIST", "gist"]

_GRID = 4
_SCALES = 4
_ANGLES = 8
_FIRST = 0.3
_STEP = 1.85
_BORDER = 32
_CUTOFF = 4
_WORDS = ("finest", "fine", "coarse", "coarsest")
_SOURCE = "Oliva & Torralba (2001), International Journal of Computer Vision 42(3)"


def gist(gray: NDArray[Any], *, size: int = 128) -> NDArray[np.float64]:
    """Compute the energies of 32 oriented filters in 4 x 4 cells of a picture.

    Parameters
    ----------
    gray
        (height, width), 0-255; brought to a square.
    size
        Side of the square in pixels, a multiple of 4.

    Returns
    -------
    numpy.ndarray
        (4 scales, 8 orientations, 4 rows, 4 columns): mean magnitude of the response; finest scale
        first; orientation k is of edges that run at 90 + 22.5 k degrees.

    Raises
    ------
    InputError
        If the size is not a multiple of 4 from 16.

    Notes
    -----
    Oliva, A. & Torralba, A. (2001). Modeling the shape of the scene: a holistic representation of
    the spatial envelope. International Journal of Computer Vision, 42(3), 145-175. Local contrast
    is made even first (4 cycles per image), the border is mirrored by 32 pixels, and the filters
    are Gaussians in log-polar frequency around .3 / 1.85^s cycles per pixel.

    Examples
    --------
    >>> import numpy as np
    >>> gist(np.zeros((20, 30), dtype=np.uint8)).shape
    (4, 8, 4, 4)
    """
    from scipy import fft

    _check(size)
    square = images.resize(as_gray(gray), shape=(size, size)).astype(np.float32)
    even = np.pad(_even_contrast(square), _BORDER, mode="symmetric")
    spectrum = fft.fft2(even.astype(np.complex64))
    result = np.empty((_SCALES * _ANGLES, _GRID, _GRID))
    inner = slice(_BORDER, _BORDER + size)
    for k, transfer in enumerate(_bank(len(even))):
        response = np.abs(fft.ifft2(spectrum * transfer)[inner, inner])
        cells = response.reshape(_GRID, size // _GRID, _GRID, size // _GRID)
        result[k] = cells.mean(axis=(1, 3), dtype=np.float64)
    return result.reshape(_SCALES, _ANGLES, _GRID, _GRID)


@register
class GIST(Extractor):
    """GIST: how open, rough and ruled by directions a scene is, and where.

    The picture is brought to a gray square of ``size`` pixels, whatever its shape.

    Parameters
    ----------
    size
        The working size: side of the gray square in pixels, a multiple of 4.

    Notes
    -----
    Oliva, A. & Torralba, A. (2001). Modeling the shape of the scene. International Journal of
    Computer Vision, 42(3), 145-175.

    Examples
    --------
    >>> import numpy as np
    >>> stripes = np.zeros((64, 64), dtype=np.uint8)
    >>> stripes[:, ::8] = 255
    >>> row = GIST().transform(stripes).iloc[0]
    >>> len(row)
    516
    """

    name: ClassVar[str] = "gist"

    def __init__(self, *, size: int = 128) -> None:
        super().__init__(size=size)

    def columns(self) -> tuple[Column, ...]:
        _check(self.size)
        return _columns()

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return pixels

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        energies = gist(as_gray(pixels), size=_check(self.size))
        return np.concatenate([energies.mean(axis=(1, 2, 3)), energies.ravel()])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        from matplotlib.collections import PolyCollection

        pixels = as_pixels(pixels)
        height, width = pixels.shape[:2]
        energies = gist(as_gray(pixels), size=_check(self.size))
        ax = plots.faint(as_gray(pixels), ax)
        roses, depth = _roses(energies, width, height)
        paints = [(*_rgb(ACCENT), 0.25 + 0.6 * d / (_SCALES - 1)) for d in depth]
        ax.add_collection(PolyCollection(roses, facecolors=paints, edgecolors="none"))
        for k in range(1, _GRID):
            ax.axvline(width * k / _GRID - 0.5, color="white", linewidth=0.7)
            ax.axhline(height * k / _GRID - 0.5, color="white", linewidth=0.7)
        plots.titled(ax, "GIST: petals point along edges, dark ones are coarse")
        return ax


def _check(size: int | None) -> int:
    if not isinstance(size, int) or size < 4 * _GRID or size % _GRID:
        raise InputError(f"size={size!r}: expected a multiple of 4 pixels from 16, such as 128.")
    return size


def _even_contrast(square: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take the logarithm, subtract the local mean and divide by the local contrast."""
    from scipy import fft

    side = len(square) + 10
    padded = np.pad(np.log1p(square), 5, mode="symmetric")
    low = _low_pass(side)
    high = padded - fft.irfft2(fft.rfft2(padded) * low, s=padded.shape)
    power = fft.irfft2(fft.rfft2(high**2) * low, s=padded.shape)
    even = high / (0.2 + np.sqrt(np.abs(power)))
    result: NDArray[np.float32] = even[5:-5, 5:-5]
    return result


@lru_cache(maxsize=4)
def _low_pass(side: int) -> NDArray[np.float32]:
    down, across = np.fft.fftfreq(side) * side, np.fft.rfftfreq(side) * side
    width = _CUTOFF / np.sqrt(np.log(2))
    return np.asarray(np.exp(-(down[:, None] ** 2 + across**2) / width**2), dtype=np.float32)


@lru_cache(maxsize=4)
def _bank(side: int) -> NDArray[np.float32]:
    """Give the filters' transfer functions: scale by scale, orientation by orientation."""
    frequency = np.fft.fftfreq(side)
    radius = np.hypot(frequency[:, None], frequency)
    angle = np.arctan2(frequency[:, None], frequency)
    filters = []
    for scale in range(_SCALES):
        place = radius / (_FIRST / _STEP**scale) - 1
        for k in range(_ANGLES):
            turned = (angle + np.pi * k / _ANGLES + np.pi) % (2 * np.pi) - np.pi
            sharp = 2 * np.pi * 16 * _ANGLES**2 / 32**2
            filters.append(np.exp(-3.5 * place**2 - sharp * turned**2))
    return np.stack(filters).astype(np.float32)


def _roses(
    energies: NDArray[np.float64], width: int, height: int
) -> tuple[list[NDArray[np.float64]], list[int]]:
    """Place petals: two per cell, scale and orientation, at a right angle to the filter's waves."""
    petals, depth = [], []
    reach = 0.46 * min(width, height) / _GRID
    top = np.maximum(energies.max(axis=(1, 2, 3)), 1e-9)
    for scale, k, row, column in np.ndindex(*energies.shape):
        length = reach * energies[scale, k, row, column] / top[scale]
        wave = -np.pi * k / _ANGLES
        for along in (wave + np.pi / 2, wave - np.pi / 2):
            turn = along + np.array([-0.17, 0.0, 0.17])
            tip = length * np.array([0.75, 1.0, 0.75])[:, None]
            center = [(column + 0.5) * width / _GRID - 0.5, (row + 0.5) * height / _GRID - 0.5]
            outline = center + tip * np.stack([np.cos(turn), np.sin(turn)], axis=1)
            petals.append(np.vstack([center, outline]))
            depth.append(scale)
    return petals, depth


def _rgb(paint: str) -> tuple[float, ...]:
    from matplotlib.colors import to_rgb

    return to_rgb(paint)


@lru_cache(maxsize=1)
def _columns() -> tuple[Column, ...]:
    make = column_maker("gist", source=_SOURCE, high=100.0, unit="filter response")
    scales = [
        make(
            f"scale_{scale + 1}",
            f"Energy of {_WORDS[scale]} structure",
            f"Mean magnitude of the eight filters around {_FIRST / _STEP**scale:.3f} cycles "
            "per pixel, after local contrast was made even",
            means=(f"Much {_WORDS[scale]} structure", f"Little {_WORDS[scale]} structure"),
        )
        for scale in range(_SCALES)
    ]
    cells = [
        make(
            f"s{scale + 1}_{round(_run(k)):03d}_r{row + 1}c{column + 1}",
            f"{_WORDS[scale].capitalize()} edges at {_run(k):g} degrees, row {row + 1}, column "
            f"{column + 1}",
            f"Mean magnitude, in that cell of 4 x 4, of the filter around "
            f"{_FIRST / _STEP**scale:.3f} cycles per pixel for edges at {_run(k):g} degrees, "
            "clockwise from the horizontal",
            means=("Such edges stand out there", "No such edges there"),
            plain=False,
        )
        for scale, k, row, column in np.ndindex(_SCALES, _ANGLES, _GRID, _GRID)
    ]
    return (*scales, *cells)


def _run(k: int) -> float:
    """Direction of the edges that filter k answers to, clockwise from the horizontal."""
    return float((90 - 180 * k / _ANGLES) % 180)
