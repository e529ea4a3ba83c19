"""The data set as a Stata file: names, kinds and labels that Stata takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics.engine import write_whole
from iconometrics.errors import InputError

__all__ = ["names", "to_stata"]

_NAME = 32
_LABEL = 80
_SHORT_TEXT = 2045
_MOST_COLUMNS = 32_767
# Stata keeps larger whole numbers, such as the ids of posts, inexactly: they become text.
_EXACT = 2**53
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


def to_stata(frame: pd.DataFrame, columns: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Write a table as a Stata file (version 14 and later), with variable labels.

    Parameters
    ----------
    frame
        The table, ids as a column.
    columns
        One row a column: column, from, meaning, validated.
    path
        Where it shall stand.

    Returns
    -------
    pandas.DataFrame
        `columns` with the names that the file has, and the former ones as `name`.

    Raises
    ------
    InputError
        If there are more columns than Stata takes.
    """
    if frame.shape[1] > _MOST_COLUMNS:
        raise InputError(
            f"{frame.shape[1]:,} columns are more than the {_MOST_COLUMNS:,} that Stata takes: "
            "export to .parquet or .csv."
        )
    short = names(frame.columns)
    plain = pd.DataFrame({new: _plain(frame[old]) for old, new in short.items()})
    labels = dict(zip(columns["column"].map(short), columns["meaning"], strict=True))
    write_whole(
        path,
        lambda temporary: plain.to_stata(
            temporary,
            write_index=False,
            version=118,
            variable_labels={name: label[:_LABEL] for name, label in labels.items()},
            convert_strl=[name for name in plain if _is_long(plain[name])],
        ),
    )
    renamed = columns.assign(column=columns["column"].map(short))
    return renamed.assign(name=columns["column"])


def names(columns: Iterable[str]) -> dict[str, str]:
    """Give each column a name that Stata takes, and no name twice.

    Parameters
    ----------
    columns
        The names, each once.

    Returns
    -------
    dict of str to str
        At most 32 letters, digits and underscores, by the former name.

    Examples
    --------
    >>> list(names(["likes", "crowd size", "crowd-size", "2nd", "in"]).values())
    ['likes', 'crowd_size', 'crowd_size_2', '_2nd', 'in_']
    """
    given: dict[str, str] = {}
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
        given[column] = name
    return given


def _plain(column: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(column):
        return column.astype("float32" if column.hasnans else "int8")
    if pd.api.types.is_float_dtype(column):
        return column.astype("float64" if column.dtype != np.float32 else "float32").replace(
            [np.inf, -np.inf], np.nan
        )
    if pd.api.types.is_integer_dtype(column) and not (column.abs() > _EXACT).any():
        return column.astype("float64") if column.hasnans else column.astype("int64")
    if pd.api.types.is_datetime64_dtype(column):
        return column
    return column.astype("str").fillna("").astype(object)


def _is_long(column: pd.Series) -> bool:
    if column.dtype != object:
        return False
    return any(len(text.encode()) > _SHORT_TEXT for text in column)
