"""Composition: by hand, by plain numpy, and on pictures laid out on purpose."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter, laplace, uniform_filter
from skimage import data
from skimage.measure import label

from iconometrics import images
from iconometrics.features import Composition, Edges, saliency, symmetry
from iconometrics.features.composition import regions


def composition(pixels: NDArray[np.uint8]) -> dict[str, float]:
    row = Composition().transform(pixels).iloc[0]
    return {str(name).removeprefix("composition_"): float(value) for name, value in row.items()}


def with_a_spot(y: int, x: int) -> NDArray[np.uint8]:
    picture = np.full((120, 120), 100, dtype=np.uint8)
    picture[y - 6 : y + 6, x - 6 : x + 6] = np.random.default_rng(1).integers(0, 256, (12, 12))
    return picture


@settings(max_examples=30)
@given(arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20))))
def test_symmetry_is_a_correlation(gray: NDArray[np.uint8]) -> None:
    across, down = symmetry(gray)
    if gray.min() == gray.max():
        assert (across, down) == (1, 1)
        return
    values = gray.astype(float).ravel()
    assert across == pytest.approx(np.corrcoef(values, gray[:, ::-1].ravel())[0, 1], abs=1e-9)
    assert down == pytest.approx(np.corrcoef(values, gray[::-1].ravel())[0, 1], abs=1e-9)
    mirrored = np.hstack([gray, gray[:, ::-1]])
    assert symmetry(mirrored)[0] == pytest.approx(1)


def test_saliency_from_its_definition() -> None:
    gray = data.camera()
    small = images.resize(gray, shape=(64, 64)).astype(float)
    spectrum = np.fft.fft2(small)
    log = np.log(np.abs(spectrum) + 1)
    residual = log - uniform_filter(log, 3, mode="mirror")
    found = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    found = gaussian_filter(found, 2.5, mode="mirror", radius=10)
    ours = saliency(gray)
    np.testing.assert_allclose(ours, found / found.sum(), rtol=1e-4)
    assert ours.sum() == pytest.approx(1)


def test_attention_is_where_something_is() -> None:
    third, middle = composition(with_a_spot(40, 80)), composition(with_a_spot(60, 60))
    assert third["center_x"] > 0.52 > 0.48 > third["center_y"]
    assert third["thirds"] > 1.5 * middle["thirds"]
    assert middle["middle"] > 1.5 * third["middle"]
    corner = composition(with_a_spot(8, 8))
    assert corner["depth_of_field"] == 0
    assert corner["top_heavy"] == 1
    assert corner["detail_box"] < 0.05


def test_compressed_size_is_that_of_a_jpeg(photograph: NDArray[np.uint8]) -> None:
    stream = io.BytesIO()
    Image.fromarray(photograph).save(stream, "JPEG", quality=75)
    pixels = photograph.shape[0] * photograph.shape[1]
    got = composition(photograph)
    assert got["compressed"] == pytest.approx(stream.tell() / pixels, rel=0.05)
    assert got["aspect"] == pytest.approx(photograph.shape[1] / photograph.shape[0])
    assert got["edges"] == Edges().transform(photograph)["edges_density"].iloc[0]


def test_detail_from_the_laplacian() -> None:
    gray = data.camera()
    power = np.abs(laplace(gray.astype(float), mode="mirror"))
    got = composition(gray)
    assert got["depth_of_field"] == pytest.approx(power[128:384, 128:384].sum() / power.sum())
    halves = power[:256].sum(), power[256:].sum()
    assert got["top_heavy"] == pytest.approx((halves[0] - halves[1]) / sum(halves), rel=1e-5)


def test_regions_of_a_flag() -> None:
    flag = np.zeros((60, 120, 3), dtype=np.uint8)
    flag[:, :40], flag[:, 40:80], flag[:, 80:] = (0, 85, 164), (255, 255, 255), (239, 65, 53)
    assert regions(flag) == 3
    picture = images.resize(data.astronaut(), 128)
    codes = (picture // 64).astype(int) @ (16, 4, 1)
    assert 1 < regions(picture) < label(codes, background=-1, connectivity=2).max()


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (50, 60)])
def test_constant_pictures(shape: tuple[int, int]) -> None:
    got = composition(np.full(shape, 90, np.uint8))
    assert got["symmetry"] == got["reflection"] == got["regions"] == got["detail_box"] == 1
    assert got["depth_of_field"] == 0.25
    assert got["center_x"] == got["center_y"] == pytest.approx(0.5)
    # An even map has a share of a ninth; the grid of 64 is not divisible by three.
    assert got["middle"] == pytest.approx(1 / 9, abs=0.02)
    assert got["thirds"] == pytest.approx(1 / 9, abs=0.02)
