"""Counting pairs of gray levels, and what is said of such tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.kernels.compiling import kernel

__all__ = ["count_pairs", "describe_pairs"]


@kernel
def count_pairs(
    levels: NDArray[np.uint8], offsets: NDArray[np.int64], n_levels: int
) -> NDArray[np.int32]:
    """Count how often level j lies at an offset from level i."""
    height, width = levels.shape
    counts = np.zeros((len(offsets), n_levels * n_levels), dtype=np.int32)
    second = np.zeros(n_levels * n_levels, dtype=np.int32)
    for k in range(len(offsets)):
        down, right = offsets[k]
        table = counts[k]
        second[:] = 0
        first, last = max(0, -right), max(0, -right, min(width, width - right))
        for row in range(max(0, -down), min(height, height - down)):
            here = levels[row, first:last]
            there = levels[row + down, first + right : last + right]
            for pair in range(len(here) // 2):
                even, odd = np.uintp(2 * pair), np.uintp(2 * pair + 1)
                table[np.uintp(here[even]) * np.uintp(n_levels) + np.uintp(there[even])] += 1
                second[np.uintp(here[odd]) * np.uintp(n_levels) + np.uintp(there[odd])] += 1
            if len(here) % 2:
                table[np.uintp(here[-1]) * np.uintp(n_levels) + np.uintp(there[-1])] += 1
        table += second
    return counts


@kernel
def describe_pairs(counts: NDArray[np.int32], n_levels: int) -> NDArray[np.float64]:
    """Compute seven numbers of each table of pairs, counted in both directions."""
    result = np.zeros((len(counts), 7))
    inverse = 1.0 / (1.0 + np.arange(n_levels) ** 2.0)
    for k in range(len(counts)):
        table = counts[k].reshape(n_levels, n_levels)
        total, squares, far, apart = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
        level, power, product = np.int64(0), np.int64(0), np.int64(0)
        near, information = 0.0, 0.0
        for i in range(n_levels):
            for j in range(i + 1):
                n = np.int64(table[i, j]) + table[j, i]
                if n == 0:
                    continue
                d = i - j
                # Off the diagonal the cell and its mirror image hold n each; on it the one, n.
                both = n if d == 0 else 2 * n
                total += both
                squares += both * n
                far += both * d
                apart += both * d * d
                near += both * inverse[d]
                level += n * (i if d == 0 else i + j)
                power += n * (i * i if d == 0 else i * i + j * j)
                product += both * i * j
                information += both * np.log2(n)
        if total == 0:
            result[k] = (0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0)
            continue
        mean = level / total
        variance = power / total - mean * mean
        flat = variance <= 1e-12 * max(1.0, mean * mean)
        asm = squares / (float(total) * total)
        result[k, 0] = apart / total
        result[k, 1] = far / total
        result[k, 2] = near / total
        result[k, 3] = np.sqrt(asm)
        result[k, 4] = asm
        result[k, 5] = 1.0 if flat else (product / total - mean * mean) / variance
        single = squares == total * total
        result[k, 6] = 0.0 if single else np.log2(total) - information / total
    return result
