"""Sums over a grid of blocks, in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.kernels.compiling import kernel

__all__ = ["laplacian_blocks"]


@kernel
def laplacian_blocks(gray: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.float64]:
    """Sum the Laplacian and its square over the blocks of a grid."""
    height, width = gray.shape
    sums = np.zeros((rows, columns, 3), dtype=np.int64)
    for y in range(1, height - 1):
        upper, here, lower = gray[y - 1], gray[y], gray[y + 1]
        for block in range(columns):
            first = max(1, width * block // columns)
            last = min(width - 1, width * (block + 1) // columns)
            total, squares = np.int64(0), np.int64(0)
            for x in range(first, last):
                around = np.int32(upper[x]) + lower[x] + here[x - 1] + here[x + 1]
                value = around - 4 * np.int32(here[x])
                total += value
                squares += value * value
            cell = sums[rows * y // height, block]
            cell[0] += max(0, last - first)
            cell[1] += total
            cell[2] += squares
    return sums.astype(np.float64)
