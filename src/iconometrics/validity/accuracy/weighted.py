"""Rates of images that were drawn with unequal probabilities, from strata or in clusters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.stats import (
    Design,
    Ratio,
    confusion,
    linearized_se,
    share_interval,
    survey_ratio,
)
from iconometrics.stats.survey import mean_ratio
from iconometrics.stats.tails import Side, student_tails, tails
from iconometrics.validity.accuracy.category_measures import MEASURES, below, right
from iconometrics.validity.accuracy.rates import Rate, Rates

__all__ = ["rate", "weighted_rates"]


def weighted_rates(
    items: pd.DataFrame,
    categories: Sequence[str],
    drawn: Design,
    *,
    level: float = 0.95,
    side: Side = "two",
) -> Rates:
    """Estimate each rate for the corpus, with linearized intervals on the logit scale."""
    gold, measured = (
        np.asarray(pd.Categorical(items[name], list(categories)).codes, dtype=np.int64)
        for name in ("gold", "measure")
    )
    classes: dict[str, list[float]] = {}
    scores: list[Ratio] = []
    for name in MEASURES:
        for k in range(len(categories)):
            sides = gold == k, measured == k
            found = survey_ratio(right(name, *sides), below(name, *sides), drawn)
            ends = share_interval(found, level=level, side=side)
            for column, value in zip(("", "_low", "_high"), (found.value, *ends), strict=True):
                classes.setdefault(name + column, []).append(value)
            if name == "f1" and not np.isnan(found.value):
                scores.append(found)
    table = pd.DataFrame(classes, index=pd.Index(categories, name="category"))
    counts = confusion(gold, measured, range(len(categories)))
    table.insert(0, "n", counts.sum(axis=1))
    table.insert(1, "measured", counts.sum(axis=0))
    accuracy = rate(gold == measured, np.ones(len(gold)), drawn, level=level, side=side)
    macro = _macro(scores, drawn, level=level, side=side)
    kappa = _kappa(gold, measured, drawn, level=level, side=side)
    return Rates(accuracy, macro, table, counts, kappa)


def rate(
    above: np.ndarray, among: np.ndarray, drawn: Design, *, level: float, side: Side = "two"
) -> Rate:
    """Estimate a share with its interval."""
    found = survey_ratio(above, among, drawn)
    return Rate(found.value, *share_interval(found, level=level, side=side))


def _macro(scores: list[Ratio], drawn: Design, *, level: float, side: Side) -> Rate:
    found = mean_ratio(scores, drawn)
    return Rate(found.value, *share_interval(found, level=level, side=side))


def _kappa(
    gold: np.ndarray, measured: np.ndarray, drawn: Design, *, level: float, side: Side
) -> Rate:
    """Cohen's kappa, its interval on the scale of log(1 - kappa), which keeps it below 1."""
    w = drawn.weights / drawn.weights.sum()
    size = int(max(gold.max(), measured.max())) + 1
    p, q = (np.bincount(codes, weights=w, minlength=size) for codes in (gold, measured))
    # From the errors, so that without any it is 1 to the last digit.
    agreed, chance = 1 - float(w @ (gold != measured)), float(p @ q)
    if chance >= 1:
        return Rate(np.nan, np.nan, np.nan)
    value = (agreed - chance) / (1 - chance)
    moved = (gold == measured) - agreed
    moved_chance = q[gold] + p[measured] - 2 * chance
    influence = w * (moved - (1 - value) * moved_chance) / (1 - chance)
    se = linearized_se(influence, drawn)
    ends = tails(level, side)
    if agreed == 1 or not se > 0:
        same = survey_ratio(gold == measured, np.ones(len(gold)), drawn)
        bounds = share_interval(same, level=level, side=side)
        return Rate(value, *((end - chance) / (1 - chance) for end in bounds))
    df = survey_ratio(gold == measured, np.ones(len(gold)), drawn).df
    steps = student_tails(df, ends) * se / (1 - value)
    low, high = 1 - (1 - value) * np.exp(-steps)
    return Rate(value, float(max(low, -1)), float(min(high, 1)))
