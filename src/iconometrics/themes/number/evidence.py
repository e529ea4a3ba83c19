"""The evidence for each number of themes: sums of squares, silhouettes, gaps, stability, BIC."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.progress import progress
from iconometrics.themes.method import Method
from iconometrics.themes.number.gap import gaps
from iconometrics.themes.overlap import adjusted_rand, crossed
from iconometrics.themes.partition import NOISE, Partition, within_ss
from iconometrics.themes.preparation import distinct

__all__ = [
    "EVIDENCE",
    "SILHOUETTE_ROWS",
    "collect",
    "found_again",
    "measure",
    "silhouettes",
    "subsample",
]

EVIDENCE = ("gap", "stability")
SILHOUETTE_ROWS = 3_000

_ROWS = 1_500
_FEWEST = 12
_SHARE = 2 / 3

Matrix = npt.NDArray[np.float64]


def collect(
    matrix: Matrix,
    numbers: Sequence[int],
    *,
    method: Method,
    seed: int,
    evidence: Sequence[str] = EVIDENCE,
) -> pd.DataFrame:
    """Cluster with several numbers of themes and measure each."""
    unknown = [kind for kind in evidence if kind not in EVIDENCE]
    if unknown:
        raise InputError(f"evidence={unknown}: expected some of {', '.join(EVIDENCE)}.")
    several = [k for k in numbers if k > 1]
    with progress(1 + len(evidence), "trying numbers of themes") as bar:
        partitions = method.partitions(matrix, several, seed)
        random = generator(seed)
        table = measure(matrix, partitions, rows=subsample(random, len(matrix), SILHOUETTE_ROWS))
        bar.advance()
        part = matrix[subsample(random, len(matrix), _ROWS)]
        for kind in evidence:
            if len(part) >= _FEWEST:
                table = table.join(_more(kind, part, [1, *several], method, seed), on="k")
            bar.advance()
    return table


def measure(
    matrix: Matrix, partitions: Sequence[Partition], *, rows: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """Measure partitions with different numbers of clusters."""
    whole = within_ss(matrix, np.zeros(len(matrix), np.intp))
    widths = silhouettes(matrix[rows], [partition.codes[rows] for partition in partitions])
    table = pd.DataFrame(
        {
            "k": [1, *(len(partition.centers) for partition in partitions)],
            "within_ss": [whole, *(partition.within_ss for partition in partitions)],
            "silhouette": [np.nan, *widths],
        }
    )
    bic = [partition.bic for partition in partitions]
    return table.assign(bic=[np.nan, *bic]) if np.isfinite(bic).any() else table


def silhouettes(matrix: Matrix, partitions: Sequence[npt.NDArray[np.intp]]) -> list[float]:
    """Mean silhouettes: how much closer images are to their own theme than to the next."""
    from sklearn.metrics import euclidean_distances

    if not partitions:
        return []
    distances = euclidean_distances(matrix)
    return [_silhouette(distances, codes) for codes in partitions]


def subsample(random: np.random.Generator, n: int, most: int) -> npt.NDArray[np.intp]:
    """Choose so many of n rows at most."""
    if n <= most:
        return np.arange(n)
    return np.sort(random.choice(n, most, replace=False))


def _silhouette(distances: Matrix, codes: npt.NDArray[np.intp]) -> float:
    from sklearn.metrics import silhouette_score

    inside = codes != NOISE
    if not inside.all():
        distances, codes = distances[np.ix_(inside, inside)], codes[inside]
    if not 2 <= len(np.unique(codes)) < len(codes):
        return float("nan")
    return float(silhouette_score(distances, codes, metric="precomputed"))


def _more(kind: str, matrix: Matrix, numbers: list[int], method: Method, seed: int) -> pd.DataFrame:
    if kind == "gap":
        value, error = gaps(matrix, numbers, method=method, seed=seed)
        return pd.DataFrame({"gap": value, "gap_se": error}, index=numbers)
    table = found_again(matrix, numbers[1:], method=method, seed=seed)
    low, high = np.quantile(table, [0.1, 0.9], axis=0)
    columns = {"stability": table.mean(axis=0), "stability_low": low, "stability_high": high}
    return pd.DataFrame(columns, index=numbers[1:])


def found_again(
    matrix: Matrix,
    numbers: Sequence[int],
    *,
    method: Method,
    seed: int,
    draws: int = 10,
) -> Matrix:
    """Cluster pairs of random samples, and compare the partitions where the samples overlap."""
    random = generator(seed)
    size = round(_SHARE * len(matrix))
    table = np.full((draws, len(numbers)), np.nan)
    for row in table:
        first, second = (np.sort(random.permutation(len(matrix))[:size]) for _ in range(2))
        enough = min(distinct(matrix[part], max(numbers)) for part in (first, second))
        possible = [k for k in numbers if k <= enough]
        pairs = zip(*(_codes(matrix, part, possible, method, random) for part in (first, second)),
                    strict=True)  # fmt: skip
        _, at, there = np.intersect1d(first, second, return_indices=True)
        row[: len(possible)] = [adjusted_rand(crossed(a[at], b[there])) for a, b in pairs]
    return table


def _codes(
    matrix: Matrix,
    rows: npt.NDArray[np.intp],
    numbers: Sequence[int],
    method: Method,
    random: np.random.Generator,
) -> list[npt.NDArray[np.intp]]:
    partitions = method.tried(matrix[rows], numbers, int(random.integers(2**31)))
    return [partition.codes for partition in partitions]
