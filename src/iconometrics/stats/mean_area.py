"""Areas under ROC curves averaged over classes, and paired tests of them, by group where needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.booleans import flags
from iconometrics.stats.roc import Area, DeLong, area_components
from iconometrics.stats.tails import tails

__all__ = ["mean_area", "mean_area_test"]


def mean_area(
    truth: ArrayLike, score: ArrayLike, *, groups: ArrayLike | None = None, level: float = 0.95
) -> Area:
    """Area under the ROC curve of each class against all others, averaged over the classes.

    Parameters
    ----------
    truth
        (n, classes) whether a unit is of the class.
    score
        (n, classes) higher where the class is likelier.
    groups
        (n,) account or patient of each unit, whose units may resemble each other.
    level
        Confidence level.

    Returns
    -------
    Area
        With one class (one column), or with two whose scores add up to 1, and no groups, the
        interval is DeLong's.

    Raises
    ------
    InputError
        If shapes differ, a score is missing, or a class has no unit or all.

    Notes
    -----
    The average over classes: Hand, D. J. and Till, R. J. (2001). A simple generalisation of the
    area under the ROC curve for multiple class classification problems. Machine Learning 45,
    171-186. Its variance adds up what each unit, or group, contributes to it: DeLong, DeLong and
    Clarke-Pearson (1988); groups: Obuchowski, N. A. (1997). Nonparametric analysis of clustered
    ROC curve data. Biometrics 53, 567-578.

    Examples
    --------
    >>> area = mean_area([[0], [0], [1], [1], [1]], [[0.1], [0.6], [0.4], [0.8], [0.9]])
    >>> round(area.value, 3)
    0.833
    """
    from scipy.special import ndtri

    value, parts = _parts(truth, score)
    se = _se(parts, groups)
    half = float(ndtri(tails(level)[1])) * se
    return Area(value, max(0.0, value - half), min(1.0, value + half), se)


def mean_area_test(
    truth: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    level: float = 0.95,
) -> DeLong:
    """Test whether two scores of the same units rank equally well, on the average over classes.

    Parameters
    ----------
    truth
        (n, classes) whether a unit is of the class.
    first, second
        (n, classes) two scores.
    groups, level
        As for `mean_area`.

    Returns
    -------
    DeLong
        First minus second; not a number for z and p where neither varies.

    Raises
    ------
    InputError
        As `mean_area`.

    Notes
    -----
    As `mean_area`.

    Examples
    --------
    >>> truth = np.array([[0], [0], [0], [1], [1], [1]])
    >>> areas, other = np.array([[1, 2, 4, 3, 5, 6]]).T, np.array([[3, 1, 5, 2, 6, 4]]).T
    >>> round(mean_area_test(truth, areas, other).z, 3)
    1.414
    """
    from scipy.special import ndtr, ndtri

    areas, other = _parts(truth, first), _parts(truth, second)
    difference, se = areas[0] - other[0], _se(areas[1] - other[1], groups)
    half = float(ndtri(tails(level)[1])) * se
    z = difference / se if se > 0 else float("nan")
    return DeLong(difference, difference - half, difference + half, z, float(2 * ndtr(-abs(z))))


def _parts(truth: ArrayLike, score: ArrayLike) -> tuple[float, np.ndarray]:
    """Give the mean area, and what each unit adds to it beyond the mean."""
    positive, values = flags(truth), np.asarray(score, dtype=float)
    if positive.shape != values.shape or positive.ndim != 2 or not positive.shape[1]:
        raise InputError(
            f"truth of shape {positive.shape}, scores of shape {values.shape}: expected both "
            "(units, classes)."
        )
    parts = np.zeros(len(values))
    areas = []
    for inside, column in zip(positive.T, values.T, strict=True):
        area = 0.0
        for side, components in zip(
            (inside, ~inside), area_components(inside, column), strict=True
        ):
            area = float(components.mean())
            n = len(components)
            parts[side] += (components - area) / np.sqrt(n * max(n - 1, 1))
        areas.append(area)
    return float(np.mean(areas)), parts / len(areas)


def _se(parts: np.ndarray, groups: ArrayLike | None) -> float:
    if groups is not None:
        member = np.unique(np.asarray(groups), return_inverse=True)[1]
        if len(member) != len(parts):
            raise InputError(f"{len(member)} groups for {len(parts)} units: expected equally many.")
        parts = np.bincount(member, parts)
    return float(np.sqrt((parts**2).sum()))
