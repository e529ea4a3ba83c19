"""Codings beside the gold standard: images matched, their design, and the rates of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.splitting import group_of
from iconometrics.errors import InputError
from iconometrics.stats import Design
from iconometrics.stats.tails import Side
from iconometrics.validity.accuracy.rates import Rates, rates
from iconometrics.validity.accuracy.undecided import undecided_items, widened
from iconometrics.validity.drawn import Drawn, design_of, drawn
from iconometrics.validity.matching import Matched, match, require_two

__all__ = ["Compared", "compared"]


class Compared(NamedTuple):
    """Images matched, how they were drawn, the rates, and images that people left undecided."""

    matched: Matched
    drawn: Drawn
    rates: Rates
    undecided: pd.DataFrame


def compared(
    measure: Codings,
    gold: Codings,
    variable: str | None,
    *,
    groups: pd.Series | Mapping[str, str] | None = None,
    finite: bool = True,
    level: float = 0.95,
    side: Side = "two",
) -> Compared:
    """Compare codings with the gold standard, undecided images one way and the other."""
    matched = match(measure, gold, variable)
    member = _member(matched.items, groups)
    design = drawn(matched.items, gold.sample, member, finite=finite)
    if len(design.items) < len(matched.items):
        require_two(design.items, matched.variable)
    if member is not None and not design.weighted:
        _require_groups(design.items["cluster"])
    how = design_of(design.items, by_group=member is not None)
    computed = rates(design.items, matched.categories, how, level=level, side=side)
    silent = undecided_items(measure, gold, matched)
    if len(silent):
        every, how = _with_silent(design.items, silent, gold, groups=groups, finite=finite)
        computed = widened(computed, every, matched.categories, drawn=how, level=level, side=side)
    return Compared(matched, design, computed, silent)


def _member(items: pd.DataFrame, groups: pd.Series | Mapping[str, str] | None) -> np.ndarray | None:
    """Give the group of each image, if any are given."""
    if groups is None:
        return None
    return np.asarray(group_of(pd.Index(items["image"]), groups), dtype=object)


def _with_silent(
    items: pd.DataFrame,
    silent: pd.DataFrame,
    gold: Codings,
    *,
    groups: pd.Series | Mapping[str, str] | None,
    finite: bool,
) -> tuple[pd.DataFrame, Design]:
    """Put undecided images below the others, and design them together."""
    every = pd.concat([items[list(silent)], silent], ignore_index=True)
    member = _member(every, groups)
    whole = drawn(every, gold.sample, member, finite=finite).items
    return whole, design_of(whole, by_group=member is not None)


def _require_groups(groups: pd.Series) -> None:
    if groups.nunique() < 2:
        raise InputError(
            f"all {len(groups)} images are of one group ({groups.iloc[0]}): intervals by group "
            "need at least two."
        )
