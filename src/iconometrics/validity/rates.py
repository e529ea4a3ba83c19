"""Shares of right answers with their intervals, overall and by category."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.stats import bootstrap, confusion, per_class, wilson

__all__ = ["MEASURES", "Rate", "Rates", "rates"]

MEASURES = ("sensitivity", "specificity", "precision", "f1")


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
    """Overall accuracy, macro F1, one row a category, and the counts behind them.

    Parameters
    ----------
    accuracy
        Share of images whose measured value is the gold one.
    macro_f1
        Mean of the categories' F1.
    classes
        One row a category: n, measured, and each measure with its low and high end.
    counts
        Confusion matrix, rows gold, columns measure.
    """

    accuracy: Rate
    macro_f1: Rate
    classes: pd.DataFrame
    counts: np.ndarray


def rates(
    items: pd.DataFrame,
    categories: Sequence[str],
    *,
    groups: np.ndarray | None = None,
    level: float = 0.95,
    seed: int = 1,
) -> Rates:
    """Compute accuracy, sensitivity, specificity, precision and F1 with intervals.

    Shares have Wilson intervals and F1 bootstrap intervals; with groups, all are bootstrapped
    over groups. Where all or none are right the bootstrap sees no spread: there the interval is
    Wilson's, counting groups where there are groups, and for F1 it follows from that of the share
    of hits among hits, misses and false alarms.

    Parameters
    ----------
    items
        One row an image, columns gold and measure.
    categories
        All values, in the order wanted.
    groups
        Group of each image, or None.
    level
        Confidence level.
    seed
        Names the bootstrap.

    Returns
    -------
    Rates
        Not a number where a category has no image to judge by.
    """
    size = len(categories)
    gold, measured = (
        np.asarray(pd.Categorical(items[side], list(categories)).codes, dtype=np.int64)
        for side in ("gold", "measure")
    )
    statistic = partial(_statistics, size=size)
    point = statistic(gold, measured)
    drawn = np.stack(bootstrap(statistic, gold, measured, groups=groups, level=level, seed=seed))
    interval = partial(_interval, groups=groups, level=level)
    classes = {}
    for row, name in enumerate(MEASURES):
        sides = [_sides(name, gold == k, measured == k) for k in range(size)]
        ends = [
            interval(*side, drawn=drawn[:, row * size + k], is_f1=name == "f1")
            for k, side in enumerate(sides)
        ]
        classes[name] = point[row * size : (row + 1) * size]
        classes[f"{name}_low"], classes[f"{name}_high"] = np.transpose(ends)
    right = gold == measured
    overall = interval(right, np.ones_like(right), drawn=drawn[:, -2], is_f1=False)
    table = pd.DataFrame(classes, index=pd.Index(categories, name="category"))
    counts = confusion(gold, measured, range(size))
    table.insert(0, "n", counts.sum(axis=1))
    table.insert(1, "measured", counts.sum(axis=0))
    accuracy = Rate(float(point[-2]), float(overall[0]), float(overall[1]))
    return Rates(accuracy, _macro(float(point[-1]), drawn[:, -1], table), table, counts)


def _statistics(gold: np.ndarray, measured: np.ndarray, size: int) -> np.ndarray:
    """Return the four measures of each category, then accuracy and macro F1."""
    counts = np.bincount(gold * size + measured, minlength=size**2).reshape(size, size)
    found = per_class(counts)
    defined = found.f1[~np.isnan(found.f1)]
    overall = [counts.trace() / len(gold), defined.mean()]
    return np.concatenate([*(getattr(found, name) for name in MEASURES), overall])


def _sides(name: str, gold: np.ndarray, measured: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tell which images a measure counts as right and which it is a share of."""
    return {
        "sensitivity": (measured, gold),
        "specificity": (~measured, ~gold),
        "precision": (gold, measured),
        "f1": (gold & measured, gold | measured),
    }[name]


def _interval(
    right: np.ndarray,
    among: np.ndarray,
    *,
    drawn: np.ndarray,
    is_f1: bool,
    groups: np.ndarray | None,
    level: float,
) -> np.ndarray:
    if not among.any():
        return np.full(2, np.nan)
    share = right[among].mean()
    if 0 < share < 1 and (is_f1 or groups is not None):
        return drawn
    n = among.sum() if groups is None else len(np.unique(groups[among]))
    ends = np.array(wilson(right[among].sum() if groups is None else share * n, n, level))
    return 2 * ends / (1 + ends) if is_f1 else ends


def _macro(value: float, drawn: np.ndarray, classes: pd.DataFrame) -> Rate:
    if drawn[0] == drawn[1]:
        return Rate(value, float(classes["f1_low"].mean()), float(classes["f1_high"].mean()))
    return Rate(value, float(drawn[0]), float(drawn[1]))
