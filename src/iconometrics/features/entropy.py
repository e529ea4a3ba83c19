"""Local entropy: how unpredictable the gray values are around each pixel."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.features import plots
from iconometrics.features.column import Column, column_maker
from iconometrics.features.extractor import Extractor
from iconometrics.features.pictures import as_gray, frequencies
from iconometrics.features.registry import register

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Entropy", "histogram_entropy", "local_entropy"]

_SOURCE = "Shannon (1948), Bell System Technical Journal 27; local map as in lecture 002"
_LARGEST = 100
_ROWS = ("top", "middle", "bottom")
_COLUMNS = ("left", "center", "right")


def local_entropy(gray: NDArray[Any], *, radius: int = 5) -> NDArray[np.float64]:
    """Compute the entropy of the gray values in a disk around each pixel.

    Parameters
    ----------
    gray
        (height, width), 0-255.
    radius
        Of the disk in pixels, 1 to 100: all pixels at most that far from the middle.

    Returns
    -------
    numpy.ndarray
        (height, width), bits: - sum of p log2 p over the disk's histogram of 256 gray values. The
        disk is cut off at the border. 0 where all values are equal.

    Raises
    ------
    InputError
        If the radius is not from 1 to 100.

    Notes
    -----
    Cost a pixel grows with the radius, not with its square: the histogram slides. Equal to
    ``skimage.filters.rank.entropy`` with a disk.

    Examples
    --------
    >>> import numpy as np
    >>> gray = np.array([[0, 0, 0, 255]], dtype=np.uint8)
    >>> local_entropy(gray, radius=1).round(2).tolist()
    [[0.0, 0.0, 0.92, 1.0]]
    """
    from iconometrics.features.kernels.entropy import disk_entropy

    result: NDArray[np.float64] = disk_entropy(as_gray(gray), *_disk(radius))
    return result


def histogram_entropy(gray: NDArray[np.uint8]) -> float:
    """Compute the entropy of a picture's gray values, in bits."""
    share = frequencies(gray) / gray.size
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum()) + 0.0


@register
class Entropy(Extractor):
    """Local entropy of gray values: where a picture is full of detail, and how full.

    The entropy of the 256 gray values in a disk around each pixel, summed up over the picture and
    by ninths of it.

    Parameters
    ----------
    size
        The working size: longest side in pixels of the picture that is measured.
    radius
        Of the disk in pixels.

    Notes
    -----
    Lecture 002: E = - sum of P log P; here the logarithm is to base 2, so that the unit is bits.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import get
    >>> flat = np.full((8, 8), 90, dtype=np.uint8)
    >>> float(get("entropy").transform(flat)["entropy_mean"].iloc[0])
    0.0
    """

    name: ClassVar[str] = "entropy"

    def __init__(self, *, size: int | None = 512, radius: int = 5) -> None:
        super().__init__(size=size)
        self.radius = radius

    def columns(self) -> tuple[Column, ...]:
        _disk(self.radius)
        make = column_maker("entropy", source=_SOURCE, high=8.0, unit="bits")
        disk = f"the entropy of gray values within {self.radius} pixels of a pixel"
        ninths = [
            make(
                f"{row}_{column}",
                f"Local entropy, {row} {column}",
                f"Mean of {disk} over the {row} {column} ninth of the picture",
                means=("Detail there: foliage, crowds, text", "Smooth there: sky, wall, blur"),
                plain=False,
            )
            for row in _ROWS
            for column in _COLUMNS
        ]
        return (*_whole(make, disk), *ninths)

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        gray = as_gray(pixels)
        values = local_entropy(gray, radius=self.radius)
        low, middle, high = np.percentile(values, (10, 50, 90))
        whole = [histogram_entropy(gray), values.mean(), values.std(), low, middle, high]
        return np.concatenate([whole, _ninths(values)])

    def show(self, pixels: NDArray[np.uint8], ax: Axes | None = None) -> Axes:
        values = local_entropy(as_gray(self.prepare(pixels)), radius=self.radius)
        top = float(np.log2(_disk(self.radius)[0].sum() * 2))
        return plots.heat(
            values,
            ax=ax,
            title=f"Local entropy: {values.mean():.1f} bits on the average",
            unit=f"bits within {self.radius} px",
            limits=(0, min(8.0, top)),
        )


def _whole(make: Any, disk: str) -> tuple[Column, ...]:
    detail = ("Detail everywhere: foliage, crowds, text", "Smooth: sky, walls, blur")
    uneven = (
        "Detail beside emptiness: an object on a plain ground",
        "Evenly detailed, or evenly smooth",
    )
    tones = ("All tones from black to white", "Few tones: plain, print, line drawings")
    return (
        make(
            "whole",
            "Entropy of gray values",
            "- sum of p log2 p, p the shares of the 256 gray values in the whole picture",
            means=tones,
        ),
        make("mean", "Local entropy", f"Mean of {disk}", means=detail),
        make("sd", "Unevenness of detail", f"Standard deviation of {disk}", high=4.0, means=uneven),
        make(
            "low",
            "Local entropy of smooth parts",
            f"10th percentile of {disk}",
            means=("No smooth part", "A tenth or more is smooth"),
        ),
        make(
            "median",
            "Local entropy of the median pixel",
            f"Median of {disk}",
            means=detail,
            plain=False,
        ),
        make(
            "high",
            "Local entropy of detailed parts",
            f"90th percentile of {disk}",
            means=("A tenth or more is full of detail", "No part has detail"),
        ),
    )


def _ninths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average over ninths; in a picture of under three rows or columns, ninths share them."""
    height, width = values.shape
    rows = [slice(height * k // 3, max(height * k // 3 + 1, height * (k + 1) // 3)) for k in _THREE]
    columns = [slice(width * k // 3, max(width * k // 3 + 1, width * (k + 1) // 3)) for k in _THREE]
    return np.array([values[row, column].mean() for row in rows for column in columns])


_THREE = range(3)


@lru_cache(maxsize=16)
def _disk(radius: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Compute how far each row of a disk reaches, and the steps of n log2 n in whole units."""
    from iconometrics.features.kernels.entropy import UNIT

    if not (isinstance(radius, int) and 1 <= radius <= _LARGEST):
        raise InputError(f"radius={radius!r}: expected a whole number of pixels, 1 to {_LARGEST}.")
    down = np.arange(-radius, radius + 1)
    reach = np.sqrt(radius**2 - down**2).astype(np.int64)
    n = np.arange(1, (2 * reach + 1).sum() + 1)
    sums = np.concatenate([[0], np.rint(n * np.log2(n) / UNIT)]).astype(np.int64)
    return reach, np.diff(sums)
