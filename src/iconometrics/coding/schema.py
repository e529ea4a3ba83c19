"""The columns of codings wherever they lie: Parquet, SQLite or CSV."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from iconometrics.errors import InputError

__all__ = [
    "COLUMNS",
    "EVENT_COLUMNS",
    "MISSING",
    "PROBABILITY_COLUMNS",
    "as_text",
    "conform",
    "counted",
    "named",
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


def as_text(values: pd.Series) -> pd.Series:
    """Write values as people write them: a 1 that a spreadsheet made 1.0 is "1" again.

    Parameters
    ----------
    values
        Any column.

    Returns
    -------
    pandas.Series
        Text, missing where the column was missing.

    Examples
    --------
    >>> as_text(pd.Series([1.0, None, 2.5])).tolist()
    ['1', nan, '2.5']
    """
    if values.dtype == "str":
        return values
    if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.categories.dtype.kind in "iufO":
        values = values.astype(object)
    if pd.api.types.is_float_dtype(values) or values.dtype == object:
        return values.astype(object).map(_plain, na_action="ignore").astype("str")
    return values.astype("str")


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def conform(data: pd.DataFrame) -> pd.DataFrame:
    """Bring a long table of codings into the schema's columns, order and types.

    Parameters
    ----------
    data
        One row a coding; at least the columns image, variable and value.

    Returns
    -------
    pandas.DataFrame
        All columns of the schema, and those of events where there are any; everything text but
        `confidence`, a number from 0 to 1, and `start` and `end`, in seconds.

    Raises
    ------
    InputError
        If a needed column is missing, an image or variable is empty, a confidence is no
        probability, or an event ends before it starts.

    Examples
    --------
    >>> frame = pd.DataFrame({"image": ["a"], "variable": ["protest"], "value": ["yes"]})
    >>> conform(frame)[["image", "value", "confidence"]].values.tolist()
    [['a', 'yes', nan]]
    """
    lacking = [name for name in ("image", "variable", "value") if name not in data]
    if lacking:
        raise InputError(
            f"codings without the column {lacking[0]!r} (columns: {', '.join(map(str, data))}); "
            "a long table needs image, variable and value."
        )
    columns = {name: _column(data, name) for name in COLUMNS}
    columns |= {name: _event(data, name) for name in _events(data)}
    result = pd.DataFrame(columns).reset_index(drop=True)
    for name in ("image", "variable"):
        empty = result[name].isna() | (result[name] == "")
        if empty.any():
            raise InputError(
                f"{empty.sum()} codings have no {name} (first: row {empty.argmax() + 1}); "
                "fill the column or drop those rows."
            )
    if "start" in result and (result["end"] < result["start"]).any():
        row = int((result["end"] < result["start"]).argmax())
        start, end = result.loc[row, ["start", "end"]]
        raise InputError(
            f"row {row + 1}: an event from {start:g} to {end:g} s ends before it starts."
        )
    return result


def _events(data: pd.DataFrame) -> tuple[str, ...]:
    there = any(name in data and data[name].notna().any() for name in EVENT_COLUMNS)
    return EVENT_COLUMNS if there else ()


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


def named(items: Iterable[object], limit: int = 3) -> str:
    """List the first few of many names for a message.

    Parameters
    ----------
    items
        Names, in the order in which they should be read.
    limit
        How many to write out.

    Returns
    -------
    str
        Such as "a.jpg, b.jpg, c.jpg and 5 more".

    Examples
    --------
    >>> named(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    names = [str(item) for item in items]
    shown = ", ".join(names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def counted(n: int, unit: str) -> str:
    """Write a number of things, in the plural where there is not one.

    Parameters
    ----------
    n
        How many.
    unit
        What they are, in the singular.

    Returns
    -------
    str
        Such as "1 image" or "1,412 images".

    Examples
    --------
    >>> counted(1412, "image")
    '1,412 images'
    """
    return f"{n:,} {unit}" if n == 1 else f"{n:,} {unit}s"
