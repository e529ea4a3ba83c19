"""Histograms of oriented gradients against scikit-image."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data
from skimage.feature import hog

from iconometrics import images
from iconometrics.errors import InputError
from iconometrics.features import HOG, get
from iconometrics.features.hog import cell_histograms, normalized_blocks


def ours(gray: NDArray[np.float64], cell: int) -> NDArray[np.float64]:
    return normalized_blocks(cell_histograms(gray, cell)).ravel()


def theirs(gray: NDArray[np.float64], cell: int) -> NDArray[np.float64]:
    result = hog(gray, orientations=9, pixels_per_cell=(cell, cell), cells_per_block=(2, 2))
    return np.asarray(result)


@pytest.mark.parametrize(("size", "cell"), [(64, 16), (64, 8), (128, 16), (128, 64), (48, 6)])
def test_equal_to_scikit_image(photograph: NDArray[np.uint8], size: int, cell: int) -> None:
    gray = cv2.resize(cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY), (size, size)).astype(float)
    np.testing.assert_allclose(ours(gray, cell), theirs(gray, cell), rtol=1e-6, atol=1e-9)


@settings(max_examples=60)
@given(arrays(np.uint8, (16, 16)))
def test_equal_to_scikit_image_on_anything(gray: NDArray[np.uint8]) -> None:
    values = gray.astype(float)
    np.testing.assert_allclose(ours(values, 4), theirs(values, 4), rtol=1e-6, atol=1e-7)


def test_the_extractor_gives_scikit_images_numbers_on_faces() -> None:
    for face in data.lfw_subset()[::20]:
        gray = np.rint(255 * face).astype(np.uint8)
        large = images.resize(gray, shape=(64, 64)).astype(float)
        np.testing.assert_allclose(HOG().measure(gray)[4:], theirs(large, 16), rtol=1e-6, atol=1e-7)


def edges(pixels: NDArray[np.uint8]) -> dict[str, float]:
    names = ("strength", "horizontal", "vertical", "diagonal")
    return dict(zip(names, HOG().measure(pixels)[:4], strict=True))


def test_stripes_have_one_direction() -> None:
    stripes = np.zeros((64, 64), dtype=np.uint8)
    stripes[:, ::4] = 200
    assert edges(stripes)["vertical"] == 1
    assert edges(stripes.T)["horizontal"] == 1
    rows, columns = np.indices((64, 64))
    slanted = (((rows + columns) // 8 % 2) * 200).astype(np.uint8)
    assert edges(slanted)["diagonal"] > 0.9


def test_a_ramp_has_the_strength_of_its_slope() -> None:
    ramp = np.repeat(np.arange(0, 192, 3, dtype=np.uint8)[None], 64, axis=0)
    # The border columns have no neighbor on one side.
    assert edges(ramp)["strength"] == pytest.approx(3 * 62 / 64)


def test_wide_pictures_keep_their_directions() -> None:
    rows, columns = np.indices((64, 256))
    slanted = ((np.sin((rows + columns) / 12) + 1) * 100).astype(np.uint8)
    assert edges(slanted)["diagonal"] > 0.85


@settings(max_examples=40)
@given(arrays(np.uint8, (12, 20)))
def test_shares_add_up_and_turn_with_the_picture(gray: NDArray[np.uint8]) -> None:
    one, turned = edges(gray), edges(np.ascontiguousarray(gray.T))
    total = one["horizontal"] + one["vertical"] + one["diagonal"]
    assert total == pytest.approx(1, abs=1e-6) or (total == 0 and one["strength"] == 0)
    assert turned["horizontal"] == pytest.approx(one["vertical"], abs=1e-6)
    assert turned["strength"] == pytest.approx(one["strength"], rel=1e-6)


def test_plain_pictures_are_all_zero() -> None:
    assert not HOG().measure(np.full((30, 40), 77, dtype=np.uint8)).any()


def test_column_names_follow_the_cells() -> None:
    bright = np.zeros((64, 64), dtype=np.uint8)
    bright[40:, 10:13] = 255
    row = HOG().transform(bright).iloc[0]
    found = {name for name, value in row.items() if name.endswith("_000") and value > 0.15}
    rows = {int(name[5]) + (name[9] == "l") for name in found}
    columns = {int(name[7]) + (name[10] == "r") for name in found}
    assert (rows, columns) == ({3, 4}, {1})


@pytest.mark.parametrize("options", [{"size": 60}, {"size": 16}, {"cell": 0}, {"cell": 48}])
def test_cells_that_do_not_fill_the_square(options: dict[str, int]) -> None:
    with pytest.raises(InputError, match="at least two cells"):
        get("hog", **options).columns()


def test_number_of_columns() -> None:
    assert len(HOG().columns()) == 328
    assert len(get("hog", size=128).columns()) == 4 + 7 * 7 * 36


def test_show_draws_a_stroke_a_cell_and_direction(photograph: NDArray[np.uint8]) -> None:
    ax = HOG().show(photograph)
    assert len(ax.collections[0].get_segments()) == 4 * 4 * 9
