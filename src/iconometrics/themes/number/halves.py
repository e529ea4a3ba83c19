"""Whether the same clusters are found again in other parts of the images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from iconometrics.options import generator
from iconometrics.themes.method import Method
from iconometrics.themes.overlap import adjusted_rand, crossed
from iconometrics.themes.preparation import distinct

__all__ = ["found_again"]

_SHARE = 2 / 3


def found_again(
    matrix: npt.NDArray[np.float64],
    numbers: Sequence[int],
    *,
    method: Method,
    seed: int,
    draws: int = 10,
) -> npt.NDArray[np.float64]:
    """Cluster pairs of random samples, and compare the partitions where the samples overlap."""
    random = generator(seed)
    size = round(_SHARE * len(matrix))
    table = np.full((draws, len(numbers)), np.nan)
    for row in table:
        one, other = (np.sort(random.permutation(len(matrix))[:size]) for _ in range(2))
        enough = min(distinct(matrix[part], max(numbers)) for part in (one, other))
        possible = [k for k in numbers if k <= enough]
        pairs = zip(*(_codes(matrix, part, possible, method, random) for part in (one, other)),
                    strict=True)  # fmt: skip
        _, at, there = np.intersect1d(one, other, return_indices=True)
        row[: len(possible)] = [adjusted_rand(crossed(a[at], b[there])) for a, b in pairs]
    return table


def _codes(
    matrix: npt.NDArray[np.float64],
    rows: npt.NDArray[np.intp],
    numbers: Sequence[int],
    method: Method,
    random: np.random.Generator,
) -> list[npt.NDArray[np.intp]]:
    found = method.tried(matrix[rows], numbers, int(random.integers(2**31)))
    return [partition.codes for partition in found]
