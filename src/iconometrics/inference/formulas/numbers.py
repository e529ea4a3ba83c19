"""Columns of any kind as numbers or categories, and by which rule."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from iconometrics.coding.schema import MISSING
from iconometrics.errors import InputError
from iconometrics.stats.categories import ordered
from iconometrics.wording import as_text

__all__ = ["Coded", "as_categories", "as_numbers"]

_PAIRS = ({"no": 0.0, "yes": 1.0}, {"false": 0.0, "true": 1.0})


class Coded(NamedTuple):
    """A column as numbers (missing: not a number) or, where that is not possible, categories.

    Parameters
    ----------
    values
        float64, or a categorical.
    rule
        How text was read, in plain words; empty where nothing was to be read.
    """

    values: pd.Series
    rule: str

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return not isinstance(self.values.dtype, pd.CategoricalDtype)


def as_numbers(column: pd.Series) -> Coded:
    """Read a column as numbers where it can be done without loss, else as categories."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return as_categories(column)
    if column.dtype.kind in "mM" or isinstance(column.dtype, pd.DatetimeTZDtype):
        raise InputError(
            f"the column {column.name!r} holds dates; make a number of it first, such as its year."
        )
    if pd.api.types.is_bool_dtype(column.dtype):
        return Coded(column.astype("float64"), f"{column.name}: False is 0, True is 1")
    if pd.api.types.is_complex_dtype(column.dtype):
        raise InputError(f"the column {column.name!r} holds complex numbers.")
    if pd.api.types.is_numeric_dtype(column.dtype):
        return Coded(column.astype("float64"), "")
    return _text_as_numbers(column)


def _text_as_numbers(column: pd.Series) -> Coded:
    text = as_text(column).str.strip()
    text = text.mask(text.isin(MISSING))
    known = pd.Series(text.dropna().unique(), dtype="str")
    for pair in _PAIRS:
        if len(known) and known.str.casefold().isin(list(pair)).all():
            rule = ", ".join(f"{name} is {value:.0f}" for name, value in pair.items())
            return Coded(text.str.casefold().map(pair).astype("float64"), f"{column.name}: {rule}")
    numbers = pd.to_numeric(known, errors="coerce")
    if len(known) and numbers.notna().all():
        whole = pd.to_numeric(text, errors="coerce").astype("float64")
        kinds = f"; for categories write C({column.name})" if len(known) > 2 else ""
        return Coded(whole, f"{column.name}: text read as numbers{kinds}")
    return as_categories(text)


def as_categories(column: pd.Series) -> Coded:
    """Read a column as categories, in the order of numbers or letters."""
    return Coded(ordered(column), "")
