"""Colors: one ink, one accent, Okabe-Ito for categories, an even ramp for amounts."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = [
    "ACCENT",
    "AMOUNTS",
    "CATEGORIES",
    "INK",
    "LINE",
    "PAPER",
    "SOFT",
    "WARN",
    "mixed",
    "ramp",
]

INK = "#1c1b19"
SOFT = "#6a6760"
LINE = "#e3dfd6"
PAPER = "#fbfaf7"
ACCENT = "#0b5fa5"
WARN = "#b3261e"

CATEGORIES = [
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#56b4e9",
    "#d55e00",
    "#f0e442",
    "#000000",
]
AMOUNTS = "iconometrics.amounts"

_RAMP_LOW = "#f1ece1"
_RAMP_HIGH = ACCENT
_STEPS = 256
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


@cache
def ramp() -> tuple[str, ...]:
    """Draw the ramp for amounts: 256 colors, evenly spaced for the eye (in OKLab)."""
    return mixed(_RAMP_LOW, _RAMP_HIGH)


def mixed(low: str, high: str) -> tuple[str, ...]:
    """Mix two colors in 256 even steps, as a browser's ``color-mix(in oklab, ...)`` does."""
    share = np.linspace(0, 1, _STEPS)[:, None]
    oklab = (1 - share) * _oklab(low) + share * _oklab(high)
    cones = (oklab @ np.linalg.inv(_TO_OKLAB).T) ** 3
    linear = np.clip(cones @ np.linalg.inv(_TO_CONES).T, 0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return tuple(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.rint(255 * curved).astype(int))


def _oklab(color: str) -> npt.NDArray[np.float64]:
    coded = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    oklab: npt.NDArray[np.float64] = _TO_OKLAB @ np.cbrt(_TO_CONES @ linear)
    return oklab
