"""How far a measure agrees with the gold standard, category by category."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError

__all__ = ["PerClass", "confusion", "f1", "per_class"]


class PerClass(NamedTuple):
    """Counts and measures of each category against all others; not a number where undefined.

    Parameters
    ----------
    hits
        Units of the category that were measured as it (true positives).
    misses
        Units of the category that were measured as another (false negatives).
    false_alarms
        Units of another category that were measured as it (false positives).
    rejections
        Units of another category that were measured as another (true negatives).
    sensitivity
        Share of the category's units that were measured as it (recall).
    specificity
        Share of the other units that were measured as another.
    precision
        Share of the units measured as it that are of the category.
    f1
        Harmonic mean of precision and sensitivity.

    Examples
    --------
    >>> per_class([[20, 5], [10, 65]]).hits.tolist()
    [20.0, 65.0]
    """

    hits: np.ndarray
    misses: np.ndarray
    false_alarms: np.ndarray
    rejections: np.ndarray
    sensitivity: np.ndarray
    specificity: np.ndarray
    precision: np.ndarray
    f1: np.ndarray


def confusion(truth: ArrayLike, predicted: ArrayLike, categories: Sequence[object]) -> np.ndarray:
    """Count how often each gold category was measured as each category.

    Parameters
    ----------
    truth
        Gold categories, one per unit.
    predicted
        Measured categories, one per unit.
    categories
        The categories in the order wanted.

    Returns
    -------
    numpy.ndarray
        Counts, categories x categories; rows are the gold standard, columns the measure.

    Raises
    ------
    InputError
        If lengths differ or a value is not among the categories.

    Examples
    --------
    >>> confusion(["a", "b", "b"], ["a", "a", "b"], ["a", "b"]).tolist()
    [[1, 0], [1, 1]]
    """
    rows, columns = np.asarray(truth), np.asarray(predicted)
    if rows.shape != columns.shape:
        raise InputError(
            f"{len(rows)} gold values, {len(columns)} measured: expected equal numbers."
        )
    place = {category: number for number, category in enumerate(categories)}
    try:
        gold, measured = ([place[value] for value in side.tolist()] for side in (rows, columns))
    except KeyError as error:
        raise InputError(
            f"the value {error.args[0]!r} is not among the categories {list(place)}."
        ) from None
    size = len(place)
    cells = np.array(gold, dtype=int) * size + np.array(measured, dtype=int)
    return np.bincount(cells, minlength=size**2).reshape(size, size)


def per_class(confusion: ArrayLike) -> PerClass:
    """Derive the measures of each category from a confusion matrix.

    Parameters
    ----------
    confusion
        Counts, categories x categories; rows are the gold standard, columns the measure. Leading
        axes are carried along.

    Returns
    -------
    PerClass
        Arrays with one value per category.

    Examples
    --------
    >>> per_class([[20, 5], [10, 65]]).sensitivity.tolist()
    [0.8, 0.8666666666666667]
    """
    counts = np.asarray(confusion, dtype=float)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)
    misses = counts.sum(axis=-1) - hits
    alarms = counts.sum(axis=-2) - hits
    rejections = counts.sum(axis=(-2, -1))[..., None] - hits - misses - alarms
    with np.errstate(invalid="ignore"):
        return PerClass(
            hits,
            misses,
            alarms,
            rejections,
            hits / (hits + misses),
            rejections / (rejections + alarms),
            hits / (hits + alarms),
            2 * hits / (2 * hits + misses + alarms),
        )


def f1(confusion: ArrayLike) -> np.ndarray:
    """Harmonic mean of precision and sensitivity, category by category.

    Parameters
    ----------
    confusion
        Counts, categories x categories; rows are the gold standard, columns the measure. Leading
        axes are carried along.

    Returns
    -------
    numpy.ndarray
        One value per category; not a number for one that neither has.

    Notes
    -----
    van Rijsbergen, C. J. (1979). Information retrieval. Butterworths, chapter 7.

    Examples
    --------
    >>> f1([[20, 5], [10, 65]]).round(3).tolist()
    [0.727, 0.897]
    """
    return per_class(confusion).f1
