"""Ratings as patterns: units that were rated alike are counted, not repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.survey import Design

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Patterns",
    "in_order",
    "numbers_of",
    "patterns",
    "ratings_from_counts",
    "ratings_from_table",
]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct rows of ratings, how many units each stands for, and how these were drawn.

    Each unit has its place in the design, which may hold others that were not rated.
    """

    rows: np.ndarray
    count: np.ndarray
    member: np.ndarray
    labels: tuple[Any, ...]
    ordered: bool
    design: Design | None = None
    place: np.ndarray | None = None

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.member)

    @cached_property
    def mass(self) -> np.ndarray:
        """What each unit counts for: 1, or its weight, in all Kish's effective number of units."""
        if self.design is None or not self.units:
            return np.ones(self.units)
        weights = self.design.weights[self.place]
        return np.asarray(weights * (weights.sum() / (weights @ weights)))

    @cached_property
    def totals(self) -> np.ndarray:
        """What the units of each pattern count for together."""
        return self._summed(1)

    @cached_property
    def squares(self) -> np.ndarray:
        """The sum of squares of what the units of each pattern count for."""
        return self._summed(2)

    def _summed(self, power: int) -> np.ndarray:
        if self.design is None:
            return self.count.astype(float)
        return np.bincount(self.member, weights=self.mass**power, minlength=len(self.rows))

    @cached_property
    def given(self) -> np.ndarray:
        """Number of ratings in each pattern."""
        return np.asarray((self.rows >= 0).sum(axis=1))

    @cached_property
    def counts(self) -> csr_array:
        """Patterns x categories: how many coders gave it."""
        from scipy.sparse import csr_array

        where, coder = np.nonzero(self.rows >= 0)
        ones = np.ones(len(where))
        size = (len(self.rows), len(self.labels))
        return csr_array((ones, (where, self.rows[where, coder])), shape=size)

    def kept(self, least: int) -> Patterns:
        """Take the units with at least so many ratings."""
        return self._with(self.rows, (self.given >= least)[self.member])

    def pooled(self, least: int) -> Patterns:
        """Take the units with at least so many ratings, whoever gave them: fewer patterns."""
        return self._with(np.sort(self.rows), (self.given >= least)[self.member])

    def recoded(self, places: np.ndarray, labels: Sequence[Any]) -> Patterns:
        """Put the categories together into others."""
        rows = np.where(self.rows < 0, -1, places[self.rows])
        return self._with(rows, np.arange(self.units), tuple(labels))

    def some(self, units: np.ndarray) -> Patterns:
        """Take the units of these numbers."""
        return self._with(self.rows, units)

    def columns(self, coders: Sequence[int]) -> Patterns:
        """Take some of the coders; the units stay, those without a rating as well."""
        return self._with(self.rows[:, list(coders)], np.ones(self.units, dtype=bool))

    def _with(
        self, rows: np.ndarray, units: np.ndarray, labels: tuple[Any, ...] | None = None
    ) -> Patterns:
        chosen = _patterned(rows[self.member[units]], labels or self.labels, self.ordered)
        if self.place is None:
            return chosen
        return replace(chosen, design=self.design, place=self.place[units])

    def placed(self, values: np.ndarray) -> np.ndarray:
        """Write a value of each unit into the rows of the design; the others there have none."""
        assert self.design is not None
        rows = np.zeros(len(self.design.weights))
        rows[self.place] = values
        return rows

    def grouped(self, groups: np.ndarray) -> csr_array:
        """Count the patterns in each group."""
        from scipy.sparse import csr_array

        shape = (int(groups.max()) + 1, len(self.rows))
        return csr_array((np.ones(self.units), (groups, self.member)), shape=shape)


def patterns(
    ratings: ArrayLike, categories: Sequence[Any] | None = None, *, drawn: Design | None = None
) -> Patterns:
    """Find the distinct rows of a table of ratings."""
    categories = _order_of(ratings) if categories is None else categories
    table = _table(ratings)
    flat = pd.Series(table.ravel())
    there = flat.notna().to_numpy()
    if not there.any():
        raise InputError(
            f"no ratings in a table of {table.shape[0]} units and {table.shape[1]} coders: "
            "expected at least two coders who rated the same units."
        )
    labels, is_ordered = _labels(flat[there], categories)
    codes = np.asarray(pd.Index(labels).get_indexer(pd.Index(flat)))
    codes[~there] = -1
    if (codes[there] < 0).any():
        strange = flat[there & (codes < 0)].iloc[0]
        raise InputError(f"the rating {strange!r} is not one of the categories {list(labels)!r}.")
    units = _patterned(codes.reshape(table.shape), labels, is_ordered)
    return units if drawn is None else _drawn(units, drawn)


def _drawn(units: Patterns, drawn: Design) -> Patterns:
    """Say how the units were drawn; where all count alike, there is nothing to say."""
    if len(drawn.weights) != units.units:
        raise InputError(
            f"a design of {len(drawn.weights):,} units for {units.units:,} rated ones: expected "
            "survey_design() of one weight for each row of ratings."
        )
    if drawn.simple and drawn.open[0] == 1:
        return units
    return replace(units, design=drawn, place=np.arange(units.units))


