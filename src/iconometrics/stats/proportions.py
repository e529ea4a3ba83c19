"""Intervals of a proportion, and of the difference of two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.tails import Side, tails

__all__ = ["Interval", "clopper_pearson", "difference_interval", "wilson"]


class Interval(NamedTuple):
    """Lower and upper end of an interval.

    Parameters
    ----------
    low
        A number or an array.
    high
        The same shape.

    Examples
    --------
    >>> low, high = Interval(np.float64(0.2), np.float64(0.4))
    """

    low: np.ndarray
    high: np.ndarray


def wilson(
    successes: ArrayLike,
    n: ArrayLike,
    level: float = 0.95,
    *,
    side: Side = "two",
    df: float = np.inf,
) -> Interval:
    """Score interval of a proportion; on average over proportions it covers its level.

    Parameters
    ----------
    successes
        Number of successes, of any shape; need not be whole where n is an effective number.
    n
        Number of trials, of the same shape or one for all; without a trial it is 0 to 1.
    level
        Confidence level, between 0 and 1.
    side
        "two"; "lower" for a lower bound alone, the upper end then being 1; "upper" for an upper
        bound alone, the lower end then being 0.
    df
        Degrees of freedom of the variance that n was estimated from: Student's t then stands for
        the normal distribution.

    Returns
    -------
    Interval
        Low and high, between 0 and 1.

    Raises
    ------
    InputError
        If a count is negative or above n, or the level is not between 0 and 1.

    Notes
    -----
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> low, high = wilson(81, 263)
    >>> f"{low:.4f}-{high:.4f}"
    '0.2553-0.3662'
    """
    lower, upper = tails(level, side)
    k, n = _checked(successes, n)
    low = 0 * k if lower == 0 else _score(k, n, -_quantile(lower, df))[0]
    high = 0 * k + 1 if upper == 1 else _score(k, n, _quantile(upper, df))[1]
    return Interval(np.where(k == 0, 0.0, low)[()], np.where(k == n, 1.0, high)[()])


def _quantile(tail: float, df: float) -> float:
    from scipy.special import ndtri, stdtrit

    return float(ndtri(tail) if np.isinf(df) else stdtrit(df, tail))


def _score(k: np.ndarray, n: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(invalid="ignore", divide="ignore"):
        share = k / n
        center = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return center - half, center + half


def clopper_pearson(
    successes: ArrayLike, n: ArrayLike, level: float = 0.95, *, side: Side = "two"
) -> Interval:
    """Exact interval of a proportion; it covers at least its level, often more.

    Parameters
    ----------
    successes
        Number of successes, of any shape; need not be whole where n is an effective number.
    n
        Number of trials, of the same shape or one for all; without a trial it is 0 to 1.
    level
        Confidence level, between 0 and 1.
    side
        "two"; "lower" for a lower bound alone, the upper end then being 1; "upper" for an upper
        bound alone, the lower end then being 0.

    Returns
    -------
    Interval
        Low and high, between 0 and 1.

    Raises
    ------
    InputError
        If a count is negative or above n, or the level is not between 0 and 1.

    Notes
    -----
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits
    illustrated in the case of the binomial. Biometrika 26, 404-413.

    Examples
    --------
    >>> low, high = clopper_pearson(14, 15)
    >>> f"{low:.4f}-{high:.4f}"
    '0.6805-0.9983'
    """
    from scipy.special import betaincinv

    lower, upper = tails(level, side)
    k, n = _checked(successes, n)
    with np.errstate(invalid="ignore"):
        low = np.where(k == 0, 0.0, betaincinv(np.where(k == 0, 1, k), n - k + 1, lower))
        high = np.where(k == n, 1.0, betaincinv(k + 1, np.where(k == n, 1, n - k), upper))
    return Interval(low[()], high[()])


def difference_interval(
    first: Sequence[float], second: Sequence[float], *, correlation: float = 0.0
) -> Interval:
    """Interval of the difference of two estimates from the interval of each.

    Parameters
    ----------
    first, second
        Value, low and high of each estimate.
    correlation
        Of the two estimates; 0 where they come from different, independent units.

    Returns
    -------
    Interval
        Of the first minus the second, at the level of the two.

    Raises
    ------
    InputError
        If the correlation is not from -1 to 1.

    Notes
    -----
    Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures.
    Statistics in Medicine 27, 1693-1702. From Wilson's intervals and no correlation it is method
    10 of Newcombe, R. G. (1998). Interval estimation for the difference between independent
    proportions. Statistics in Medicine 17, 873-890.

    Examples
    --------
    >>> from iconometrics.stats import wilson
    >>> shares, others = (56 / 70, *wilson(56, 70)), (48 / 80, *wilson(48, 80))
    >>> low, high = difference_interval(shares, others)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0524, 0.3339)
    """
    if not -1 <= correlation <= 1:
        raise InputError(f"correlation={correlation!r}: expected from -1 to 1.")
    (a, a_low, a_high), (b, b_low, b_high) = first, second
    down, up = (a - a_low, b_high - b), (a_high - a, b - b_low)
    low, high = (
        np.sqrt(max(x**2 + y**2 - 2 * correlation * x * y, 0.0)) if x == x and y == y else np.nan
        for x, y in (down, up)
    )
    return Interval(np.asarray(a - b - low)[()], np.asarray(a - b + high)[()])


def _checked(successes: ArrayLike, n: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    k, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    bad = ~((k >= 0) & (k <= n))
    if bad.any():
        raise InputError(
            f"{k[bad].flat[0]:g} successes of {n[bad].flat[0]:g}: expected from 0 to n."
        )
    return k, n
