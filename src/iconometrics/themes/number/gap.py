"""The gap statistic: how much tighter clusters are than in data without any."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from iconometrics.options import generator
from iconometrics.themes.method import Method
from iconometrics.themes.partition import within_ss

__all__ = ["gaps", "one_error_rule"]

Matrix = npt.NDArray[np.float64]


def gaps(
    matrix: Matrix,
    numbers: Sequence[int],
    *,
    method: Method,
    seed: int,
    references: int = 10,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Compare sums of squares with those of data spread evenly over the same room."""
    random = generator(seed)
    middle = matrix.mean(axis=0)
    centered = matrix - middle
    axes = np.linalg.eigh(centered.T @ centered)[1]
    turned = centered @ axes
    low, high = turned.min(axis=0), turned.max(axis=0)
    logs = np.empty((references, len(numbers)))
    for draw in logs:
        # Angles, unlike distances, hang on where rows lie: these lie where the data does.
        even = random.uniform(low, high, turned.shape) + middle @ axes
        draw[:] = _logs(method.seen(even), numbers, method, seed)
    gap = logs.mean(axis=0) - _logs(method.seen(matrix), numbers, method, seed)
    return gap, logs.std(axis=0) * np.sqrt(1 + 1 / references)


def one_error_rule(numbers: Sequence[int], gap: npt.ArrayLike, error: npt.ArrayLike) -> int | None:
    """Take the smallest number whose gap the next one does not exceed by its standard error."""
    value, spread = np.asarray(gap, float), np.asarray(error, float)
    for place in range(len(numbers) - 1):
        if value[place] >= value[place + 1] - spread[place + 1]:
            return int(numbers[place])
    return None


def _logs(
    matrix: Matrix, numbers: Sequence[int], method: Method, seed: int
) -> npt.NDArray[np.float64]:
    several = [k for k in numbers if k > 1]
    sums = {1: within_ss(matrix, np.zeros(len(matrix), np.intp))}
    partitions = method.tried(matrix, several, seed)
    sums |= {k: partition.within_ss for k, partition in zip(several, partitions, strict=True)}
    return np.log([max(sums[k], np.finfo(float).tiny) for k in numbers])
