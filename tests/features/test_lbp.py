"""Local binary patterns against scikit-image and exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage.feature import local_binary_pattern

from iconometrics.errors import InputError
from iconometrics.features import LBP, get, local_binary_patterns


def by_hand(gray: NDArray[np.uint8], points: int, radius: float) -> NDArray[np.uint32]:
    """Every code in fractions, from the definition."""
    height, width = gray.shape

    def value(y: int, x: int) -> int:
        return int(gray[y, x]) if 0 <= y < height and 0 <= x < width else 0

    codes = np.zeros(gray.shape, dtype=np.uint32)
    for k in range(points):
        angle = 2 * math.pi * k / points
        dy = Fraction(round(-radius * math.sin(angle), 5)).limit_denominator(100_000)
        dx = Fraction(round(radius * math.cos(angle), 5)).limit_denominator(100_000)
        top, left = math.floor(dy), math.floor(dx)
        v, u = dy - top, dx - left
        for y, x in np.ndindex(gray.shape):
            a, b = value(y + top, x + left), value(y + top, x + left + 1)
            c, d = value(y + top + 1, x + left), value(y + top + 1, x + left + 1)
            point = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d)
            codes[y, x] |= int(point >= value(y, x)) << k
    return codes


@settings(max_examples=30)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6))),
    st.sampled_from([(4, 1), (8, 1), (8, 2), (7, 1.5), (12, 3)]),
)
def test_exact(gray: NDArray[np.uint8], circle: tuple[int, float]) -> None:
    points, radius = circle
    got = local_binary_patterns(gray, points=points, radius=radius, method="default")
    np.testing.assert_array_equal(got, by_hand(gray, points, radius))


def test_equal_to_scikit_image_where_points_are_pixels(photograph: NDArray[np.uint8]) -> None:
    gray = np.ascontiguousarray(photograph[..., 0])
    for method in ("default", "uniform"):
        for radius in (1, 3):
            got = local_binary_patterns(gray, points=4, radius=radius, method=method)
            np.testing.assert_array_equal(got, local_binary_pattern(gray, 4, radius, method))


@pytest.mark.parametrize(("points", "radius"), [(8, 1), (16, 2), (24, 3)])
def test_scikit_image_differs_at_rounding_errors_only(
    photograph: NDArray[np.uint8], points: int, radius: int
) -> None:
    """Where no point between pixels is equal to the middle, the codes are the same."""
    gray = np.ascontiguousarray(photograph[..., 0])
    # Even values and a random odd one in the middle of each: interpolated ties are rare.
    noise = np.random.default_rng(1).integers(0, 256, (80, 90), dtype=np.uint8)
    for picture, least in ((gray, 0.98), (noise, 0.9995)):
        for method in ("default", "uniform"):
            got = local_binary_patterns(picture, points=points, radius=radius, method=method)
            wanted = local_binary_pattern(picture, points, radius, method)
            assert (got == wanted).mean() > least


def test_shares_add_up_and_turn_with_the_picture(photograph: NDArray[np.uint8]) -> None:
    row = LBP().measure(photograph)
    assert row.sum() == pytest.approx(1, abs=1e-5)
    turned = LBP().measure(np.ascontiguousarray(photograph.transpose(1, 0, 2)))
    np.testing.assert_allclose(row, turned, atol=1e-6)


def test_spots_edges_and_flat_areas() -> None:
    spots = np.zeros((60, 60), dtype=np.uint8)
    spots[2::4, 2::4] = 200
    edge = np.zeros((60, 60), dtype=np.uint8)
    edge[:, 30:] = 200
    flat = np.full((60, 60), 90, dtype=np.uint8)
    assert LBP().transform(spots)["lbp_0"].iloc[0] == pytest.approx(1 / 16, abs=0.01)
    assert LBP().transform(edge)["lbp_8"].iloc[0] > LBP().transform(spots)["lbp_8"].iloc[0]
    assert LBP().transform(flat)["lbp_8"].iloc[0] == pytest.approx(58**2 / 60**2)


def test_default_codes_have_a_column_each(photograph: NDArray[np.uint8]) -> None:
    row = get("lbp:method='default'").measure(photograph)
    assert row.shape == (257,)
    codes = local_binary_patterns(photograph, method="default")
    assert row[1 + 31] == pytest.approx((codes == 31).mean(), rel=1e-5)
    assert row[0] == row[-1]


@pytest.mark.parametrize(
    "options", [{"points": 0}, {"points": 32}, {"radius": 0.5}, {"method": "x"}]
)
def test_options_out_of_range(options: dict[str, object]) -> None:
    with pytest.raises(InputError, match="expected"):
        get("lbp", **options).transform(np.zeros((4, 4), dtype=np.uint8))
    with pytest.raises(InputError, match="12 points"):
        get("lbp", points=16, method="default").columns()
