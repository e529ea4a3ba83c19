"""Holding a measure against the gold standard."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.schema import named
from iconometrics.coding.splitting import group_of
from iconometrics.validity.matching import Matched, match
from iconometrics.validity.rates import Rates, rates
from iconometrics.validity.result import Accuracy

__all__ = ["accuracy"]


def accuracy(
    measure: Codings,
    *,
    gold: Codings,
    variable: str | None = None,
    groups: pd.Series | Mapping[str, str] | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> Accuracy:
    """Hold a measure against the gold standard.

    Images that the coder was trained on or gave no value are left out, with a warning and a note.
    Images drawn with unequal probabilities are not weighted, and the result says so.

    Parameters
    ----------
    measure
        Codings by a machine, or by a person who is to be judged.
    gold
        The gold standard, one value an image.
    variable
        The variable; may be left out where both have just one in common.
    groups
        Account, patient or source by image id: bootstraps over groups, whose images are alike.
    level
        Confidence level of all intervals.
    seed
        Names the bootstrap.

    Returns
    -------
    Accuracy
        Overall and by category, with intervals.

    Raises
    ------
    InputError
        If the variable is not in both, no image or category is common, the gold standard is
        empty or has one category only, or an image has no group.

    Notes
    -----
    Grimmer, J. and Stewart, B. M. (2013). Text as data. Political Analysis 21, 267-297. For the
    intervals see `iconometrics.stats.wilson` and `iconometrics.stats.bootstrap`.

    Examples
    --------
    >>> truth = pd.Series(list("aaabbb"), index=list("123456"), name="v")
    >>> measure = Codings.from_series(truth.mask(truth.index < "3", "b"), coder="svm")
    >>> result = accuracy(measure, gold=Codings.from_series(truth, coder="anna"))
    >>> result.n, round(result.accuracy.value, 2)
    (6, 0.67)
    """
    found = match(measure, gold, variable)
    member = None
    if groups is not None:
        member = group_of(pd.Index(found.items["image"]), groups).to_numpy(dtype=object)
    computed = rates(found.items, found.categories, groups=member, level=level, seed=seed)
    number = None if member is None else len(set(member))
    return _result(found, computed, coder=named(measure.coders), level=level, groups=number)


def _result(
    found: Matched, computed: Rates, *, coder: str, level: float, groups: int | None
) -> Accuracy:
    names = list(found.categories)
    return Accuracy(
        variable=found.variable,
        coder=coder or "unnamed coder",
        items=found.items,
        accuracy=computed.accuracy,
        macro_f1=computed.macro_f1,
        classes=computed.classes,
        confusion=pd.DataFrame(
            computed.counts, pd.Index(names, name="gold"), pd.Index(names, name="measure")
        ),
        level=level,
        groups=groups,
        notes=found.notes,
    )
