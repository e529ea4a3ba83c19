"""How often the people who coded err: from images that two of them coded."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from iconometrics.coding import Codings
from iconometrics.coding.side_by_side import side_by_side, the_variable
from iconometrics.errors import InputError
from iconometrics.stats import wilson
from iconometrics.wording import counted, listed

__all__ = ["CoderError", "coder_error"]


class CoderError(NamedTuple):
    """The share of images that one coder codes wrong.

    Parameters
    ----------
    value, low, high
        The share, 0 to 0.5, with its interval.
    images
        Number of images that two coders coded.

    Examples
    --------
    >>> CoderError(0.03, 0.02, 0.05, 400).value
    0.03
    """

    value: float
    low: float
    high: float
    images: int


def coder_error(
    codings: Codings, *, variable: str | None = None, level: float = 0.95
) -> CoderError:
    """Estimate how often coders of a variable of two values err, from how often two disagree.

    Two who err in a share ``e`` each, independently, disagree in ``2 e (1 - e)``. Hard images, on
    which both err alike, are not seen: the true share is larger then.

    Parameters
    ----------
    codings
        Codings by two people or more; of more the disagreements of all pairs are averaged.
    variable
        The variable; may be left out where there is only one.
    level
        Confidence level.

    Returns
    -------
    CoderError
        For `coder_error=` of `iconometrics.inference.estimate` and `share`.

    Raises
    ------
    InputError
        If no image has two coders, the variable has not two values, or coders agree as by chance.

    Notes
    -----
    Interval: that of the share of disagreements (Wilson), images being independent.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"image": [*range(100)] * 2, "variable": "v",
    ...                      "value": ["yes", "no"] * 50 + ["yes", "no"] * 47 + ["no", "yes"] * 3,
    ...                      "coder": ["anna"] * 100 + ["ben"] * 100})
    >>> round(coder_error(Codings(data)).value, 3)
    0.031
    """
    name = the_variable(codings, variable)
    table = side_by_side(codings, name)
    kinds = sorted(set(table.to_numpy().ravel()[table.notna().to_numpy().ravel()]))
    if len(kinds) != 2:
        raise InputError(
            f"{name!r} has {counted(len(kinds), 'value')} ({listed(kinds)}): expected two. Make it "
            "two, such as one category against the others."
        )
    first = (table == kinds[0]).where(table.notna())
    coders, votes = table.notna().sum(axis=1), first.sum(axis=1)
    double = coders >= 2
    if not double.any():
        raise InputError(f"no image has codes of {name!r} by two people: have some coded twice.")
    n, yes = coders[double], votes[double]
    apart = float((2 * yes * (n - yes) / (n * (n - 1))).mean())
    ends = wilson(apart * len(n), len(n), level=level)
    if apart >= 0.5:
        raise InputError(
            f"coders of {name!r} disagree on {apart:.0%} of pairs, as by chance: what they err in "
            "cannot be told."
        )
    value, low, high = (_error(own) for own in (apart, float(ends.low), float(ends.high)))
    return CoderError(value, low, high, len(n))


def _error(apart: float) -> float:
    return float((1 - np.sqrt(1 - 2 * min(apart, 0.5))) / 2)
