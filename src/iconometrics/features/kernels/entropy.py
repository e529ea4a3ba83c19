"""Local entropy: a disk's histogram slides along each row, and its entropy with it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.kernels.compiling import kernel

__all__ = ["UNIT", "disk_entropy"]

# A picture of 2 ** 20 equal pixels around one still fits a 64-bit sum.
UNIT = 2.0**-40


@kernel
def disk_entropy(
    gray: NDArray[np.uint8], reach: NDArray[np.int64], steps: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Compute the entropy of the gray values in a disk around each pixel."""
    height, width = gray.shape
    radius = len(reach) // 2
    result = np.empty((height, width))
    # n log2 n in the same units, so that n equal values have an entropy of exactly 0.
    whole = np.cumsum(steps)
    for row in range(height):
        top, bottom = max(0, row - radius), min(height, row + radius + 1)
        counts, total, n = _left_of(gray[top:bottom], reach[top - row + radius :], steps)
        for column in range(width):
            if column > radius and column + radius < width:
                # The whole disk moves inside the picture: as many values come as go.
                for y in range(top, bottom):
                    side = reach[np.uintp(y - row + radius)]
                    value = np.uintp(gray[np.uintp(y), np.uintp(column + side)])
                    total += steps[np.uintp(counts[value])]
                    counts[value] += 1
                    value = np.uintp(gray[np.uintp(y), np.uintp(column - side - 1)])
                    counts[value] -= 1
                    total -= steps[np.uintp(counts[value])]
            else:
                for y in range(top, bottom):
                    side = reach[y - row + radius]
                    if column + side < width:
                        value = np.uintp(gray[y, column + side])
                        total += steps[np.uintp(counts[value])]
                        counts[value] += 1
                        n += 1
                    if column - side > 0:
                        value = np.uintp(gray[y, column - side - 1])
                        counts[value] -= 1
                        total -= steps[np.uintp(counts[value])]
                        n -= 1
            result[row, column] = (whole[n - 1] - total) * UNIT / n
    return result


@kernel
def _left_of(
    gray: NDArray[np.uint8], reach: NDArray[np.int64], steps: NDArray[np.int64]
) -> tuple[NDArray[np.int32], np.int64, int]:
    """Count what a disk sees whose middle lies one pixel to the left of the picture."""
    counts = np.zeros(256, dtype=np.int32)
    total, n = np.int64(0), 0
    for y in range(len(gray)):
        for x in range(min(gray.shape[1], reach[y])):
            value = np.uintp(gray[y, x])
            total += steps[np.uintp(counts[value])]
            counts[value] += 1
            n += 1
    return counts, total, n
