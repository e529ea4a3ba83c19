"""Gray levels that occur together: the co-occurrence matrix and what is read from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GLCM", "PROPERTIES", "cooccurrence", "cooccurrence_columns", "offsets", "quantized"]

_SOURCE = "Haralick, Shanmugam & Dinstein (1973), IEEE Transactions SMC 3(6)"
_P = "P(i, j) the share of pairs of pixels with gray levels i and j"

PROPERTIES: dict[str, tuple[str, str, float, str, str, str]] = {
    "contrast": (
        "Contrast of neighbors",
        f"Sum of P(i, j) (i - j)^2, {_P}",
        255.0**2,
        "squared levels",
        "Neighbors differ strongly: gravel, foliage, print",
        "Neighbors are alike: sky, walls, blur",
    ),
    "dissimilarity": (
        "Difference of neighbors",
        f"Sum of P(i, j) |i - j|, {_P}",
        255.0,
        "levels",
        "Neighbors differ: gravel, foliage, print",
        "Neighbors are alike: sky, walls, blur",
    ),
    "homogeneity": (
        "Homogeneity",
        f"Sum of P(i, j) / (1 + (i - j)^2), {_P}",
        1.0,
        "index (1 all neighbors equal)",
        "Even areas: sky, walls, blur",
        "Neighbors differ everywhere: gravel, foliage, noise",
    ),
    "energy": (
        "Energy (uniformity)",
        f"Square root of the sum of P(i, j)^2, {_P}",
        1.0,
        "index (1 one gray level)",
        "Few pairs of levels: plain grounds, print on paper",
        "All pairs occur: rich tones",
    ),
    "asm": (
        "Angular second moment",
        f"Sum of P(i, j)^2, {_P}",
        1.0,
        "index (1 one gray level)",
        "Few pairs of levels: plain grounds, print on paper",
        "All pairs occur: rich tones",
    ),
    "correlation": (
        "Correlation of neighbors",
        f"Sum of P(i, j) (i - m)(j - m) / s^2, m and s mean and standard deviation, {_P}; 1 where "
        "there is one level only",
        1.0,
        "correlation",
        "Light and dark lie in areas larger than the distance",
        "Neighbors say nothing about each other: noise; below 0: fine stripes",
    ),
    "entropy": (
        "Entropy of pairs",
        f"- sum of P(i, j) log2 P(i, j), {_P}",
        16.0,
        "bits (logarithm to base 2)",
        "Complex texture with many details",
        "Uniform texture with few details",
    ),
}

# Rows down and columns right for a distance of one pixel, by angle above the horizontal.
_ANGLES = {0: (0, 1), 45: (-1, 1), 90: (-1, 0), 135: (-1, -1)}
_WHERE = {0: "across", 45: "up to the right", 90: "above", 135: "up to the left"}


def cooccurrence(
    gray: NDArray[Any],
    *,
    offsets: Sequence[tuple[int, int]] = ((0, 1), (-1, 1), (-1, 0), (-1, -1)),
    levels: int = 256,
    symmetric: bool = True,
) -> NDArray[np.int64]:
    """Count pairs of gray levels at given offsets.

    Parameters
    ----------
    gray
        (height, width), 0-255.
    offsets
        Rows down and columns to the right from a pixel to its partner, one pair of whole numbers
        each.
    levels
        How many gray levels the 256 are reduced to (level = gray x levels / 256, rounded down).
    symmetric
        Whether each pair is counted in both directions.

    Returns
    -------
    numpy.ndarray
        (offsets, levels, levels): counts of i at a pixel and j at its partner.

    Raises
    ------
    InputError
        If levels are not from 2 to 256.

    Notes
    -----
    Haralick, R. M., Shanmugam, K. & Dinstein, I. (1973). Textural features for image
    classification. IEEE Transactions on Systems, Man, and Cybernetics, 3(6), 610-621.

    Examples
    --------
    >>> import numpy as np
    >>> gray = np.array([[0, 0, 255], [0, 0, 255]], dtype=np.uint8)
    >>> cooccurrence(gray, offsets=[(0, 1)], levels=2)[0].tolist()
    [[4, 2], [2, 0]]
    """
    from iconometrics.features.kernels.cooccurrence import count_pairs

    reduced = quantized(as_gray(gray), levels)
    steps = np.array(offsets, dtype=np.int64).reshape(-1, 2)
    counts = count_pairs(reduced, steps, levels).reshape(-1, levels, levels).astype(np.int64)
    return counts + counts.transpose(0, 2, 1) if symmetric else counts


def quantized(gray: NDArray[np.uint8], levels: int) -> NDArray[np.uint8]:
    """Reduce 256 gray values to fewer levels."""
    import cv2

    if not (isinstance(levels, int) and 2 <= levels <= 256):
        raise InputError(f"levels={levels!r}: expected a whole number from 2 to 256.")
    table = (np.arange(256) * levels // 256).astype(np.uint8)
    return np.asarray(cv2.LUT(gray, table), dtype=np.uint8)


def offsets(distances: Sequence[int]) -> list[tuple[int, int]]:
    """List the offsets at 0, 45, 90 and 135 degrees for each distance."""
    if not distances or any(not isinstance(d, int) or d < 1 for d in distances):
        raise InputError(f"distances={distances!r}: expected whole numbers of pixels from 1.")
    return [(y * d, x * d) for d in distances for y, x in _ANGLES.values()]


def cooccurrence_columns(
    gray: NDArray[np.uint8], distances: Sequence[int], levels: int
) -> NDArray[np.float64]:
    """Compute the seven numbers for each distance and angle."""
    from iconometrics.features.kernels.cooccurrence import count_pairs, describe_pairs

    steps = np.array(offsets(distances), dtype=np.int64)
    counts = count_pairs(quantized(gray, levels), steps, levels)
    numbers: NDArray[np.float64] = describe_pairs(counts, levels)
    return numbers.reshape(len(distances), len(_ANGLES), len(PROPERTIES))


@register
class GLCM(Extractor):
    """Co-occurrence of gray levels at several distances and angles (GLCM).

    For pairs of pixels at each distance and angle: contrast, dissimilarity, homogeneity, energy,
    angular second moment, correlation and entropy; first as means over all of them.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.
    levels
        Gray levels, 2 to 256; the 256 values are cut into that many equal steps.
    distances
        Pixels from a pixel to its partner.

    Notes
    -----
    Haralick, R. M., Shanmugam, K. & Dinstein, I. (1973). Textural features for image
    classification. IEEE Transactions on Systems, Man, and Cybernetics, 3(6), 610-621. Lecture 002
    defines the entropy with log; here it is to base 2, in bits.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import get
    >>> flat = np.full((8, 8), 90, dtype=np.uint8)
    >>> row = get("glcm").transform(flat).iloc[0]
    >>> len(row), float(row["glcm_entropy"]), float(row["glcm_homogeneity"])
    (91, 0.0, 1.0)
    """

    name: ClassVar[str] = "glcm"

    def __init__(
        self, *, size: int | None = 512, levels: int = 32, distances: Sequence[int] = (1, 2, 4)
    ) -> None:
        super().__init__(size=size)
        self.levels = levels
        self.distances = distances

    def columns(self) -> tuple[Column, ...]:
        offsets(self.distances)
        make = column_maker("glcm", source=_SOURCE)
        overall = [_column(make, name, "", "all distances and angles") for name in PROPERTIES]
        single = [
            _column(make, name, f"_d{d}_{angle:03d}", f"{d} px {where}", plain=False)
            for d in self.distances
            for angle, where in _WHERE.items()
            for name in PROPERTIES
        ]
        return (*overall, *single)

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        numbers = cooccurrence_columns(as_gray(pixels), self.distances, self.levels)
        return np.concatenate([numbers.mean(axis=(0, 1)), numbers.ravel()])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        gray = as_gray(self.prepare(pixels))
        near = [(y, x) for y, x in _ANGLES.values()]
        counts = cooccurrence(gray, offsets=near, levels=self.levels).sum(axis=0)
        share = counts / max(1, counts.sum())
        numbers = dict(zip(PROPERTIES, self.compute(self.prepare(pixels)), strict=False))
        ax = plots.heat(
            np.sqrt(share),
            ax=ax,
            title=f"Pairs of gray levels: entropy {numbers['entropy']:.1f} bits, "
            f"contrast {numbers['contrast']:.1f}",
            unit="share of pairs, square root",
            limits=(0, max(float(np.sqrt(share).max()), 1e-9)),
        )
        ax.set_xlabel("gray level of the neighbor, dark to light")
        ax.set_ylabel("gray level")
        return ax


def _column(make: Any, name: str, suffix: str, where: str, *, plain: bool = True) -> Column:
    label, formula, high, unit, means_high, means_low = PROPERTIES[name]
    column: Column = make(
        f"{name}{suffix}",
        label if plain else f"{label}, {where}",
        f"{formula}; pairs at {where}" if not plain else f"{formula}; mean over {where}",
        low=-1.0 if name == "correlation" else 0.0,
        high=high,
        unit=unit,
        means=(means_high, means_low),
        plain=plain,
    )
    return column
