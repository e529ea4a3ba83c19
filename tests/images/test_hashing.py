"""Fingerprints: equal for what looks equal, far apart for what does not."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance
from scipy.fft import dct
from skimage import data

from iconometrics import images
from iconometrics.errors import InputError

NAMES = ["astronaut", "coffee", "cat", "rocket", "camera", "coins", "page", "moon"]


@pytest.fixture(scope="module")
def pictures() -> list[Any]:
    return [np.ascontiguousarray(getattr(data, name)()) for name in NAMES]


def oracle(pixels: Any) -> str:
    """By the definition, with scipy's transform and bits put together one by one."""
    small = np.asarray(Image.fromarray(images.gray(pixels)).resize((32, 32), Image.LANCZOS))
    low = dct(dct(small.astype(float), axis=0), axis=1)[:8, :8].ravel()
    bits = "".join("1" if value > np.median(low) else "0" for value in low)
    return f"{int(bits, 2):016x}"


def test_hash_by_the_definition(pictures: list[Any]) -> None:
    for pixels in pictures:
        assert images.perceptual_hash(pixels) == oracle(pixels)


def test_hash_survives_what_platforms_do_to_pictures(pictures: list[Any]) -> None:
    for pixels in pictures:
        original = images.perceptual_hash(pixels)
        copies = [
            images.resize(pixels, 200),
            images.read(images.encode(pixels, quality=30)),
            images.read(images.encode(pixels, quality=90), 128),
            np.asarray(ImageEnhance.Brightness(Image.fromarray(pixels)).enhance(0.85)),
            np.rint(images.gray(pixels)).astype(np.uint8),
        ]
        assert max(images.hamming(original, images.perceptual_hash(c)) for c in copies) <= 6


def test_hash_tells_pictures_apart(pictures: list[Any]) -> None:
    hashes = [images.perceptual_hash(pixels) for pixels in pictures]
    assert min(images.hamming(a, b) for a, b in combinations(hashes, 2)) >= 16


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (64, 64, 3), (1, 65500, 3)])
def test_blank_pictures_share_one_hash(shape: tuple[int, ...]) -> None:
    assert images.perceptual_hash(np.full(shape, 201, np.uint8)) == "8000000000000000"
    assert images.perceptual_hash(np.zeros(shape, np.uint8)) == "0000000000000000"


words = st.integers(0, 2**64 - 1)


@given(words, words, words)
def test_hamming_is_a_distance(a: int, b: int, c: int) -> None:
    x, y, z = (f"{value:016x}" for value in (a, b, c))
    assert images.hamming(x, y) == bin(a ^ b).count("1") == images.hamming(y, x)
    assert images.hamming(x, z) <= images.hamming(x, y) + images.hamming(y, z)


@pytest.mark.parametrize(("a", "b"), [("00", "000"), ("zz", "00"), ("", "")])
def test_what_is_no_hash(a: str, b: str) -> None:
    with pytest.raises(InputError, match="hexadecimal"):
        images.hamming(a, b)
