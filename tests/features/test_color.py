"""Color against colorsys and plain sums over pixels."""

from __future__ import annotations

import cmath
import colorsys
import math
import statistics
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data

from iconometrics.features import Color, get
from iconometrics.features.color import HUES

pictures = arrays(
    np.uint8,
    st.tuples(st.integers(1, 7), st.integers(1, 7), st.just(3)),
    elements=st.sampled_from([0, 1, 2, 30, 64, 127, 128, 192, 254, 255]) | st.integers(0, 255),
)


def color(pixels: NDArray[np.uint8]) -> dict[str, float]:
    row = Color().transform(pixels).iloc[0]
    return {str(name).removeprefix("color_"): float(value) for name, value in row.items()}


def by_hand(pixels: NDArray[np.uint8]) -> dict[str, float]:
    """Every number, pixel by pixel, from its definition."""
    colors = [tuple(map(int, rgb)) for rgb in pixels.reshape(-1, 3)]
    n = len(colors)
    luma = [(299 * r + 587 * g + 114 * b) / 1000 for r, g, b in colors]
    hue, saturation, _ = zip(
        *(colorsys.rgb_to_hsv(*(c / 255 for c in rgb)) for rgb in colors), strict=True
    )
    degrees = [round(360 * h, 6) % 360 for h in hue]
    chroma = [max(rgb) - min(rgb) for rgb in colors]
    seen = [d for d, c in zip(degrees, chroma, strict=True) if c >= 26]
    rg = [r - g for r, g, b in colors]
    yb = [(r + g) / 2 - b for r, g, b in colors]
    total = sum(c * cmath.exp(1j * math.radians(d)) for c, d in zip(chroma, degrees, strict=True))
    spread = 1 - abs(total) / sum(chroma) if sum(chroma) else 0
    sd, mean = statistics.pstdev, statistics.fmean
    result = {
        "brightness": mean(luma),
        "contrast": sd(luma),
        "colorfulness": math.hypot(sd(rg), sd(yb)) + 0.3 * math.hypot(mean(rg), mean(yb)),
        "saturation": mean(saturation),
        "hue": math.degrees(cmath.phase(total)) % 360 if sum(chroma) else 0,
        "hue_spread": spread,
        "warm": sum(d < 120 or d >= 300 for d in seen) / n,
        "cold": sum(120 <= d < 300 for d in seen) / n,
        "colorless": sum(c < 26 for c in chroma) / n,
        "dark": sum(y < 51 for y in luma) / n,
        "bright": sum(y > 204 for y in luma) / n,
    }
    for k, name in enumerate(HUES):
        result[name] = sum(int((d + 15) // 30) % 12 == k for d in seen) / n
    for k in range(8):
        result[f"light_{k + 1}"] = sum(32 * k <= y < 32 * (k + 1) for y in luma) / n
    return result


def check(pixels: NDArray[np.uint8]) -> None:
    got, wanted = color(pixels), by_hand(pixels)
    assert list(got) == list(wanted)
    # The direction of a sum that nearly cancels out is as good as arbitrary.
    angle = abs((got.pop("hue") - wanted.pop("hue") + 180) % 360 - 180)
    assert angle < 0.01 or wanted["hue_spread"] > 0.999
    assert got == pytest.approx(wanted, rel=1e-5, abs=2e-4)


@settings(max_examples=60)
@given(pictures)
def test_numbers_are_those_of_the_definitions(pixels: NDArray[np.uint8]) -> None:
    check(pixels)


def test_every_hue_at_its_edges() -> None:
    ramp = [(255, x, 0) for x in range(256)] + [(x, 240, 16) for x in range(16, 241)]
    ramp += [(0, x, 200) for x in range(201)] + [(x, 0, 60) for x in range(61)]
    check(np.array(ramp, dtype=np.uint8)[:740].reshape(37, 20, 3))


def test_a_photograph_in_bands(photograph: NDArray[np.uint8]) -> None:
    check(photograph[::4, ::4])


def test_faces() -> None:
    for face in data.lfw_subset()[:5]:
        gray = np.rint(255 * face).astype(np.uint8)
        assert color(face) == color(np.repeat(gray[:, :, None], 3, axis=2))
        check(np.repeat(gray[:, :, None], 3, axis=2))


@pytest.mark.parametrize(
    ("rgb", "name", "hue"),
    [
        ((255, 0, 0), "red", 0),
        ((255, 128, 0), "orange", 30.1),
        ((255, 255, 0), "yellow", 60),
        ((0, 255, 0), "green", 120),
        ((0, 255, 255), "cyan", 180),
        ((0, 0, 255), "blue", 240),
        ((255, 0, 255), "magenta", 300),
        ((255, 0, 128), "rose", 329.9),
    ],
)
def test_pure_colors(rgb: tuple[int, int, int], name: str, hue: float) -> None:
    row = color(np.full((5, 4, 3), rgb, dtype=np.uint8))
    assert row[name] == 1
    assert row["saturation"] == pytest.approx(1)
    assert row["hue"] == pytest.approx(hue, abs=0.05)
    assert row["contrast"] == row["colorless"] == 0
    assert row["hue_spread"] == pytest.approx(0, abs=1e-6)


def test_hasler_and_suesstrunk_on_two_colors() -> None:
    # Red and blue halves: rg 255 and 0, yb 127.5 and -255.
    pixels = np.array([[[255, 0, 0], [0, 0, 255]]], dtype=np.uint8)
    wanted = math.hypot(127.5, 191.25) + 0.3 * math.hypot(127.5, 63.75)
    assert color(pixels)["colorfulness"] == pytest.approx(wanted, rel=1e-6)


def test_opposite_hues_cancel_out() -> None:
    pixels = np.array([[[255, 0, 0], [0, 255, 255]]], dtype=np.uint8)
    assert color(pixels)["hue_spread"] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("level", [0, 31, 32, 51, 128, 204, 224, 255])
def test_plain_gray(level: int) -> None:
    row = color(np.full((6, 5), level, dtype=np.uint8))
    assert row["brightness"] == pytest.approx(level, abs=1e-4)
    assert row["colorless"] == 1
    assert row[f"light_{level // 32 + 1}"] == 1
    assert row["dark"] == (level < 51)
    assert row["bright"] == (level > 204)
    assert row["contrast"] == row["colorfulness"] == row["hue"] == row["saturation"] == 0


@settings(max_examples=40)
@given(pictures, st.randoms(use_true_random=False))
def test_the_place_of_a_pixel_does_not_matter(pixels: NDArray[np.uint8], random: Any) -> None:
    order = list(range(pixels.shape[0] * pixels.shape[1]))
    random.shuffle(order)
    shuffled = pixels.reshape(-1, 3)[order].reshape(-1, 1, 3)
    before, after = color(pixels), color(shuffled)
    angle = abs((before.pop("hue") - after.pop("hue") + 180) % 360 - 180)
    assert angle < 0.01 or before["hue_spread"] > 0.999
    assert after == pytest.approx(before, rel=1e-5, abs=1e-4)


def test_the_working_size_hardly_matters_for_a_photograph(photograph: NDArray[np.uint8]) -> None:
    large, small = Color().measure(photograph), get("color", size=128).measure(photograph)
    names = list(Color().get_feature_names_out())
    for name in ("color_brightness", "color_warm", "color_saturation"):
        at = names.index(name)
        assert small[at] == pytest.approx(large[at], rel=0.06)


def test_show_draws_thirteen_bars(photograph: NDArray[np.uint8]) -> None:
    ax = Color().show(photograph)
    assert len(ax.patches) == 13
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(1, abs=1e-5)
