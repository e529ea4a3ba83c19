"""Palette and histograms against other libraries, linear programs and sorted lists of colors."""

from __future__ import annotations

import colorsys
import re

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.colors import XKCD_COLORS, to_rgb
from numpy.typing import NDArray
from scipy.optimize import linprog
from skimage import data
from skimage.color import rgb2lab, rgb2luv

from iconometrics.errors import InputError
from iconometrics.features import (
    Histogram,
    Palette,
    color_histogram,
    dominant_colors,
    earth_mover_colorfulness,
    get,
    hue_count,
)
from iconometrics.features.color_names import NAMES, named

pictures = arrays(np.uint8, st.tuples(st.integers(1, 8), st.integers(1, 8), st.just(3)))


def earth_mover(pixels: NDArray[np.uint8]) -> float:
    """The transport problem as a linear program."""
    counts, _ = np.histogramdd(pixels.reshape(-1, 3), bins=4, range=[(0, 256)] * 3)
    supply = counts.ravel() / counts.sum()
    middles = (np.stack(np.indices((4, 4, 4)), axis=-1).reshape(-1, 3) * 64 + 32) / 256
    luv = rgb2luv(middles[None])[0]
    cost = np.linalg.norm(luv[:, None] - luv, axis=2)
    some = np.flatnonzero(supply)
    rows = np.kron(np.eye(len(some)), np.ones(64))
    columns = np.kron(np.ones(len(some)), np.eye(64))
    equal = np.concatenate([supply[some], np.full(64, 1 / 64)])
    found = linprog(cost[some].ravel(), A_eq=np.vstack([rows, columns]), b_eq=equal)
    return -float(found.fun)


@settings(max_examples=8, deadline=None)
@given(pictures)
def test_earth_mover_is_the_linear_program(pixels: NDArray[np.uint8]) -> None:
    assert earth_mover_colorfulness(pixels) == pytest.approx(earth_mover(pixels), rel=2e-3)


def test_earth_mover_on_photographs(photograph: NDArray[np.uint8]) -> None:
    for picture in (photograph, data.coffee(), data.chelsea()):
        small = picture[::4, ::4]
        assert earth_mover_colorfulness(small) == pytest.approx(earth_mover(small), rel=2e-3)
    gray = np.repeat(photograph[..., :1], 3, axis=2)
    assert earth_mover_colorfulness(gray) < earth_mover_colorfulness(photograph)


