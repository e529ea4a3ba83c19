"""Weighted least squares, and the covariances of its coefficients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from iconometrics.stats.tails import Side, tails

__all__ = [
    "LeastSquares",
    "Standardized",
    "classical",
    "clustered",
    "coefficient_intervals",
    "few_degrees",
    "few_rows",
    "jackknife",
    "least_squares",
    "leverage_adjusted",
    "over_time",
    "sandwich",
    "standardized",
    "summed",
]

_SINGULAR = 1e12


class Standardized(NamedTuple):
    """Columns without their units, and the way back.

    Parameters
    ----------
    X
        (n, k) each column over its spread; about its mean where one of them is constant.
    center, scale
        (k,) what was taken from each column, and what it was divided by.
    back
        (k, k) what makes coefficients of `X` those of the columns as they were.
    """

    X: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    back: np.ndarray

    def of(self, X: np.ndarray) -> np.ndarray:
        """Take the same units from other rows."""
        return np.asarray((X - self.center) / self.scale)


def standardized(X: np.ndarray) -> Standardized:
    """Take the units out of columns, so that a solution has its digits whatever they are."""
    k = X.shape[1]
    constant = np.flatnonzero((np.ptp(X, axis=0) == 0) & (X[0] != 0))[:1]
    center = X.mean(axis=0) if len(constant) else np.zeros(k)
    center[constant] = 0
    left = X - center
    largest = np.abs(left).max(axis=0)
    largest[largest == 0] = 1
    scale = largest * np.sqrt(((left / largest) ** 2).mean(axis=0))
    scale[scale == 0] = 1
    back = np.diag(1 / scale)
    for place in constant:
        back[place] -= center / scale / X[0, place]
    return Standardized(left / scale, center, scale, back)


class LeastSquares(NamedTuple):
    """A fit: all that the covariances of its coefficients are made of.

    Parameters
    ----------
    X
        (n, k) the columns without their units.
    weights, residuals
        (n,) weight of each row, and what the fit leaves of its outcome.
    coefficients
        (k,) in the units of the columns as they were.
    inverse
        (k, k) of the crossproducts of `X`.
    back
        (k, k) as `Standardized` has it.
    """

    X: np.ndarray
    weights: np.ndarray
    coefficients: np.ndarray
    residuals: np.ndarray
    inverse: np.ndarray
    back: np.ndarray

    @property
    def bread(self) -> np.ndarray:
        """(k, k) how much the coefficients move by a score."""
        return np.asarray(self.back @ self.inverse)

    @property
    def scores(self) -> np.ndarray:
        """(n, k) what each row adds to the normal equations."""
        return np.asarray(self.X * (self.weights * self.residuals)[:, None])

    @property
    def leverage(self) -> np.ndarray:
        """(n,) how much each row's own outcome moves its fitted value."""
        return np.asarray(self.weights * np.einsum("ij,jk,ik->i", self.X, self.inverse, self.X))


def least_squares(X: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None) -> LeastSquares:
    """Regress; of columns that follow from each other, the shortest coefficients."""
    weights = np.ones(len(X)) if weights is None else weights
    Z, _, _, back = standardized(X)
    inverse = _inverse(Z.T @ (weights[:, None] * Z))
    coefficients = inverse @ (Z.T @ (weights * y))
    # Once more on what is left: normal equations lose half of the digits.
    coefficients = coefficients + inverse @ (Z.T @ (weights * (y - Z @ coefficients)))
    return LeastSquares(Z, weights, back @ coefficients, y - Z @ coefficients, inverse, back)


def _inverse(products: np.ndarray) -> np.ndarray:
    """Invert crossproducts, whatever the weights of the columns."""
    scale = np.sqrt(np.diag(products))
    if (scale > 0).all():
        scaled = products / np.outer(scale, scale)
        if np.linalg.cond(scaled) < _SINGULAR:
            return np.asarray(np.linalg.inv(scaled) / np.outer(scale, scale))
    return np.asarray(np.linalg.pinv(products))


def classical(fit: LeastSquares, lost: int) -> np.ndarray:
    """Covariance where errors have equal spread, for `lost` coefficients."""
    spread = float(fit.weights @ fit.residuals**2) / (len(fit.X) - lost)
    return np.asarray(fit.bread @ fit.back.T * spread)


