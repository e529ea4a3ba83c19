"""Partitions of the rows of a matrix: measured, and numbered by size."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["NOISE", "Partition", "by_size", "closest_two", "means", "nearest", "within_ss"]

NOISE = -1
_ROWS = 8192


class Partition(NamedTuple):
    """Which cluster each row belongs to, and the clusters' centers."""

    codes: npt.NDArray[np.intp]
    centers: npt.NDArray[np.float64]
    within_ss: float
    membership: npt.NDArray[np.float64] | None = None
    bic: float = float("nan")


def within_ss(matrix: npt.NDArray[np.float64], codes: npt.NDArray[np.intp]) -> float:
    """Sum the squared distances of all rows to the mean of their cluster."""
    groups = [matrix[codes == code] for code in np.unique(codes[codes != NOISE])]
    return float(sum(((group - group.mean(axis=0)) ** 2).sum() for group in groups))


def means(
    matrix: npt.NDArray[np.float64], codes: npt.NDArray[np.intp], k: int
) -> npt.NDArray[np.float64]:
    """Average the rows of each cluster."""
    from scipy.sparse import csr_array

    inside = np.flatnonzero(codes != NOISE)
    ones = np.ones(len(inside), matrix.dtype)
    members = csr_array((ones, (codes[inside], inside)), shape=(k, len(codes)))
    sizes = np.bincount(codes[inside], minlength=k)
    with np.errstate(invalid="ignore"):
        centers: npt.NDArray[np.float64] = (members @ matrix) / sizes[:, None]
    return centers


def nearest(
    matrix: npt.NDArray[np.float64], centers: npt.NDArray[np.float64]
) -> npt.NDArray[np.intp]:
    """Find the center that is nearest to each row."""
    squares = (centers**2).sum(axis=1) - 2 * matrix @ centers.T
    return np.asarray(squares.argmin(axis=1))


def by_size(partition: Partition) -> Partition:
    """Number the clusters from the largest to the smallest."""
    codes = partition.codes
    names, first, sizes = np.unique(codes, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    order = names[order][names[order] != NOISE]
    new = np.full(len(partition.centers) + 1, NOISE, np.intp)
    new[order] = np.arange(len(order))
    soft = None if partition.membership is None else _shares(partition.membership[:, order])
    return partition._replace(codes=new[codes], centers=partition.centers[order], membership=soft)


def closest_two(
    matrix: npt.NDArray[np.float64], partition: Partition
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Measure how far each row is from its own center and from the next one."""
    parts = []
    for start in range(0, len(matrix), _ROWS):
        rows = matrix[start : start + _ROWS]
        parts.append(_two(rows, partition.codes[start : start + _ROWS], partition.centers))
    own, other, beyond = (np.concatenate(part) for part in zip(*parts, strict=True))
    return own, other, beyond


def _two(
    rows: npt.NDArray[np.float64], codes: npt.NDArray[np.intp], centers: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    from scipy.spatial.distance import cdist

    distances = cdist(rows, centers)
    here = np.arange(len(rows))
    noise = codes == NOISE
    own = np.where(noise, distances.min(axis=1), distances[here, codes])
    distances[here[~noise], codes[~noise]] = np.inf
    other = distances.argmin(axis=1)
    beyond = distances[here, other]
    alone = np.isinf(beyond)
    return own, np.where(alone, NOISE, other), np.where(alone, np.nan, beyond)


def _shares(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    shares: npt.NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return shares
