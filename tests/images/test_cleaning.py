"""Light, background and place taken out of pictures."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data
from sklearn.datasets import load_sample_image

from iconometrics import images
from iconometrics.errors import InputError

pictures = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3)))


def disk(center: tuple[int, int], radius: int, shape: tuple[int, int]) -> NDArray[np.bool_]:
    rows, columns = np.indices(shape)
    return np.asarray((rows - center[0]) ** 2 + (columns - center[1]) ** 2 <= radius**2)


def test_contrast_is_evened_as_opencv_does_it_on_gray() -> None:
    camera = data.camera()
    theirs = cv2.createCLAHE(3.0, (8, 8)).apply(camera)
    np.testing.assert_array_equal(images.equalize(camera, limit=3), theirs)


def test_contrast_is_evened_without_changing_hues() -> None:
    picture = images.resize(data.astronaut(), 200)
    before, after = (
        cv2.cvtColor(p, cv2.COLOR_RGB2Lab) for p in (picture, images.equalize(picture))
    )
    inside = ((picture > 20) & (picture < 235)).all(axis=2)
    shift = np.abs(before[inside][:, 1:].astype(int) - after[inside][:, 1:]).mean()
    assert shift < 3
    dim = (picture * 0.3).astype(np.uint8)
    gap = np.abs(images.equalize(dim).astype(int) - dim).mean()
    assert gap > 10


@settings(max_examples=50)
@given(pictures)
def test_the_mean_color_becomes_gray(picture: NDArray[np.uint8]) -> None:
    result = images.gray_world(picture)
    assert result.shape == picture.shape
    if (picture.reshape(-1, 3).mean(axis=0) > 0).all() and result.max() < 255:
        means = result.reshape(-1, 3).mean(axis=0)
        assert np.ptp(means) <= 1


def test_colored_light_is_taken_out() -> None:
    picture = images.resize(data.astronaut(), 200)
    reddish = np.minimum(picture * [1.2, 0.9, 0.7], 255).astype(np.uint8)
    plain, warm = (images.gray_world(p).astype(int) for p in (picture, reddish))
    assert np.abs(plain - warm).mean() < 0.4 * np.abs(picture.astype(int) - reddish).mean()


def test_a_subject_is_told_from_its_background() -> None:
    rng = np.random.default_rng(1)
    where = disk((60, 80), 35, (120, 160))
    noise = rng.normal(0, 8, (120, 160, 3))
    picture = np.where(where[..., None], (220, 120, 60), (40, 70, 60)) + noise
    found = images.foreground(np.clip(picture, 0, 255).astype(np.uint8))
    assert (found & where).sum() / (found | where).sum() > 0.95


def test_the_flower_is_cut_out() -> None:
    flower = images.resize(load_sample_image("flower.jpg"), 400)
    kept = images.foreground(flower)
    assert kept[140:190, 180:220].all()
    assert not kept[:20].any()
    assert 0.1 < kept.mean() < 0.4
    shown = images.remove_background(flower)
    assert (shown[~kept] == 128).all()
    np.testing.assert_array_equal(shown[kept], flower[kept])


def test_cutting_comes_out_the_same_again() -> None:
    flower = images.resize(load_sample_image("flower.jpg"), 200)
    first = images.foreground(flower)
    cv2.setRNGSeed(99)
    np.testing.assert_array_equal(images.foreground(flower), first)


def test_a_given_mask_is_used() -> None:
    mask = disk((20, 20), 9, (40, 40))
    shown = images.remove_background(np.full((40, 40), 7, np.uint8), mask)
    np.testing.assert_array_equal(shown == 7, mask)
    with pytest.raises(InputError, match="same height and width"):
        images.remove_background(np.zeros((4, 5), np.uint8), mask)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1, 3), (7, 7, 3), (9, 300, 3)])
@pytest.mark.parametrize(
    "step",
    [
        images.equalize,
        images.gray_world,
        images.remove_background,
        images.crop_face,
        images.align_face,
    ],
)
def test_small_and_blank_pictures(step: Any, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    for picture in (np.full(shape, 90, np.uint8), rng.integers(0, 256, shape, np.uint8)):
        before = picture.copy()
        result = step(picture)
        assert result.dtype == np.uint8
        assert result.shape == shape
        np.testing.assert_array_equal(picture, before)


def test_the_largest_face_is_cut_out() -> None:
    face = images.crop_face(data.astronaut())
    assert 100 < face.shape[0] < 200
    small = images.resize(face, 80)
    canvas = np.full((300, 500, 3), 128, np.uint8)
    canvas[60 : 60 + face.shape[0], 40 : 40 + face.shape[1]] = face
    canvas[100 : 100 + small.shape[0], 350 : 350 + small.shape[1]] = small
    assert images.crop_face(canvas).shape[0] > 0.7 * face.shape[0]


def test_eyes_come_out_level() -> None:
    """A portrait that is turned by 15 degrees, aligned, is like the upright one."""
    picture = data.astronaut()[:300, 80:380]
    turn = cv2.getRotationMatrix2D((150, 110), -15, 1.0)
    slanted = cv2.warpAffine(picture, turn, (300, 300), borderMode=cv2.BORDER_REPLICATE)

    def like(face: NDArray[np.uint8]) -> float:
        """Correlation with the upright face, at the best of some shifts."""
        small = [images.gray(images.resize(f, shape=(48, 48))) for f in (face, upright)]
        found = cv2.matchTemplate(small[0], small[1][8:40, 8:40], cv2.TM_CCOEFF_NORMED)
        return float(found.max())

    upright = images.align_face(picture)
    assert like(images.align_face(slanted)) > max(0.8, like(images.crop_face(slanted)) + 0.2)


def test_wrong_options() -> None:
    with pytest.raises(InputError, match="margin"):
        images.foreground(np.zeros((9, 9), np.uint8), margin=0.5)
    with pytest.raises(InputError, match="limit"):
        images.equalize(np.zeros((9, 9), np.uint8), limit=0)
