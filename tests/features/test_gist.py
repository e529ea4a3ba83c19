"""GIST and Gabor filters against their definitions in double precision."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import convolve
from skimage import data
from skimage.filters import gabor_kernel as skimage_gabor_kernel

from iconometrics import images
from iconometrics.errors import InputError
from iconometrics.features import GIST, Gabor, gabor_kernel, gabor_responses, get, gist


def by_hand(gray: NDArray[np.uint8], size: int) -> NDArray[np.float64]:
    """Oliva and Torralba's steps, one by one, in complex double precision."""
    square = np.log(images.resize(gray, shape=(size, size)).astype(float) + 1)
    padded = np.pad(square, 5, mode="symmetric")
    n = len(padded)
    f = np.fft.fftfreq(n) * n
    low = np.exp(-(f[:, None] ** 2 + f**2) / (4 / np.sqrt(np.log(2))) ** 2)
    high = padded - np.fft.ifft2(np.fft.fft2(padded) * low).real
    contrast = np.sqrt(np.abs(np.fft.ifft2(np.fft.fft2(high**2) * low)))
    even = np.pad((high / (0.2 + contrast))[5:-5, 5:-5], 32, mode="symmetric")
    n = len(even)
    f = np.fft.fftfreq(n)
    radius, angle = np.hypot(f[:, None], f), np.arctan2(f[:, None], f)
    spectrum = np.fft.fft2(even)
    cells = []
    for scale in range(4):
        for k in range(8):
            turned = np.angle(np.exp(1j * (angle + np.pi * k / 8)))
            place = radius / (0.3 / 1.85**scale) - 1
            transfer = np.exp(-10 * 0.35 * place**2 - 2 * np.pi * 16 * 64 / 1024 * turned**2)
            response = np.abs(np.fft.ifft2(spectrum * transfer))[32:-32, 32:-32]
            quarter = size // 4
            blocks = response.reshape(4, quarter, 4, quarter)
            cells.append(blocks.mean(axis=(1, 3)))
    return np.array(cells).reshape(4, 8, 4, 4)


@pytest.mark.parametrize("size", [64, 128])
def test_gist_step_by_step(size: int) -> None:
    for picture in (data.camera(), np.rint(255 * data.lfw_subset()[3]).astype(np.uint8)):
        ours, wanted = gist(picture, size=size), by_hand(picture, size)
        np.testing.assert_allclose(ours, wanted, rtol=1e-4, atol=1e-6)


def test_gist_columns_are_means_and_cells() -> None:
    row = GIST().measure(data.camera())
    energies = gist(data.camera())
    np.testing.assert_allclose(row[:4], energies.mean(axis=(1, 2, 3)), rtol=1e-6)
    np.testing.assert_allclose(row[4:], energies.ravel(), rtol=1e-6)


@pytest.mark.parametrize("kind", ["gist", "gabor"])
@pytest.mark.parametrize(("turn", "edges"), [(0, 90), (90, 0)])
def test_directions_are_those_named(kind: str, turn: int, edges: int) -> None:
    rows, columns = np.indices((128, 128))
    wave = np.sin((columns if turn == 0 else rows) * 2 * np.pi / 8) * 90 + 128
    table = get(kind).transform(wave.astype(np.uint8)).iloc[0]
    dictionary = {c.name: c.label for c in get(kind).columns()}
    means = table[[name for name, label in dictionary.items() if f" at {edges} degrees" in label]]
    others = table[[name for name, label in dictionary.items() if " at 45 d" in label]]
    others = table[
        [n for n, label in dictionary.items() if " at 60 d" in label or " at 45 d" in label]
    ]
    assert means.max() > 3 * others.max()


def test_blank_pictures_have_none() -> None:
    for shape in [(1, 1), (1, 40), (30, 30)]:
        assert not Gabor().measure(np.full(shape, 90, np.uint8)).any()
        np.testing.assert_allclose(GIST().measure(np.full(shape, 90, np.uint8)), 0, atol=1e-4)


def test_gabor_is_a_convolution() -> None:
    gray = images.resize(data.camera(), 64)
    values = gray.astype(float) - gray.mean()
    ours = gabor_responses(gray)
    for w, wave in enumerate((4, 8, 16)):
        for k in range(6):
            kernel = gabor_kernel(wave, 30 * k)
            real, imaginary = (convolve(values, part) for part in (kernel.real, kernel.imag))
            wanted = np.hypot(real, imaginary)
            np.testing.assert_allclose(ours[w, k], wanted, rtol=1e-4, atol=1e-3)


def test_gabor_kernels_are_scikit_image_s() -> None:
    """At right angles; in between, scikit-image cuts the corners of its squares off."""
    for wave, angle in ((4, 0), (8, 90), (16, 0)):
        ours = gabor_kernel(wave, angle)
        wanted = skimage_gabor_kernel(1 / wave, np.radians(angle), bandwidth=1, n_stds=3)
        np.testing.assert_allclose(ours, wanted, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("size", [None, 0, 126, 12])
def test_sizes_that_cannot_be_cut_into_cells(size: int | None) -> None:
    with pytest.raises(InputError, match="multiple of 4"):
        get("gist", size=size).columns()
