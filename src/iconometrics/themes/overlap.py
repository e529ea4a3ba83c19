"""How far two partitions of the same images agree: as a whole, by theme and by image."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["adjusted_rand", "best_jaccard", "crossed", "kept_together"]

Counts = npt.NDArray[np.int64]


def crossed(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> Counts:
    """Count the images in each pair of clusters."""
    left, right = (np.where(codes < 0, codes.max() + 1, codes) for codes in (first, second))
    table = np.zeros((left.max() + 1, right.max() + 1), np.int64)
    np.add.at(table, (left, right), 1)
    return table


def adjusted_rand(table: Counts) -> float:
    """Measure the agreement of two partitions, corrected for chance."""
    together, left, right = (_pairs(counts).sum() for counts in _margins(table))
    every = float(_pairs(np.asarray(table.sum())))
    expected = left * right / every if every else 0.0
    most = (left + right) / 2
    return float((together - expected) / (most - expected)) if most != expected else 1.0


def best_jaccard(table: Counts) -> npt.NDArray[np.float64]:
    """Tell for each cluster of the first partition how much of it another one has."""
    rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    either = rows + columns - table
    shares = np.divide(table, either, out=np.zeros(table.shape), where=either > 0)
    return np.where(rows[:, 0] > 0, shares.max(axis=1), np.nan)


def kept_together(
    first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Tell for each image with what share of its cluster it is together again."""
    left, right = (np.where(codes < 0, codes.max() + 1, codes) for codes in (first, second))
    table = crossed(first, second)
    both = table[left, right] - 1.0
    mates = table.sum(axis=1)[left] - 1.0
    kept = np.full(len(first), np.nan)
    np.divide(both, mates, out=kept, where=mates > 0)
    return kept


def _margins(table: Counts) -> tuple[Counts, Counts, Counts]:
    return table, table.sum(axis=1), table.sum(axis=0)


def _pairs(counts: Counts) -> npt.NDArray[np.float64]:
    sizes = counts.astype(np.float64)
    pairs: npt.NDArray[np.float64] = sizes * (sizes - 1) / 2
    return pairs
