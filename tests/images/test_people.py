"""Faces are found, and what is anonymized cannot be recognized."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage import data

from iconometrics import images
from iconometrics.errors import InputError


def overlap(a: Any, b: Any) -> float:
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    area = max(across, 0) * max(down, 0)
    return area / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - area)


FACE = (177, 70, 270, 165)


@pytest.mark.parametrize("scale", [1, 4])
def test_the_astronaut_has_one_face(scale: int) -> None:
    pixels = data.astronaut().repeat(scale, axis=0).repeat(scale, axis=1)
    (box,) = images.find_faces(pixels)
    assert overlap([edge / scale for edge in box], FACE) > 0.7


def test_gray_pictures_have_faces_too() -> None:
    assert len(images.find_faces(np.rint(images.gray(data.astronaut())))) == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000, 3), (300, 300, 3)])
def test_nobody_is_there(shape: tuple[int, ...]) -> None:
    assert images.find_faces(np.zeros(shape, np.uint8)) == []


@pytest.mark.data
def test_portraits_have_one_face_each(shared_data: Path) -> None:
    files = sorted((shared_data / "congress_faces").rglob("*.jpg"))[::25]
    counts = [len(images.find_faces(images.read(file))) for file in files]
    assert np.mean(np.equal(counts, 1)) >= 0.95


def test_anonymize_covers_the_face_and_nothing_else() -> None:
    pixels = np.ascontiguousarray(data.astronaut())
    hidden = images.anonymize(pixels)
    assert images.find_faces(hidden) == []
    changed = (hidden != pixels).any(axis=2)
    rows, columns = np.nonzero(changed)
    found = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert changed[FACE[1] : FACE[3], FACE[0] : FACE[2]].mean() > 0.95
    assert overlap(found, FACE) > 0.4
    assert (pixels == data.astronaut()).all()


def test_blur_leaves_25_values_at_most() -> None:
    """Two pictures alike in 5 x 5 means are alike when blurred: no more than that is left."""
    rng = np.random.default_rng(4)
    noise = rng.integers(-60, 61, (50, 50))
    noise -= (
        noise.reshape(5, 10, 5, 10)
        .mean(axis=(1, 3))
        .round()
        .astype(int)
        .repeat(10, 0)
        .repeat(10, 1)
    )
    plain = np.full((50, 50), 128, np.uint8)
    blurred = images.blur((128 + noise).astype(np.uint8), [(0, 0, 50, 50)])
    assert np.abs(blurred.astype(int) - plain).max() <= 1


def test_blur_of_boxes_beyond_the_edge(photo: Any) -> None:
    far = [(-50, -50, 20, 20), (900, 900, 950, 950), (10, 10, 10, 40), (5.4, 5, 6.2, 6)]
    hidden = images.blur(photo, far)
    assert (hidden[20:, 20:] == photo[20:, 20:]).all()
    assert not (hidden[:20, :20] == photo[:20, :20]).all()


def test_anonymize_widens_given_boxes(photo: Any) -> None:
    changed = (images.anonymize(photo, [(100, 100, 150, 150)]) != photo).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (90, 159, 90, 159)


def test_what_is_no_picture() -> None:
    with pytest.raises(InputError, match="expected a picture"):
        images.blur(np.zeros((4, 4), int), [])
