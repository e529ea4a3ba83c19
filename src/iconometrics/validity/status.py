"""Whether a measure is validated, in the words that every table and page uses."""

from __future__ import annotations

import warnings

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.validity.accuracy.comparison import compared
from iconometrics.validity.accuracy.rates import Rates
from iconometrics.validity.matching import trained_among
from iconometrics.validity.verdict import verdict
from iconometrics.wording import NOT_VALIDATED

__all__ = ["status", "unvalidated"]


def status(measure: Codings, gold: Codings | None, *, variable: str | None = None) -> str:
    """Say how a measure did against a gold standard.

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
        "not validated" where nobody compared, or where the measure is not shown to be better than
        chance; else "compared with n codes" and the accuracy. With several variables, that of the
        one with the fewest codes.

    Raises
    ------
    InputError
        If the gold standard has more than one value of an image.

    Examples
    --------
    >>> values = pd.Series(["yes", "no"] * 20, index=range(40), name="protest")
    >>> measure = Codings.from_series(values, coder="svm", trained_on=[])
    >>> status(measure, None)
    'not validated'
    >>> status(measure, Codings.from_series(values, coder="anna"))
    'compared with 40 codes: accuracy 1.00 (.91 to 1.00)'
    """
    wanted = measure.variables if variable is None else (variable,)
    numbers = [_number(measure, gold, name) for name in wanted]
    n = min(numbers, default=0)
    if not n or gold is None:
        return verdict(0, None, None)
    name = wanted[numbers.index(n)]
    try:
        rated = _rates(measure, gold, name)
    except InputError:  # one category only, or none in common
        return verdict(n, None, None)
    return verdict(n, rated.accuracy, rated.kappa)


def _rates(measure: Codings, gold: Codings, name: str) -> Rates:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IconometricsWarning)
        return compared(measure, gold, name).rates


def unvalidated(assumptions: pd.Series) -> pd.Series:
    """Find the estimates that rest on a measure without validation, by what they assume."""
    return assumptions.astype("str").str.contains(NOT_VALIDATED, regex=False)


def _number(measure: Codings, gold: Codings | None, variable: str) -> int:
    if gold is None or variable not in gold.variables or variable not in measure.variables:
        return 0
    truth = gold[variable].dropna().index
    both = truth.intersection(measure[variable].dropna().index)
    return len(both) - len(trained_among(both, measure))
