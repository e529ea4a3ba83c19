"""Corners, blobs, keypoints, faces and raw pixels as features: hand-made pictures and real ones."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data
from sklearn.datasets import load_digits

from iconometrics import features, images
from iconometrics.errors import InputError
from iconometrics.features.points import spread


def numbers(name: str, picture: NDArray[np.uint8]) -> pd.Series:
    return features.get(name).transform(picture).iloc[0]


def squares(count: int, *, level: int = 255) -> NDArray[np.uint8]:
    """White squares on black, apart from each other."""
    picture = np.zeros((200, 200), np.uint8)
    for k in range(count):
        top, left = 10 + 60 * (k // 3), 10 + 60 * (k % 3)
        picture[top : top + 30, left : left + 30] = level
    return picture


@pytest.mark.parametrize("count", [1, 4, 9])
def test_corners_are_counted(count: int) -> None:
    row = numbers("corners", squares(count))
    assert row["corners_harris"] == 4 * count * 10_000 / 40_000
    assert (row["corners_harris_spread"] > 0) and (row["corners_harris_strength"] > 0)


def test_the_strength_of_corners_is_proportional_to_contrast() -> None:
    full, half = (numbers("corners", squares(4, level=level)) for level in (240, 120))
    ratio = half["corners_harris_strength"] / full["corners_harris_strength"]
    assert ratio == pytest.approx(0.5, rel=1e-3)
    dots = np.zeros((40, 40), np.uint8)
    dots[10::10, 10::10] = 240
    row = numbers("corners", dots)
    assert (row["corners_fast"], row["corners_fast_strength"]) == (9 * 10_000 / 1600, 239)
    assert numbers("corners", dots // 2)["corners_fast_strength"] == 119


@given(arrays(np.float64, (7, 2), elements=st.floats(0, 99)))
def test_spread_is_a_share_that_does_not_move(points: NDArray[np.float64]) -> None:
    found = spread(points, (100, 100))
    assert 0 <= found <= 1
    assert spread(99 - points, (100, 100)) == pytest.approx(found, abs=1e-9)
    assert spread(points[:, ::-1], (100, 100)) == pytest.approx(found, abs=1e-9)


def test_spread_of_points_everywhere() -> None:
    points = np.argwhere(np.ones((101, 101)))
    assert spread(points, (101, 101)) == pytest.approx(np.sqrt(1 / 3), abs=0.01)


def test_blobs_are_counted_by_tone_and_size() -> None:
    rows, columns = np.indices((200, 200))
    picture = np.full((200, 200), 128, np.uint8)
    for k, level in enumerate((255, 255, 0)):
        picture[(rows - 50) ** 2 + (columns - 30 - 60 * k) ** 2 <= 7**2] = level
    row = numbers("blobs", picture)
    per_blob = 10_000 / 40_000
    assert (row["blobs_bright"], row["blobs_dark"]) == (2 * per_blob, per_blob)
    assert row["blobs_dog"] >= 3 * per_blob and row["blobs_doh"] >= 3 * per_blob
    assert row["blobs_bright_size"] == pytest.approx(7 / 200, rel=0.25)
    inverse = numbers("blobs", 255 - picture)
    assert inverse["blobs_dark"] == row["blobs_bright"]
    assert inverse["blobs_dark_strength"] == pytest.approx(row["blobs_bright_strength"], rel=0.02)


def test_keypoints_are_those_of_opencv() -> None:
    picture = images.resize(data.astronaut(), 300)
    gray = np.rint(images.gray(picture)).astype(np.uint8)
    theirs = cv2.SIFT.create().detect(gray, None)
    row = numbers("keypoints:size=300", picture)
    assert row["keypoints_sift"] == pytest.approx(len(theirs) * 10_000 / gray.size)
    assert row["keypoints_size"] == pytest.approx(np.mean([k.size for k in theirs]) / 300)
    assert row["keypoints_largest"] == pytest.approx(max(k.size for k in theirs) / 300)
    assert row["keypoints_sift_strength"] == pytest.approx(np.mean([k.response for k in theirs]))
    angles = np.radians([k.angle for k in theirs])
    assert row["keypoints_directions"] == pytest.approx(1 - abs(np.exp(1j * angles).mean()))


def test_keypoints_turn_with_the_picture() -> None:
    picture = images.gray(images.resize(data.astronaut(), 300)).astype(np.uint8)
    before = features.sift(picture)
    after = features.sift(np.rot90(picture, 2))
    assert len(after) == pytest.approx(len(before), rel=0.03)
    mirrored = 299 - after[:, :2]
    gaps = np.linalg.norm(mirrored[:, None] - before[None, :, :2], axis=2)
    near = gaps.argmin(axis=1)
    met = gaps.min(axis=1) < 1
    assert met.mean() > 0.9
    turned = (after[met, 3] - before[near[met], 3]) % 360
    assert np.median(turned) == pytest.approx(180, abs=2)


def test_a_face_is_found_where_it_is() -> None:
    picture = data.astronaut()
    row = numbers("faces", picture)
    assert (row["faces_present"], row["faces_count"]) == (1, 1)
    (left, top, right, bottom) = images.find_faces(picture, thorough=False)[0]
    assert row["faces_share"] == pytest.approx((right - left) * (bottom - top) / 512**2)
    assert row["faces_largest"] == row["faces_share"]
    assert (row["faces_x"], row["faces_y"]) == pytest.approx((0.43, 0.22), abs=0.03)
    twice = numbers("faces", np.hstack([picture[:300, 100:400]] * 2))
    assert twice["faces_count"] == 2
    assert twice["faces_share"] == pytest.approx(2 * twice["faces_largest"], rel=0.1)
    assert numbers("faces", data.coffee())["faces_present"] == 0


def test_raw_pixels_are_the_picture() -> None:
    digit = (load_digits().images[3] * 15).astype(np.uint8)
    row = numbers("pixels:size=8", digit)
    np.testing.assert_array_equal(row.to_numpy().reshape(8, 8), digit)
    assert row["pixels_r2c5"] == digit[1, 4]
    picture = data.astronaut()
    small = images.resize(picture, shape=(16, 16))
    colored = features.get("pixels:color=True").transform(picture).iloc[0]
    np.testing.assert_array_equal(colored.to_numpy().reshape(16, 16, 3), small)
    assert colored["pixels_r3c4_green"] == small[2, 3, 1]
    gray = numbers("pixels", picture).to_numpy().reshape(16, 16)
    np.testing.assert_allclose(gray, images.gray(small), atol=1e-3)


@pytest.mark.parametrize("size", [0, 129, 2.5, True, None])
def test_squares_of_no_size(size: object) -> None:
    with pytest.raises(InputError, match="from 1 to 128"):
        features.get("pixels", size=size).transform(np.zeros((4, 4), np.uint8))


@pytest.mark.data
def test_portraits_have_one_face_each(shared_data: Path) -> None:
    files = sorted((shared_data / "congress_faces").rglob("*.jpg"))[::8]
    table = features.get("faces").transform(files)
    assert (table["faces_count"] == 1).mean() > 0.95
    assert table["faces_share"].median() > 0.15


@pytest.mark.data
def test_faces_are_missed_rather_than_invented(shared_data: Path) -> None:
    folder = shared_data / "public_domain"
    known = pd.read_csv(folder / "face_counts.csv").set_index("file")["faces"]
    paths = [folder / name for name in known.index]
    counted = features.get("faces").transform(paths)["faces_count"].to_numpy()
    assert 20 <= np.minimum(counted, known).sum() <= known.sum() == 57
    assert np.maximum(counted - known, 0).sum() <= 1
