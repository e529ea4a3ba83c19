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
_LEVEL, _LEAST_WAVES = 0.95, 4


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


def over_time(
    moves: np.ndarray,
    times: np.ndarray,
    *,
    waves: np.ndarray | None = None,
    units: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Variances of estimates whose rows share shocks over time, by slow waves; how many each has.

    `moves`, (rows, k), is how far each row moves each estimate. With `units` shocks are those of
    each unit alone, and variances add up.
    """
    sums = _sums(moves, times)
    waves = np.array([_level_waves(column) for column in sums.T]) if waves is None else waves
    basis = _cosines(len(sums), int(waves.max()))
    if units is None:
        squares = (basis @ sums) ** 2
    else:
        squares = np.zeros((len(basis), moves.shape[1]))
        for rows in _rows_of(units):
            squares += (basis[:, times[rows]] @ moves[rows]) ** 2
    totals = np.cumsum(squares, axis=0)[waves - 1, np.arange(len(waves))]
    return len(sums) / waves * totals, waves


def _rows_of(units: np.ndarray) -> list[np.ndarray]:
    order = np.argsort(units, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(units[order])) + 1)


def _level_waves(series: np.ndarray) -> int:
    """Count the waves over which a series' spectrum is level: few where shocks last.

    At most as many as Lazarus et al. recommend.
    """
    moments = len(series)
    most = max(int(0.4 * moments ** (2 / 3)), 2)
    lags = int(moments ** (1 / 3))
    if moments < 4 * lags or not series.any():
        return most
    windows = np.lib.stride_tricks.sliding_window_view(series, lags + 1)
    carried = np.linalg.lstsq(windows[:, -2::-1], windows[:, -1])[0]
    turns = np.exp(-1j * np.pi / moments * np.outer(np.arange(most + 1), np.arange(1, lags + 1)))
    spectrum = 1 / np.maximum(np.abs(1 - turns @ carried) ** 2, 1e-12)
    mean = np.cumsum(spectrum[1:]) / np.arange(1, most + 1)
    bent = np.flatnonzero(mean < _LEVEL * spectrum[0])
    return max(int(bent[0]), min(_LEAST_WAVES, most)) if len(bent) else most


def _cosines(moments: int, count: int) -> np.ndarray:
    """Slow waves over the time."""
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
