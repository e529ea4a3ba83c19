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
    """Cluster with several numbers of themes and measure each.

    Parameters
    ----------
    matrix
        (images, axes) numbers.
    numbers
        Numbers of themes, ascending.
    method
        Finds clusters.
    seed
        Of the clusterer and the subsamples.
    evidence
        What is computed besides: "gap", "stability" (both on at most 1,500 images, and with
        three starts where the method has several).

    Returns
    -------
    pandas.DataFrame
        k from 1, within_ss, silhouette, then what was asked for: gap, gap_se, stability with low
        and high (the tenth and ninetieth percentile of the draws), bic for models.

    Raises
    ------
    InputError
        If a kind of evidence is unknown.

    Examples
    --------
    >>> from iconometrics.themes.methods.k_means import method
    >>> matrix = np.array([[0.], [1.], [9.], [10.]])
    >>> collect(matrix, [2], method=method(restarts=2), seed=1, evidence=())["within_ss"].tolist()
    [82.0, 1.0]
    """
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
    """Measure partitions with different numbers of clusters.

    Parameters
    ----------
    matrix
        (images, axes) numbers.
    found
        Partitions of its rows.
    rows
        The images that the silhouette is computed on.

    Returns
    -------
    pandas.DataFrame
        k, within_ss, silhouette, and bic where there is one; the first row is k = 1.

    Examples
    --------
    >>> matrix = np.array([[0.], [1.], [9.]])
    >>> measure(matrix, [], rows=np.arange(3))["k"].tolist()
    [1]
    """
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
    """Mean silhouettes: how much closer images are to their own theme than to the next.

    Parameters
    ----------
    matrix
        (images, axes) numbers.
    partitions
        (images,) cluster numbers of each partition; noise is left out.

    Returns
    -------
    list of float
        -1 to 1; missing where it is not defined (one cluster, or one an image).

    Notes
    -----
    Rousseeuw, P. (1987). Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis. Journal of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> round(silhouettes(np.array([[0.], [1], [9]]), [np.array([0, 0, 1])])[0], 3)
    0.588
    """
    from sklearn.metrics import euclidean_distances

    if not partitions:
        return []
    distances = euclidean_distances(matrix)
    return [_silhouette(distances, codes) for codes in partitions]


def some(random: np.random.Generator, n: int, most: int) -> npt.NDArray[np.intp]:
    """Choose so many of n rows at most.

    Parameters
    ----------
    random
        Where chance comes from.
    n
        How many rows there are.
    most
        How many are wanted at most.

    Returns
    -------
    numpy.ndarray
        Their numbers, ascending.

    Examples
    --------
    >>> some(np.random.default_rng(1), 3, 5).tolist()
    [0, 1, 2]
    """
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
