"""Linear models with fixed effects, and models weighted by the design of a sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.formulas.conditions import check_enough, check_rank
from iconometrics.inference.formulas.design import Design
from iconometrics.inference.regression.fixed_effects import absorbed, demean, leverage
from iconometrics.inference.regression.models import Fit
from iconometrics.inference.regression.moments import (
    LINKS,
    Rows,
    covariance,
    influences,
    jacobian,
    solve,
)
from iconometrics.inference.regression.tables import LINEAR, effects_of, rows_of
from iconometrics.stats.tails import Side
from iconometrics.wording import counted, listed

__all__ = ["fit_absorbed", "fit_weighted"]


def fit_absorbed(
    design: Design,
    effects: Sequence[np.ndarray],
    *,
    errors: str,
    clusters: pd.Series | None = None,
    weights: np.ndarray | None = None,
    level: float = 0.95,
    side: Side = "two",
) -> Fit:
    """Fit a linear model with fixed effects, as one with a dummy for each group would be."""
    matrix = design.matrix.drop(columns="intercept", errors="ignore")
    check_enough(matrix)
    weight = np.ones(len(matrix)) if weights is None else weights / weights.mean()
    left = demean(np.column_stack([matrix, design.outcome]), effects, weight)
    x, y = left[:, :-1], left[:, -1]
    flat = (weight @ x**2) <= 1e-16 * (weight @ matrix.to_numpy() ** 2)
    if flat.any():
        raise InputError(
            f"{listed(matrix.columns[flat])} does not vary within the groups of the fixed effects, "
            "which explain it fully. Leave it out."
        )
    check_rank(pd.DataFrame(x, columns=matrix.columns))
    lost = absorbed(effects) + x.shape[1]
    if len(x) <= lost:
        raise InputError(
            f"{counted(len(x), 'row')} for {lost} coefficients, fixed effects included: expected "
            "more rows. Leave out a fixed effect or use more images."
        )
    rows = Rows(x, y, x, y, weight)
    beta = solve(rows, LINKS["ols"], share=0.0)
    bread = jacobian(rows, LINKS["ols"], beta, share=0.0)
    moments = influences(rows, LINKS["ols"], beta, share=0.0)
    residual = y - x @ beta
    cov, told, df = _errors(moments, bread, (errors, clusters), lost)
    if errors == "classical" and clusters is None and weights is None:
        cov = np.linalg.inv(bread) * (residual @ residual) / (len(x) - lost)
        told = "rows independent, errors of equal spread"
    elif errors == "HC3" and clusters is None:
        cov = covariance(moments / (1 - _leverage(x, effects, weight))[:, None], bread)
    fitted = 1 - float(weight @ residual**2) / float(weight @ y**2)
    table = rows_of(list(matrix.columns), (beta, cov), level=level, side=side, df=df)
    return Fit(table, told, ("R2 within", fitted), len(x))


def _leverage(x: np.ndarray, effects: Sequence[np.ndarray], weight: np.ndarray) -> np.ndarray:
    if len(effects) > 1:
        raise InputError(
            "errors='HC3' with two fixed effects: leave errors= out for HC1, or give cluster=."
        )
    return leverage(x, effects, weight)


def _errors(
    moments: np.ndarray, bread: np.ndarray, kind: tuple[str, pd.Series | None], lost: int
) -> tuple[np.ndarray, str, float]:
    """Make robust or clustered errors with the factors for few rows."""
    n, clusters = len(moments), kind[1]
    if clusters is None:
        return covariance(moments, bread) * n / (n - lost), "rows independent", float(n - lost)
    codes, names = pd.factorize(clusters)
    if len(names) < 2:
        raise InputError(
            f"one cluster only ({listed(names)}): expected at least two, better thirty."
        )
    cov = covariance(moments, bread, codes) * (n - 1) / (n - lost)
    told = f"{counted(len(names), 'cluster')} of {clusters.name} independent of each other"
    return cov, told, float(len(names) - 1)


def fit_weighted(
    design: Design,
    model: str,
    weights: np.ndarray,
    *,
    clusters: pd.Series | None = None,
    level: float = 0.95,
    side: Side = "two",
) -> Fit:
    """Fit a model on a sample, each row weighted by one over its probability of being drawn."""
    check_enough(design.matrix)
    check_rank(design.matrix)
    x, y = design.matrix.to_numpy(), design.outcome.to_numpy()
    rows, link = Rows(x, y, x, y, weights / weights.mean()), LINKS[model]
    beta = solve(rows, link, share=0.0)
    bread = jacobian(rows, link, beta, share=0.0)
    moments = influences(rows, link, beta, share=0.0)
    cov, told, df = _errors(moments, bread, ("HC1", clusters), x.shape[1])
    free = df if model in LINEAR else np.inf
    names = list(design.matrix.columns)
    table = rows_of(names, (beta, cov), level=level, side=side, df=free)
    if model in LINEAR:
        return Fit(table, told, None, len(y))
    moved = effects_of(rows, model, (beta, cov), share=0.0)
    effects = rows_of(names, moved, level=level, side=side, df=free)
    effects = effects[effects["term"] != "intercept"].reset_index(drop=True)
    return Fit(table, told, None, len(y), effects)
