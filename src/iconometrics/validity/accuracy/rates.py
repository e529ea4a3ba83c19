"""Shares of right answers with their intervals, overall and by category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.stats import (
    Design,
    confusion,
    linearized_se,
    share_interval,
    survey_ratio,
)
from iconometrics.stats.survey import mean_ratio
from iconometrics.stats.tails import Side, student_tails, tails

__all__ = ["Rate", "Rates", "among", "rate", "rates", "right"]

_MEASURES = ("sensitivity", "specificity", "precision", "f1", "npv", "prevalence")


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
    """Overall accuracy, macro F1, one row per category, and the counts behind them."""

    accuracy: Rate
    macro_f1: Rate
    classes: pd.DataFrame
    counts: np.ndarray
    kappa: Rate


def right(name: str, gold: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Say which images a measure of a category counts above the line."""
    if name == "prevalence":
        return gold
    hits = ~gold & ~measured if name in ("specificity", "npv") else gold & measured
    return np.asarray(hits)


def among(name: str, gold: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Say which images a measure of a category is a share of; for F1, of those of either."""
    shares = {
        "sensitivity": gold,
        "specificity": ~gold,
        "precision": measured,
        "f1": gold | measured,
        "npv": ~measured,
        "prevalence": np.ones(len(gold), dtype=bool),
    }
    return np.asarray(shares[name])


def rate(
    hits: np.ndarray,
    among: np.ndarray,
    drawn: Design,
    *,
    name: str = "",
    level: float,
    side: Side = "two",
) -> Rate:
    """Estimate a share with its interval.

    F1 is ``2 J / (1 + J)`` of the share J that both call so among those that either does (Lam, K.,
    Gopal, V. and Qian, J., 2023, Confidence intervals for the F1 score, arXiv:2309.14621).
    """
    share = survey_ratio(hits, among, drawn)
    parts = (share.value, *share_interval(share, level=level, side=side))
    return Rate(*(2 * part / (1 + part) if name == "f1" else part for part in parts))


def rates(
    items: pd.DataFrame,
    categories: Sequence[str],
    drawn: Design,
    *,
    level: float = 0.95,
    side: Side = "two",
    undecided_are: bool = True,
) -> Rates:
    """Estimate accuracy, kappa and the rates of each category with intervals.

    Images without a gold value count, wherever they can, as right or as wrong.
    """
    gold, measured = (
        np.asarray(pd.Categorical(items[column], list(categories)).codes, dtype=np.int64)
        for column in ("gold", "measure")
    )
    unknown = gold < 0
    gold = np.where(unknown, _guess(gold, measured, right=undecided_are), gold)
    counts = confusion(gold, measured, range(len(categories)))
    classes: dict[str, object] = {"n": counts.sum(axis=1), "measured": counts.sum(axis=0)}
    pairs = [
        (np.where(unknown, (measured == k) == undecided_are, gold == k), measured == k)
        for k in range(len(categories))
    ]
    shares = [(np.where(unknown, undecided_are, truth), guess) for truth, guess in pairs]
    for name in _MEASURES:
        ends = [
            rate(right(name, *pair), among(name, *pair), drawn, name=name, level=level, side=side)
            for pair in (shares if name == "prevalence" else pairs)
        ]
        for column, values in zip(("", "_low", "_high"), np.transpose(ends), strict=True):
            classes[name + column] = values
    accuracy = rate(gold == measured, np.ones(len(gold)), drawn, level=level, side=side)
    return Rates(
        accuracy,
        _macro(pairs, drawn, level=level, side=side),
        pd.DataFrame(classes, index=pd.Index(categories, name="category")),
        counts,
        _kappa(gold, measured, accuracy, drawn, level=level, side=side),
    )


def _guess(gold: np.ndarray, measured: np.ndarray, *, right: bool) -> np.ndarray:
    """Give images the measured category, or the commonest other one."""
    if right:
        return measured
    common = np.argsort(-np.bincount(gold[gold >= 0], minlength=2), kind="stable")[:2]
    return np.asarray(np.where(measured == common[0], common[1], common[0]))


def _macro(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]], drawn: Design, *, level: float, side: Side
) -> Rate:
    scores = [
        survey_ratio(gold & measured, (gold.astype(float) + measured) / 2, drawn)
        for gold, measured in pairs
        if (gold | measured).any()
    ]
    macro = mean_ratio(scores, drawn)
    return Rate(macro.value, *share_interval(macro, level=level, side=side))


def _kappa(
    gold: np.ndarray,
    measured: np.ndarray,
    accuracy: Rate,
    drawn: Design,
    *,
    level: float,
    side: Side,
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
    if agreed == 1 or not se > 0:
        return Rate(value, *((end - chance) / (1 - chance) for end in accuracy[1:]))
    df = survey_ratio(gold == measured, np.ones(len(gold)), drawn).df
    steps = student_tails(df, tails(level, side)) * se / (1 - value)
    low, high = 1 - (1 - value) * np.exp(-steps)
    return Rate(value, float(max(low, -1)), float(min(high, 1)))
