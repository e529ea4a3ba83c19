"""Gabor filters: how much of a picture consists of waves of which width and direction."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Gabor", "gabor_kernel", "gabor_responses"]

_WAVES = (4, 8, 16)
_ANGLES = 6
# A bandwidth of one octave.
_SIGMA = np.sqrt(np.log(2) / 2) / np.pi * 3
_REACH = 3
_SOURCE = "Manjunath & Ma (1996), IEEE Transactions PAMI 18(8); Daugman (1985), JOSA A 2(7)"


def gabor_kernel(wave: float, angle: float) -> NDArray[np.complex128]:
    """Give a Gabor filter: a plane wave under a round Gaussian, one octave wide.

    Parameters
    ----------
    wave
        Length of the wave in pixels.
    angle
        Direction in which the wave travels, in degrees, clockwise from the right.

    Returns
    -------
    numpy.ndarray
        A square of odd side: exp(-(x^2 + y^2) / 2 s^2) / (2 pi s^2) times exp(2 pi i u / wave), u
        the distance along the direction, s .56 times the wave; cut off at 3 s.

    Notes
    -----
    Daugman, J. G. (1985). Uncertainty relation for resolution in space, spatial frequency, and
    orientation optimized by two-dimensional visual cortical filters. JOSA A, 2(7), 1160-1169.

    Examples
    --------
    >>> kernel = gabor_kernel(4, 0)
    >>> kernel.shape, bool(abs(kernel).argmax() == kernel.size // 2)
    ((15, 15), True)
    """
    sigma = _SIGMA * wave
    half = int(np.ceil(_REACH * sigma))
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    along = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    bell = np.exp(-(x**2 + y**2) / (2 * sigma**2)) / (2 * np.pi * sigma**2)
    kernel: NDArray[np.complex128] = bell * np.exp(2j * np.pi * along / wave)
    return kernel


def gabor_responses(gray: NDArray[Any]) -> NDArray[np.float32]:
    """Filter a picture with waves of 4, 8 and 16 pixels in six directions.

    Parameters
    ----------
    gray
        (height, width), 0-255; its mean is subtracted, and it is mirrored at the border.

    Returns
    -------
    numpy.ndarray
        (3 waves, 6 directions 30 degrees apart, height, width): magnitude of the response.

    Examples
    --------
    >>> import numpy as np
    >>> gabor_responses(np.zeros((8, 9), dtype=np.uint8)).shape
    (3, 6, 8, 9)
    """
    from scipy import fft

    values = as_gray(gray).astype(np.float64)
    height, width = values.shape
    border = int(np.ceil(_REACH * _SIGMA * max(_WAVES)))
    padded = np.pad(values - values.mean(), border, mode="symmetric").astype(np.float32)
    # A square, so that one bank of filters does for pictures of all shapes.
    side = fft.next_fast_len(max(padded.shape))
    spectrum = fft.fft2(padded.astype(np.complex64), s=(side, side))
    result = np.empty((len(_WAVES) * _ANGLES, height, width), dtype=np.float32)
    for k, transfer in enumerate(_bank(side)):
        response = fft.ifft2(spectrum * transfer, overwrite_x=True)
        np.abs(response[border : border + height, border : border + width], out=result[k])
    return result.reshape(len(_WAVES), _ANGLES, height, width)


@register
class Gabor(Extractor):
    """Gabor filters: energy of waves of three widths in six directions, and its spread.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    Manjunath, B. S. & Ma, W. Y. (1996). Texture features for browsing and retrieval of image data.
    IEEE Transactions on Pattern Analysis and Machine Intelligence, 18(8), 837-842.

    Examples
    --------
    >>> import numpy as np
    >>> stripes = np.zeros((64, 64), dtype=np.uint8)
    >>> stripes[:, ::8] = 255
    >>> row = Gabor().transform(stripes).iloc[0]
    >>> bool(row["gabor_w08_000_mean"] > row["gabor_w08_090_mean"])
    True
    """

    name: ClassVar[str] = "gabor"

    def __init__(self, *, size: int | None = 128) -> None:
        super().__init__(size=size)

    def columns(self) -> tuple[Column, ...]:
        return _COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        responses = gabor_responses(as_gray(pixels))
        mean = responses.mean(axis=(2, 3), dtype=np.float64)
        spread = responses.std(axis=(2, 3), dtype=np.float64)
        return np.concatenate([mean.mean(axis=1), np.stack([mean, spread], axis=2).ravel()])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        responses = gabor_responses(as_gray(self.prepare(pixels)))
        mean = responses.mean(axis=(2, 3), dtype=np.float64)
        ax = plots.heat(
            mean,
            ax=ax,
            title="Gabor filters: mean response",
            unit="gray levels",
            limits=(0, max(1e-6, float(mean.max()))),
        )
        ax.set_xticks(range(_ANGLES), [f"{_run(k)}°" for k in range(_ANGLES)])
        ax.set_yticks(range(len(_WAVES)), [f"{wave} px" for wave in _WAVES])
        ax.set_xlabel("edges run at, clockwise from the horizontal")
        ax.set_ylabel("wave")
        return ax


@lru_cache(maxsize=4)
def _bank(side: int) -> NDArray[np.complex64]:
    """Give the filters' transfer functions for a square."""
    from scipy import fft

    bank = np.empty((len(_WAVES) * _ANGLES, side, side), dtype=np.complex64)
    for k in range(len(bank)):
        kernel = gabor_kernel(_WAVES[k // _ANGLES], 180 / _ANGLES * (k % _ANGLES))
        half = len(kernel) // 2
        place = np.zeros((side, side), dtype=np.complex128)
        place[: len(kernel), : len(kernel)] = kernel
        bank[k] = fft.fft2(np.roll(place, (-half, -half), axis=(0, 1)))
    return bank


def _run(k: int) -> int:
    """Direction of the edges that filter k answers to: at a right angle to its wave."""
    return (180 // _ANGLES * k + 90) % 180


def _columns() -> tuple[Column, ...]:
    make = column_maker("gabor", source=_SOURCE, high=255.0, unit="gray levels")
    waves = [
        make(
            f"w{wave:02d}",
            f"Structure {wave} px wide",
            f"Mean magnitude of the six Gabor filters with waves of {wave} pixels",
            means=(f"Structures that repeat at about {wave} pixels", "Smooth at that scale"),
        )
        for wave in _WAVES
    ]
    each = [
        make(
            f"w{wave:02d}_{180 // _ANGLES * k:03d}_{name}",
            f"{label} of structure {wave} px wide, edges at {_run(k)} degrees",
            f"{formula} of the magnitude of the Gabor filter with waves of {wave} pixels whose "
            f"edges run at {_run(k)} degrees, clockwise from the horizontal",
            means=("Such structure stands out", "No such structure"),
            plain=False,
        )
        for wave in _WAVES
        for k in range(_ANGLES)
        for name, label, formula in (
            ("mean", "Mean", "Mean"),
            ("sd", "Spread", "Standard deviation"),
        )
    ]
    return (*waves, *each)


_COLUMNS = _columns()
