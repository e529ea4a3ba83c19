"""The bootstrap, by unit or by group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.stats.proportions import Interval
from iconometrics.stats.tails import Side, tails

__all__ = ["bootstrap"]


def bootstrap(
    statistic: Callable[..., Any],
    *arrays: ArrayLike,
    groups: ArrayLike | None = None,
    draws: int = 1000,
    level: float = 0.95,
    side: Side = "two",
    seed: int | np.random.Generator,
) -> Interval:
    """Percentile interval of any statistic, over resampled units or whole groups.

    Parameters
    ----------
    statistic
        Function of the arrays that returns a number or an array of numbers.
    *arrays
        One row per unit, all of the same length.
    groups
        Group of each unit, such as the account or the patient; whole groups are then drawn, so
        that units of a group may resemble each other.
    draws
        Number of resamples.
    level
        Confidence level, between 0 and 1.
    side
        "two"; "lower" or "upper" for one bound alone, the other end then being infinite.
    seed
        Names the random draws.

    Returns
    -------
    Interval
        Quantiles of the resampled statistic, of its shape, where it is defined.

    Raises
    ------
    InputError
        If there are no units, fewer than two groups, or lengths differ.

    Notes
    -----
    Efron, B. and Tibshirani, R. J. (1993). An introduction to the bootstrap. Chapman & Hall;
    groups: Field, C. A. and Welsh, A. H. (2007). Bootstrapping clustered data. Journal of the
    Royal Statistical Society B 69, 369-390.

    Examples
    --------
    >>> low, high = bootstrap(np.mean, np.arange(100), seed=1)
    >>> bool(low < 49.5 < high)
    True
    """
    data = [np.asarray(array) for array in arrays]
    units = _length(data, groups)
    ends = _ends(level, side, draws)
    resamples = _rows(units, groups, generator(seed))
    values = np.array(
        [statistic(*(array[next_rows] for array in data)) for next_rows in _take(resamples, draws)],
        dtype=float,
    )
    return _quantiles(values, ends)


def _ends(level: float, side: Side, draws: int) -> tuple[float, float]:
    if draws < 1:
        raise InputError(f"draws={draws!r}: expected at least one, such as 1000.")
    return tails(level, side)


def _length(data: list[np.ndarray], groups: ArrayLike | None) -> int:
    lengths = {len(array) for array in data}
    if groups is not None:
        lengths.add(len(np.asarray(groups)))
    if len(lengths) != 1:
        raise InputError(f"arrays of {sorted(lengths)} rows: expected the same number in each.")
    units = lengths.pop()
    if not units:
        raise InputError("no units to resample: expected at least one.")
    return units


def _rows(
    units: int, groups: ArrayLike | None, random: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield the rows of one resample after another."""
    if groups is None:
        while True:
            yield random.integers(units, size=units)
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    if len(names) < 2:
        raise InputError(f"one group only ({names[0]}): a bootstrap by group needs at least two.")
    rows = np.split(np.argsort(member, kind="stable"), np.cumsum(np.bincount(member))[:-1])
    while True:
        yield np.concatenate([rows[group] for group in random.integers(len(rows), size=len(rows))])


def _take(resamples: Iterator[np.ndarray], draws: int) -> Iterator[np.ndarray]:
    for _ in range(draws):
        yield next(resamples)


def _quantiles(values: np.ndarray, ends: tuple[float, float]) -> Interval:
    undefined = np.isnan(values).all(axis=0)
    safe = np.where(undefined, 0.0, values)
    low, high = np.nanquantile(safe, ends, axis=0)
    low = np.full_like(low, -np.inf) if ends[0] == 0 else low
    high = np.full_like(high, np.inf) if ends[1] == 1 else high
    return Interval(np.where(undefined, np.nan, low)[()], np.where(undefined, np.nan, high)[()])
