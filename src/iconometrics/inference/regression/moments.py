"""Moments of a regression whose variables were measured for all rows and coded for some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.formulas.conditions import separated
from iconometrics.stats.linear import least_squares

__all__ = [
    "LINKS",
    "Learned",
    "Link",
    "MeanNoise",
    "PairedRows",
    "Version",
    "begun",
    "influences",
    "jacobian",
    "jacobians",
    "solve",
]

_STEPS, _NEAR, _SINGULAR, _SURE = 100, 1e-10, 1e12, 30.0


class Link(NamedTuple):
    """Mean of the outcome as a function of the linear predictor, its slope, and a first guess."""

    mean: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    start: Callable[[np.ndarray], np.ndarray]


def _logistic(eta: np.ndarray) -> np.ndarray:
    return np.asarray(0.5 * (1 + np.tanh(eta / 2)))


def _logistic_slope(eta: np.ndarray) -> np.ndarray:
    mean = _logistic(eta)
    return np.asarray(mean * (1 - mean))


def _exponential(eta: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(np.minimum(eta, 50.0)))


def _log(y: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(np.maximum(y, 0) + 0.5))


LINKS = {
    "ols": Link(lambda eta: eta, np.ones_like, np.zeros_like),
    "lpm": Link(lambda eta: eta, np.ones_like, np.zeros_like),
    "logit": Link(_logistic, _logistic_slope, np.zeros_like),
    "negbin": Link(_exponential, _exponential, _log),
    "poisson": Link(_exponential, _exponential, _log),
}


class MeanNoise(NamedTuple):
    """Chance in the means of measured regressors, to be taken out of a linear regression.

    Parameters
    ----------
    weight
        (parts,) how much each part counts.
    x, y
        (parts, terms) and (parts,) errors of predictions.
    row
        (parts,) the row to whose moment a part belongs.
    """

    weight: np.ndarray
    x: np.ndarray
    y: np.ndarray
    row: np.ndarray


class Version(NamedTuple):
    """All rows once more, with a weight of their own, which is 0 where a row has none."""

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray


class Learned(NamedTuple):
    """Weights of further versions that depend on rates which were estimated.

    Parameters
    ----------
    slopes
        Of each version: (rows, rates) how much its weights change with each rate.
    moves
        (rows, rates) how much each row moves each rate.
    """

    slopes: tuple[np.ndarray, ...]
    moves: np.ndarray


class PairedRows(NamedTuple):
    """All rows, once as they were coded by people and once as they are predicted.

    Parameters
    ----------
    x, y
        (rows, terms) and (rows,) with the codes of people; rows without codes hold anything finite.
    x_hat, y_hat
        The same with predictions.
    weight
        (rows,) 0 for rows that people did not code, else one over the probability of being drawn.
    back
        (terms, terms) what brings coefficients of `x`, whose columns are standardized, back to the
        units of the terms.
    noise
        What chance adds to the products of measured regressors with what they are held against.
    more
        Further versions that count with the codes of people, such as what they would be without
        the errors of coders, or the codes of a first phase.
    first
        (rows,) the weight of each row in a first phase, whose codes are in `more`.
    learned
        What the weights of `more` depend on, if that was estimated.
    stands
        (rows,) how much of what lies beyond the rows each stands for; by default all alike.
    """

    x: np.ndarray
    y: np.ndarray
    x_hat: np.ndarray
    y_hat: np.ndarray
    weight: np.ndarray
    back: np.ndarray
    noise: MeanNoise | None = None
    more: tuple[Version, ...] = ()
    first: np.ndarray | None = None
    learned: Learned | None = None
    stands: np.ndarray | None = None

    def versions(self, share: float) -> tuple[Version, ...]:
        """Give every version with its weight."""
        coded, predicted = self.parts(share)
        more = (own._replace(weight=self.standing(own.weight)) for own in self.more)
        return (
            Version(self.x_hat, self.y_hat, predicted), Version(self.x, self.y, coded), *more
        )  # fmt: skip

    def standing(self, weight: np.ndarray) -> np.ndarray:
        """Multiply weights of rows by what each row stands for."""
        return weight if self.stands is None else np.asarray(weight * self.stands)

    def parts(self, share: float) -> tuple[np.ndarray, np.ndarray]:
        """Weight the coded and the predicted moment of each row.

        Parameters
        ----------
        share
            How much of the predictions is used: 0 none, 1 all.

        Returns
        -------
        tuple of numpy.ndarray
            (rows,) weights of the coded and of the predicted version.
        """
        known = self.weight if self.first is None else self.first
        return self.standing(self.weight), self.standing(share * (1 - known))


def jacobian(rows: PairedRows, link: Link, beta: np.ndarray, *, share: float = 1.0) -> np.ndarray:
    """Sum the derivatives of the moments, with the sign of an information matrix."""
    total = np.zeros((len(beta), len(beta)))
    for x, weight, _ in _weighted(rows, link, beta, share):
        total += (x * weight[:, None]).T @ x
    return total


def jacobians(
    rows: PairedRows, link: Link, beta: np.ndarray, *, clusters: np.ndarray, share: float = 1.0
) -> np.ndarray:
    """(clusters, k, k) sum the derivatives of the moments within each cluster."""
    total = np.zeros((int(clusters.max()) + 1, len(beta), len(beta)))
    for x, weight, row in _weighted(rows, link, beta, share):
        for cluster in range(len(total)):
            own = clusters[row] == cluster
            total[cluster] += (x[own] * weight[own, None]).T @ x[own]
    return total


def _weighted(
    rows: PairedRows, link: Link, beta: np.ndarray, share: float
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Give what the derivatives are made of: terms, how much they count, of which rows."""
    for x, _, weight in rows.versions(share):
        there = np.flatnonzero(weight)
        if len(there):
            yield x[there], weight[there] * link.slope(x[there] @ beta), there
    if rows.noise is not None:
        yield rows.noise.x, rows.noise.weight, rows.noise.row


