"""McNemar's test: which of two measures of the same units is right more often."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.booleans import flags
from iconometrics.stats.tails import tails

__all__ = ["McNemar", "mcnemar"]


class McNemar(NamedTuple):
    """Difference of two accuracies on the same units.

    Parameters
    ----------
    difference
        The first accuracy minus the second.
    low, high
        Ends of its interval.
    first_only, second_only
        Units that only the first, or only the second, is right about.
    p
        Two-sided p-value of no difference.

    Examples
    --------
    >>> McNemar(0.1, 0.02, 0.18, 14, 4, 0.03).first_only
    14
    """

    difference: float
    low: float
    high: float
    first_only: int
    second_only: int
    p: float


def mcnemar(
    first: ArrayLike,
    second: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    level: float = 0.95,
) -> McNemar:
    """Test whether two measures of the same units are right equally often.

    Parameters
    ----------
    first, second
        (n,) whether each is right.
    groups
        (n,) account or patient of each unit, whose units may resemble each other.
    level
        Confidence level of the interval of the difference.

    Returns
    -------
    McNemar
        The p-value is exact (binomial); with groups it is Obuchowski's. p is 1 where they are
        never right apart.

    Raises
    ------
    InputError
        If there are no units or lengths differ.

    Notes
    -----
    McNemar, Q. (1947). Note on the sampling error of the difference between correlated
    proportions or percentages. Psychometrika 12, 153-157. Interval: Agresti, A. and Min, Y.
    (2005). Simple improved confidence intervals for comparing matched proportions. Statistics in
    Medicine 24, 729-740; by group by linearization. Groups: Obuchowski, N. A. (1998). On the
    comparison of correlated proportions for clustered data. Statistics in Medicine 17, 1495-1507.

    Examples
    --------
    >>> first = [True] * 8 + [False] * 2
    >>> test = mcnemar(first, [True, True, False, False, False, False, False, False, True, False])
    >>> test.first_only, test.second_only, round(test.p, 3)
    (6, 1, 0.125)
    """
    from scipy.special import ndtr, ndtri
    from scipy.stats import binomtest

    right, other = flags(first), flags(second)
    if right.shape != other.shape or right.ndim != 1 or not len(right):
        raise InputError(
            f"{right.size} and {other.size} units: expected equally many of both, at least one."
        )
    b, c, n = int((right & ~other).sum()), int((~right & other).sum()), len(right)
    difference, reach = (b - c) / n, float(ndtri(tails(level)[1]))
    if groups is None:
        p = float(binomtest(b, b + c).pvalue) if b + c else 1.0
        # Half a unit is added to each of the four cells.
        middle = (b - c) / (n + 2)
        se = np.sqrt((b + c + 1) - (b - c) ** 2 / (n + 2)) / (n + 2)
    else:
        member = np.unique(np.asarray(groups), return_inverse=True)[1]
        sizes = np.bincount(member)
        sums = np.bincount(member, right.astype(float) - other)
        scale = len(sizes) / max(len(sizes) - 1, 1)
        spread = np.sqrt(scale * (sums**2).sum())
        p = float(2 * ndtr(-abs(b - c) / spread)) if spread > 0 else 1.0
        middle = difference
        se = np.sqrt(scale * ((sums - difference * sizes) ** 2).sum()) / n
    low, high = max(-1.0, middle - reach * se), min(1.0, middle + reach * se)
    return McNemar(difference, float(low), float(high), b, c, p)
