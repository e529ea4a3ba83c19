"""The user's table: its columns, which file each row names, and the ids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from iconometrics.corpus.tables import as_numbers, raw_table
from iconometrics.errors import InputError
from iconometrics.options import need_columns
from iconometrics.wording import as_text, listed

__all__ = ["Table", "open_table"]

_FILE: Final = ("file", "filename", "path", "image")


@dataclass(frozen=True, eq=False, kw_only=True)
class Table:
    """The user's table, opened.

    Parameters
    ----------
    data
        All its columns.
    file
        What each row names as its file.
    ids
        The ids, if a column holds them.
    group
        The column that names the post or account.
    name
        What messages call the table.
    folder
        Where it lies; None for a DataFrame.
    notes
        How it was read.

    Examples
    --------
    >>> open_table(pd.DataFrame({"file": ["a.jpg"]})).name
    'the table'
    """

    data: pd.DataFrame
    file: pd.Series
    ids: pd.Series | None
    group: str | None
    name: str
    folder: Path | None
    notes: tuple[str, ...]


def open_table(
    table: str | Path | pd.DataFrame,
    *,
    file: str | None = None,
    id: str | None = None,
    group: str | None = None,
) -> Table:
    """Read the user's table and find its columns."""
    if isinstance(table, pd.DataFrame):
        data, folder, name = _frame(table), None, "the table"
        notes: tuple[str, ...] = ()
    else:
        data, note = raw_table(Path(table))
        folder, name = Path(table).absolute().parent, Path(table).name
        notes = (f"{note}: {len(data):,} rows, {len(data.columns)} columns",)
    names = {role: column for role, column in (("id", id), ("group", group)) if column}
    need_columns(data, [*([file] if file else []), *names.values()], what=name)
    names = {"file": file or _file_column(data, name), **names}
    data = data.assign(**{column: as_text(data[column]) for column in names.values()})
    if folder is not None:
        data = as_numbers(data, keep=set(names.values()), comma="semicolons" in notes[0])
    ids = _ids(data, names["id"], name) if "id" in names else None
    return Table(
        data=data,
        file=data[names["file"]],
        ids=ids,
        group=names.get("group"),
        name=name,
        folder=folder,
        notes=notes,
    )


def _frame(table: pd.DataFrame) -> pd.DataFrame:
    data = table.reset_index(drop=table.index.names == [None])
    return data.set_axis([str(name) for name in data.columns], axis=1)


def _file_column(data: pd.DataFrame, name: str) -> str:
    lower = {column.lower(): column for column in reversed(list(data.columns))}
    for candidate in _FILE:
        if candidate in lower:
            return lower[candidate]
    raise InputError(
        f"{name} has no column called {', '.join(_FILE)}; it has {listed(data.columns, 12)}. "
        "Say which column holds the file names with file=."
    )


def _ids(data: pd.DataFrame, column: str, name: str) -> pd.Series:
    missing = data.index[data[column].isna()]
    if len(missing):
        rows = listed((row + 2 for row in missing), 8)
        raise InputError(
            f"{name}: column {column!r} is empty in rows {rows} (the header is row 1); "
            "every image needs an id."
        )
    return data[column]