def sandwich(
    scores: np.ndarray, bread: np.ndarray, clusters: np.ndarray | None = None
) -> np.ndarray:
    """Covariance of coefficients from their scores: HC0, or by cluster."""
    sums, factor = summed(scores, clusters)
    return np.asarray(factor * bread @ (sums.T @ sums) @ bread.T)


def summed(scores: np.ndarray, clusters: np.ndarray | None) -> tuple[np.ndarray, float]:
    """Add up scores by cluster, with the factor for few clusters."""
    if clusters is None:
        return scores, 1.0
    sums = _sums(scores, clusters)
    return sums, len(sums) / (len(sums) - 1)


def _sums(scores: np.ndarray, member: np.ndarray) -> np.ndarray:
    """(groups, k) sums of the rows of each group, which are numbered from 0."""
    groups = int(member.max()) + 1
    return np.column_stack([np.bincount(member, column, groups) for column in scores.T])


def clustered(
    scores: np.ndarray, bread: np.ndarray, clusters: np.ndarray | None, *, lost: int
) -> np.ndarray:
    """Covariance by cluster (CR1), or of independent rows (HC1), for `lost` coefficients."""
    return sandwich(scores, bread, clusters) * few_rows(len(scores), clusters, lost=lost)


def few_rows(rows: int, clusters: np.ndarray | None, *, lost: int) -> float:
    """Factor of CR1, or of HC1, by which a covariance widens for `lost` coefficients."""
    free = rows if clusters is None else rows - 1
    return free / (rows - lost)


def few_degrees(variances: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Degrees of freedom of variances (Satterthwaite): few where a few rows make up most of one.

    `moves`, (rows, k), is how far each row moves each coefficient.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        free = 2 * variances**2 / (moves**4).sum(axis=0)
    return np.where(np.isnan(free), np.inf, np.maximum(free, 1.5))


def leverage_adjusted(fit: LeastSquares, leverage: np.ndarray, *, power: float = 1) -> np.ndarray:
    """Covariance HC3, each score over 1 - leverage; HC2 with a power of one half."""
    left = 1 - np.minimum(leverage, 1 - 1e-9)
    return sandwich(fit.scores / (left**power)[:, None], fit.bread)


def jackknife(fit: LeastSquares, clusters: np.ndarray) -> np.ndarray:
    """Covariance CR3: how far estimates move when one cluster after the other is left out."""
    groups, k = int(clusters.max()) + 1, fit.X.shape[1]
    own = np.zeros((groups, k, k))
    np.add.at(own, clusters, fit.weights[:, None, None] * fit.X[:, :, None] * fit.X[:, None, :])
    others = np.linalg.pinv(own.sum(axis=0) - own)
    moved = np.einsum("gij,gj->gi", others, _sums(fit.scores, clusters)) @ fit.back.T
    return np.asarray(moved.T @ moved) * (groups - 1) / groups


def over_time(fit: LeastSquares, times: np.ndarray) -> tuple[np.ndarray, int]:
    """Covariance of rows that share shocks over time, by slow waves; their number."""
    sums = _sums(fit.scores, times - times.min())
    waves = _cosines(len(sums)) @ sums
    # What rows share counts once a moment: the degrees of freedom are moments, not rows.
    moments, k = len(np.unique(times)), fit.X.shape[1]
    factor = len(sums) / len(waves) * moments / max(moments - k, 1)
    return factor * sandwich(waves, fit.bread), len(waves)


def _cosines(moments: int) -> np.ndarray:
    """Slow waves over the time, as many as Lazarus et al. recommend."""
    count = max(int(0.4 * moments ** (2 / 3)), 2)
    middle = (np.arange(moments) + 0.5) / moments
    waves = np.cos(np.pi * np.arange(1, count + 1)[:, None] * middle)
    return np.asarray(np.sqrt(2 / moments) * waves)


def coefficient_intervals(
    estimates: np.ndarray,
    se: np.ndarray,
    *,
    df: float | np.ndarray,
    level: float = 0.95,
    side: Side = "two",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Student's interval and p of each coefficient: low, high, p."""
    from scipy.special import stdtr, stdtrit

    open_ends = {0.0: -np.inf, 1.0: np.inf}
    ends = (open_ends.get(tail, stdtrit(df, tail)) for tail in tails(level, side))
    low, high = (estimates + np.where(se > 0, end, 0) * se for end in ends)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = estimates / se
    if side == "two":
        return low, high, 2 * stdtr(df, -np.abs(score))
    return low, high, stdtr(df, -score if side == "lower" else score)
