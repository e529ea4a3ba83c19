"""Edges against OpenCV and scikit-image called one step at a time, and plain sums."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.ndimage import correlate
from skimage.filters import threshold_otsu

from iconometrics import images
from iconometrics.features import Edges, Lines, canny, canny_thresholds, straight_lines

grays = arrays(np.uint8, st.tuples(st.integers(1, 15), st.integers(1, 15)))


def edges(pixels: NDArray[np.uint8]) -> dict[str, float]:
    row = Edges().transform(pixels).iloc[0]
    return {str(name).removeprefix("edges_"): float(value) for name, value in row.items()}


def by_hand(gray: NDArray[np.uint8]) -> dict[str, float]:
    """Sums over pixels from the definitions; borders mirrored without repeating the last pixel."""
    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    values = gray.astype(float)
    gx, gy = (correlate(values, k, mode="mirror") for k in (kernel, kernel.T))
    size = np.hypot(gx, gy) / 8
    runs = (np.degrees(np.arctan2(gy, gx)) + 90) % 180
    place = np.floor((runs + 11.25) / 22.5).astype(int) % 8
    shares = np.bincount(place.ravel(), weights=size.ravel(), minlength=8)
    shares = shares / size.sum() if size.sum() else shares
    some = shares[shares > 0]
    diff = [np.abs(np.diff(values, axis=axis)) for axis in (1, 0)]
    across, down = (float(d.mean()) if d.size else 0.0 for d in diff)
    found = {"strength": size.mean(), "strength_sd": size.std(), "across": across, "down": down}
    found |= {f"run_{int(22.5 * k):03d}": share for k, share in enumerate(shares)}
    return found | {"evenness": -(some * np.log2(some)).sum() / 3}


@settings(max_examples=50)
@given(grays)
def test_sums_of_anything(gray: NDArray[np.uint8]) -> None:
    got = edges(gray)
    got.pop("density")
    wanted = by_hand(gray)
    assert list(got) == list(wanted)
    assert got == pytest.approx(wanted, rel=1e-5, abs=1e-5)


def test_sums_of_a_photograph(photograph: NDArray[np.uint8]) -> None:
    gray = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    got = edges(photograph)
    got.pop("density")
    assert got == pytest.approx(by_hand(gray), rel=1e-5)


def test_first_differences_are_those_of_images(photograph: NDArray[np.uint8]) -> None:
    gray = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    gx, gy = images.gradients(gray)
    assert edges(photograph)["across"] == pytest.approx(np.abs(gx[:, :-1]).mean(), rel=1e-6)
    assert edges(photograph)["down"] == pytest.approx(np.abs(gy[:-1]).mean(), rel=1e-6)


def test_canny_step_by_step(photograph: NDArray[np.uint8]) -> None:
    gray = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    blurred = cv2.GaussianBlur(gray, (5, 5), 0)
    low, high = canny_thresholds(gray)
    assert high == pytest.approx(threshold_otsu(blurred), abs=1)
    assert low == high / 2
    wanted = cv2.Canny(blurred, low, high) > 0
    np.testing.assert_array_equal(canny(gray), wanted)
    assert edges(photograph)["density"] == pytest.approx(wanted.mean(), rel=1e-6)
    np.testing.assert_array_equal(canny(gray, low=20, high=60), cv2.Canny(blurred, 20, 60) > 0)


def test_constant_pictures_have_no_edges() -> None:
    for shape in [(1, 1), (1, 9), (9, 1), (20, 20)]:
        assert set(edges(np.full(shape, 200, np.uint8)).values()) == {0.0}


@pytest.mark.parametrize(("turn", "run"), [(0, "090"), (45, "135"), (90, "000"), (135, "045")])
def test_directions_are_those_named(turn: int, run: str) -> None:
    rows, columns = np.indices((80, 80))
    # Waves that travel at this angle, clockwise from the right.
    along = columns * np.cos(np.radians(turn)) + rows * np.sin(np.radians(turn))
    wave = (np.sin(along / 3) * 100 + 128).astype(np.uint8)
    assert edges(wave)[f"run_{run}"] > 0.9


def test_lines_of_a_drawn_frame() -> None:
    picture = np.full((200, 300), 40, dtype=np.uint8)
    cv2.rectangle(picture, (50, 60), (250, 140), 220, -1)
    row = Lines().transform(picture).iloc[0]
    diagonal = np.hypot(200, 300)
    assert row["lines_count"] == 4
    assert row["lines_longest"] == pytest.approx(200 / diagonal, abs=0.02)
    assert row["lines_length"] == pytest.approx(560 / diagonal, abs=0.05)
    assert row["lines_horizontal"] == pytest.approx(400 / 560, abs=0.02)
    assert row["lines_slanted"] == 0
    lengths = np.hypot(*(straight_lines(picture)[:, 2:] - straight_lines(picture)[:, :2]).T)
    assert (np.diff(lengths) <= 0).all()


def test_lines_are_none_in_blank_pictures() -> None:
    for shape in [(1, 1), (2, 40), (60, 60)]:
        assert not Lines().measure(np.full(shape, 9, np.uint8)).any()
