"""How many themes: sums of squares, silhouettes, and a choice with its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.figures.words import number
from iconometrics.progress import progress
from iconometrics.themes.partition import Partition, within_ss

__all__ = ["choose", "compare", "elbow_at", "silhouette"]

_CLOSE = 0.01


def compare(
    matrix: npt.NDArray[np.float64],
    numbers: Sequence[int],
    *,
    fit: Callable[[npt.NDArray[np.float64], int], Partition],
    rows: npt.NDArray[np.intp],
) -> pd.DataFrame:
    """Cluster with several numbers of themes and measure each.

    Parameters
    ----------
    matrix
        (images, axes) numbers.
    numbers
        Numbers of themes, ascending; 1 needs no fit.
    fit
        Finds a partition of a matrix into so many clusters.
    rows
        The images that the silhouette is computed on.

    Returns
    -------
    pandas.DataFrame
        k, within_ss, silhouette (missing at k = 1); one row a number.

    Examples
    --------
    >>> from iconometrics.themes.partition import fit
    >>> matrix = np.array([[0.], [1.], [9.], [10.]])
    >>> compare(matrix, [1, 2], fit=lambda m, k: fit(m, k, seed=1, restarts=2),
    ...         rows=np.arange(4))["within_ss"].tolist()
    [82.0, 1.0]
    """
    distances = _distances(matrix[rows])
    table = []
    with progress(len(numbers), "trying numbers of themes") as bar:
        for k in numbers:
            if k == 1:
                whole = within_ss(matrix, np.zeros(len(matrix), np.intp))
                table.append((1, whole, np.nan))
            else:
                found = fit(matrix, k)
                table.append((k, found.within_ss, silhouette(distances, found.codes[rows])))
            bar.advance()
    return pd.DataFrame(table, columns=["k", "within_ss", "silhouette"])


def silhouette(distances: npt.NDArray[np.float64], codes: npt.NDArray[np.intp]) -> float:
    """Mean silhouette: how much closer images are to their own theme than to the next.

    Parameters
    ----------
    distances
        (images, images) Euclidean distances.
    codes
        (images,) cluster numbers.

    Returns
    -------
    float
        -1 to 1; missing where it is not defined (one cluster, or one an image).

    Notes
    -----
    Rousseeuw, P. (1987). Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis. Journal of Computational and Applied Mathematics 20, 53-65.

    Examples
    --------
    >>> apart = np.array([[0, 1, 9.], [1, 0, 9], [9, 9, 0]])
    >>> round(silhouette(apart, np.array([0, 0, 1])), 3)
    0.593
    """
    from sklearn.metrics import silhouette_score

    if not 2 <= len(np.unique(codes)) < len(codes):
        return float("nan")
    return float(silhouette_score(distances, codes, metric="precomputed"))


def elbow_at(numbers: Sequence[int], sums: Sequence[float]) -> int | None:
    """Find the bend of a falling curve: the point farthest below the line between its ends.

    Parameters
    ----------
    numbers
        Numbers of themes, ascending.
    sums
        Within-cluster sums of squares.

    Returns
    -------
    int or None
        None where fewer than three numbers were tried or the curve has no bend.

    Notes
    -----
    Satopää, V. et al. (2011). Finding a "kneedle" in a haystack. ICDCS Workshops, 166-171.

    Examples
    --------
    >>> elbow_at([1, 2, 3, 4], [100, 20, 15, 10])
    2
    """
    if len(numbers) < 3 or sums[0] <= sums[-1]:
        return None
    x = (np.asarray(numbers, float) - numbers[0]) / (numbers[-1] - numbers[0])
    y = (np.asarray(sums, float) - sums[-1]) / (sums[0] - sums[-1])
    below = 1 - x - y
    return int(numbers[int(below.argmax())]) if below.max() > 0 else None


def choose(table: pd.DataFrame) -> tuple[int, str]:
    """Take the number of themes with the highest mean silhouette, and say why.

    Parameters
    ----------
    table
        What `compare` found.

    Returns
    -------
    tuple of int and str
        The number, and the reason in words.

    Examples
    --------
    >>> table = pd.DataFrame({"k": [1, 2, 3], "within_ss": [9., 3., 2.5],
    ...                       "silhouette": [np.nan, .6, .4]})
    >>> choose(table)[1]
    'k = 2 has the highest mean silhouette (.60), then k = 3 (.40). The elbow is at k = 2.'
    """
    tried = table[table["k"] > 1].sort_values(["silhouette", "k"], ascending=[False, True])
    k = int(tried["k"].iloc[0])
    best = float(tried["silhouette"].iloc[0])
    if len(tried) == 1:
        return k, f"k = {k} is the only number tried (mean silhouette {number(best)})."
    reason = f"k = {k} has the highest mean silhouette ({number(best)})"
    second, value = int(tried["k"].iloc[1]), float(tried["silhouette"].iloc[1])
    close = best - value < _CLOSE
    reason += f", {'hardly more than' if close else 'then'} k = {second} ({number(value)})"
    bend = elbow_at(table["k"].tolist(), table["within_ss"].tolist())
    return k, f"{reason}." + (f" The elbow is at k = {bend}." if bend else "")


def _distances(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    from scipy.spatial.distance import pdist, squareform

    square: npt.NDArray[np.float64] = squareform(pdist(matrix))
    return square
