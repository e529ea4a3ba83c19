"""How well a score ranks: ROC curves, the area under them, and comparing two of them."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.stats.booleans import flags
from iconometrics.stats.proportions import wilson
from iconometrics.stats.tails import Side, tails

__all__ = ["Area", "DeLong", "RocCurve", "area_components", "auroc", "delong_test", "roc_curve"]


class Area(NamedTuple):
    """Area under a ROC curve with its interval.

    Parameters
    ----------
    value
        Probability that a unit of the category has a higher score than another, ties counting
        half.
    low, high
        Ends of the interval.
    se
        Standard error; not a number where one unit alone is of a kind.

    Examples
    --------
    >>> Area(0.8, 0.7, 0.9, 0.05).value
    0.8
    """

    value: float
    low: float
    high: float
    se: float


class DeLong(NamedTuple):
    """Difference of two areas under ROC curves.

    Parameters
    ----------
    difference
        The first area minus the second.
    low, high
        Ends of its interval.
    z
        The difference in standard errors.
    p
        Two-sided p-value of no difference.

    Examples
    --------
    >>> DeLong(0.1, 0.02, 0.18, 2.4, 0.016).p
    0.016
    """

    difference: float
    low: float
    high: float
    z: float
    p: float


class RocCurve(NamedTuple):
    """Points of a ROC curve, from (0, 0) to (1, 1).

    Parameters
    ----------
    threshold
        A unit with this score or more is taken to be of the category; infinite at (0, 0).
    false_positive_rate
        Share of the other units taken so: 1 - specificity.
    true_positive_rate
        Share of the category's units taken so: sensitivity.

    Examples
    --------
    >>> roc_curve([0, 1], [0.2, 0.7]).threshold.tolist()
    [inf, 0.7, 0.2]
    """

    threshold: np.ndarray
    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray


def roc_curve(truth: ArrayLike, score: ArrayLike, *, weights: ArrayLike | None = None) -> RocCurve:
    """Sensitivity against 1 - specificity at every threshold.

    Parameters
    ----------
    truth
        (n,) whether a unit is of the category.
    score
        (n,) higher where the category is likelier.
    weights
        (n,) how many units each stands for; by default one.

    Returns
    -------
    RocCurve
        One point for every distinct score, and (0, 0) first.

    Raises
    ------
    InputError
        If lengths differ, a score is missing, or there is one kind of unit only.

    Notes
    -----
    Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27, 861-874.

    Examples
    --------
    >>> roc_curve([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.8]).true_positive_rate.tolist()
    [0.0, 0.5, 0.5, 1.0, 1.0]
    """
    positive, values, w = _checked(truth, score, weights)
    order = np.argsort(-values, kind="stable")
    ranked = values[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(values) - 1)
    hits = np.cumsum((w * positive)[order])[ends]
    alarms = np.cumsum((w * ~positive)[order])[ends]
    return RocCurve(
        np.concatenate([[np.inf], ranked[ends]]),
        np.concatenate([[0.0], alarms / alarms[-1]]),
        np.concatenate([[0.0], hits / hits[-1]]),
    )


def auroc(
    truth: ArrayLike,
    score: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    level: float = 0.95,
    side: Side = "two",
    scale: Literal["plain", "logit"] = "plain",
    draws: int = 1000,
    seed: int = 1,
) -> Area:
    """Area under the ROC curve with DeLong's interval; bootstrapped if weighted or grouped.

    Parameters
    ----------
    truth
        (n,) whether a unit is of the category.
    score
        (n,) higher where the category is likelier.
    weights
        (n,) one over the probability with which each unit was drawn; by default equal.
    groups
        (n,) account or source of each unit: whole groups are resampled. Without groups, weighted
        units are resampled within each kind.
    level
        Confidence level.
    side
        "two"; "lower" or "upper" for one bound alone.
    scale
        "plain" is DeLong's own interval; "logit" is made on the logit scale, which holds the area
        more often where it is high or units are few (at an area of .97 with 15 and 35 units 95 %
        of the time, against 81 %). Weighted and grouped intervals are always made so.
    draws
        Number of resamples.
    seed
        Names the resamples.

    Returns
    -------
    Area
        Where every unit of the category scores above all others nothing varies: there the
        interval is Wilson's, for as many units as the rarer kind (or the groups that hold it) has.

    Raises
    ------
    InputError
        If lengths differ, a score is missing, or there is one kind of unit only.

    Notes
    -----
    DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. (1988). Comparing the areas under two
    or more correlated receiver operating characteristic curves. Biometrics 44, 837-845. Computed
    by midranks: Sun, X. and Xu, W. (2014). Fast implementation of DeLong's algorithm. IEEE Signal
    Processing Letters 21, 1389-1393. Logit scale: Pepe, M. S. (2003). The statistical evaluation
    of medical tests for classification and prediction. Oxford University Press, section 5.2.

    Examples
    --------
    >>> area = auroc([0, 0, 1, 1, 1], [0.1, 0.6, 0.4, 0.8, 0.9])
    >>> round(area.value, 3)
    0.833
    """
    positive, values, w = _checked(truth, score, weights)
    ends = tails(level, side)
    if scale not in ("plain", "logit"):
        raise InputError(f"scale={scale!r}: expected 'plain' or 'logit'.")
    if weights is None and groups is None:
        first, second = area_components(positive, values)
        value = float(first.mean())
        se = float(np.sqrt(_variance(first) + _variance(second)))
        low, high = (_plain if scale == "plain" else _logit)(value, se, ends)
    else:
        value = float(_weighted_areas(positive, values, w[None])[0])
        se = _resampled_se(positive, values, w, groups=groups, draws=draws, seed=seed)
        low, high = _logit(value, se, ends)
    if value in (0, 1) or not se > 0:
        n = _rarer(positive, groups)
        low, high = (float(end) for end in wilson(value * n, n, level, side=side))
    return Area(value, low, high, se)


def delong_test(
    truth: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    second_truth: ArrayLike | None = None,
    level: float = 0.95,
) -> DeLong:
    """Test whether two scores rank equally well.

    Parameters
    ----------
    truth
        (n,) whether a unit is of the category.
    first, second
        (n,) two scores of the same units; or, with `second_truth`, of different ones.
    second_truth
        (m,) whether a unit of the second, independent sample is of the category.
    level
        Confidence level of the interval of the difference.

    Returns
    -------
    DeLong
        First minus second, with interval, z and two-sided p; z is not a number where neither
        area varies.

    Raises
    ------
    InputError
        If lengths differ, a score is missing, or there is one kind of unit only.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson (1988), see `auroc`.

    Examples
    --------
    >>> truth = [0, 0, 0, 1, 1, 1]
    >>> test = delong_test(truth, [1, 2, 4, 3, 5, 6], [3, 1, 5, 2, 6, 4])
    >>> round(test.difference, 3), round(test.z, 3)
    (0.222, 1.414)
    """
    from scipy.special import ndtr, ndtri

    parts = area_components(*_checked(truth, first, None)[:2])
    other = truth if second_truth is None else second_truth
    other_parts = area_components(*_checked(other, second, None)[:2])
    difference = float(parts[0].mean() - other_parts[0].mean())
    if second_truth is None:
        variance = sum(_variance(a - b) for a, b in zip(parts, other_parts, strict=True))
    else:
        variance = sum(_variance(part) for part in (*parts, *other_parts))
    se = float(np.sqrt(variance))
    z = difference / se if se > 0 else np.nan
    half = float(ndtri(tails(level)[1])) * se
    return DeLong(difference, difference - half, difference + half, z, float(2 * ndtr(-abs(z))))


def area_components(truth: ArrayLike, score: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Share of the units of the other kind that each unit is on the right side of.

    Parameters
    ----------
    truth
        (n,) whether a unit is of the category.
    score
        (n,) higher where the category is likelier.

    Returns
    -------
    tuple of numpy.ndarray
        Of the category's units, and of the others, each in their order; the mean of either is the
        area under the ROC curve.

    Raises
    ------
    InputError
        If lengths differ, a score is missing, or there is one kind of unit only.

    Notes
    -----
    DeLong's structural components by Sun and Xu's midranks, in n log n steps; see `auroc`.

    Examples
    --------
    >>> [part.tolist() for part in area_components([0, 1, 0, 1], [0.1, 0.4, 0.6, 0.8])]
    [[0.5, 1.0], [1.0, 0.5]]
    """
    from scipy.stats import rankdata

    positive, values, _ = _checked(truth, score, None)
    ranks = rankdata(values)
    inside, outside = values[positive], values[~positive]
    first = (ranks[positive] - rankdata(inside)) / len(outside)
    second = 1 - (ranks[~positive] - rankdata(outside)) / len(inside)
    return first, second