@settings(max_examples=50)
@given(pictures)
def test_hue_count_pixel_by_pixel(pixels: NDArray[np.uint8]) -> None:
    counts = np.zeros(20)
    for rgb in pixels.reshape(-1, 3) / 255:
        hue, saturation, value = colorsys.rgb_to_hsv(*rgb)
        # Seen are the saturations and values of OpenCV's whole steps.
        if round(255 * saturation) >= 51 and 0.15 <= value <= 0.95:
            counts[int(round(180 * hue, 6) + 0.5) % 180 // 9] += 1
    wanted = int((counts > 0.05 * counts.max()).sum())
    # A hue that lies on the edge between two of its steps may fall to either bin.
    assert abs(hue_count(pixels) - wanted) <= 1


def test_palette_of_a_flag() -> None:
    flag = np.zeros((10, 30, 3), dtype=np.uint8)
    flag[:, :10], flag[:, 10:24], flag[:, 24:] = (0, 0, 0), (221, 0, 0), (255, 206, 0)
    palette, shares = dominant_colors(flag, colors=5)
    assert shares.tolist() == pytest.approx([14 / 30, 1 / 3, 0.2, 0, 0])
    assert palette.tolist() == [[221, 0, 0], [0, 0, 0], [255, 206, 0], [221, 0, 0], [221, 0, 0]]
    row = Palette().transform(flag).iloc[0]
    assert row["palette_color_2_red"] == 0
    assert row[["palette_red", "palette_black", "palette_yellow"]].tolist() == pytest.approx(
        [14 / 30, 1 / 3, 0.2]
    )


def test_palette_is_a_local_optimum_of_k_means(photograph: NDArray[np.uint8]) -> None:
    """Each pixel belongs to the color next to it, and the shares are those of its pixels."""
    palette, shares = dominant_colors(photograph, colors=6)
    assert shares.sum() == pytest.approx(1)
    assert (np.diff(shares) <= 0).all()
    lab, centers = rgb2lab(photograph), rgb2lab(palette[None] / 255)[0]
    nearest = ((lab[:, :, None] - centers) ** 2).sum(axis=3).argmin(axis=2)
    direct = np.bincount(nearest.ravel(), minlength=6) / nearest.size
    np.testing.assert_allclose(shares, direct, atol=0.05)
    again = dominant_colors(photograph.copy(), colors=6)
    np.testing.assert_array_equal(palette, again[0])


def test_words_people_gave_to_colors() -> None:
    """The names of the XKCD color survey (over 200,000 people) that are basic words."""
    basic = [name for name in NAMES if name not in {"gray"}]
    told = {f"xkcd:{name}": name for name in basic} | {"xkcd:grey": "gray"}  # (2010) survey
    for shade in ("dark", "light", "bright", "deep"):
        told |= {f"xkcd:{shade} {n}": n for n in ("red", "green", "blue", "purple", "pink")}
    told = {name: word for name, word in told.items() if name in XKCD_COLORS}
    pixels = np.array([[np.rint(255 * np.array(to_rgb(n))) for n in told]], dtype=np.uint8)
    words = [NAMES[k] for k in named(pixels)[0]]
    right = [word == wanted for word, wanted in zip(words, told.values(), strict=True)]
    assert len(told) > 25
    assert all(right[: len(basic) + 1])
    assert np.mean(right) > 0.85


def test_grays_have_gray_words() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    words = [NAMES[k] for k in named(ramp)[0]]
    assert set(words) == {"black", "gray", "white"}
    assert words == sorted(words, key=["black", "gray", "white"].index)


@settings(max_examples=40)
@given(pictures, st.integers(2, 256))
def test_rgb_histograms_are_numpy_s(pixels: NDArray[np.uint8], bins: int) -> None:
    got = color_histogram(pixels, bins=bins)
    for k in range(3):
        place = pixels[..., k].astype(int).ravel() * bins // 256
        np.testing.assert_array_equal(got[k], np.bincount(place, minlength=bins))
    table = get("histogram", bins=bins).transform(pixels)
    np.testing.assert_allclose(table.to_numpy()[0, 3:], (got / got[0].sum()).ravel(), rtol=1e-6)


def test_other_spaces_against_scikit_image(photograph: NDArray[np.uint8]) -> None:
    """Up to pixels whose rounded value falls on the other side of a bin's edge."""
    lab = rgb2lab(photograph)
    for k, scaled in enumerate((lab[..., 0] * 2.55, lab[..., 1] + 128, lab[..., 2] + 128)):
        wanted, _ = np.histogram(scaled, bins=8, range=(-0.5, 255.5))
        got = color_histogram(photograph, space="lab", bins=8)[k]
        assert np.abs(got - wanted).sum() < 0.03 * scaled.size
    gray = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    wanted, _ = np.histogram(gray, bins=256, range=(0, 256))
    np.testing.assert_array_equal(color_histogram(photograph, space="gray")[0], wanted)
    value = photograph.max(axis=2)
    got = color_histogram(photograph, space="hsv", bins=16)[2]
    np.testing.assert_array_equal(got, np.histogram(value, bins=16, range=(0, 256))[0])


def test_entropy_of_a_channel() -> None:
    pixels = np.zeros((16, 16, 3), dtype=np.uint8)
    pixels[..., 1] = np.arange(256).reshape(16, 16)
    row = Histogram().transform(pixels).iloc[0]
    assert row[["histogram_entropy_red", "histogram_entropy_green"]].tolist() == [0, 8]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("histogram", {"space": "cmyk"}),
        ("histogram", {"bins": 1}),
        ("histogram", {"space": "hsv", "bins": 200}),
        ("palette", {"colors": 17}),
    ],
)
def test_options_out_of_range(name: str, options: dict[str, object]) -> None:
    with pytest.raises(InputError, match="expected"):
        get(name, **options).transform(np.zeros((4, 4), dtype=np.uint8))


def test_options_may_be_written_without_quotes() -> None:
    assert get("histogram:space=lab:bins=4").get_params()["space"] == "lab"
    assert get(get("histogram:space=lab").spec).space == "lab"  # type: ignore[attr-defined]


@pytest.mark.parametrize(("space", "bins"), [("hsv", 16), ("rgb", 10), ("rgb", 16), ("gray", 7)])
def test_the_dictionary_tells_where_bins_begin_and_end(space: str, bins: int) -> None:
    histogram = Histogram(space=space, bins=bins)
    column = next(c for c in histogram.columns() if c.name.endswith("_2"))
    channel = column.name.split("_")[1]
    first, last = map(int, re.findall(r"from (\d+) to (\d+)", column.formula)[0])
    values = 180 if channel == "hue" else 256
    inside = [value for value in range(values) if value * bins // values == 1]
    assert (first, last) == (inside[0], inside[-1])