def influences(rows: PairedRows, link: Link, beta: np.ndarray, *, share: float = 1.0) -> np.ndarray:
    """Compute each row's moment: predicted, plus the weighted difference to what people coded."""
    moments = np.zeros(rows.x_hat.shape)
    for x, y, weight in rows.versions(share):
        there = weight != 0
        kept = x[there]
        error = y[there] - link.mean(kept @ beta)
        moments[there] += kept * (weight[there] * error)[:, None]
    if rows.noise is not None:
        weight, x, y, row = rows.noise
        np.add.at(moments, row, x * (weight * (y - x @ beta))[:, None])
    if rows.learned is not None:
        slopes, moves = rows.learned
        for (x, y, _), slope in zip(rows.more, slopes, strict=True):
            error = rows.standing(y - link.mean(x @ beta))
            moments += moves @ (slope.T @ (x * error[:, None]))
    return np.asarray(moments)


def solve(rows: PairedRows, link: Link, *, share: float = 1.0) -> np.ndarray:
    """Find the coefficients at which the moments of standardized columns sum to zero."""
    size = len(rows.weight)
    beta = begun(rows.x_hat, rows.y_hat, link)
    gap = influences(rows, link, beta, share=share).sum(axis=0) / size
    for _ in range(_STEPS):
        slope = jacobian(rows, link, beta, share=share) / size
        if beta.any() and np.linalg.cond(slope) > _SINGULAR:
            break
        step = _step(slope, gap)
        beta, gap, moved = _along(rows, link, share, (beta, gap, step))
        if np.abs(moved).max() <= _NEAR * (1 + np.abs(beta).max()):
            near = np.abs(gap).max() <= 1e-6 * (1 + np.abs(rows.y_hat).max())
            if near and not _is_separated(rows, link, beta):
                return beta
            break
    raise InputError(
        "the regression of the rows that people coded has no solution: too few rows for so many "
        "terms, or a term predicts the outcome without error (separation). "
        "Code more images, use fewer terms, or model='lpm'."
    )


def _is_separated(rows: PairedRows, link: Link, beta: np.ndarray) -> bool:
    """Tell whether a logit that is all but sure of a coded row separates the coded ones."""
    there = rows.weight != 0
    if link is not LINKS["logit"] or np.abs(rows.x[there] @ beta).max() <= _SURE:
        return False
    return bool(len(separated(pd.DataFrame(rows.x[there]), rows.y[there])))


def begun(x: np.ndarray, y: np.ndarray, link: Link) -> np.ndarray:
    """Find coefficients from which Newton's steps do not run away where a column is skewed."""
    guess = link.start(y)
    if not guess.any():
        return np.zeros(x.shape[1])
    beta = least_squares(x, guess).coefficients
    # Logarithms of many zeros lie far below the mean, from where a step leads far above it.
    rise = np.log((np.maximum(y, 0).sum() + 0.5) / link.mean(x @ beta).sum())
    return np.asarray(beta + rise * least_squares(x, np.ones(len(y))).coefficients)


def _step(slope: np.ndarray, gap: np.ndarray) -> np.ndarray:
    try:
        if np.linalg.cond(slope) < _SINGULAR:
            return np.asarray(np.linalg.solve(slope, gap))
    except np.linalg.LinAlgError:
        pass
    raise InputError(
        "some terms cannot be told apart in the rows that people coded. Leave one of them out, or "
        "code more images."
    )


def _along(
    rows: PairedRows, link: Link, share: float, at: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Halve a step until the moments come nearer to zero."""
    beta, gap, step = at
    for _ in range(30):
        tried = influences(rows, link, beta + step, share=share).sum(axis=0) / len(rows.weight)
        if np.isfinite(tried).all() and np.linalg.norm(tried) <= np.linalg.norm(gap) * (1 + 1e-12):
            return beta + step, tried, step
        step = step / 2
    return beta, gap, np.zeros_like(step)
