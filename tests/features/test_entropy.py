"""Local entropy against scikit-image's rank filter and histograms counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.stats import entropy as shannon
from skimage.filters.rank import entropy
from skimage.measure import shannon_entropy
from skimage.morphology import disk

from iconometrics.errors import InputError
from iconometrics.features import Entropy, Texture, get, local_entropy
from iconometrics.features.entropy import histogram_entropy


@pytest.mark.parametrize("radius", [1, 2, 5, 9])
def test_equal_to_scikit_image(photograph: NDArray[np.uint8], radius: int) -> None:
    gray = np.ascontiguousarray(photograph[100:220, :150, 0])
    wanted = entropy(gray, disk(radius))
    np.testing.assert_allclose(local_entropy(gray, radius=radius), wanted, rtol=1e-6, atol=1e-9)


@settings(max_examples=40)
@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9))), st.integers(1, 12))
def test_counted_one_by_one(gray: NDArray[np.uint8], radius: int) -> None:
    rows, columns = np.indices(gray.shape)
    wanted = np.empty(gray.shape)
    for y, x in np.ndindex(gray.shape):
        near = (rows - y) ** 2 + (columns - x) ** 2 <= radius**2
        wanted[y, x] = shannon(np.unique(gray[near], return_counts=True)[1], base=2)
    np.testing.assert_allclose(local_entropy(gray, radius=radius), wanted, rtol=1e-6, atol=1e-10)


def test_constant_pictures_have_none() -> None:
    for shape in [(1, 1), (1, 50), (50, 1), (30, 40)]:
        assert not local_entropy(np.full(shape, 77, np.uint8)).any()


def test_a_wide_disk_sees_the_whole_picture(photograph: NDArray[np.uint8]) -> None:
    gray = np.ascontiguousarray(photograph[:40, :40, 1])
    values = local_entropy(gray, radius=100)
    np.testing.assert_allclose(values, histogram_entropy(gray), rtol=1e-9)
    assert histogram_entropy(gray) == pytest.approx(shannon_entropy(gray), rel=1e-9)


def test_columns_follow_the_map(photograph: NDArray[np.uint8]) -> None:
    row = Entropy().transform(photograph).iloc[0]
    values = local_entropy(photograph)
    assert row["entropy_mean"] == pytest.approx(values.mean(), rel=1e-6)
    assert row["entropy_high"] == pytest.approx(np.percentile(values, 90), rel=1e-6)
    height, width = values.shape
    corner = values[height * 2 // 3 :, width * 2 // 3 :]
    assert row["entropy_bottom_right"] == pytest.approx(corner.mean(), rel=1e-6)
    assert Texture().transform(photograph)["texture_entropy_local"].iloc[0] == row["entropy_mean"]


def test_detail_is_found_where_it_is() -> None:
    picture = np.full((90, 90), 120, dtype=np.uint8)
    picture[:30, 60:] = np.random.default_rng(1).integers(0, 256, (30, 30))
    row = Entropy().transform(picture).iloc[0]
    assert row["entropy_top_right"] > 5
    assert row["entropy_bottom_left"] == 0


@pytest.mark.parametrize("radius", [0, 101, 2.5])
def test_radius_out_of_range(radius: float) -> None:
    with pytest.raises(InputError, match="radius"):
        get("entropy", radius=radius).columns()
