"""Sums of gradients by direction, in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.kernels.compiling import kernel

__all__ = ["gradient_sums"]


@kernel
def gradient_sums(
    across: NDArray[np.int16], down: NDArray[np.int16], starts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum gradient magnitudes, their squares, and magnitudes by direction."""
    height, width = across.shape
    cosines, sines = starts[0], starts[1]
    bins = 2 * len(cosines)
    result = np.zeros(2 + bins)
    squares = np.int64(0)
    sizes, directions = np.zeros(width), np.zeros(width, dtype=np.int32)
    for row in range(height):
        gx, gy = across[row], down[row]
        for i in range(width):
            x, y = abs(float(gx[i])), abs(float(gy[i]))
            square = np.int32(gx[i]) * np.int32(gx[i]) + np.int32(gy[i]) * np.int32(gy[i])
            squares += square
            sizes[i] = np.sqrt(float(square))
            place = np.int32(0)
            for k in range(len(cosines)):
                place += np.int32(y * cosines[k] >= x * sines[k])
            # Up to the right is the mirror image of down to the right.
            falls = (gx[i] < 0) != (gy[i] < 0)
            directions[i] = np.int32(bins) - place if falls and place > 0 else place
        for i in range(width):
            result[np.uintp(2 + directions[np.uintp(i)])] += sizes[np.uintp(i)]
    result[0], result[1] = result[2:].sum(), squares
    return result
