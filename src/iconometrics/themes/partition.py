"""Partitions of the rows of a matrix: found by k-means, measured, and named by size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Partition", "by_size", "closest_two", "fit", "within_ss"]

_ROWS = 8192


class Partition(NamedTuple):
    """Which cluster each row belongs to, and the clusters' centers.

    Parameters
    ----------
    codes
        (rows,) cluster numbers from 0.
    centers
        (clusters, axes) means.
    within_ss
        Sum over all rows of the squared distance to their center.
    """

    codes: npt.NDArray[np.intp]
    centers: npt.NDArray[np.float64]
    within_ss: float


def fit(matrix: npt.NDArray[np.float64], k: int, *, seed: int, restarts: int) -> Partition:
    """Find k clusters by k-means: the best of several starts.

    Parameters
    ----------
    matrix
        (rows, axes) numbers.
    k
        How many clusters.
    seed
        Of the starts.
    restarts
        How many starts (k-means++).

    Returns
    -------
    Partition

    Notes
    -----
    Lloyd, S. (1982). Least squares quantization in PCM. IEEE Transactions on Information Theory
    28, 129-137. Arthur, D. & Vassilvitskii, S. (2007). k-means++: the advantages of careful
    seeding. SODA.

    Examples
    --------
    >>> found = fit(np.array([[0.], [1.], [9.], [10.]]), 2, seed=1, restarts=3)
    >>> sorted(found.centers.ravel().tolist()), found.within_ss
    ([0.5, 9.5], 1.0)
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    model = KMeans(n_clusters=k, n_init=restarts, random_state=seed % 2**32)
    # one thread: sums come out the same on every machine, and threads that wait cost more
    with threadpool_limits(limits=1):
        model.fit(matrix)
    return Partition(model.labels_.astype(np.intp), model.cluster_centers_, float(model.inertia_))


def within_ss(matrix: npt.NDArray[np.float64], codes: npt.NDArray[np.intp]) -> float:
    """Sum the squared distances of all rows to the mean of their cluster.

    Half the mean, over the rows of a cluster, of the squared distances between all its pairs
    comes to the same: the objective over pairs is twice this.

    Parameters
    ----------
    matrix
        (rows, axes) numbers.
    codes
        (rows,) cluster numbers.

    Returns
    -------
    float

    Examples
    --------
    >>> within_ss(np.array([[0.], [2.], [9.]]), np.array([0, 0, 1]))
    2.0
    """
    groups = [matrix[codes == code] for code in np.unique(codes)]
    return float(sum(((group - group.mean(axis=0)) ** 2).sum() for group in groups))


def by_size(partition: Partition) -> Partition:
    """Number the clusters from the largest to the smallest.

    Of equally large ones that with the earliest row comes first, so that the same partition has
    the same numbers however it was found.

    Parameters
    ----------
    partition
        Clusters in any order.

    Returns
    -------
    Partition

    Examples
    --------
    >>> found = Partition(np.array([1, 0, 2, 2]), np.zeros((3, 1)), 0.)
    >>> by_size(found).codes.tolist()
    [1, 2, 0, 0]
    """
    codes = partition.codes
    names, first, sizes = np.unique(codes, return_index=True, return_counts=True)
    order = names[np.lexsort((first, -sizes))]
    new = np.empty(len(partition.centers), np.intp)
    new[order] = np.arange(len(order))
    return partition._replace(codes=new[codes], centers=partition.centers[order])


def closest_two(
    matrix: npt.NDArray[np.float64], partition: Partition
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Measure how far each row is from its own center and from the next one.

    Parameters
    ----------
    matrix
        (rows, axes) numbers.
    partition
        At least two clusters of these rows.

    Returns
    -------
    tuple of numpy.ndarray
        (rows,) distance to the own center, number of the next cluster, distance to its center.

    Examples
    --------
    >>> found = Partition(np.array([0, 0]), np.array([[0.], [10.]]), 0.)
    >>> own, other, beyond = closest_two(np.array([[1.], [2.]]), found)
    >>> own.tolist(), other.tolist(), beyond.tolist()
    ([1.0, 2.0], [1, 1], [9.0, 8.0])
    """
    parts = []
    for start in range(0, len(matrix), _ROWS):
        rows = matrix[start : start + _ROWS]
        codes = partition.codes[start : start + _ROWS]
        gaps = [((rows - center) ** 2).sum(axis=1) for center in partition.centers]
        distances = np.sqrt(np.column_stack(gaps))
        here = np.arange(len(rows))
        own = distances[here, codes]
        distances[here, codes] = np.inf
        other = distances.argmin(axis=1)
        parts.append((own, other, distances[here, other]))
    own, other, beyond = (np.concatenate(part) for part in zip(*parts, strict=True))
    return own, other, beyond
