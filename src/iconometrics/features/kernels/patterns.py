"""Local binary patterns: which neighbors on a circle are at least as bright as the pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.kernels.compiling import kernel

__all__ = ["binary_patterns", "rotation_classes"]


@kernel
def binary_patterns(
    padded: NDArray[np.float64], corners: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.uint32]:
    """Compare each pixel with points around it."""
    border = (corners.max() + 1) // 2
    height, width = padded.shape[0] - 2 * border, padded.shape[1] - 2 * border
    result = np.zeros((height, width), dtype=np.uint32)
    whole = weights[0].sum()
    for row in range(height):
        center, codes = padded[row + border, border:], result[row]
        for k in range(len(corners)):
            y, x = row + corners[k, 0], corners[k, 1]
            upper, lower = padded[y, x:], padded[min(y + 1, len(padded) - 1), x:]
            a, b, c, d = weights[k]
            bit = np.uint32(1) << np.uint32(k)
            if b == 0 and c == 0 and d == 0:
                for i in range(width):
                    if upper[i] >= center[i]:
                        codes[i] |= bit
            else:
                for i in range(width):
                    point = a * upper[i] + b * upper[i + 1] + c * lower[i] + d * lower[i + 1]
                    if point >= whole * center[i]:
                        codes[i] |= bit
    return result


@kernel
def rotation_classes(codes: NDArray[np.uint32], points: int) -> NDArray[np.uint32]:
    """Count the set bits of codes whose set bits stand side by side on the circle."""
    result = np.empty_like(codes)
    for row in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            code = codes[row, column]
            turned = (code >> np.uint32(1)) | ((code & np.uint32(1)) << np.uint32(points - 1))
            changes, ones = 0, 0
            for k in range(points):
                ones += (code >> np.uint32(k)) & np.uint32(1)
                changes += ((code ^ turned) >> np.uint32(k)) & np.uint32(1)
            result[row, column] = ones if changes <= 2 else points + 1
    return result