def _weighted_areas(positive: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Area under the ROC curve for each of many sets of weights."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    starts = np.append(0, np.flatnonzero(ranked[1:] != ranked[:-1]) + 1)
    inside = np.add.reduceat((weights * positive)[:, order], starts, axis=1)
    outside = np.add.reduceat((weights * ~positive)[:, order], starts, axis=1)
    below = np.cumsum(outside, axis=1) - outside / 2
    with np.errstate(invalid="ignore"):
        area = (inside * below).sum(axis=1) / (inside.sum(axis=1) * outside.sum(axis=1))
    return np.asarray(area)


def _resampled_se(
    positive: np.ndarray,
    values: np.ndarray,
    weights: np.ndarray,
    *,
    groups: ArrayLike | None,
    draws: int,
    seed: int,
) -> float:
    """Standard error of a weighted area: of resampled groups, or of units within each kind."""
    random = generator(seed)
    if groups is None:
        kinds = [np.flatnonzero(positive), np.flatnonzero(~positive)]
        member = np.arange(len(values))
    else:
        member = np.unique(np.asarray(groups), return_inverse=True)[1]
        kinds = [np.arange(member.max() + 1)]
        if len(kinds[0]) < 2:
            raise InputError("one group only: an interval by group needs at least two.")
    if min(len(kind) for kind in kinds) < 2:
        return float("nan")
    areas = []
    for _ in range(-(-draws // 200)):
        times = np.zeros((min(200, draws), member.max() + 1))
        for kind in kinds:
            times[:, kind] = random.multinomial(
                len(kind), np.full(len(kind), 1 / len(kind)), size=len(times)
            )
        areas.append(_weighted_areas(positive, values, times[:, member] * weights))
    drawn = np.concatenate(areas)
    count = min(len(kind) for kind in kinds)
    # Resampling n units sees (n - 1) / n of their variance.
    return float(np.nanstd(drawn) * np.sqrt(count / (count - 1)))


def _variance(components: np.ndarray) -> float:
    n = len(components)
    return float(components.var(ddof=1) / n) if n > 1 else np.nan


def _plain(value: float, se: float, ends: tuple[float, float]) -> tuple[float, float]:
    from scipy.special import ndtri

    low, high = (0.0 if end == 0 else 1.0 if end == 1 else value + ndtri(end) * se for end in ends)
    return max(0.0, float(low)), min(1.0, float(high))


def _logit(value: float, se: float, ends: tuple[float, float]) -> tuple[float, float]:
    from scipy.special import expit, logit, ndtri

    if not 0 < value < 1:
        return value, value
    low, high = expit(logit(value) + ndtri(np.array(ends)) * se / (value * (1 - value)))
    return float(low), float(high)


def _rarer(positive: np.ndarray, groups: ArrayLike | None) -> int:
    if groups is None:
        return int(min(positive.sum(), (~positive).sum()))
    member = np.asarray(groups)
    return min(len(np.unique(member[positive])), len(np.unique(member[~positive])))


def _checked(
    truth: ArrayLike, score: ArrayLike, weights: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    positive, values = flags(truth), np.asarray(score, dtype=float)
    w = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    if positive.shape != values.shape or w.shape != values.shape or values.ndim != 1:
        raise InputError(
            f"{positive.size} units with {values.size} scores and {w.size} weights: expected one "
            "score and one weight per unit."
        )
    if np.isnan(values).any():
        raise InputError(
            f"{np.isnan(values).sum()} of {len(values)} scores are missing: drop them."
        )
    if not (np.isfinite(w).all() and (w > 0).all()):
        raise InputError("a weight that is not above 0: expected one over a probability.")
    if positive.all() or not positive.any():
        raise InputError(
            f"{positive.sum()} of {len(positive)} units are of the category: a ROC curve needs "
            "units of the category and others."
        )
    return positive, values, w
