"""The data set as a file of any common kind, with a dictionary of its columns beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from iconometrics.coding.excel import write_excel
from iconometrics.coding.stata import is_long
from iconometrics.coding.stata import names as stata_names
from iconometrics.engine import write_whole
from iconometrics.errors import InputError

__all__ = ["FORMATS", "Formula", "safe", "write"]

Formula = Literal["keep", "safe"]

FORMATS = (".csv", ".parquet", ".dta", ".xlsx")

_LABEL = 80
_MOST_COLUMNS = 32_767
# Stata keeps larger whole numbers, such as the ids of posts, inexactly: they become text.
_EXACT = 2**53


def write(table: pd.DataFrame, columns: pd.DataFrame, path: Path, *, formula: Formula) -> Path:
    """Write a data set, and beside it what its columns are."""
    if formula not in ("keep", "safe"):
        raise InputError(f'formula={formula!r}: expected "keep" or "safe".')
    if path.suffix not in FORMATS:
        raise InputError(f"cannot export to {path.name!r}: expected {', '.join(FORMATS)}.")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent} is not a folder: make it, or export to another one.")
    frame = table.reset_index()
    if path.suffix == ".csv":
        _to_csv(safe(frame) if formula == "safe" else frame, path)
    elif path.suffix == ".parquet":
        write_whole(path, lambda temporary: frame.to_parquet(temporary, index=False))
    elif path.suffix == ".dta":
        columns = _to_stata(frame, columns, path)
    else:
        write_whole(path, lambda temporary: write_excel(frame, temporary))
    columns = safe(columns) if formula == "safe" else columns
    _to_csv(columns, path.with_name(f"{path.stem}-columns.csv"))
    return path


def safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    names = {str(name): _safe_name(str(name)) for name in frame}
    texts = {name: _safe_text(frame[name]) for name in names if _is_text(frame[name])}
    return frame.assign(**texts).rename(columns=names)


def _safe_text(column: pd.Series) -> pd.Series:
    text = column.astype("str")
    risky = text.str.match(r"[=+\-@\t\r]", na=False)
    number = pd.to_numeric(text.where(risky), errors="coerce").notna()
    return text.mask(risky & ~number, "'" + text)


def _safe_name(name: str) -> str:
    return f"'{name}" if name[:1] in "=+-@\t\r" and name else name


def _is_text(column: pd.Series) -> bool:
    return not (
        pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
    )


def _to_csv(frame: pd.DataFrame, path: Path) -> None:
    write_whole(path, lambda temporary: frame.to_csv(temporary, index=False))


def _to_stata(frame: pd.DataFrame, columns: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Write a table as a Stata file (version 14 and later), with variable labels."""
    if frame.shape[1] > _MOST_COLUMNS:
        raise InputError(
            f"{frame.shape[1]:,} columns are more than the {_MOST_COLUMNS:,} that Stata takes: "
            "export to .parquet or .csv."
        )
    short = stata_names(frame.columns)
    plain = pd.DataFrame({new: _stata_column(frame[old]) for old, new in short.items()})
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


def _stata_column(column: pd.Series) -> pd.Series:
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
