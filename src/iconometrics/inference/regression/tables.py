"""Rows of a table of estimates, and average marginal effects, from coefficients and covariance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.inference.regression.moments import LINKS, Rows
from iconometrics.stats.linear import coefficient_intervals
from iconometrics.stats.tails import Side

__all__ = ["LINEAR", "Found", "effects_of", "rows_of"]

LINEAR = ("ols", "lpm")

Found = tuple[np.ndarray, np.ndarray]


def rows_of(
    terms: Sequence[str], found: Found, *, level: float, side: Side, df: float = np.inf
) -> pd.DataFrame:
    """Write coefficients with errors, intervals and p-values."""
    beta, cov = found
    se = np.sqrt(np.clip(np.diag(np.atleast_2d(cov)), 0, None))
    low, high, p = coefficient_intervals(beta, se, df=df, level=level, side=side)
    return pd.DataFrame(
        {"term": list(terms), "estimate": beta, "se": se, "low": low, "high": high, "p": p}
    )


def effects_of(rows: Rows, model: str, found: Found, *, share: float) -> Found:
    """Compute average marginal effects by the delta method."""
    beta, cov = found
    if model in LINEAR:
        return found
    slope, turn = 0.0, np.zeros(len(beta))
    parts = zip((rows.x, rows.x_hat), rows.parts(share), strict=True)
    for x, weight in parts:
        there = weight != 0
        eta = x[there] @ beta
        mean, rise = LINKS[model].mean(eta), LINKS[model].slope(eta)
        bend = rise * (1 - 2 * mean) if model == "logit" else rise
        slope += float(weight[there] @ rise)
        turn += (weight[there] * bend) @ x[there]
    whole = sum(weight.sum() for weight in rows.parts(share))
    change = (np.outer(beta, turn) + slope * np.eye(len(beta))) / whole
    return beta * slope / whole, change @ cov @ change.T
