"""A weighted linear probability model and its Wald tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.stats.linear import (
    coefficient_intervals,
    jackknife,
    least_squares,
    leverage_adjusted,
)

__all__ = ["LinearProbabilityFit", "fit"]


class LinearProbabilityFit(NamedTuple):
    """A fitted model."""

    rows: pd.DataFrame
    covariance: np.ndarray
    df: int

    def wald(self, terms: Sequence[str]) -> dict[str, float]:
        """Test whether terms are all 0."""
        from scipy.special import fdtrc

        names = list(self.rows["term"])
        own = [names.index(term) for term in terms]
        estimates = self.rows["estimate"].to_numpy()[own]
        se = np.sqrt(np.diag(self.covariance)[own])
        alike = self.covariance[np.ix_(own, own)] / np.outer(se, se)
        scores = estimates / se
        statistic = float(scores @ np.linalg.pinv(alike) @ scores) / len(own)
        return {
            "statistic": statistic,
            "df": float(len(own)),
            "df_residual": float(self.df),
            "p": float(fdtrc(len(own), self.df, statistic)),
        }


def fit(
    outcome: np.ndarray,
    terms: pd.DataFrame,
    *,
    weights: np.ndarray,
    clusters: np.ndarray | None,
    level: float,
) -> LinearProbabilityFit:
    """Regress an outcome of 0 and 1 on terms."""
    X = np.column_stack([np.ones(len(terms)), terms.to_numpy(dtype=float)])
    model = least_squares(X, outcome, weights)
    if clusters is None:
        covariance, df = leverage_adjusted(model, model.leverage), len(X) - X.shape[1]
    else:
        member = np.unique(clusters, return_inverse=True)[1]
        covariance, df = jackknife(model, member), int(member.max())
    estimates, se = model.coefficients[1:], np.sqrt(np.diag(covariance))[1:]
    low, high, p = coefficient_intervals(estimates, se, df=df, level=level)
    rows = pd.DataFrame(
        {
            "term": list(terms.columns),
            "estimate": estimates,
            "se": se,
            "low": low,
            "high": high,
            "p": p,
        }
    )
    return LinearProbabilityFit(rows, covariance[1:, 1:], df)
