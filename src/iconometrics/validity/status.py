"""Whether a measure is validated, in the words that every table and page uses."""

from __future__ import annotations

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.validity.matching import trained_among
from iconometrics.wording import NOT_VALIDATED, counted

__all__ = ["status", "unvalidated", "validated_on"]


def status(measure: Codings, gold: Codings | None, *, variable: str | None = None) -> str:
    """Say on how many images a measure has been compared with a gold standard.

    Images that the coder was trained on do not count.

    Parameters
    ----------
    measure
        The codings in question.
    gold
        The gold standard, or None.
    variable
        The variable; by default those that both have.

    Returns
    -------
    str
        "not validated" or "validated on n images"; with several variables, those of the one
        with the fewest.

    Raises
    ------
    InputError
        If the gold standard has more than one value of an image.

    Examples
    --------
    >>> values = pd.Series({"a": "yes", "b": "no"}, name="protest")
    >>> measure = Codings.from_series(values, coder="svm")
    >>> status(measure, None)
    'not validated'
    >>> status(measure, Codings.from_series(values[:1], coder="anna"))
    'validated on 1 image'
    """
    wanted = measure.variables if variable is None else (variable,)
    n = min((_compared(measure, gold, name) for name in wanted), default=0)
    return validated_on(n)


def validated_on(n: int) -> str:
    """Say on how many images a measure was compared with a gold standard."""
    return f"validated on {counted(n, 'image')}" if n else NOT_VALIDATED


def unvalidated(assumptions: pd.Series) -> pd.Series:
    """Find the estimates that rest on a measure without validation, by what they assume."""
    return assumptions.astype("str").str.contains(NOT_VALIDATED, regex=False)


def _compared(measure: Codings, gold: Codings | None, variable: str) -> int:
    if gold is None or variable not in gold.variables or variable not in measure.variables:
        return 0
    truth = gold[variable].dropna().index
    both = truth.intersection(measure[variable].dropna().index)
    return len(both) - len(trained_among(both, measure))
