"""Co-occurrence of gray levels against scikit-image and pairs counted one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data
from skimage.feature import graycomatrix, graycoprops

from iconometrics.errors import InputError
from iconometrics.features import GLCM, Texture, cooccurrence, get
from iconometrics.features.cooccurrence import PROPERTIES, cooccurrence_columns, offsets

# scikit-image's angles run clockwise, as rows do; ours run up.
_THEIRS = {0: 0.0, 45: 3 * np.pi / 4, 90: np.pi / 2, 135: np.pi / 4}

grays = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def theirs(gray: NDArray[np.uint8], distance: int, angle: int, levels: int) -> NDArray[np.float64]:
    # A diagonal step of two rows and two columns is 2 sqrt(2) pixels long there.
    length = distance * (np.sqrt(2) if angle % 90 else 1)
    reduced = (gray.astype(int) * levels // 256).astype(np.uint8)
    matrix = graycomatrix(reduced, [length], [_THEIRS[angle]], levels, symmetric=True, normed=True)
    rows = [graycoprops(matrix, name if name != "asm" else "ASM")[0, 0] for name in PROPERTIES]
    rows[-1] /= np.log(2)
    return np.array(rows)


@pytest.mark.parametrize("levels", [2, 8, 32, 100, 256])
def test_equal_to_scikit_image(photograph: NDArray[np.uint8], levels: int) -> None:
    gray = photograph[..., 1]
    ours = cooccurrence_columns(gray, (1, 2, 5), levels)
    for row, distance in zip(ours, (1, 2, 5), strict=True):
        for numbers, angle in zip(row, _THEIRS, strict=True):
            wanted = theirs(gray, distance, angle, levels)
            np.testing.assert_allclose(numbers, wanted, rtol=1e-6, err_msg=f"{distance}, {angle}")


@settings(max_examples=60)
@given(grays, st.integers(2, 256), st.integers(-3, 3), st.integers(-3, 3), st.booleans())
def test_pairs_counted_one_by_one(
    gray: NDArray[np.uint8], levels: int, down: int, right: int, symmetric: bool
) -> None:
    wanted = np.zeros((levels, levels), dtype=int)
    height, width = gray.shape
    for y in range(height):
        for x in range(width):
            if 0 <= y + down < height and 0 <= x + right < width:
                pair = (
                    int(gray[y, x]) * levels // 256,
                    int(gray[y + down, x + right]) * levels // 256,
                )
                wanted[pair] += 1
                if symmetric:
                    wanted[pair[::-1]] += 1
    got = cooccurrence(gray, offsets=[(down, right)], levels=levels, symmetric=symmetric)[0]
    np.testing.assert_array_equal(got, wanted)


@settings(max_examples=40)
@given(grays.filter(lambda gray: min(gray.shape) > 1), st.sampled_from([2, 16, 256]))
def test_numbers_of_anything(gray: NDArray[np.uint8], levels: int) -> None:
    ours = cooccurrence_columns(gray, (1,), levels)[0]
    for numbers, angle in zip(ours, _THEIRS, strict=True):
        wanted = theirs(gray, 1, angle, levels)
        np.testing.assert_allclose(numbers, wanted, rtol=1e-6, atol=1e-9)


def test_lecture_entropy_on_a_matrix_by_hand() -> None:
    # Four equally frequent pairs of two levels: 2 bits.
    gray = np.array([[0, 0, 255, 255, 0]], dtype=np.uint8)
    table = cooccurrence(gray, offsets=[(0, 1)], levels=2, symmetric=False)[0]
    assert table.tolist() == [[1, 1], [1, 1]]
    row = dict(zip(PROPERTIES, cooccurrence_columns(gray, (1,), 2)[0, 0], strict=True))
    assert row["entropy"] == pytest.approx(2)
    assert row["contrast"] == pytest.approx(0.5)
    assert row["energy"] == pytest.approx(0.5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2)])
def test_pictures_smaller_than_the_distance(shape: tuple[int, int]) -> None:
    numbers = cooccurrence_columns(np.full(shape, 7, np.uint8), (4,), 16)
    flat = [0, 0, 1, 1, 1, 1, 0]
    np.testing.assert_array_equal(numbers.reshape(-1, 7), [flat] * 4)


def test_stripes_have_a_direction() -> None:
    stripes = np.zeros((40, 40), dtype=np.uint8)
    stripes[:, ::2] = 255
    row = GLCM().transform(stripes).iloc[0]
    assert row["glcm_contrast_d1_000"] == 31**2
    assert row["glcm_contrast_d1_090"] == 0
    assert row["glcm_correlation_d1_000"] == pytest.approx(-1, abs=1e-3)
    texture = Texture().transform(stripes).iloc[0]
    noise = Texture().transform(np.random.default_rng(1).integers(0, 256, (40, 40), np.uint8))
    assert texture["texture_direction_1"] > 0.5 > 0.2 > noise["texture_direction_1"].iloc[0]


def test_angles_are_those_named() -> None:
    rising = np.zeros((30, 30), dtype=np.uint8)
    rows, columns = np.indices(rising.shape)
    rising[(rows + columns) % 4 < 2] = 255
    row = GLCM().transform(rising).iloc[0]
    assert row["glcm_contrast_d1_045"] == 0
    assert row["glcm_contrast_d1_135"] > 0


def test_texture_is_the_mean_over_angles_of_glcm(photograph: NDArray[np.uint8]) -> None:
    texture, each = Texture().transform(photograph).iloc[0], GLCM().transform(photograph).iloc[0]
    for name in PROPERTIES:
        mean = each[[f"glcm_{name}_d2_{angle:03d}" for angle in _THEIRS]].mean()
        assert texture[f"texture_{name}_2"] == pytest.approx(mean, rel=1e-6)


def test_texture_hardly_changes_when_turned() -> None:
    picture = data.camera()
    one, turned = (Texture().measure(p) for p in (picture, np.ascontiguousarray(picture.T)))
    np.testing.assert_allclose(one, turned, rtol=1e-5)


@pytest.mark.parametrize("options", [{"levels": 1}, {"levels": 300}, {"distances": (0,)}])
def test_options_out_of_range(options: dict[str, object]) -> None:
    with pytest.raises(InputError, match="expected"):
        get("glcm", **options).transform(np.zeros((4, 4), dtype=np.uint8))


def test_offsets_are_those_of_haralick() -> None:
    assert offsets([2]) == [(0, 2), (-2, 2), (-2, 0), (-2, -2)]
    with pytest.raises(InputError, match="distances"):
        offsets([])
