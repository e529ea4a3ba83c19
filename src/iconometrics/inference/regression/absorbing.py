"""Linear models with fixed effects, and models weighted by the design of a sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.formulas.conditions import check_enough, check_rank
from iconometrics.inference.formulas.design import Design
from iconometrics.inference.regression.models import Fit
from iconometrics.inference.regression.moments import LINKS, Rows, influences, jacobian, solve
from iconometrics.inference.regression.tables import LINEAR, effects_of, rows_of
from iconometrics.stats.demeaning import absorbed, demean, leverage
from iconometrics.stats.linear import classical, clustered, least_squares, leverage_adjusted
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
    check_rank(pd.DataFrame(x, columns=matrix.columns), least=1e-6)
    lost = absorbed(effects) + x.shape[1]
    if len(x) <= lost:
        raise InputError(
            f"{counted(len(x), 'row')} for {lost} coefficients, fixed effects included: expected "
            "more rows. Leave out a fixed effect or use more images."
        )
    model = least_squares(x, y, weight)
    cov, assumed, df = _errors(model.scores, model.bread, clusters, lost)
    if errors == "classical" and clusters is None and weights is None:
        cov, assumed = classical(model, lost), "rows independent, errors of equal spread"
    elif errors == "HC3" and clusters is None:
        cov = leverage_adjusted(model, _leverage(x, effects, weight))
    explained = 1 - float(weight @ model.residuals**2) / float(weight @ y**2)
    coefficients = (model.coefficients, cov)
    table = rows_of(list(matrix.columns), coefficients, level=level, side=side, df=df)
    return Fit(table, assumed, ("R2 within", explained), len(x))


def _leverage(x: np.ndarray, effects: Sequence[np.ndarray], weight: np.ndarray) -> np.ndarray:
    if len(effects) > 1:
        raise InputError(
            "errors='HC3' with two fixed effects: leave errors= out for HC1, or give cluster=."
        )
    return leverage(x, effects, weight)


def _errors(
    scores: np.ndarray, bread: np.ndarray, clusters: pd.Series | None, lost: int
) -> tuple[np.ndarray, str, float]:
    """Make robust or clustered errors with the factors for few rows; say what they assume."""
    if clusters is None:
        cov = clustered(scores, bread, None, lost=lost)
        return cov, "rows independent", float(len(scores) - lost)
    codes, names = pd.factorize(clusters)
    if len(names) < 2:
        raise InputError(
            f"one cluster only ({listed(names)}): expected at least two, better thirty."
        )
    cov = clustered(scores, bread, codes, lost=lost)
    assumed = f"{counted(len(names), 'cluster')} of {clusters.name} independent of each other"
    return cov, assumed, float(len(names) - 1)


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
    bread = np.linalg.inv(jacobian(rows, link, beta, share=0.0))
    scores = influences(rows, link, beta, share=0.0)
    cov, assumed, df = _errors(scores, bread, clusters, x.shape[1])
    free = df if model in LINEAR else np.inf
    names = list(design.matrix.columns)
    table = rows_of(names, (beta, cov), level=level, side=side, df=free)
    if model in LINEAR:
        return Fit(table, assumed, None, len(y))
    moved = effects_of(rows, model, (beta, cov), share=0.0)
    effects = rows_of(names, moved, level=level, side=side, df=free)
    effects = effects[effects["term"] != "intercept"].reset_index(drop=True)
    return Fit(table, assumed, None, len(y), effects)
