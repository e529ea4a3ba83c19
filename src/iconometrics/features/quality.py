"""Quality: sharpness, noise, exposure, and what is blank."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics.features import plots as drawing
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray, frequencies
from iconometrics.features.quality_columns import CLIP, COLUMNS, FINE, GRID, LEVEL
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Quality", "fine_share", "noise", "sharpness_map"]


@register
class Quality(Extractor):
    """Quality: sharpness over all and in parts, noise, exposure, tonal range, blank areas.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured. Sharpness
        depends on it: compare pictures measured at one size.

    Notes
    -----
    Pech-Pacheco, J. L., et al. (2000). Diatom autofocusing in brightfield microscopy. ICPR 3.
    Ke, Y., Tang, X. & Jing, F. (2006). The design of high-level features for photo quality
    assessment. CVPR. Immerkaer, J. (1996). Fast noise variance estimation. CVIU 64(2).

    Examples
    --------
    >>> import numpy as np
    >>> row = Quality().transform(np.full((40, 40), 255, dtype=np.uint8)).iloc[0]
    >>> float(row["quality_highlights"]), float(row["quality_blank"])
    (1.0, 1.0)
    """

    name: ClassVar[str] = "quality"

    def columns(self) -> tuple[Column, ...]:
        return COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        gray = as_gray(pixels)
        whole, blocks = sharpness_map(gray)
        best = float(np.percentile(blocks, 90))
        return np.array(
            [
                whole,
                best,
                (blocks > 0.1 * best).mean() if best > 0 else 0.0,
                fine_share(gray),
                noise(gray),
                *_exposure(gray),
                _blank(gray),
            ]
        )

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        gray = as_gray(self.prepare(pixels))
        whole, blocks = sharpness_map(gray)
        strength = np.sqrt(blocks)
        ax = drawing.heat(
            strength,
            ax=ax,
            title=f"Sharpness {whole:.0f}; {_blank(gray):.0%} of the picture is blank",
            unit="gray levels (root of the variance)",
            limits=(0, max(1.0, float(strength.max()))),
        )
        ax.set_aspect(gray.shape[0] / gray.shape[1] * blocks.shape[1] / blocks.shape[0])
        return ax


def sharpness_map(gray: NDArray[np.uint8]) -> tuple[float, NDArray[np.float64]]:
    """Compute the variance of the Laplacian of the whole picture and of an 8 x 8 grid of blocks."""
    from iconometrics.features.kernels.block_sums import laplacian_blocks

    rows, columns = (min(GRID, side) for side in gray.shape)
    sums = laplacian_blocks(gray, rows, columns)
    return float(_variance(sums.sum(axis=(0, 1)))), _variance(sums)


def fine_share(gray: NDArray[np.uint8]) -> float:
    """Compute the share of spectral power in fine detail."""
    rows, columns = (-(-side // _TILE) for side in gray.shape)
    strips = [gray[len(gray) * k // rows : len(gray) * (k + 1) // rows] for k in range(rows)]
    width = gray.shape[1]
    tiles = [
        strip[:, width * k // columns : width * (k + 1) // columns]
        for strip in strips
        for k in range(columns)
    ]
    fine, power = np.sum([_power(tile) for tile in tiles], axis=0)
    return float(fine / power) if power > 0 else 0.0


def _power(gray: NDArray[np.uint8]) -> tuple[float, float]:
    """Compute the power a pixel of fine detail, and of all but the mean."""
    from scipy import fft

    # Lengths with large prime factors take several times as long: at most 2 % is left out.
    height, width = (_fast(side) for side in gray.shape)
    spectrum = fft.rfft2(gray[:height, :width].astype(np.float32))
    power = spectrum.real**2 + spectrum.imag**2
    power[0, 0] = 0
    fine, weight = _fine(height, width)
    total = float(power.sum(axis=0, dtype=np.float64) @ weight)
    if total <= _ROUNDING * height * width:
        return 0.0, 0.0
    above = float(np.where(fine, power, 0).sum(axis=0, dtype=np.float64) @ weight)
    # The transform is not normalized: its power grows with the number of pixels, squared.
    return above / (height * width), total / (height * width)


def noise(gray: NDArray[np.uint8]) -> float:
    """Estimate the standard deviation of noise."""
    import cv2

    if min(gray.shape) < 3:
        return 0.0
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    response = cv2.filter2D(gray, cv2.CV_16S, mask)[1:-1, 1:-1]
    mean = cv2.norm(np.ascontiguousarray(response), cv2.NORM_L1) / response.size
    return float(np.sqrt(np.pi / 2) * mean / 6)


# A transform of a tile stays in the processor's cache.
_TILE = 1024

# Rounding errors of a constant picture's spectrum stay below this, a pixel.
_ROUNDING = 1e-3


def _exposure(gray: NDArray[np.uint8]) -> tuple[float, ...]:
    """Compute clipped shares, tonal range, Michelson contrast, distance from the middle."""
    counts = frequencies(gray)
    share = np.cumsum(counts) / gray.size
    low, high = (int(np.searchsorted(share, at - 1e-12)) for at in (0.01, 0.99))
    michelson = (high - low) / (high + low) if high + low else 0.0
    shadows, highlights = counts[: CLIP + 1].sum(), counts[255 - CLIP :].sum()
    mean = float(counts @ np.arange(256)) / gray.size
    return (
        shadows / gray.size,
        highlights / gray.size,
        float(high - low),
        michelson,
        abs(mean - 127.5) / 127.5,
    )


def _blank(gray: NDArray[np.uint8]) -> float:
    """Compute the share of pixels that hardly differ from any of the eight around them."""
    import cv2

    around = np.ones((3, 3), dtype=np.uint8)
    spread = cv2.subtract(cv2.dilate(gray, around), cv2.erode(gray, around))
    return float(np.count_nonzero(spread <= LEVEL) / gray.size)


def _variance(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    n = np.maximum(sums[..., 0], 1)
    result: NDArray[np.float64] = np.maximum(0.0, sums[..., 2] / n - (sums[..., 1] / n) ** 2)
    return result


@lru_cache(maxsize=64)
def _fast(length: int) -> int:
    from scipy.fft import next_fast_len

    best = next(n for n in range(length, 0, -1) if next_fast_len(n, real=True) == n)
    return best if best >= 0.98 * length else length


@lru_cache(maxsize=8)
def _fine(height: int, width: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Tell which frequencies are fine, and how often each column of half a spectrum counts."""
    down, across = np.fft.fftfreq(height), np.fft.rfftfreq(width)
    fine = down[:, None] ** 2 + across**2 > FINE**2
    weight = np.full(len(across), 2.0)
    weight[0] = 1
    if width % 2 == 0:
        weight[-1] = 1
    return fine, weight