def _table(ratings: ArrayLike) -> np.ndarray:
    table = np.asarray(ratings)
    if table.dtype.kind in "US" and not isinstance(ratings, np.ndarray):
        # numpy would write a missing rating among text as the text "nan".
        table = np.asarray(ratings, dtype=object)
    if table.ndim != 2:
        raise InputError(
            f"ratings of shape {table.shape}: expected a table with one row per unit and one "
            "column per coder. ratings_from_counts() makes one of counts by category."
        )
    if table.dtype.kind in "iufb":
        return table
    return np.asarray(pd.DataFrame(table).astype(object).to_numpy())


def _order_of(ratings: ArrayLike) -> Sequence[Any] | None:
    """Read the order that ordered categorical columns of a table share."""
    if not isinstance(ratings, pd.DataFrame) or ratings.empty:
        return None
    first = ratings.dtypes.iloc[0]
    is_shared = all(kind == first for kind in ratings.dtypes)
    if isinstance(first, pd.CategoricalDtype) and first.ordered and is_shared:
        return list(first.categories)
    return None


def in_order(labels: Sequence[Any]) -> tuple[list[Any], bool]:
    """Sort categories, by number where all are; and say whether that is more than the alphabet.

    Two categories weigh the same in either order.
    """
    numbers = pd.to_numeric(pd.Series(list(labels), dtype=object), errors="coerce")
    alphabet = sorted(labels)
    if numbers.isna().any():
        return alphabet, len(alphabet) < 3
    by_number = dict(zip(labels, numbers.astype(float), strict=True))
    return sorted(alphabet, key=by_number.__getitem__), True


def _labels(ratings: pd.Series, categories: Sequence[Any] | None) -> tuple[tuple[Any, ...], bool]:
    if categories is not None:
        if len(set(categories)) < len(categories):
            raise InputError(f"categories={list(categories)!r}: expected each category once.")
        return tuple(categories), True
    labels = list(ratings.unique())
    try:
        names, is_ordered = in_order(labels)
        return tuple(names), is_ordered
    except TypeError:
        raise InputError(
            f"ratings of different kinds ({sorted({type(v).__name__ for v in labels})}): expected "
            "all numbers or all text."
        ) from None


def _patterned(codes: np.ndarray, labels: tuple[Any, ...], is_ordered: bool) -> Patterns:
    base = len(labels) + 1
    if codes.shape[1] * np.log2(base) < 62:
        key = (codes + 1) @ (base ** np.arange(codes.shape[1], dtype=np.int64))
        _, first, member, count = np.unique(
            key, return_index=True, return_inverse=True, return_counts=True
        )
        rows = codes[first]
    else:
        rows, member, count = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    return Patterns(rows, count, member.ravel(), labels, is_ordered)


def numbers_of(labels: Sequence[Any], level: str) -> np.ndarray:
    """Read categories as numbers."""
    values = pd.to_numeric(pd.Series(list(labels)), errors="coerce").to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        raise InputError(
            f"the rating {labels[int(bad.argmax())]!r} is not a number, as the {level} level "
            'needs; choose level="nominal", or give the order with categories= at level="ordinal".'
        )
    return values


def ratings_from_table(table: ArrayLike) -> np.ndarray:
    """Write a cross-table of two coders as ratings.

    Parameters
    ----------
    table
        Categories x categories: number of units that the first coder put into the row and the
        second into the column.

    Returns
    -------
    numpy.ndarray
        Units x 2: positions of the categories, from 0.

    Raises
    ------
    InputError
        If the table is not square, or holds anything but counts.

    Examples
    --------
    >>> ratings_from_table([[1, 0], [2, 1]]).tolist()
    [[0, 0], [1, 0], [1, 0], [1, 1]]
    """
    counts = _counts(table)
    if counts.shape[0] != counts.shape[1]:
        raise InputError(f"a table of shape {counts.shape}: expected a square cross-table.")
    cells = np.indices(counts.shape).reshape(2, -1).T
    return np.asarray(np.repeat(cells, counts.ravel(), axis=0))


def ratings_from_counts(counts: ArrayLike) -> np.ndarray:
    """Write counts of coders by category as ratings; which coder it was is not known.

    Parameters
    ----------
    counts
        Units x categories: number of coders that put the unit there.

    Returns
    -------
    numpy.ndarray
        Units x coders: positions of the categories, from 0; NaN where a unit has fewer ratings.

    Raises
    ------
    InputError
        If the table holds anything but counts.

    Examples
    --------
    >>> ratings_from_counts([[2, 1], [0, 2]]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 1.0, nan]]
    """
    whole = _counts(counts)
    wide = int(whole.sum(axis=1).max(initial=0))
    ratings = np.full((len(whole), wide), np.nan)
    for unit, row in enumerate(whole):
        codes = np.repeat(np.arange(len(row)), row)
        ratings[unit, : len(codes)] = codes
    return ratings


def _counts(table: ArrayLike) -> np.ndarray:
    values = np.asarray(table, dtype=float)
    if values.ndim != 2 or not np.isfinite(values).all() or (values < 0).any():
        raise InputError(f"counts of shape {values.shape}: expected a table of whole numbers.")
    if (values != values.round()).any():
        raise InputError("counts that are not whole numbers: expected numbers of ratings.")
    return values.astype(np.int64)
