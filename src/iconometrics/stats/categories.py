"""A column's categories: in which order, which one the others are compared with, as 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.wording import as_text

__all__ = ["base_note", "indicators", "ordered"]


def ordered(column: pd.Series) -> pd.Series:
    """Make text categorical, in the order of numbers or letters; a categorical keeps its own.

    The first category is the base: a regression compares the others with it.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        used = column.cat.remove_unused_categories()
        return used.cat.rename_categories(list(as_text(used.cat.categories.to_series())))
    text = as_text(column)
    known = pd.Series(text.dropna().unique(), dtype="str")
    numbers = pd.to_numeric(known, errors="coerce")
    ranks = numbers if numbers.notna().all() else known
    order = list(known[ranks.sort_values(kind="stable").index])
    return pd.Series(pd.Categorical(text, order), index=column.index, name=column.name)


def indicators(values: pd.Series, categories: Sequence[Any] | pd.Index) -> np.ndarray:
    """(rows, categories) 1 where a row is of a category; all 0 where it is of none of them."""
    codes = pd.Index(categories).get_indexer(np.asarray(values))
    return np.asarray(codes[:, None] == np.arange(len(categories)), dtype=float)


def base_note(name: str, base: object) -> str:
    """Say which category a column's others are compared with."""
    return f"{name}: compared with {base}"
