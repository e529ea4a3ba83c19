"""The data set as a Stata file: names, kinds and labels that Stata takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics.coding.stata import is_long, names
from iconometrics.engine import write_whole
from iconometrics.errors import InputError

__all__ = ["to_stata"]

_LABEL = 80
_MOST_COLUMNS = 32_767
# Stata keeps larger whole numbers, such as the ids of posts, inexactly: they become text.
_EXACT = 2**53


def to_stata(frame: pd.DataFrame, columns: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Write a table as a Stata file (version 14 and later), with variable labels."""
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
            convert_strl=[name for name in plain if is_long(plain[name])],
        ),
    )
    renamed = columns.assign(column=columns["column"].map(short))
    return renamed.assign(name=columns["column"])


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
