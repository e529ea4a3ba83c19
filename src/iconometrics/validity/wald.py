"""A weighted linear probability model and its Wald tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.stats.tails import tails

__all__ = ["Fit", "fit"]


class Fit(NamedTuple):
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
        spread = self.covariance[np.ix_(own, own)]
        statistic = float(estimates @ np.linalg.pinv(spread) @ estimates) / len(own)
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
) -> Fit:
    """Regress an outcome of 0 and 1 on terms."""
    from scipy.special import stdtr, stdtrit

    X = np.column_stack([np.ones(len(terms)), terms.to_numpy(dtype=float)])
    bread = X.T @ (weights[:, None] * X)
    beta = np.linalg.pinv(bread) @ (X.T @ (weights * outcome))
    scores = X * (weights * (outcome - X @ beta))[:, None]
    if clusters is None:
        covariance, df = _hc3(X, scores, weights, bread), len(X) - X.shape[1]
    else:
        member = np.unique(clusters, return_inverse=True)[1]
        covariance, df = _jackknife(X, scores, weights, member), int(member.max())
    se = np.sqrt(np.diag(covariance))[1:]
    reach = float(stdtrit(df, 1 - tails(level)[0]))
    rows = pd.DataFrame(
        {
            "term": list(terms.columns),
            "estimate": beta[1:],
            "se": se,
            "low": beta[1:] - reach * se,
            "high": beta[1:] + reach * se,
            "p": 2 * stdtr(df, -np.abs(beta[1:] / se)),
        }
    )
    return Fit(rows, covariance[1:, 1:], df)


def _hc3(X: np.ndarray, scores: np.ndarray, weights: np.ndarray, bread: np.ndarray) -> np.ndarray:
    inverse = np.linalg.pinv(bread)
    leverage = weights * np.einsum("ij,jk,ik->i", X, inverse, X)
    scores = scores / (1 - np.minimum(leverage, 1 - 1e-9))[:, None]
    return np.asarray(inverse @ scores.T @ scores @ inverse)


def _jackknife(
    X: np.ndarray, scores: np.ndarray, weights: np.ndarray, member: np.ndarray
) -> np.ndarray:
    """How far the estimates move when one cluster after the other is left out."""
    groups, k = int(member.max()) + 1, X.shape[1]
    own = np.zeros((groups, k, k))
    np.add.at(own, member, weights[:, None, None] * X[:, :, None] * X[:, None, :])
    sums = np.zeros((groups, k))
    np.add.at(sums, member, scores)
    moved = np.einsum("gij,gj->gi", np.linalg.pinv(own.sum(axis=0) - own), sums)
    return np.asarray(moved.T @ moved) * (groups - 1) / groups
