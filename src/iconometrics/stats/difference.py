"""How far two groups of units lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError

__all__ = ["standardized_difference"]


def standardized_difference(inside: ArrayLike, outside: ArrayLike) -> np.ndarray:
    """Difference of two means in pooled standard deviations (Cohen's d), column by column.

    Parameters
    ----------
    inside
        Units of the group, units x columns or units only; missing values are left out.
    outside
        All other units, with the same columns.

    Returns
    -------
    numpy.ndarray
        One value per column, positive where the group's mean is higher; 0 where neither varies
        and both are equal, infinite where neither varies and they differ.

    Raises
    ------
    InputError
        If one of the groups is empty.

    Notes
    -----
    Cohen, J. (1988). Statistical power analysis for the behavioral sciences. 2nd ed., Erlbaum.

    Examples
    --------
    >>> round(float(standardized_difference([2, 4, 6], [1, 3, 5])), 2)
    0.5
    """
    groups = [np.asarray(group, dtype=float) for group in (inside, outside)]
    if not all(len(group) for group in groups):
        raise InputError("an empty group: expected at least one unit inside and one outside.")
    counts = [np.isfinite(group).sum(axis=0) for group in groups]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = [
            np.where(np.isfinite(group), group, 0).sum(axis=0) / n
            for group, n in zip(groups, counts, strict=True)
        ]
        squares = sum(
            np.where(np.isfinite(group), (group - mean) ** 2, 0).sum(axis=0)
            for group, mean in zip(groups, means, strict=True)
        )
        deviation = np.sqrt(squares / np.maximum(counts[0] + counts[1] - 2, 1))
        difference = means[0] - means[1]
        scale = np.maximum(np.abs(means[0]), np.abs(means[1]))
        equal = np.abs(difference) <= 1e-12 * scale
        return np.asarray(np.where(equal, 0.0, difference / deviation))[()]
