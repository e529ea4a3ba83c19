"""What a regression needs of its rows: enough of them, no collinearity, no separation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.stats.linear import standardized
from iconometrics.wording import counted, listed

__all__ = ["check_enough", "check_leverage", "check_outcome", "check_rank", "separated"]

_TINY = 1e-9


def check_enough(matrix: pd.DataFrame) -> None:
    """Refuse fewer rows than are needed."""
    rows, columns = matrix.shape
    if rows <= columns:
        raise InputError(
            f"{counted(rows, 'row')} for {counted(columns, 'coefficient')}: expected more rows "
            "than coefficients. Use fewer terms or more images."
        )


def check_outcome(model: str, outcome: np.ndarray, name: object) -> None:
    """Refuse outcomes that a model is not made for."""
    if model in ("lpm", "logit") and not np.isin(outcome, [0, 1]).all():
        other = outcome[~np.isin(outcome, [0, 1])][0]
        raise InputError(
            f"the outcome {name!r} has the value {other:g}: {model} needs 0 and 1. Use "
            "model='ols', or code the outcome so first."
        )
    if model in ("negbin", "poisson") and (outcome < 0).any():
        raise InputError(
            f"the outcome {name!r} has the value {outcome.min():g}: {model} needs counts, 0 or "
            "more. Use model='ols'."
        )
    if model == "negbin" and (outcome % 1 != 0).any():
        raise InputError(
            f"the outcome {name!r} has the value {outcome[outcome % 1 != 0][0]:g}: negbin needs "
            "whole counts. Use model='poisson', which models the mean alone."
        )


def check_rank(matrix: pd.DataFrame, *, least: float = _TINY) -> None:
    """Refuse columns that follow from each other."""
    values = matrix.to_numpy()
    largest = np.abs(values).max(axis=0)
    zero = matrix.columns[largest == 0]
    if len(zero):
        raise InputError(f"{listed(zero, 6)} is 0 in all rows used. Leave it out.")
    columns = standardized(values)
    # What numbers of 16 digits can tell of a column whose values are all nearly the same.
    blurred = 8 * np.finfo(float).eps * float((largest / columns.scale).max())
    _, singular, rows = np.linalg.svd(np.linalg.qr(columns.X, mode="r"))
    if singular[-1] > singular[0] * max(least, blurred):
        return
    involved = matrix.columns[np.abs(rows[-1]) > 1e-6]
    raise InputError(
        f"{listed(involved, 6)} follow from each other, so their coefficients cannot be told "
        "apart. Leave one of them out."
    )


def check_leverage(matrix: pd.DataFrame) -> None:
    """Refuse rows that determine a coefficient alone: their robust error is not defined."""
    q, _ = np.linalg.qr(standardized(matrix.to_numpy()).X)
    alone = np.flatnonzero((q**2).sum(axis=1) > 1 - _TINY)
    if not len(alone):
        return
    others = np.delete(matrix.to_numpy(), alone, axis=0)
    own = matrix.columns[np.ptp(others, axis=0) == 0].drop("intercept", errors="ignore")
    raise InputError(
        f"a single row settles the coefficient of {listed(own) or 'a term'} "
        f"({listed(matrix.index[alone])}), so its robust error is not defined. Merge that category "
        "with another, leave it out, or use errors='classical'."
    )


def separated(matrix: pd.DataFrame, outcome: np.ndarray) -> pd.Index:
    """Find the columns that separate the ones of an outcome from the zeros without error."""
    weight = _separating(matrix, outcome)
    involved = weight[weight > 1e-6]
    # Of many solutions one is given, which may use columns that the separation does not need.
    for name in involved.sort_values().index:
        others = involved.drop(name)
        kept = matrix.loc[:, matrix.columns.isin([*others.index, "intercept"])]
        if len(others) and _separating(kept, outcome).any():
            involved = others
    return matrix.columns[matrix.columns.isin(involved.index)]


def _separating(matrix: pd.DataFrame, outcome: np.ndarray) -> pd.Series:
    """Weigh the columns in a sum that separates, the intercept apart; zeros if there is none."""
    from scipy.optimize import linprog

    scale = np.abs(matrix.to_numpy()).max(axis=0)
    signed = matrix.to_numpy() / scale * (2 * outcome - 1)[:, None]
    optimum = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    separates = optimum.fun is not None and optimum.fun <= -1e-6
    weight = pd.Series(np.abs(optimum.x) if separates else 0.0, index=matrix.columns)
    return weight.where(matrix.columns != "intercept", 0.0)
