"""Shares of right answers with their intervals, overall and by category."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.stats import bootstrap, confusion, per_class, wilson
from iconometrics.stats.tails import Side
from iconometrics.validity.accuracy.category_measures import MEASURES, below, right

__all__ = ["Rate", "Rates", "rates"]


class Rate(NamedTuple):
    """A share with its interval.

    Parameters
    ----------
    value
        The share, 0 to 1; not a number where it is not defined.
    low
        Lower end of the interval.
    high
        Upper end of the interval.

    Examples
    --------
    >>> Rate(0.9, 0.8, 0.95).value
    0.9
    """

    value: float
    low: float
    high: float


class Rates(NamedTuple):
    """Overall accuracy, macro F1, one row a category, and the counts behind them."""

    accuracy: Rate
    macro_f1: Rate
    classes: pd.DataFrame
    counts: np.ndarray
    kappa: Rate


def rates(
    items: pd.DataFrame,
    categories: Sequence[str],
    *,
    groups: np.ndarray | None = None,
    level: float = 0.95,
    side: Side = "two",
    seed: int = 1,
) -> Rates:
    """Compute accuracy, kappa and the rates of each category with intervals."""
    size = len(categories)
    gold, measured = (
        np.asarray(pd.Categorical(items[side], list(categories)).codes, dtype=np.int64)
        for side in ("gold", "measure")
    )
    statistic = partial(_statistics, size=size)
    point = statistic(gold, measured)
    drawn = np.stack(
        bootstrap(statistic, gold, measured, groups=groups, level=level, side=side, seed=seed)
    )
    interval = partial(_interval, groups=groups, level=level, side=side)
    classes = {}
    for row, name in enumerate(MEASURES):
        sides = [(gold == k, measured == k) for k in range(size)]
        ends = [
            interval(name, *pair, drawn=drawn[:, row * size + k]) for k, pair in enumerate(sides)
        ]
        classes[name] = point[row * size : (row + 1) * size]
        classes[f"{name}_low"], classes[f"{name}_high"] = np.transpose(ends)
    every = np.ones(len(gold), dtype=bool)
    overall = map(float, interval("sensitivity", every, gold == measured, drawn=drawn[:, -3]))
    table = pd.DataFrame(classes, index=pd.Index(categories, name="category"))
    counts = confusion(gold, measured, range(size))
    table.insert(0, "n", counts.sum(axis=1))
    table.insert(1, "measured", counts.sum(axis=0))
    accuracy, macro = (
        Rate(float(point[-3]), *overall),
        _macro(float(point[-2]), drawn[:, -2], table),
    )
    return Rates(accuracy, macro, table, counts, _kappa(point[-1], drawn[:, -1], accuracy, counts))


def _statistics(gold: np.ndarray, measured: np.ndarray, size: int) -> np.ndarray:
    """Return the measures of each category, then accuracy, macro F1 and kappa."""
    counts = np.bincount(gold * size + measured, minlength=size**2).reshape(size, size)
    found = per_class(counts)
    defined = found.f1[~np.isnan(found.f1)]
    n = len(gold)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    agreed, chance = counts.trace() / n, _chance(counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        npv = found.rejections / (n - columns)
        kappa = np.where(chance < 1, (agreed - chance) / (1 - chance), np.nan)
    known = (found.sensitivity, found.specificity, found.precision, found.f1, npv, rows / n)
    return np.concatenate([*known, [agreed, defined.mean(), kappa]])


def _chance(counts: np.ndarray) -> float:
    return float(counts.sum(axis=1) @ counts.sum(axis=0) / counts.sum() ** 2)


def _interval(
    name: str,
    gold: np.ndarray,
    measured: np.ndarray,
    *,
    drawn: np.ndarray,
    groups: np.ndarray | None,
    level: float,
    side: Side,
) -> np.ndarray:
    hits, among = right(name, gold, measured), below(name, gold, measured) > 0
    if not among.any():
        return np.full(2, np.nan)
    share = hits[among].mean()
    if 0 < share < 1 and (name == "f1" or groups is not None):
        return np.asarray(np.clip(drawn, 0, 1))
    n = among.sum() if groups is None else len(np.unique(groups[among]))
    k = hits[among].sum() if groups is None else share * n
    ends = np.array(wilson(k, n, level, side=side))
    return np.asarray(2 * ends / (1 + ends) if name == "f1" else ends)


def _kappa(value: float, drawn: np.ndarray, accuracy: Rate, counts: np.ndarray) -> Rate:
    chance = _chance(counts)
    if drawn[0] == drawn[1] and chance < 1:
        low, high = ((end - chance) / (1 - chance) for end in accuracy[1:])
        return Rate(float(value), low, high)
    low, high = np.clip(drawn, -1, 1)
    return Rate(float(value), float(low), float(high))


def _macro(value: float, drawn: np.ndarray, classes: pd.DataFrame) -> Rate:
    if drawn[0] == drawn[1]:
        return Rate(value, float(classes["f1_low"].mean()), float(classes["f1_high"].mean()))
    low, high = np.clip(drawn, 0, 1)
    return Rate(value, float(low), float(high))
