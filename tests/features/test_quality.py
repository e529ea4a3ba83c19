"""Quality against OpenCV, plain numpy, and pictures made worse on purpose."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from skimage import data
from skimage.filters.rank import gradient

from iconometrics import images
from iconometrics.features import Quality
from iconometrics.features.quality import fine_share, noise, sharpness_map


def quality(pixels: NDArray[np.uint8]) -> dict[str, float]:
    row = Quality().transform(pixels).iloc[0]
    return {str(name).removeprefix("quality_"): float(value) for name, value in row.items()}


grays = arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)))


@settings(max_examples=40)
@given(grays)
def test_sharpness_is_that_of_images(gray: NDArray[np.uint8]) -> None:
    whole, blocks = sharpness_map(gray)
    assert whole == pytest.approx(images.sharpness(gray), rel=1e-6, abs=1e-9)
    assert blocks.shape == tuple(min(8, side) for side in gray.shape)


def test_blocks_are_parts_of_the_laplacian(photograph: NDArray[np.uint8]) -> None:
    gray = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)[:160, :240]
    laplacian = cv2.Laplacian(gray, cv2.CV_64F)[1:-1, 1:-1]
    whole, blocks = sharpness_map(gray)
    assert whole == pytest.approx(laplacian.var(), rel=1e-9)
    # Block 3, 4 spans rows 60-79 and columns 120-149 of the picture.
    assert blocks[3, 4] == pytest.approx(laplacian[59:79, 119:149].var(), rel=1e-9)
    row = quality(gray)
    best = np.percentile(blocks, 90)
    assert row["sharpness_best"] == pytest.approx(best, rel=1e-6)
    assert row["sharp_share"] == pytest.approx((blocks > best / 10).mean(), rel=1e-6)


@settings(max_examples=40)
@given(grays)
def test_fine_share_from_the_whole_spectrum(gray: NDArray[np.uint8]) -> None:
    power = np.abs(np.fft.fft2(gray.astype(float) - gray.mean())) ** 2
    down, across = (np.fft.fftfreq(side) for side in gray.shape)
    fine = np.hypot(down[:, None], across) > 0.25
    wanted = power[fine].sum() / power.sum() if gray.min() < gray.max() else 0
    assert fine_share(gray) == pytest.approx(wanted, rel=1e-4, abs=1e-4)


def test_noise_is_found_as_it_was_added() -> None:
    rng = np.random.default_rng(1)
    smooth = np.add.outer(np.linspace(60, 120, 200), np.linspace(0, 80, 300))
    for sigma in (2, 8, 20):
        noisy = np.clip(smooth + rng.normal(0, sigma, smooth.shape), 0, 255).astype(np.uint8)
        assert noise(noisy) == pytest.approx(sigma, rel=0.05)


def test_exposure_and_range(photograph: NDArray[np.uint8]) -> None:
    gray = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    row = quality(photograph)
    low, high = np.percentile(gray, (1, 99), method="inverted_cdf").astype(float)
    assert row["range"] == high - low
    assert row["michelson"] == pytest.approx((high - low) / (high + low), rel=1e-6)
    assert row["shadows"] == pytest.approx((gray <= 2).mean(), rel=1e-6)
    assert row["highlights"] == pytest.approx((gray >= 253).mean(), rel=1e-6)
    assert row["misexposure"] == pytest.approx(abs(gray.mean() - 127.5) / 127.5, rel=1e-5)


def test_blank_share_from_the_local_range(photograph: NDArray[np.uint8]) -> None:
    gray = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    spread = gradient(gray, np.ones((3, 3), np.uint8))
    assert quality(photograph)["blank"] == pytest.approx((spread <= 4).mean(), rel=1e-6)


@pytest.mark.parametrize("level", [0, 90, 255])
@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (40, 50)])
def test_constant_pictures(level: int, shape: tuple[int, int]) -> None:
    row = quality(np.full(shape, level, np.uint8))
    assert row.pop("blank") == 1
    assert row.pop("misexposure") == pytest.approx(abs(level - 127.5) / 127.5)
    assert row.pop("shadows") == (level == 0)
    assert row.pop("highlights") == (level == 255)
    assert set(row.values()) == {0.0}


def test_blur_haze_and_noise_show() -> None:
    picture = data.camera()
    sharp = quality(picture)
    blurred = quality(cv2.GaussianBlur(picture, (0, 0), 3))
    hazy = quality((picture // 3 + 120).astype(np.uint8))
    assert blurred["sharpness"] < sharp["sharpness"] / 10
    assert blurred["fine"] < sharp["fine"] / 5
    assert blurred["blank"] > sharp["blank"]
    assert hazy["range"] < sharp["range"] / 2
    assert hazy["michelson"] < sharp["michelson"] / 2


def test_a_sharp_subject_before_a_blurred_ground() -> None:
    picture = data.camera()
    blurred = cv2.GaussianBlur(picture, (0, 0), 6)
    blurred[150:300, 150:300] = picture[150:300, 150:300]
    assert quality(blurred)["sharp_share"] < 0.3 < quality(picture)["sharp_share"]
