"""Words for colors: which of eleven words a pixel gets, by a stated rule."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["NAMES", "PAINTS", "Word", "named"]


class Word(NamedTuple):
    """A color word."""

    paint: str
    rule: str


PAINTS: dict[str, Word] = {
    "black": Word("#000000", "L below 20 with C below 20, or L below 5"),
    "white": Word("#ffffff", "C below 10 and L from 85"),
    "gray": Word("#808080", "C below 10 and L from 20 to below 85"),
    "red": Word("#d02020", "h from 345 over 0 to below 47, L below 62, and neither brown nor pink"),
    "green": Word("#2e8b37", "h from 112 to below 200"),
    "yellow": Word("#f2d61b", "h from 85 to below 112, L from 55"),
    "blue": Word("#2458c4", "h from 200 to below 307"),
    "brown": Word(
        "#7b4a22",
        "h from 30 to below 47 with L below 50 and C below 45; h from 47 to below 85 with L below "
        "45, or C below 25, or L below 62 and C below 60; h from 85 to below 112 with L below 55",
    ),
    "orange": Word("#f28c1e", "h from 47 to below 85, and not brown"),
    "pink": Word(
        "#f2a0b8",
        "h from 307 over 0 to below 47 with L from 62; h from 335 over 0 to below 15, L from 45",
    ),
    "purple": Word("#7d3c98", "h from 307 to below 345, L below 62"),
}
NAMES = tuple(PAINTS)

_STEP = 4


def named(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give each pixel one of eleven color words."""
    place = (pixels[..., 0] >> 2).astype(np.uint32) << 12
    place |= (pixels[..., 1] >> 2).astype(np.uint32) << 6
    place |= pixels[..., 2] >> 2
    result: NDArray[np.uint8] = _table()[place]
    return result


@cache
def _table() -> NDArray[np.uint8]:
    """Look up the word for each of 64 x 64 x 64 colors once."""
    import cv2

    rgb = np.moveaxis(np.indices((64, 64, 64)), 0, -1).reshape(1, -1, 3) * _STEP
    # From 0 to 255, so that black and white are themselves.
    values = (rgb / (63 * _STEP)).astype(np.float32)
    light, a, b = np.moveaxis(cv2.cvtColor(values, cv2.COLOR_RGB2LAB)[0].astype(np.float64), 1, 0)
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
    return _word(light, chroma, hue)


def _word(
    light: NDArray[np.float64], chroma: NDArray[np.float64], hue: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """Apply the rules; where several hold, the first does."""
    warm = (hue >= 345) | (hue < 47)
    earth, olive = (hue >= 47) & (hue < 85), (hue >= 85) & (hue < 112)
    plum = (hue >= 307) & (hue < 345)
    dark_red = (hue >= 30) & (hue < 47) & (light < 50) & (chroma < 45)
    ocher = (light < 45) | (chroma < 25) | ((light < 62) & (chroma < 60))
    rosy = ((hue >= 335) | (hue < 15)) & (light >= 45)
    rules = {
        "black": ((light < 20) & (chroma < 20)) | (light < 5),
        "white": (chroma < 10) & (light >= 85),
        "gray": chroma < 10,
        "brown": dark_red | (earth & ocher) | (olive & (light < 55)),
        "orange": earth,
        "yellow": olive,
        "green": (hue >= 112) & (hue < 200),
        "blue": (hue >= 200) & (hue < 307),
        "pink": rosy | ((warm | plum) & (light >= 62)),
        "purple": plum,
        "red": warm,
    }
    codes = [NAMES.index(name) for name in rules]
    return np.select(list(rules.values()), codes).astype(np.uint8)
