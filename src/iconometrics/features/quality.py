"""Quality: sharpness, noise, exposure, and what is blank."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray, frequencies
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Quality", "fine_share", "noise", "sharpness_map"]

# Gray values this close to black or white count as clipped.
_CLIP = 2
# Differences up to this many gray levels are none to the eye.
_LEVEL = 4
# Cycles per pixel above which detail is fine: half of what pixels can show.
_FINE = 0.25
_GRID = 8


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
        return _COLUMNS

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
        ax = plots.heat(
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

    rows, columns = (min(_GRID, side) for side in gray.shape)
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
    shadows, highlights = counts[: _CLIP + 1].sum(), counts[255 - _CLIP :].sum()
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
    return float(np.count_nonzero(spread <= _LEVEL) / gray.size)


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
    fine = down[:, None] ** 2 + across**2 > _FINE**2
    weight = np.full(len(across), 2.0)
    weight[0] = 1
    if width % 2 == 0:
        weight[-1] = 1
    return fine, weight


_PECH = "Pech-Pacheco et al. (2000), ICPR 3"
_KE = "Ke, Tang & Jing (2006), CVPR"
_make = column_maker("quality")
_SHARP = ("Sharp, rich in detail, or noisy", "Blurred, out of focus, or plain")

_DETAIL: tuple[Column, ...] = (
    _make(
        "sharpness",
        "Sharpness",
        "Variance of the Laplacian f(x-1, y) + f(x+1, y) + f(x, y-1) + f(x, y+1) - 4 f(x, y) of "
        "the gray values",
        high=1_040_400.0,
        unit="squared gray levels",
        source=_PECH,
        means=_SHARP,
    ),
    _make(
        "sharpness_best",
        "Sharpness of the sharpest parts",
        f"90th percentile of the variance of the Laplacian over {_GRID} x {_GRID} blocks",
        high=1_040_400.0,
        unit="squared gray levels",
        source=_PECH,
        means=("Something is in focus", "Nothing is in focus"),
    ),
    _make(
        "sharp_share",
        "Share of the picture that is sharp",
        f"Share of {_GRID} x {_GRID} blocks whose variance of the Laplacian is above a tenth of "
        "its 90th percentile; 0 in a blank picture",
        unit="share of blocks",
        means=("Sharp from edge to edge", "A sharp subject before a blurred or plain ground"),
    ),
    _make(
        "fine",
        "Fine detail in the spectrum",
        f"Share of the Fourier spectrum's power at more than {_FINE} cycles per pixel, the mean "
        "left out; 0 in a blank picture; above 1,024 pixels per side, over tiles",
        unit="share of power",
        source=f"after {_KE}",
        means=("Fine texture, noise, print", "Blur, large even areas"),
    ),
    _make(
        "noise",
        "Noise",
        "sqrt(pi / 2) times the mean of |f * N| / 6, N the difference of two Laplacians "
        "(1 -2 1, -2 4 -2, 1 -2 1)",
        high=426.1,
        unit="gray levels",
        source="Immerkaer (1996), Computer Vision and Image Understanding 64(2)",
        means=("Grain, sensor noise, dithering, very fine texture", "Clean or blurred"),
    ),
)

_TONES: tuple[Column, ...] = (
    _make(
        "shadows",
        "Clipped shadows",
        f"Share of pixels with a gray value of at most {_CLIP}",
        means=("Underexposed, black grounds", "No pixel is black"),
    ),
    _make(
        "highlights",
        "Clipped highlights",
        f"Share of pixels with a gray value of at least {255 - _CLIP}",
        means=("Overexposed, white grounds", "No pixel is white"),
    ),
    _make(
        "range",
        "Tonal range",
        "99th minus 1st percentile of the gray values",
        high=255.0,
        unit="gray levels",
        source=_KE,
        means=("Full range from black to white", "Fog, haze, faded prints"),
    ),
    _make(
        "michelson",
        "Michelson contrast",
        "(high - low) / (high + low), low and high the 1st and 99th percentile of the gray "
        "values; 0 for a black picture",
        unit="contrast (0 none, 1 full)",
        source="Michelson (1927), Studies in Optics",
        means=("Some parts are black", "Fog, haze, high key"),
    ),
    _make(
        "misexposure",
        "Distance from middle exposure",
        "|mean gray value - 127.5| / 127.5",
        unit="index (0 middle, 1 black or white)",
        means=("Far too dark or too light, or intended so", "Exposed as light meters aim for"),
    ),
    _make(
        "blank",
        "Blank share",
        f"Share of pixels whose gray value and the eight around it lie within {_LEVEL} levels",
        means=("Empty: sky, paper, screens, frames", "Texture everywhere"),
    ),
)

_COLUMNS = (*_DETAIL, *_TONES)
