"""Blobs against SciPy's filters, scikit-image's places, and drawn disks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy import ndimage
from skimage import data
from skimage.feature import blob_dog, blob_doh, blob_log

from iconometrics import images
from iconometrics.errors import InputError
from iconometrics.images.blobs import SIGMAS, blob_responses

PICTURE = data.coins()[40:190, 20:220]


def second(picture: NDArray[Any], sigma: float, order: tuple[int, int]) -> NDArray[np.float64]:
    return np.asarray(ndimage.gaussian_filter(picture / 255, sigma, order=order))


@pytest.mark.parametrize("sigma", [1.5, 2.0, 8.192])
def test_responses_equal_scipy(sigma: float) -> None:
    found = blob_responses(PICTURE, sigmas=[sigma], methods=["log", "dog", "doh"])
    laplace = -(sigma**2) * ndimage.gaussian_laplace(PICTURE / 255, sigma)
    np.testing.assert_allclose(found["log"][0], laplace, atol=2e-6)
    down, across, mixed = (second(PICTURE, sigma, o) for o in ((2, 0), (0, 2), (1, 1)))
    np.testing.assert_allclose(found["doh"][0], sigma**4 * (down * across - mixed**2), atol=2e-6)
    near, far = (second(PICTURE, size, (0, 0)) for size in (sigma, 1.6 * sigma))
    np.testing.assert_allclose(found["dog"][0], (near - far) / 0.6, atol=2e-6)


def places(found: NDArray[Any]) -> set[tuple[int, int, float]]:
    return {(int(r), int(c), round(float(s), 2)) for r, c, s in found[:, :3]}


def test_places_equal_scikit_images_laplacian() -> None:
    """Without leaving out overlaps, which scikit-image does in no stated order."""
    sigmas = np.linspace(2, 12, 6)
    theirs = blob_log(
        PICTURE, min_sigma=2, max_sigma=12, num_sigma=6, threshold=0.1, overlap=1, exclude_border=0
    )
    ours = images.blobs(PICTURE, sigmas=sigmas, threshold=0.1, overlap=1)
    ours[:, 2] /= math.sqrt(2)
    assert places(ours) == places(theirs)
    assert len(ours) > 40


def test_places_equal_scikit_images_differences() -> None:
    theirs = blob_dog(
        PICTURE, min_sigma=2, max_sigma=12, threshold=0.05, overlap=1, exclude_border=0
    )
    count = len(np.unique(theirs[:, 2]))
    sigmas = [2 * 1.6**k for k in range(5)]
    ours = images.blobs(PICTURE, "dog", sigmas=sigmas[: max(4, count)], threshold=0.05, overlap=1)
    ours[:, 2] /= math.sqrt(2)
    assert places(ours) == places(theirs)
    assert len(ours) > 40


def test_determinants_lie_where_scikit_images_boxes_say() -> None:
    """Its boxes only resemble the Gaussians, so places differ by a few pixels."""
    theirs = blob_doh(data.coins(), min_sigma=8, max_sigma=20, num_sigma=4, threshold=0.01)
    sigmas = np.linspace(8, 20, 4)
    ours = images.blobs(data.coins(), "doh", sigmas=sigmas, threshold=0.01)
    gaps = np.linalg.norm(theirs[:, None, :2] - ours[None, :, :2], axis=2).min(axis=1)
    assert np.mean(gaps < 8) > 0.8


@pytest.mark.parametrize("method", ["log", "dog", "doh"])
@pytest.mark.parametrize("radius", [4, 7, 12])
def test_a_disk_is_found_with_its_size(method: Any, radius: int) -> None:
    rows, columns = np.indices((90, 110))
    disk = np.uint8(200) * ((rows - 40) ** 2 + (columns - 60) ** 2 <= radius**2)
    sigmas = radius / math.sqrt(2) * np.array([0.5, 0.7, 1, 1.4, 2])
    row, column, size, _ = images.blobs(disk, method, sigmas=sigmas)[0]
    assert (row, column) == (40, 60)
    assert size == pytest.approx(radius, rel=0.45)


def test_dark_and_bright_are_told_apart() -> None:
    rows, columns = np.indices((80, 160))
    picture = np.full((80, 160), 128)
    picture[(rows - 40) ** 2 + (columns - 40) ** 2 <= 64] = 255
    picture[(rows - 40) ** 2 + (columns - 120) ** 2 <= 64] = 0
    assert images.blobs(picture, tone="bright")[0, 1] == 40
    assert images.blobs(picture, tone="dark")[0, 1] == 120
    both = images.blobs(picture, tone="both")[:, 1]
    assert {40, 120} <= set(both)
    assert {40, 120} <= set(images.blobs(picture, "doh")[:, 1])


def share(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Shared area over the smaller disk's, counted on a fine grid."""
    low = np.minimum(one[:2] - one[2], other[:2] - other[2])
    high = np.maximum(one[:2] + one[2], other[:2] + other[2])
    y, x = np.meshgrid(*(np.linspace(a, b, 400) for a, b in zip(low, high, strict=True)))
    inside = [(y - r) ** 2 + (x - c) ** 2 <= s**2 for r, c, s in (one[:3], other[:3])]
    return float((inside[0] & inside[1]).sum() / min(inside[0].sum(), inside[1].sum()))


def test_no_two_blobs_share_more_than_allowed() -> None:
    all_of_them = images.blobs(PICTURE, overlap=1)
    kept = images.blobs(PICTURE, overlap=0.3)
    assert places(kept) < places(all_of_them)
    pairs = [(a, b) for i, a in enumerate(kept) for b in kept[:i]]
    near = [(a, b) for a, b in pairs if np.hypot(*(a[:2] - b[:2])) < a[2] + b[2]]
    assert near
    assert max(share(a, b) for a, b in near) <= 0.31
    gone = [b for b in all_of_them if tuple(b) not in {tuple(k) for k in kept}]
    larger = [[k for k in kept if k[2] >= b[2]] for b in gone[:15]]
    assert all(max(share(b, k) for k in ks) > 0.29 for b, ks in zip(gone, larger, strict=False))


@settings(max_examples=25)
@given(
    arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))),
    st.sampled_from(["log", "dog", "doh"]),
)
def test_any_picture(picture: NDArray[np.uint8], method: Any) -> None:
    found = images.blobs(picture, method, sigmas=SIGMAS[:3], tone="both")
    assert found.shape[1:] == (4,)
    assert np.isfinite(found).all()
    assert (found[:, :2] < picture.shape).all()


def test_wrong_options() -> None:
    with pytest.raises(InputError, match="ascending"):
        images.blobs(PICTURE, sigmas=[3, 2])
    with pytest.raises(InputError, match="tone='red'"):
        images.blobs(PICTURE, tone="red")  # type: ignore[arg-type]
