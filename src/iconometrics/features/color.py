"""Color: how bright, how contrasted, how colorful a picture is, and in which hues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.features.column import Column
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import frequencies
from iconometrics.features.registry import register
from iconometrics.figures.look import dress

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["HUES", "Color"]

HUES = (
    "red",
    "orange",
    "yellow",
    "lime",
    "green",
    "mint",
    "cyan",
    "azure",
    "blue",
    "violet",
    "magenta",
    "rose",
)
_LEVELS = 8
_DARK, _BRIGHT = 51, 204
_COLORED = 26

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
        return _COLUMNS

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
            _hue_counts(hue[chroma > _COLORED - 0.5]),
        ]
    )


def _tone_counts(luma: NDArray[np.float32]) -> NDArray[np.intp]:
    """Count dark pixels, bright pixels, and pixels at each of eight levels."""
    levels = ((luma + _HALF_STEP) * (_LEVELS / 256)).astype(np.uint8)
    dark = np.count_nonzero(luma < _DARK - _HALF_STEP)
    bright = np.count_nonzero(luma > _BRIGHT + _HALF_STEP)
    return np.concatenate([[dark, bright], frequencies(levels)[:_LEVELS]])


def _hue_counts(hue: NDArray[np.float32]) -> NDArray[np.intp]:
    """Count colored pixels by steps of 15 degrees."""
    steps = np.bincount(((hue + _TIE) / 15).astype(np.uint8), minlength=_STEPS + 1)
    steps[0] += steps[_STEPS]
    return steps[:_STEPS]


def _numbers(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the columns from means over pixels."""
    mean, squares, (saturation, east, north, chroma), tones, steps = np.split(
        means, [3, 6, 10, 12 + _LEVELS]
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


_GRAY = "gray levels (0-255)"
_SHARE = "share of pixels"
_LUMA = "Y = .299 R + .587 G + .114 B"
_CHROMA = "C = max(R, G, B) - min(R, G, B)"
_REC_601 = "ITU-R Recommendation BT.601"
_HSV = "Smith (1978), Color gamut transform pairs, SIGGRAPH"
_OWN = "iconometrics"


def _column(name: str, label: str, formula: str, high: float, **rest: Any) -> Column:
    rest = {"low": 0.0, "unit": _SHARE, "source": _OWN, "plain": True, **rest}
    return Column(name=f"color_{name}", label=label, formula=formula, high=high, **rest)


_TONES = (
    _column(
        "brightness",
        "Brightness",
        f"Mean of {_LUMA}",
        255,
        unit=_GRAY,
        source=_REC_601,
        means_high="Light: snow, sky, white paper, overexposed photographs",
        means_low="Dark: night, shadow, black grounds",
    ),
    _column(
        "contrast",
        "Contrast",
        f"Standard deviation of {_LUMA} (root mean square contrast)",
        127.5,
        unit=_GRAY,
        source="Peli (1990), Contrast in complex images, JOSA A 7(10)",
        means_high="Black beside white: print, hard light, backlight",
        means_low="All one tone: fog, haze, plain grounds",
    ),
    _column(
        "colorfulness",
        "Colorfulness",
        "With rg = R - G and yb = (R + G) / 2 - B: sqrt(var rg + var yb) + .3 sqrt(mean(rg)^2 "
        "+ mean(yb)^2)",
        312.3,
        unit="Hasler-Suesstrunk index (15 slightly, 45 quite, 82 highly colorful)",
        source="Hasler & Suesstrunk (2003), Human Vision and Electronic Imaging VIII, SPIE 5007",
        means_high="Vivid and many colors: festivals, advertising, flowers",
        means_low="Black and white, faded, foggy",
    ),
    _column(
        "saturation",
        "Saturation",
        "Mean of (max(R, G, B) - min(R, G, B)) / max(R, G, B), 0 for black",
        1,
        unit="share (0 gray, 1 pure)",
        source=_HSV,
        means_high="Pure colors, or dark pixels with a tint",
        means_low="Gray, white, pastel",
    ),
)

_HUE = (
    _column(
        "hue",
        "Mean hue",
        f"Direction of the sum of C exp(i H), H the HSV hue and {_CHROMA}; 0 without any color. "
        "A circle: 359 is next to 0, so use the shares of hues in models",
        360,
        unit="degrees (0 red, 120 green, 240 blue)",
        source="Hanbury (2003), Computer Vision Winter Workshop",
        means_high="Violet, magenta, rose on the average, back to red at 360",
        means_low="Red on the average, orange at 30",
        plain=False,
    ),
    _column(
        "hue_spread",
        "Spread of hues",
        "1 - |sum of C exp(i H)| / sum of C (circular variance); 0 without any color",
        1,
        unit="circular variance",
        source="Hanbury (2003), Computer Vision Winter Workshop",
        means_high="Colors from all around the wheel",
        means_low="One hue only, or no color",
        plain=False,
    ),
    _column(
        "warm",
        "Warm colors",
        f"Share of pixels with {_CHROMA} of at least {_COLORED} and hue from 300 over 0 to below "
        "120 degrees",
        1,
        means_high="Skin, wood, earth, fire, sunset, lamplight",
        means_low="Sky, water, plants, or no color",
    ),
    _column(
        "cold",
        "Cold colors",
        f"Share of pixels with {_CHROMA} of at least {_COLORED} and hue from 120 to below 300 "
        "degrees",
        1,
        means_high="Sky, water, snow in shadow, bluish foliage",
        means_low="Skin, wood, earth, lamplight, or no color",
    ),
    _column(
        "colorless",
        "Colorless pixels",
        f"Share of pixels with {_CHROMA} below {_COLORED}",
        1,
        means_high="Black and white, gray, concrete, text on paper",
        means_low="Color everywhere",
    ),
)

_EXTREMES = (
    _column(
        "dark",
        "Dark pixels",
        f"Share of pixels with {_LUMA} below {_DARK}",
        1,
        source=_REC_601,
        means_high="Night, silhouettes, black grounds",
        means_low="No deep shadow",
    ),
    _column(
        "bright",
        "Bright pixels",
        f"Share of pixels with {_LUMA} above {_BRIGHT}",
        1,
        source=_REC_601,
        means_high="White grounds, sky, snow, overexposure",
        means_low="No white",
    ),
)


def _hue(number: int) -> Column:
    name, start, end = HUES[number], (30 * number - 15) % 360, 30 * number + 15
    return _column(
        name,
        f"{name.capitalize()} pixels",
        f"Share of pixels with {_CHROMA} of at least {_COLORED} and HSV hue from {start} to below "
        f"{end} degrees",
        1,
        source=_HSV,
        means_high=f"Much {name}",
        means_low=f"No {name}",
    )


def _level(number: int) -> Column:
    start, end = 256 // _LEVELS * number, 256 // _LEVELS * (number + 1)
    return _column(
        f"light_{number + 1}",
        f"Pixels of brightness {start} to {end - 1}",
        f"Share of pixels with {_LUMA} from {start} to below {end}",
        1,
        source=_REC_601,
        means_high=f"Much of the picture lies at level {number + 1} of {_LEVELS}, 1 being black",
        means_low=f"Nothing lies at level {number + 1} of {_LEVELS}, 1 being black",
        plain=False,
    )


_COLUMNS = (
    *_TONES,
    *_HUE,
    *_EXTREMES,
    *(_hue(number) for number in range(len(HUES))),
    *(_level(number) for number in range(_LEVELS)),
)
