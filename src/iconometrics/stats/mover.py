"""The difference of two shares with an interval made from theirs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from iconometrics.errors import InputError
from iconometrics.stats.proportions import Interval

__all__ = ["difference_interval"]


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
    >>> one, two = (56 / 70, *wilson(56, 70)), (48 / 80, *wilson(48, 80))
    >>> low, high = difference_interval(one, two)
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
