"""Means and shares of units that count differently or come in groups."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError

__all__ = ["GroupedMean", "grouped_mean", "student"]


class GroupedMean(NamedTuple):
    """A mean with its standard error and interval.

    Parameters
    ----------
    value
        The mean.
    se
        Its linearized standard error.
    low, high
        Ends of the interval.
    n
        Units.
    groups
        Groups, or units where there are none.

    Examples
    --------
    >>> GroupedMean(0.5, 0.1, 0.3, 0.7, 25, 25).value
    0.5
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    groups: int


def grouped_mean(
    values: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    level: float = 0.95,
) -> GroupedMean:
    """Mean of units, weighted and by group where that is so; of zeros and ones, a share.

    Shares get Wilson's interval at the effective number of units (as many independent, equally
    weighted ones as would give the same variance, never more than there are), with Student's t
    where the variance comes from few groups; other means get Student's t.

    Parameters
    ----------
    values
        (n,) numbers, none missing.
    weights
        (n,) one over the probability of being drawn; by default equal.
    groups
        (n,) account, street or video of each unit, whose units resemble each other.
    level
        Confidence level, between 0 and 1.

    Returns
    -------
    GroupedMean
        With one unit or group only, the interval of a mean is missing, that of a share is the
        widest that holds: Wilson's for one unit.

    Raises
    ------
    InputError
        If there are no units, a value is missing or a weight is not above 0.

    Notes
    -----
    Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data. Survey Methodology 24, 193-201;
    here with Wilson's interval instead of Clopper and Pearson's.

    Examples
    --------
    >>> found = grouped_mean([1, 0, 0, 1], groups=["a", "a", "b", "b"])
    >>> found.value, found.groups
    (0.5, 2)
    """
    y = np.asarray(values, float)
    w = np.ones_like(y) if weights is None else np.asarray(weights, float)
    if not len(y) or not np.isfinite(y).all() or w.shape != y.shape or not (w > 0).all():
        raise InputError(
            f"{y.size} values and {w.size} weights: expected at least one value, none missing, and "
            "a weight above 0 for each."
        )
    mean = float(w @ y / w.sum())
    member = np.arange(len(y)) if groups is None else np.unique(groups, return_inverse=True)[1]
    count = int(member.max()) + 1
    scores = np.bincount(member, weights=w * (y - mean) / w.sum())
    variance = float(scores @ scores) * count / (count - 1) if count > 1 else np.nan
    plain = weights is None and groups is None
    if np.isin(y, (0, 1)).all():
        most = len(y) if count > 1 else 1
        low, high = _wilson(mean, variance, most, None if plain else count, level)
    else:
        low, high = _student(mean, variance, count, level)
    return GroupedMean(mean, float(np.sqrt(variance)), low, high, len(y), count)


def _wilson(
    share: float, variance: float, most: float, groups: int | None, level: float
) -> tuple[float, float]:
    """Score interval at the effective number of units; `groups` None for independent ones."""
    from scipy.special import ndtri, stdtrit

    quantile = (1 + level) / 2
    z = float(ndtri(quantile))
    n = most
    if groups is not None and groups > 1:
        z = float(stdtrit(groups - 1, quantile))
        if variance > 0:
            n = min(most, share * (1 - share) / variance)
    center = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (0.0 if share == 0 else center - half), (1.0 if share == 1 else center + half)


def _student(mean: float, variance: float, groups: int, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    if groups < 2:
        return np.nan, np.nan
    half = float(stdtrit(groups - 1, (1 + level) / 2) * np.sqrt(variance))
    return mean - half, mean + half


def student(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Mean with Student's interval.

    Parameters
    ----------
    values
        (n,) independent numbers.
    level
        Confidence level, between 0 and 1.

    Returns
    -------
    tuple of float
        Mean, low and high; the ends are missing for one value.

    Examples
    --------
    >>> [round(end, 2) for end in student([1, 2, 3])]
    [2.0, -0.48, 4.48]
    """
    y = np.asarray(values, float)
    n = len(y)
    variance = float(y.var(ddof=1) / n) if n > 1 else np.nan
    return float(y.mean()), *_student(float(y.mean()), variance, n, level)
