"""Gray, normalized, as a vector, cut out; gradients; sharpness; contrast."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import filters

from iconometrics import images
from iconometrics.errors import InputError

small = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9))


def test_gray_is_that_of_opencv(photo: Any) -> None:
    gray = images.gray(photo)
    assert gray.dtype == np.float32
    assert np.abs(gray - cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)).max() <= 0.51
    floats = cv2.cvtColor(photo.astype(np.float32), cv2.COLOR_RGB2GRAY)
    np.testing.assert_allclose(gray, floats, atol=1e-3)


def test_gray_of_the_corners() -> None:
    corners = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]])
    expected = [0, 255, 255 * 0.299, 255 * 0.587, 255 * 0.114]
    np.testing.assert_allclose(images.gray(corners)[0], expected, atol=1e-4)


@given(small)
def test_gray_of_gray_is_the_same(pixels: Any) -> None:
    assert (images.gray(pixels) == pixels).all()
    assert (images.gray(np.dstack([pixels] * 3)) == pixels).all()


def test_gray_of_no_picture() -> None:
    with pytest.raises(InputError, match="expected a picture"):
        images.gray(np.zeros((2, 2, 4)))


def test_normalize(photo: Any) -> None:
    mean, std = photo.mean(axis=(0, 1)) / 255, photo.std(axis=(0, 1)) / 255
    result = images.normalize(photo, mean, std)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result.mean(axis=(0, 1)), 0, atol=1e-4)
    np.testing.assert_allclose(result.std(axis=(0, 1)), 1, atol=1e-4)
    with pytest.raises(InputError, match="std"):
        images.normalize(photo, 0.5, 0)


@pytest.mark.parametrize(("shape", "length"), [((12, 16), 192), ((5, 6, 3), 90)])
def test_vector_has_one_number_a_value(shape: tuple[int, ...], length: int) -> None:
    """The pictures that the lecture counts: 16 x 12 in gray, 6 x 5 in color."""
    pixels = np.arange(math.prod(shape), dtype=np.uint8).reshape(shape)
    vector = images.vector(pixels)
    assert vector.shape == (length,)
    assert (vector == np.arange(length)).all()


def test_vector_resized_and_gray(photo: Any) -> None:
    assert images.vector(photo, (10, 12)).shape == (360,)
    gray = images.vector(photo, (10, 12), gray=True)
    expected = images.gray(images.resize(photo, shape=(10, 12))).ravel()
    assert (gray == expected).all()
    assert (images.vector(images.gray(photo)) == images.gray(photo).ravel()).all()


@given(small)
def test_gradients_against_loops(pixels: Any) -> None:
    gx, gy = images.gradients(pixels)
    height, width = pixels.shape
    for row in range(height):
        for column in range(width):
            here = float(pixels[row, column])
            right = float(pixels[row, column + 1]) if column + 1 < width else here
            below = float(pixels[row + 1, column]) if row + 1 < height else here
            assert (gx[row, column], gy[row, column]) == (right - here, below - here)


@given(st.integers(-255, 255), st.integers(-255, 255))
def test_magnitude_and_direction_against_the_formula(gx: int, gy: int) -> None:
    magnitude, direction = images.magnitude_direction(np.array([gx]), np.array([gy]))
    assert magnitude[0] == pytest.approx(math.sqrt(gx**2 + gy**2), rel=1e-6)
    if gy:
        assert direction[0] == pytest.approx(math.degrees(math.atan(gx / gy)), abs=1e-4)
    else:
        assert direction[0] == (90 if gx else 0)


def test_direction_of_edges_one_can_see() -> None:
    step = np.zeros((8, 8))
    step[:, 4:] = 200
    rows, columns = np.indices((8, 8))
    for picture, expected in ((step, 90), (step.T, 0), (rows - columns, -45), (rows + columns, 45)):
        magnitude, direction = images.magnitude_direction(*images.gradients(picture))
        strong = magnitude[:-1, :-1] > 0
        assert set(direction[:-1, :-1][strong].round(3).tolist()) == {expected}


def test_sharpness_is_the_variance_of_the_laplacian(photo: Any) -> None:
    gray = images.gray(photo)
    oracle = cv2.Laplacian(gray, cv2.CV_32F)[1:-1, 1:-1].var()
    assert images.sharpness(gray) == pytest.approx(float(oracle), rel=1e-4)


def test_blurring_lowers_sharpness_and_contrast(photo: Any) -> None:
    gray = images.gray(photo)
    sharp = [images.sharpness(filters.gaussian(gray, s)) for s in (0.5, 1, 2, 4, 8)]
    assert sharp == sorted(sharp, reverse=True)
    assert images.contrast(filters.gaussian(gray, 20)) < images.contrast(gray)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (2, 2), (9, 9)])
def test_blank_pictures_have_neither(shape: tuple[int, int]) -> None:
    assert images.sharpness(np.full(shape, 130)) == images.contrast(np.full(shape, 130)) == 0


@given(small, st.tuples(*[st.integers(-3, 12)] * 4))
def test_crop_keeps_what_lies_inside(pixels: Any, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    rows, columns = np.indices(pixels.shape)
    inside = (rows >= top) & (rows < bottom) & (columns >= left) & (columns < right)
    if inside.any():
        assert images.crop(pixels, box).ravel().tolist() == pixels[inside].tolist()
    else:
        with pytest.raises(InputError, match="inside the picture"):
            images.crop(pixels, box)


def test_crop_is_a_copy(photo: Any) -> None:
    before = photo.copy()
    images.crop(photo, (0, 0, 9, 9))[:] = 0
    assert (photo == before).all()
