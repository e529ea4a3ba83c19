"""Codings as a Stata file, with the labels of the codebook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from iconometrics.coding.variable import Variable

__all__ = ["is_long", "names", "write_stata"]

_NAME = 32
_LABEL = 80
_SHORT_TEXT = 2045
_RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
    aggregate array boolean break byte case catch class colvector complex const continue default
    delegate delete do double else eltypedef end enum explicit export external float for friend
    function global goto if in inline int local long namespace NULL pragma protected quad rowvector
    short strL typedef typename using virtual with _all _b _coef _cons _n _N _pi _pred _rc _se _skip
    """,
    )
)


def write_stata(
    table: pd.DataFrame, path: Path, codebook: Iterable[Variable] | None = None
) -> None:
    """Write codings as a Stata file (version 14 and later)."""
    short = names(map(str, table.columns))
    known = {variable.name: variable for variable in codebook or ()}
    plain: dict[str, pd.Series] = {}
    labels: dict[str, str] = {}
    values: dict[str, dict[Any, str]] = {}
    for old, new in short.items():
        variable = known.get(old)
        plain[new] = _column(table[old], variable)
        labels[new] = (variable.question if variable else "")[:_LABEL] or old[:_LABEL]
        if variable and _numbered(variable, table[old]):
            values[new] = {int(answer.value): answer.label for answer in variable.categories}
    pd.DataFrame(plain).to_stata(
        path,
        write_index=False,
        version=118,
        variable_labels=labels,
        value_labels=values or None,
        convert_strl=[name for name, column in plain.items() if is_long(column)],
    )


def names(columns: Iterable[str]) -> dict[str, str]:
    """Give each column a name that Stata takes, and no name twice."""
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        wanted = "".join(c if f"a{c}".isidentifier() else "_" for c in column)
        wanted = wanted if wanted.isidentifier() else f"_{wanted}"
        wanted = f"{wanted}_" if wanted in _RESERVED or re.fullmatch(r"str\d+", wanted) else wanted
        name, number = wanted[:_NAME], 2
        while name in taken:
            tail = f"_{number}"
            name, number = wanted[: _NAME - len(tail)] + tail, number + 1
        taken.add(name)
        renamed[column] = name
    return renamed


def _column(column: pd.Series, variable: Variable | None) -> pd.Series:
    if pd.api.types.is_float_dtype(column):
        return column
    if variable is not None and _numbered(variable, column):
        return pd.to_numeric(column).astype("float64")
    if variable is not None and variable.categories and variable.type in ("nominal", "ordinal"):
        # Codings of a former version keep values that this codebook does not have any more.
        known = dict.fromkeys([*variable.values, *column.dropna()])
        return column.astype(object).astype(pd.CategoricalDtype(list(known)))
    return column.astype("str").fillna("").astype(object)


def _numbered(variable: Variable, column: pd.Series) -> bool:
    values = dict.fromkeys([*variable.values, *column.dropna().astype("str")])
    single = variable.type in ("nominal", "ordinal")
    return single and all(re.fullmatch(r"-?\d{1,9}", value) for value in values)


def is_long(column: pd.Series) -> bool:
    """Say whether text is longer than Stata's short kind takes."""
    if column.dtype != object:
        return False
    return any(len(text.encode()) > _SHORT_TEXT for text in column)
