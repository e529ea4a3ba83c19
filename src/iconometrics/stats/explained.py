"""How well predictions follow what was observed: two kinds of r2, with intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.stats.proportions import Interval

__all__ = ["Explained", "explained"]


class Explained(NamedTuple):
    """Two kinds of r2 with their intervals.

    Parameters
    ----------
    correlated
        Squared correlation of predictions and outcomes, which forgives a wrong scale.
    correlated_interval
        Its interval.
    explained
        One minus the sum of squared errors over that around the mean; below 0 where predictions
        are worse than the mean.
    explained_interval
        Its interval.

    Examples
    --------
    >>> Explained(0.5, Interval(0.4, 0.6), 0.45, Interval(0.3, 0.6)).correlated
    0.5
    """

    correlated: float
    correlated_interval: Interval
    explained: float
    explained_interval: Interval


def explained(
    observed: ArrayLike,
    predicted: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    draws: int = 2000,
    level: float = 0.95,
    seed: int | np.random.Generator,
) -> Explained:
    """Compute r2 of predictions for units that the predicting model has not seen.

    Parameters
    ----------
    observed
        (n,) outcomes.
    predicted
        (n,) predictions.
    groups
        Spatial block or group of each unit; whole groups are then resampled, since units of a
        group resemble each other.
    draws
        Resamples for the percentile intervals.
    level
        Confidence level, between 0 and 1.
    seed
        Names the resamples.

    Returns
    -------
    Explained
        NaN where outcomes or predictions do not vary.

    Raises
    ------
    InputError
        If there are fewer than three units or a value is missing.

    Notes
    -----
    Jean et al. (2016), Science 353, 790-794, report the squared correlation.

    Examples
    --------
    >>> shares = explained([1, 2, 3, 4], [2, 4, 6, 8], seed=1)
    >>> round(shares.correlated, 3), round(shares.explained, 3)
    (1.0, -5.0)
    """
    y, f = np.asarray(observed, float), np.asarray(predicted, float)
    if y.shape != f.shape or y.ndim != 1 or len(y) < 3 or not np.isfinite(y + f).all():
        raise InputError(
            f"{y.size} outcomes and {f.size} predictions: expected equally many, at least three, "
            "none of them missing."
        )
    member = np.arange(len(y)) if groups is None else np.unique(groups, return_inverse=True)[1]
    sums = _sums(y, f, member)
    random = generator(seed)
    drawn = random.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), size=draws) @ sums
    tails = (1 - level) / 2, (1 + level) / 2
    correlated, share = _both(sums.sum(axis=0)[None])
    resampled = [_ends(kind, tails) for kind in _both(drawn)]
    return Explained(float(correlated[0]), resampled[0], float(share[0]), resampled[1])


def _sums(y: np.ndarray, f: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Sum by group all that both kinds of r2 follow from; centered, so that nothing cancels."""
    center = y.mean()
    y, f = y - center, f - center
    parts = np.column_stack([np.ones_like(y), y, f, y * f, y * y, f * f])
    sums = np.zeros((member.max() + 1, parts.shape[1]))
    np.add.at(sums, member, parts)
    return sums


def _both(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    n, y, f, yf, yy, ff = sums.T
    around = yy - y * y / n
    spread = ff - f * f / n
    nothing = 1e-12 * np.maximum(yy, ff)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlated = (yf - y * f / n) ** 2 / (around * spread)
        share = 1 - (yy - 2 * yf + ff) / around
    flat = around <= nothing
    return (
        np.where(flat | (spread <= nothing), np.nan, correlated),
        np.where(flat, np.nan, share),
    )


def _ends(values: np.ndarray, tails: tuple[float, float]) -> Interval:
    known = values[np.isfinite(values)]
    if not len(known):
        return Interval(np.array(np.nan), np.array(np.nan))
    low, high = np.quantile(known, tails)
    return Interval(np.asarray(low), np.asarray(high))
