"""What speaks for each number of themes: sums of squares, silhouettes, gaps, stability, BIC."""

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
from iconometrics.themes.number.halves import found_again
from iconometrics.themes.partition import NOISE, Partition, within_ss

__all__ = ["EVIDENCE", "SILHOUETTE_ROWS", "collect", "measure", "silhouettes", "some"]

EVIDENCE = ("gap", "stability")
SILHOUETTE_ROWS = 3_000

_ROWS = 1_500
_FEWEST = 12

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
    unknown = [one for one in evidence if one not in EVIDENCE]
    if unknown:
        raise InputError(f"evidence={unknown}: expected some of {', '.join(EVIDENCE)}.")
    several = [k for k in numbers if k > 1]
    with progress(1 + len(evidence), "trying numbers of themes") as bar:
        found = method.partitions(matrix, several, seed)
        random = generator(seed)
        table = measure(matrix, found, rows=some(random, len(matrix), SILHOUETTE_ROWS))
        bar.advance()
        part = matrix[some(random, len(matrix), _ROWS)]
        for kind in evidence:
            if len(part) >= _FEWEST:
                table = table.join(_more(kind, part, [1, *several], method, seed), on="k")
            bar.advance()
    return table


def measure(
    matrix: Matrix, found: Sequence[Partition], *, rows: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """Measure partitions with different numbers of clusters."""
    whole = within_ss(matrix, np.zeros(len(matrix), np.intp))
    widths = silhouettes(matrix[rows], [one.codes[rows] for one in found])
    table = pd.DataFrame(
        {
            "k": [1, *(len(one.centers) for one in found)],
            "within_ss": [whole, *(one.within_ss for one in found)],
            "silhouette": [np.nan, *widths],
        }
    )
    bic = [one.bic for one in found]
    return table.assign(bic=[np.nan, *bic]) if np.isfinite(bic).any() else table


def silhouettes(matrix: Matrix, partitions: Sequence[npt.NDArray[np.intp]]) -> list[float]:
    """Mean silhouettes: how much closer images are to their own theme than to the next."""
    from sklearn.metrics import euclidean_distances

    if not partitions:
        return []
    distances = euclidean_distances(matrix)
    return [_silhouette(distances, codes) for codes in partitions]


def some(random: np.random.Generator, n: int, most: int) -> npt.NDArray[np.intp]:
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
