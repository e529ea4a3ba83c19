"""Text and numbers of a table, turned into each other only where nothing is lost."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import pandas as pd

__all__ = ["as_numbers", "exact"]

_MISSING: Final = ("NA", "N/A", "NaN", "nan", "null", "NULL", ".")
_WHOLE: Final = r"-?(?:0|[1-9]\d*)"
_DECIMAL: Final = r"-?(?:0|[1-9]\d*)?\.\d+(?:[eE][+-]?\d+)?|-?[1-9]\d*\.?[eE][+-]\d+|-?[Ii]nf"
_NUMBER: Final = f"^(?:{_WHOLE}|{_DECIMAL})$"
_TOO_LONG: Final = r"^-?\d{16,}$"  # of 15 digits every whole number is exact as float64
_EXACT: Final = 2**53


def as_numbers(
    table: pd.DataFrame, *, keep: Collection[str] = (), comma: bool = False
) -> pd.DataFrame:
    """Turn the columns of text that hold nothing but numbers into numbers."""
    texts = [name for name, kind in table.dtypes.items() if kind == "str" and name not in keep]
    return table.assign(**{str(name): _numbers(table[name], comma) for name in texts})


def exact(table: pd.DataFrame) -> pd.DataFrame:
    """Make columns of whole numbers beyond 2^53 nullable, so that a missing row rounds none."""
    large = [
        name
        for name, kind in table.dtypes.items()
        if kind == "int64" and len(table) and table[name].abs().max() > _EXACT
    ]
    return table.astype(dict.fromkeys(large, "Int64"))


def _numbers(values: pd.Series, comma: bool) -> pd.Series:
    clean = values.str.strip().mask(lambda text: text.isin(_MISSING))
    there = clean.dropna()
    if there.empty:
        return values
    if values.notna().all() and there.str.lower().isin(("true", "false")).all():
        return there.str.lower() == "true"
    if comma:
        there = there.str.replace(r"^(-?\d*),(\d+)$", r"\1.\2", regex=True)
    if not there.str.match(_NUMBER).all() or there.str.match(_TOO_LONG).any():
        return values
    whole = there.str.match(f"^(?:{_WHOLE})$").all()
    return there.astype("int64" if whole else "float64").reindex(values.index)
