"""The column dictionary of the color features."""

from __future__ import annotations

from typing import Any

from iconometrics.features.column import Column

__all__ = ["BRIGHT", "COLORED", "COLUMNS", "DARK", "HUES", "LEVELS"]

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
LEVELS = 8
DARK, BRIGHT = 51, 204
COLORED = 26

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
        f"Share of pixels with {_CHROMA} of at least {COLORED} and hue from 300 over 0 to below "
        "120 degrees",
        1,
        means_high="Skin, wood, earth, fire, sunset, lamplight",
        means_low="Sky, water, plants, or no color",
    ),
    _column(
        "cold",
        "Cold colors",
        f"Share of pixels with {_CHROMA} of at least {COLORED} and hue from 120 to below 300 "
        "degrees",
        1,
        means_high="Sky, water, snow in shadow, bluish foliage",
        means_low="Skin, wood, earth, lamplight, or no color",
    ),
    _column(
        "colorless",
        "Colorless pixels",
        f"Share of pixels with {_CHROMA} below {COLORED}",
        1,
        means_high="Black and white, gray, concrete, text on paper",
        means_low="Color everywhere",
    ),
)

_EXTREMES = (
    _column(
        "dark",
        "Dark pixels",
        f"Share of pixels with {_LUMA} below {DARK}",
        1,
        source=_REC_601,
        means_high="Night, silhouettes, black grounds",
        means_low="No deep shadow",
    ),
    _column(
        "bright",
        "Bright pixels",
        f"Share of pixels with {_LUMA} above {BRIGHT}",
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
        f"Share of pixels with {_CHROMA} of at least {COLORED} and HSV hue from {start} to below "
        f"{end} degrees",
        1,
        source=_HSV,
        means_high=f"Much {name}",
        means_low=f"No {name}",
    )


def _level(number: int) -> Column:
    start, end = 256 // LEVELS * number, 256 // LEVELS * (number + 1)
    return _column(
        f"light_{number + 1}",
        f"Pixels of brightness {start} to {end - 1}",
        f"Share of pixels with {_LUMA} from {start} to below {end}",
        1,
        source=_REC_601,
        means_high=f"Much of the picture lies at level {number + 1} of {LEVELS}, 1 being black",
        means_low=f"Nothing lies at level {number + 1} of {LEVELS}, 1 being black",
        plain=False,
    )


COLUMNS = (
    *_TONES,
    *_HUE,
    *_EXTREMES,
    *(_hue(number) for number in range(len(HUES))),
    *(_level(number) for number in range(LEVELS)),
)
