"""Sizes: what is asked for, never enlarged, never without a pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from iconometrics import images
from iconometrics.errors import InputError

sides = st.integers(1, 400)
sizes = st.integers(1, 500)


@given(sides, sides, sizes)
def test_longest_side_is_at_most_the_size(height: int, width: int, size: int) -> None:
    small = images.resize(np.zeros((height, width), np.uint8), size)
    assert min(small.shape) >= 1
    assert max(small.shape) == min(size, max(height, width))
    for before, after in zip((height, width), small.shape, strict=True):
        exact = before * max(small.shape) / max(height, width)
        assert abs(after - exact) <= 0.5 or (after == 1 and exact < 1)


@given(sides, sides, st.tuples(sides, sides))
def test_shape_is_exact(height: int, width: int, shape: tuple[int, int]) -> None:
    assert images.resize(np.zeros((height, width, 3), np.uint8), shape=shape).shape == (*shape, 3)


@settings(max_examples=30)
@given(st.integers(0, 255), sides, sides, sizes)
def test_a_blank_picture_stays_as_it_is(value: int, height: int, width: int, size: int) -> None:
    assert (images.resize(np.full((height, width), value, np.uint8), size) == value).all()


@settings(max_examples=40)
@given(sides, sides, sizes, st.sampled_from(["jpeg", "png"]))
def test_open_and_resize_agree_on_the_shape(height: int, width: int, size: int, kind: Any) -> None:
    pixels = np.full((height, width, 3), 99, np.uint8)
    picture = images.open(images.encode(pixels, kind), size)
    assert picture.pixels.shape == images.resize(pixels, size).shape
    assert (picture.height, picture.width) == (height, width)


def test_open_at_a_size_is_open_then_resize_where_nothing_is_reduced(photo: Any) -> None:
    content = images.encode(photo, "png")
    assert (images.read(content, 100) == images.resize(photo, 100)).all()


def test_floats_are_kept(photo: Any) -> None:
    gray = images.gray(photo) / 2 + 64
    small = images.resize(gray, 40)
    assert small.dtype == np.float32
    assert np.abs(small - images.resize(np.rint(gray).astype(np.uint8), 40)).max() <= 1


def test_antialiasing_averages_a_checkerboard() -> None:
    board = np.indices((256, 256)).sum(axis=0) % 2 * 255
    small = images.resize(board.astype(np.uint8), 16)
    assert np.abs(small[1:-1, 1:-1].astype(int) - 127.5).max() <= 1


@pytest.fixture(scope="module", params=[(0, 0), (0, 2), (25, 0), (25, 2)], ids=str)
def large(request: pytest.FixtureRequest, encode: Any, photo: Any) -> bytes:
    """A large JPEG, smooth or noisy, with whole or halved color resolution."""
    noise, subsampling = request.param
    image = Image.fromarray(photo).resize((2400, 1800), Image.Resampling.BICUBIC)
    pixels = np.asarray(image) + np.random.default_rng(noise).normal(0, noise, (1800, 2400, 3))
    content: bytes = encode(
        pixels.clip(0, 255).astype(np.uint8), "JPEG", quality=90, subsampling=subsampling
    )
    return content


def test_reduced_decoding_is_close_to_full_decoding(large: bytes) -> None:
    """At most two gray levels on average, at sizes just below and above each step."""
    whole = images.read(large)
    for size in (100, 149, 151, 224, 299, 301, 599, 601, 1300):
        full = images.resize(whole, size)
        found = images.read(large, size)
        assert found.shape == full.shape
        assert np.abs(found.astype(int) - full).mean() <= 2, size


@pytest.mark.parametrize("size", [0, -1, 2.5, True, "9"])
def test_a_size_that_is_none(photo: Any, size: Any) -> None:
    with pytest.raises(InputError, match="whole number of pixels"):
        images.resize(photo, size)
    with pytest.raises(InputError, match="whole number of pixels"):
        images.open(images.encode(photo), size)


def test_one_of_size_and_shape(photo: Any) -> None:
    with pytest.raises(InputError, match="one of the two"):
        images.resize(photo)
    with pytest.raises(InputError, match="one of the two"):
        images.resize(photo, 3, (3, 3))
    with pytest.raises(InputError, match="whole number of pixels"):
        images.resize(photo, shape=(0, 3))


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4), int),
        np.zeros((4, 4, 3), float),
        np.zeros(4, np.uint8),
        np.zeros((0, 4), np.uint8),
    ],
)
def test_an_array_that_is_no_picture(pixels: Any) -> None:
    with pytest.raises(InputError, match="expected a picture"):
        images.resize(pixels, 2)
