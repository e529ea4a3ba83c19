"""Color: how bright, how contrasted, how colorful a picture is, and in which hues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.features import color_columns
from iconometrics.features.color_columns import BRIGHT, COLORED, DARK, HUES, LEVELS
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import frequencies
from iconometrics.features.registry import register
from iconometrics.figures.look import dress

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Color"]

# Rec. 601 luma, then the opponent channels red-green and yellow-blue.
_OPPONENT = np.array([[0.299, 0.587, 0.114], [1, -1, 0], [0.5, 0.5, -1]], dtype=np.float32)

# Hues are fractions with denominators below 256: none but a tie comes this close to a bin's edge,
# and ties, which rounding would scatter, all go to the upper bin.
_TIE = 0.01

# Luma is a multiple of .001; single precision writes 32 as 31.999998.
_HALF_STEP = 0.0005

# Less than one pixel of 512 x 512 that differs by one step of blue.
_ROUNDING = 1e-9

# Pictures are worked on in bands of rows that fit the processor's cache.
_BAND = 32
_STEPS = 24


@register
class Color(Extractor):
    """Brightness, contrast, saturation, hue and colorfulness, and how they are distributed.

    The numbers are computed from sRGB values as stored, on a picture whose longest side is at
    most ``size``. Pixels whose largest and smallest channel differ by less than 26 of 255 count
    as colorless.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.

    Notes
    -----
    Colorfulness: Hasler, D. & Suesstrunk, S. (2003), Human Vision and Electronic Imaging VIII,
    SPIE 5007, 87-95.

    Examples
    --------
    >>> import numpy as np
    >>> red = np.full((8, 8, 3), (255, 0, 0), dtype=np.uint8)
    >>> row = Color().transform(red).iloc[0]
    >>> float(row["color_hue"]), float(row["color_warm"]), float(row["color_red"])
    (0.0, 1.0, 1.0)
    """

    name: ClassVar[str] = "color"

    def columns(self) -> tuple[Column, ...]:
        return color_columns.COLUMNS

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        bands = range(0, pixels.shape[0], _BAND)
        sums = np.sum([_tally(pixels[row : row + _BAND]) for row in bands], axis=0)
        return _numbers(sums / (pixels.shape[0] * pixels.shape[1]))

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        from matplotlib.colors import hsv_to_rgb

        row = dict(zip(self.get_feature_names_out(), self.measure(pixels), strict=True))
        names = ["colorless", *HUES]
        paints = [(0.6, 0.6, 0.6), *(hsv_to_rgb((k / 12, 0.75, 0.85)) for k in range(12))]
        ax = figures.axes(ax)
        ax.barh(names, [row[f"color_{name}"] for name in names], color=paints)
        ax.invert_yaxis()
        ax.set_xlabel("share of pixels")
        ax.set_title(_headline(row), loc="left", fontsize=8)
        dress(ax, grid="x")
        return ax


def _tally(band: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Sum over pixels what all numbers follow from, in the order that `_numbers` takes apart."""
    import cv2

    values = band.astype(np.float32)
    opponent: Any = cv2.transform(values, _OPPONENT)
    hsv: Any = cv2.cvtColor(values, cv2.COLOR_RGB2HSV)
    hue, saturation, value = (np.ascontiguousarray(hsv[..., channel]) for channel in range(3))
    chroma = saturation * value
    east, north = cv2.polarToCart(chroma, hue, angleInDegrees=True)
    mean, deviation = (moment.ravel() for moment in cv2.meanStdDev(opponent))
    planes = [float(cv2.sumElems(plane)[0]) for plane in (saturation, east, north, chroma)]
    return np.concatenate(
        [
            mean * hue.size,
            (mean**2 + deviation**2) * hue.size,
            planes,
            _tone_counts(opponent[..., 0]),
            _hue_counts(hue[chroma > COLORED - 0.5]),
        ]
    )


def _tone_counts(luma: NDArray[np.float32]) -> NDArray[np.intp]:
    """Count dark pixels, bright pixels, and pixels at each of eight levels."""
    levels = ((luma + _HALF_STEP) * (LEVELS / 256)).astype(np.uint8)
    dark = np.count_nonzero(luma < DARK - _HALF_STEP)
    bright = np.count_nonzero(luma > BRIGHT + _HALF_STEP)
    return np.concatenate([[dark, bright], frequencies(levels)[:LEVELS]])


def _hue_counts(hue: NDArray[np.float32]) -> NDArray[np.intp]:
    """Count colored pixels by steps of 15 degrees."""
    steps = np.bincount(((hue + _TIE) / 15).astype(np.uint8), minlength=_STEPS + 1)
    steps[0] += steps[_STEPS]
    return steps[:_STEPS]


def _numbers(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the columns from means over pixels."""
    mean, squares, (saturation, east, north, chroma), tones, steps = np.split(
        means, [3, 6, 10, 12 + LEVELS]
    )
    variance = squares - mean**2
    variance[variance < _ROUNDING] = 0
    colorfulness = np.sqrt(variance[1:].sum()) + 0.3 * np.hypot(*mean[1:])
    named = (steps + np.roll(steps, 1))[::2]
    warm, cold = steps[:8].sum() + steps[20:].sum(), steps[8:20].sum()
    return np.concatenate(
        [
            [mean[0], np.sqrt(variance[0]), colorfulness, saturation],
            _circular(east, north, chroma),
            [warm, cold, max(0.0, 1 - warm - cold)],
            tones[:2],
            named,
            tones[2:],
        ]
    )


def _circular(east: float, north: float, chroma: float) -> tuple[float, float]:
    """Compute direction in degrees and circular variance, 0 where there is no color."""
    if chroma == 0:
        return 0.0, 0.0
    return float(np.degrees(np.arctan2(north, east)) % 360), max(
        0.0, 1 - float(np.hypot(east, north)) / chroma
    )


def _headline(row: dict[str, float]) -> str:
    return (
        f"brightness {row['color_brightness']:.0f} of 255, contrast {row['color_contrast']:.0f}, "
        f"colorfulness {row['color_colorfulness']:.0f}"
    )
