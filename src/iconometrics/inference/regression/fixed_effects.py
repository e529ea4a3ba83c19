"""Fixed effects: taking group means out by alternating projections instead of dummies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import listed

__all__ = ["absorbed", "demean", "leverage", "singletons", "within"]

_MOST, _NEAR = 10_000, 1e-11


def demean(
    values: np.ndarray, groups: Sequence[np.ndarray], weights: np.ndarray | None = None
) -> np.ndarray:
    """Take the effects of groups out of columns: the residuals of a regression on dummies.

    Parameters
    ----------
    values
        (rows, columns).
    groups
        For each fixed effect, (rows,) number of each row's group.
    weights
        (rows,) not below 0; by default 1.

    Returns
    -------
    numpy.ndarray
        (rows, columns) residuals.

    Raises
    ------
    InputError
        If the projections do not settle.

    Notes
    -----
    Symmetric alternating projections, sped up by conjugate gradients: Gaure, S. (2013). OLS with
    multiple high dimensional category variables. Computational Statistics & Data Analysis 66,
    8-18; Hernandez-Ramos, L. M., Escalante, R. and Raydan, M. (2011). Unconstrained optimization
    techniques for the acceleration of alternating projection methods. Numerical Functional
    Analysis and Optimization 32, 1041-1066.

    Examples
    --------
    >>> demean(np.array([[1.0], [3.0], [5.0]]), [np.array([0, 0, 1])]).ravel().tolist()
    [-1.0, 1.0, 0.0]
    """
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
        for one in order:
            means = np.bincount(groups[one], weight * values, len(totals[one])) / totals[one]
            values = values - means[groups[one]]
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


def within(table: pd.DataFrame, columns: Sequence[str]) -> list[np.ndarray]:
    """Number the groups of each fixed effect.

    Parameters
    ----------
    table
        One row a row, complete in these columns.
    columns
        One or two names.

    Returns
    -------
    list of numpy.ndarray
        (rows,) for each.

    Raises
    ------
    InputError
        If there are more than two, one is missing, or one has a single group.
    """
    if len(columns) > 2:
        raise InputError(
            f"fixed_effects={list(columns)}: expected one or two columns; put a third into the "
            "formula as C(column)."
        )
    numbered = []
    for name in columns:
        if name not in table:
            raise InputError(
                f"fixed_effects={name!r}: no such column; there are {listed(table.columns, 12)}."
            )
        codes, groups = pd.factorize(table[name])
        if len(groups) < 2:
            raise InputError(
                f"fixed_effects={name!r}: all {len(table)} rows used are {listed(groups)}; a fixed "
                "effect needs at least two groups."
            )
        numbered.append(codes)
    return numbered


def singletons(groups: Sequence[np.ndarray]) -> np.ndarray:
    """Find rows that are alone in a group, again and again until none is.

    Parameters
    ----------
    groups
        For each fixed effect, (rows,) number of each row's group.

    Returns
    -------
    numpy.ndarray
        (rows,) True where a row is alone: its own effect explains it fully.

    Notes
    -----
    Correia, S. (2015). Singletons, cluster-robust standard errors and fixed effects: a bad mix.
    Working paper, Duke University.

    Examples
    --------
    >>> singletons([np.array([0, 0, 1])]).tolist()
    [False, False, True]
    """
    alone = np.zeros(len(groups[0]), dtype=bool)
    while True:
        before = alone.sum()
        for codes in groups:
            alone |= np.bincount(codes, ~alone, codes.max() + 1)[codes] == 1
        if alone.sum() == before:
            return alone


def absorbed(groups: Sequence[np.ndarray]) -> int:
    """Count the coefficients that the fixed effects stand for.

    Parameters
    ----------
    groups
        For each of one or two fixed effects, (rows,) number of each row's group.

    Returns
    -------
    int
        Groups, less one for each separate block that two effects fall into.

    Notes
    -----
    Abowd, J. M., Creecy, R. H. and Kramarz, F. (2002). Computing person and firm effects using
    linked longitudinal employer-employee data. LEHD Technical Paper 2002-06.

    Examples
    --------
    >>> absorbed([np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])])
    3
    """
    compact = [np.unique(codes, return_inverse=True)[1] for codes in groups]
    counts = [int(codes.max()) + 1 for codes in compact]
    if len(groups) == 1:
        return counts[0]
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ends = (compact[0], compact[1] + counts[0])
    edges = coo_array((np.ones(len(ends[0])), ends), shape=(sum(counts), sum(counts)))
    return sum(counts) - int(connected_components(edges, directed=False, return_labels=False))


def leverage(matrix: np.ndarray, groups: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Compute each row's leverage in a regression with one fixed effect.

    Parameters
    ----------
    matrix
        (rows, terms) without the groups' means.
    groups
        One array (rows,) of group numbers.
    weights
        (rows,) of the regression.

    Returns
    -------
    numpy.ndarray
        (rows,) diagonal of the hat matrix, dummies included.
    """
    q, _ = np.linalg.qr(matrix * np.sqrt(weights)[:, None])
    share = weights / np.bincount(groups[0], weights)[groups[0]]
    found: np.ndarray = (q**2).sum(axis=1) + share
    return found
