"""Rates as far as images without a gold value may move them: all wrong, then all right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from iconometrics.coding import Codings, undecided
from iconometrics.stats import Design
from iconometrics.stats.tails import Side
from iconometrics.validity.accuracy.rates import Rate, Rates, rates
from iconometrics.validity.matching import Matched, trained_among
from iconometrics.wording import counted, listed

__all__ = ["undecided_items", "undecided_notes", "widened"]


def undecided_items(measure: Codings, gold: Codings, matched: Matched) -> pd.DataFrame:
    """List the measured images that people looked at and did not decide; the gold is missing."""
    variable = matched.variable
    images = undecided(gold, variable)
    if gold.sample is not None:
        images = images[images.isin(gold.sample.images)]
    images = images.difference(trained_among(images, measure), sort=False)
    measured = measure[variable].reindex(images)
    measured = measured[measured.isin(matched.categories)]
    missing = pd.Series(None, measured.index, dtype="str")
    items = pd.DataFrame({"gold": missing, "measure": measured, "confidence": np.nan})
    return items.rename_axis("image").reset_index()


def undecided_notes(items: pd.DataFrame, decided: int) -> list[str]:
    """Say how many images have no gold value, and what the intervals do about it."""
    if items.empty:
        return []
    return [
        f"{counted(len(items), 'gold image')} ({listed(items['image'])}) beside the {decided:,} "
        "have no value: their coders disagreed or could not tell. They may be the hard ones, so "
        "each interval runs from all of them wrong to all of them right. A referee makes it "
        "shorter: adjudicate(coder=)."
    ]


def widened(
    computed: Rates,
    items: pd.DataFrame,
    categories: Sequence[str],
    *,
    drawn: Design,
    level: float,
    side: Side,
) -> Rates:
    """Widen every interval by what the undecided among the items may be."""
    rated = partial(rates, categories=categories, drawn=drawn, level=level, side=side)
    worst, best = (rated(items, undecided_are=right) for right in (False, True))
    classes = computed.classes.copy()
    for name in classes.columns[classes.columns.str.endswith("_low")]:
        classes[name] = np.fmin(classes[name], worst.classes[name])
    for name in classes.columns[classes.columns.str.endswith("_high")]:
        classes[name] = np.fmax(classes[name], best.classes[name])
    accuracy, macro, kappa = (
        Rate(own.value, min(own.low, low.low), max(own.high, high.high))
        for own, low, high in zip(_overall(computed), _overall(worst), _overall(best), strict=True)
    )
    return computed._replace(accuracy=accuracy, macro_f1=macro, kappa=kappa, classes=classes)


def _overall(rates: Rates) -> tuple[Rate, Rate, Rate]:
    return rates.accuracy, rates.macro_f1, rates.kappa
