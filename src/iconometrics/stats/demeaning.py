"""Effects of groups taken out of columns, by alternating projections instead of dummies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iconometrics.errors import InputError

__all__ = ["absorbed", "demean", "effect_leverage", "leverage", "singletons"]

_MOST, _NEAR = 10_000, 1e-11
_WIDE, _CHUNK = 2_000, 1_000


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


def effect_leverage(groups: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
    """Compute the leverage of some rows in a regression on one or two fixed effects alone."""
    compact = [np.unique(codes, return_inverse=True)[1] for codes in groups]
    compact.sort(key=np.max, reverse=True)
    counts = [np.bincount(codes) for codes in compact]
    own: np.ndarray = 1 / counts[0][compact[0][rows]]
    return own if len(groups) == 1 else own + _of_second(compact, counts, rows)


def _of_second(
    compact: Sequence[np.ndarray], counts: Sequence[np.ndarray], rows: np.ndarray
) -> np.ndarray:
    """Compute what the smaller of two fixed effects adds to the leverage."""
    from scipy.sparse import coo_array

    if len(counts[1]) > _WIDE:
        raise InputError(
            f"fixed effects of {len(counts[0]):,} and {len(counts[1]):,} groups with a measured "
            f"regressor: expected at most {_WIDE:,} groups of the smaller. Leave one of them out."
        )
    cells = coo_array((np.ones(len(compact[0])), (compact[0], compact[1]))).tocsr()
    cells = cells.multiply(1 / counts[0][:, None]).tocsr()
    shared = cells.T @ cells.multiply(counts[0][:, None])
    inverse = np.linalg.pinv(np.diag(counts[1]) - shared.toarray(), hermitian=True)
    result = np.empty(len(rows))
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        left = -cells[compact[0][part]].toarray()
        left[np.arange(len(part)), compact[1][part]] += 1
        result[start : start + _CHUNK] = ((left @ inverse) * left).sum(axis=1)
    return result
