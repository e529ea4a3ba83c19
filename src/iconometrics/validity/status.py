"""Whether a measure is validated, in the words that every table and page uses."""

from __future__ import annotations

from iconometrics.coding import Codings
from iconometrics.validity.matching import trained_among
from iconometrics.wording import counted

__all__ = ["status"]


def status(measure: Codings, gold: Codings | None, *, variable: str | None = None) -> str:
    """Say on how many images a measure has been held against a gold standard.

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
    >>> import pandas as pd
    >>> values = pd.Series({"a": "yes", "b": "no"}, name="protest")
    >>> measure = Codings.from_series(values, coder="svm")
    >>> status(measure, None)
    'not validated'
    >>> status(measure, Codings.from_series(values[:1], coder="anna"))
    'validated on 1 image'
    """
    wanted = measure.variables if variable is None else (variable,)
    n = min((_compared(measure, gold, name) for name in wanted), default=0)
    return f"validated on {counted(n, 'image')}" if n else "not validated"


def _compared(measure: Codings, gold: Codings | None, variable: str) -> int:
    if gold is None or variable not in gold.variables or variable not in measure.variables:
        return 0
    truth = gold[variable].dropna().index
    both = truth.intersection(measure[variable].dropna().index)
    return len(both) - len(trained_among(both, measure))
