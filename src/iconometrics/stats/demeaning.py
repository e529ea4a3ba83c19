"""Effects of groups taken out of columns, by alternating projections instead of dummies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iconometrics.errors import InputError

__all__ = ["absorbed", "demean", "leverage", "singletons"]

_MOST, _NEAR = 10_000, 1e-11


def demean(
    values: np.ndarray, groups: Sequence[np.ndarray], weights: np.ndarray | None = None
) -> np.ndarray:
    """Take the effects of groups out of columns: the residuals of a regression on dummies."""
    weight = np.ones(len(values)) if weights is None else weights
    totals = [_positive(np.bincount(codes, weight)) for codes in groups]
    result = np.array(values, dtype=float)
    for place in range(result.shape[1]):
        result[:, place] = _column(result[:, place], groups, weight, totals)
    return result


def _positive(totals: np.ndarray) -> np.ndarray:
    return np.where(totals > 0, totals, 1.0)


def _column(
    column: np.ndarray,
    groups: Sequence[np.ndarray],
    weight: np.ndarray,
    totals: Sequence[np.ndarray],
) -> np.ndarray:
    def sweep(values: np.ndarray, order: Sequence[int]) -> np.ndarray:
        for factor in order:
            sums = np.bincount(groups[factor], weight * values, len(totals[factor]))
            values = values - (sums / totals[factor])[groups[factor]]
        return values

    if len(groups) == 1:
        return sweep(column, [0])
    around = [*range(len(groups)), *range(len(groups) - 2, -1, -1)]
    column = sweep(column, around)
    gap = column - sweep(column, around)
    step, size = gap, float(weight @ gap**2)
    start = float(weight @ column**2)
    for _ in range(_MOST):
        if size <= _NEAR**2 * start:
            return column
        change = step - sweep(step, around)
        length = size / float(weight @ (step * change))
        column, gap = column - length * step, gap - length * change
        size, before = float(weight @ gap**2), size
        step = gap + size / before * step
    raise InputError(
        f"the fixed effects did not settle in {_MOST:,} rounds: their groups hardly meet. "
        "Leave one of them out."
    )


def singletons(groups: Sequence[np.ndarray]) -> np.ndarray:
    """Find rows that are alone in a group, again and again until none is."""
    alone = np.zeros(len(groups[0]), dtype=bool)
    while True:
        before = alone.sum()
        for codes in groups:
            alone |= np.bincount(codes, ~alone, codes.max() + 1)[codes] == 1
        if alone.sum() == before:
            return alone


def absorbed(groups: Sequence[np.ndarray], clusters: np.ndarray | None = None) -> int:
    """Count the coefficients that the fixed effects stand for.

    With clusters, groups that lie within one each count as a single intercept: the variance
    between clusters holds what they cost already (Cameron and Miller 2015, section II.B).
    """
    compact = [np.unique(codes, return_inverse=True)[1] for codes in groups]
    counts = [int(codes.max()) + 1 for codes in compact]
    every = _intercepts(compact, counts)
    if clusters is None:
        return every
    nested = [count for codes, count in zip(compact, counts, strict=True)
              if len(np.unique(np.stack([codes, clusters]), axis=1).T) == count]  # fmt: skip
    return max(every - sum(count - 1 for count in nested), 1)


def _intercepts(compact: Sequence[np.ndarray], counts: Sequence[int]) -> int:
    if len(compact) == 1:
        return counts[0]
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = (compact[0], compact[1] + counts[0])
    edges = coo_array((np.ones(len(ends[0])), ends), shape=(sum(counts), sum(counts)))
    return sum(counts) - int(connected_components(edges, directed=False, return_labels=False))


def leverage(matrix: np.ndarray, groups: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Compute each row's leverage in a regression with one fixed effect."""
    q, _ = np.linalg.qr(matrix * np.sqrt(weights)[:, None])
    share = weights / np.bincount(groups[0], weights)[groups[0]]
    leverage: np.ndarray = (q**2).sum(axis=1) + share
    return leverage
