"""Corners against scikit-image, OpenCV's definition and drawn ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data
from skimage.feature import corner_fast, corner_harris, corner_peaks

from iconometrics import images
from iconometrics.errors import InputError

grays = arrays(np.uint8, st.tuples(st.integers(1, 30), st.integers(1, 30)))


def test_the_response_equals_scikit_images() -> None:
    for picture in (data.camera(), data.coins()[:200, :150]):
        theirs = corner_harris(picture / 255, k=0.05, sigma=1)
        ours = images.harris(picture)
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * np.abs(theirs).max())


# scikit-image takes a single pixel for no picture.
@settings(max_examples=40)
@given(arrays(np.uint8, st.tuples(st.integers(2, 30), st.integers(2, 30))))
def test_the_response_equals_scikit_images_on_anything(picture: NDArray[np.uint8]) -> None:
    theirs = corner_harris(picture / 255, k=0.05, sigma=1)
    np.testing.assert_allclose(images.harris(picture), theirs, rtol=1e-3, atol=1e-4)


def test_places_equal_scikit_images() -> None:
    picture = data.camera()
    theirs = corner_peaks(
        corner_harris(picture / 255, k=0.05), min_distance=1, threshold_abs=0.5, threshold_rel=0
    )
    ours = images.corners(picture, threshold=0.5)
    inside = ((ours[:, :2] > 6) & (ours[:, :2] < 505)).all(axis=1)
    mine = {tuple(place) for place in ours[inside, :2].astype(int).tolist()}
    other = {tuple(p) for p in theirs.tolist() if min(p) > 6 and max(p) < 505}
    assert len(mine & other) > 0.98 * max(len(mine), len(other)) > 50


def test_fast_equals_scikit_images() -> None:
    """Both look for 9 of 16 on the circle; maxima are chosen by different measures of strength."""
    picture = data.camera()
    theirs = corner_fast(picture.astype(float), n=9, threshold=20) > 0
    ours = images.corners(picture, "fast")
    rows, columns = ours[:, :2].astype(int).T
    assert theirs[rows, columns].all()
    assert (ours[:, 2] >= 20).all()


def test_the_fast_strength_is_the_largest_threshold() -> None:
    picture = data.camera()[100:300, 150:350]
    for row, column, strength in images.corners(picture, "fast")[:20].tolist():
        place = int(row), int(column)
        assert corner_fast(picture.astype(float), n=9, threshold=strength - 0.5)[place] > 0
        assert corner_fast(picture.astype(float), n=9, threshold=strength + 1.5)[place] == 0


def test_corners_move_with_the_picture() -> None:
    picture = data.camera()[200:300, 200:300]
    wide = np.pad(picture, ((7, 9), (11, 5)), mode="edge")
    inner = images.corners(picture)
    inner = inner[((inner[:, :2] > 8) & (inner[:, :2] < 92)).all(axis=1)]
    moved = {(r + 7, c + 11) for r, c in inner[:, :2].tolist()}
    assert moved <= {tuple(place) for place in images.corners(wide)[:, :2].tolist()}


@settings(max_examples=30)
@given(grays, st.sampled_from(["harris", "fast"]))
def test_any_picture(picture: NDArray[np.uint8], method: str) -> None:
    found = images.corners(picture, method)  # type: ignore[arg-type]
    assert found.shape[1:] == (3,)
    assert (found[:, :2] >= 0).all()
    assert (found[:, :2] < picture.shape).all()
    assert (np.diff(found[:, 2]) <= 0).all()


def test_a_blank_picture_has_none() -> None:
    for level in (0, 128, 255):
        assert len(images.corners(np.full((50, 40, 3), level, np.uint8))) == 0


def test_methods_are_named() -> None:
    with pytest.raises(InputError, match="'harris' or 'fast'"):
        images.corners(np.zeros((5, 5)), "susan")  # type: ignore[arg-type]
