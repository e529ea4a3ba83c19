"""Histograms of gradient directions by cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.kernels.compiling import kernel

__all__ = ["direction_sums"]


@kernel
def direction_sums(
    gray: NDArray[np.float64], cell: int, starts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum gradient magnitudes by cell and direction, which is found without an arctangent."""
    height, width = gray.shape
    cosines, sines = starts[0], starts[1]
    rows, columns, bins = height // cell, width // cell, len(cosines) + 1
    sums = np.zeros((rows, columns, bins))
    sizes, directions = np.zeros(width), np.zeros(width, dtype=np.int32)
    across, down = np.zeros(width), np.zeros(width)
    for row in range(rows * cell):
        down[:] = 0.0
        if 0 < row < height - 1:
            down[:] = gray[row + 1] - gray[row - 1]
        across[1:-1] = gray[row, 2:] - gray[row, :-2]
        for i in range(width):
            sizes[i] = np.sqrt(across[i] * across[i] + down[i] * down[i])
            # Directions are those of lines: turned to the half above the horizontal.
            sign = 1.0 if down[i] > 0 or (down[i] == 0 and across[i] > 0) else -1.0
            x, y = sign * across[i], sign * down[i]
            place = np.int32(0)
            for k in range(bins - 1):
                place += np.int32(y * cosines[k] >= x * sines[k])
            directions[i] = place
        for column in range(columns):
            table = sums[row // cell, column]
            for i in range(column * cell, (column + 1) * cell):
                table[np.uintp(directions[np.uintp(i)])] += sizes[np.uintp(i)]
    return sums
