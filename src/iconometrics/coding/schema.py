"""The columns of codings wherever they lie: Parquet, SQLite or CSV."""

from __future__ import annotations

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import as_text, counted

__all__ = [
    "COLUMNS",
    "EVENT_COLUMNS",
    "MISSING",
    "PROBABILITY_COLUMNS",
    "conform",
]

COLUMNS = (
    "image",
    "sha256",
    "variable",
    "value",
    "coder",
    "confidence",
    "reason",
    "region",
    "sample",
    "codebook_version",
    "time",
)
# Who did it to whom and when, in seconds of a video; only there where some coding has them.
EVENT_COLUMNS = ("start", "end", "actor", "target")
PROBABILITY_COLUMNS = ("image", "variable", "category", "probability")

# How R, pandas and Stata write a value that is not there.
MISSING = ("", "NA", "<NA>", "NaN", "nan", ".")


def conform(data: pd.DataFrame) -> pd.DataFrame:
    """Bring a long table of codings into the schema's columns, order and types."""
    missing = [name for name in ("image", "variable", "value") if name not in data]
    if missing:
        raise InputError(
            f"codings without the column {missing[0]!r} (columns: {', '.join(map(str, data))}); "
            "a long table needs image, variable and value."
        )
    columns = {name: _column(data, name) for name in COLUMNS}
    columns |= {name: _event(data, name) for name in _events(data)}
    result = pd.DataFrame(columns).reset_index(drop=True)
    for name in ("image", "variable"):
        empty = result[name].isna() | (result[name] == "")
        if empty.any():
            raise InputError(
                f"{counted(int(empty.sum()), 'coding')} without {name} "
                f"(first: row {empty.argmax() + 1}); fill the column or drop those rows."
            )
    if "start" in result and (result["end"] < result["start"]).any():
        row = int((result["end"] < result["start"]).argmax())
        start, end = result.loc[row, ["start", "end"]]
        raise InputError(
            f"row {row + 1}: an event from {start:g} to {end:g} s ends before it starts."
        )
    return result


def _events(data: pd.DataFrame) -> tuple[str, ...]:
    known = any(name in data and data[name].notna().any() for name in EVENT_COLUMNS)
    return EVENT_COLUMNS if known else ()


def _event(data: pd.DataFrame, name: str) -> pd.Series:
    if name in ("actor", "target"):
        return _column(data, name)
    if name not in data:
        return pd.Series(None, index=data.index, dtype="float64")
    numbers = pd.to_numeric(data[name], errors="coerce").astype("float64")
    bad = data[name].notna() & numbers.isna()
    if bad.any():
        raise InputError(f"{name} {data[name][bad].iloc[0]!r}: expected seconds, such as 12.5.")
    return numbers


def _column(data: pd.DataFrame, name: str) -> pd.Series:
    is_number = name == "confidence"
    if name not in data:
        return pd.Series(None, index=data.index, dtype="float64" if is_number else "str")
    return _confidence(data[name]) if is_number else as_text(data[name])


def _confidence(column: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    bad = (column.notna() & numbers.isna()) | (numbers < 0) | (numbers > 1)
    if bad.any():
        raise InputError(
            f"confidence {column[bad].iloc[0]!r}: expected the probability of the value, 0 to 1."
        )
    return numbers
