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
    """Cluster pairs of random samples, and compare the partitions where the samples overlap.

    Each draw takes two samples of two thirds of the rows, clusters each, and compares the two
    partitions on the rows that are in both (half of each sample).

    Parameters
    ----------
    matrix
        (rows, axes) numbers.
    numbers
        Numbers of clusters.
    method
        Finds clusters.
    seed
        Of the draws.
    draws
        How many pairs of samples.

    Returns
    -------
    numpy.ndarray
        (draws, numbers) adjusted Rand indices; missing where a sample has too few different rows.

    Notes
    -----
    Ben-Hur, A., Elisseeff, A. & Guyon, I. (2002). A stability based method for discovering
    structure in clustered data. Pacific Symposium on Biocomputing 7, 6-17.

    Examples
    --------
    >>> from iconometrics.themes.methods.k_means import method
    >>> matrix = np.repeat([[0.], [10.], [20.]], 20, axis=0) + np.linspace(0, 1, 60)[:, None]
    >>> found_again(matrix, [3], method=method(restarts=3), seed=1, draws=2).tolist()
    [[1.0], [1.0]]
    """
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
