"""The work of our feature sets, done with scikit-image, scipy and numpy as one would write it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal
from skimage import color as spaces
from skimage import feature, filters, transform
from skimage.measure import shannon_entropy
from skimage.morphology import disk

__all__ = [
    "canny",
    "color",
    "edges",
    "entropy",
    "gabor",
    "gist",
    "glcm",
    "glcm_counts",
    "histogram",
    "hog",
    "hog_set",
    "lbp",
    "lbp_set",
    "lines",
    "palette",
    "quality",
    "texture",
]

Gray = NDArray[np.uint8]

PROPERTIES = (
    "contrast",
    "dissimilarity",
    "homogeneity",
    "energy",
    "ASM",
    "correlation",
    "entropy",
)
ANGLES = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]


def glcm(gray: Gray, levels: int) -> Any:
    reduced = (gray.astype(np.uint16) * levels // 256).astype(np.uint8)
    matrix = feature.graycomatrix(reduced, [1, 2, 4], ANGLES, levels, symmetric=True, normed=True)
    return [feature.graycoprops(matrix, name) for name in PROPERTIES]


def glcm_counts(gray: Gray) -> Any:
    return feature.graycomatrix(gray, [1], ANGLES, 256, symmetric=True)


def entropy(gray: Gray) -> Any:
    return filters.rank.entropy(gray, disk(5))


def lbp(gray: Gray, points: int = 8, radius: int = 1) -> Any:
    return feature.local_binary_pattern(gray, points, radius, "uniform")


def hog(gray: Gray) -> Any:
    return feature.hog(gray, 9, (8, 8), (2, 2))


def canny(gray: Gray) -> Any:
    return feature.canny(gray)


def lines(gray: Gray) -> Any:
    return transform.probabilistic_hough_line(feature.canny(gray), line_length=20, rng=1)


def gist(gray: Gray) -> Any:
    """In double precision, as the published steps are written."""
    square = np.log(transform.resize(gray, (128, 128), anti_aliasing=True) * 255 + 1)
    padded = np.pad(square, 5, mode="symmetric")
    frequency = np.fft.fftfreq(len(padded)) * len(padded)
    low = np.exp(-(frequency[:, None] ** 2 + frequency**2) / (4 / np.sqrt(np.log(2))) ** 2)
    high = padded - np.fft.ifft2(np.fft.fft2(padded) * low).real
    contrast = np.sqrt(np.abs(np.fft.ifft2(np.fft.fft2(high**2) * low)))
    even = np.pad((high / (0.2 + contrast))[5:-5, 5:-5], 32, mode="symmetric")
    frequency = np.fft.fftfreq(len(even))
    radius = np.hypot(frequency[:, None], frequency)
    angle = np.arctan2(frequency[:, None], frequency)
    spectrum = np.fft.fft2(even)
    cells = []
    for scale in range(4):
        for k in range(8):
            turned = np.angle(np.exp(1j * (angle + np.pi * k / 8)))
            transfer = np.exp(
                -3.5 * (radius / (0.3 / 1.85**scale) - 1) ** 2 - 2 * np.pi * turned**2
            )
            response = np.abs(np.fft.ifft2(spectrum * transfer))[32:-32, 32:-32]
            cells.append(response.reshape(4, 32, 4, 32).mean(axis=(1, 3)))
    return cells


def gabor(gray: Gray) -> Any:
    values = gray - gray.mean()
    found = []
    for wave in (4, 8, 16):
        for k in range(6):
            kernel = filters.gabor_kernel(1 / wave, np.pi * k / 6)
            found.append(np.abs(signal.oaconvolve(values, kernel, mode="same")))
    return found


def color(pixels: Gray) -> Any:
    values = pixels.astype(np.float64)
    red, green, blue = np.moveaxis(values, 2, 0)
    luma = values @ (0.299, 0.587, 0.114)
    rg, yb = red - green, (red + green) / 2 - blue
    hsv = spaces.rgb2hsv(pixels)
    chroma = values.max(axis=2) - values.min(axis=2)
    turn = np.sum(chroma * np.exp(2j * np.pi * hsv[..., 0]))
    seen = chroma >= 26
    steps = np.bincount((hsv[..., 0][seen] * 24).astype(int), minlength=24)
    return (
        luma.mean(),
        luma.std(),
        np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean()),
        hsv[..., 1].mean(),
        np.angle(turn),
        np.abs(turn) / max(1, chroma.sum()),
        steps,
        np.histogram(luma, bins=8, range=(0, 256))[0],
        (luma < 51).mean(),
        (luma > 204).mean(),
    )


def texture(pixels: Gray) -> Any:
    gray = (spaces.rgb2gray(pixels) * 255).round().astype(np.uint8)
    local = entropy(gray)
    return glcm(gray, 32), local.mean(), local.std(), shannon_entropy(gray)


def edges(pixels: Gray) -> Any:
    gray = (spaces.rgb2gray(pixels) * 255).round().astype(np.uint8)
    blurred = ndimage.gaussian_filter(gray, 1.1)
    high = filters.threshold_otsu(blurred)
    density = feature.canny(blurred, low_threshold=high / 2, high_threshold=high).mean()
    values = gray.astype(np.float64)
    gx, gy = ndimage.sobel(values, axis=1), ndimage.sobel(values, axis=0)
    size, angle = np.hypot(gx, gy), np.degrees(np.arctan2(gy, gx)) % 180
    shares = np.histogram(angle, bins=8, range=(0, 180), weights=size)[0]
    across, down = (np.abs(np.diff(values, axis=axis)).mean() for axis in (1, 0))
    return density, size.mean(), size.std(), across, down, shares


def hog_set(pixels: Gray) -> Any:
    gray = spaces.rgb2gray(pixels)
    square = transform.resize(gray, (64, 64), anti_aliasing=True)
    share = 64 / max(gray.shape)
    small = transform.resize(
        gray, [max(1, round(s * share)) for s in gray.shape], anti_aliasing=True
    )
    gx, gy = np.gradient(small, axis=1), np.gradient(small, axis=0)
    return feature.hog(square, 9, (16, 16), (2, 2)), np.hypot(gx, gy).mean(), np.arctan2(gy, gx)


def lbp_set(pixels: Gray) -> Any:
    gray = (spaces.rgb2gray(pixels) * 255).round().astype(np.uint8)
    return np.bincount(lbp(gray).astype(int).ravel(), minlength=10) / gray.size


def quality(pixels: Gray) -> Any:
    gray = spaces.rgb2gray(pixels) * 255
    laplacian = ndimage.laplace(gray)
    parts = [
        cell.var()
        for rows in np.array_split(laplacian, 8)
        for cell in np.array_split(rows, 8, axis=1)
    ]
    power = np.abs(np.fft.fft2(gray - gray.mean())) ** 2
    down, across = (np.fft.fftfreq(side) for side in gray.shape)
    fine = power[np.hypot(down[:, None], across) > 0.25].sum() / max(1e-9, power.sum())
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]])
    noise = np.abs(ndimage.convolve(gray, mask)).mean()
    around = ndimage.maximum_filter(gray, 3) - ndimage.minimum_filter(gray, 3)
    tones = np.percentile(gray, (1, 99))
    clipped = (gray <= 2).mean(), (gray >= 253).mean()
    return (
        laplacian.var(),
        np.percentile(parts, 90),
        fine,
        noise,
        (around <= 4).mean(),
        tones,
        clipped,
    )


def histogram(pixels: Gray) -> Any:
    shares = [np.histogram(pixels[..., k], bins=16, range=(0, 256))[0] for k in range(3)]
    return shares, [shannon_entropy(pixels[..., k]) for k in range(3)]


def palette(pixels: Gray) -> Any:
    from sklearn.cluster import KMeans

    lab = spaces.rgb2lab(pixels).reshape(-1, 3)
    return KMeans(5, n_init=1, random_state=1).fit(lab).cluster_centers_
