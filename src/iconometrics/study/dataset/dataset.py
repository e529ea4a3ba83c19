"""The data set: a study's pieces side by side, one row an image or group, columns explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from iconometrics.errors import warn

__all__ = ["DataSet", "Piece", "by_group", "join"]

_OWN = "iconometrics"


class DataSet(NamedTuple):
    """A table and what its columns are.

    Parameters
    ----------
    table
        One row an image or group, by id.
    columns
        One row a column, the id first: column, from, meaning, validated.
    """

    table: pd.DataFrame
    columns: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Piece:
    """Columns of one origin.

    Parameters
    ----------
    frame
        By image id; images may be missing.
    source
        Where the columns come from, such as "features color".
    meanings
        What a column means, by its name.
    validated
        "validated on n images", "not validated", or nothing where that makes no sense.
    shares
        Whether a group's text is told as the share of each category; else it is told where it
        is the same in the whole group.

    Examples
    --------
    >>> Piece(pd.DataFrame({"likes": [1]}, index=["a.jpg"]), "metadata").validated
    ''
    """

    frame: pd.DataFrame
    source: str
    meanings: Mapping[str, str] = field(default_factory=dict)
    validated: str = ""
    shares: bool = False


def join(pieces: Sequence[Piece], ids: pd.Index) -> DataSet:
    """Put pieces side by side.

    Parameters
    ----------
    pieces
        The user's own columns first: they keep their names. A later column of the same name is
        left out where it says the same, and gets a prefix where it does not.
    ids
        The rows.

    Returns
    -------
    DataSet

    Examples
    --------
    >>> ids = pd.Index(["a", "b"], name="image")
    >>> own = Piece(pd.DataFrame({"status": ["new", "old"]}, index=ids), "metadata")
    >>> file = Piece(pd.DataFrame({"status": ["ok", "ok"]}, index=ids), "file")
    >>> list(join([own, file], ids).table)
    ['status', 'iconometrics_status']
    """
    unit = str(ids.name)
    columns: dict[str, pd.Series] = {}
    rows = [{"column": unit, "from": "corpus", "meaning": f"id of the {unit}", "validated": ""}]
    for piece in pieces:
        frame = piece.frame.reindex(ids)
        for name in frame:
            column, text = frame[name], str(name)
            if _same(column, columns.get(text, ids.to_series() if text == unit else None)):
                continue
            new = _free(text, {unit, *columns})
            columns[new] = column
            meaning = piece.meanings.get(text, "")
            rows.append(
                {
                    "column": new,
                    "from": piece.source,
                    "meaning": meaning,
                    "validated": piece.validated,
                }
            )
    return DataSet(pd.DataFrame(columns, index=ids), pd.DataFrame(rows))


def by_group(pieces: Sequence[Piece], groups: pd.Series) -> DataSet:
    """Put pieces side by side, one row a group: means of numbers, shares of categories.

    Parameters
    ----------
    pieces
        As for `join`.
    groups
        Group of each image, by image id; images without one are left out, with a warning.

    Returns
    -------
    DataSet
        With the number of images of each group.

    Examples
    --------
    >>> themes = pd.DataFrame({"theme": ["1", "2"]}, index=["a", "b"])
    >>> groups = pd.Series(["ann", "ann"], index=["a", "b"], name="account")
    >>> by_group([Piece(themes, "themes", shares=True)], groups).table.loc["ann", "theme_1"]
    np.float64(0.5)
    """
    known = groups.dropna()
    if len(known) < len(groups):
        warn(
            f"{len(groups) - len(known)} of {len(groups)} images have no {groups.name} and are "
            "left out of the groups."
        )
    counts = known.value_counts(sort=False).rename("images").to_frame()
    size = Piece(counts, "corpus", {"images": "number of images of the group"})
    return join([size, *(_grouped(piece, known) for piece in pieces)], counts.index)


def _grouped(piece: Piece, groups: pd.Series) -> Piece:
    frame = piece.frame.reindex(groups.index)
    keys = groups.array
    columns: dict[str, pd.Series] = {}
    meanings: dict[str, str] = {}
    for name in map(str, frame):
        column, told = frame[name], piece.meanings.get(name, name)
        if is_numeric_dtype(column) or is_bool_dtype(column):
            columns[name] = column.astype("float64").groupby(keys).mean()
            meanings[name] = f"mean over the group: {told}"
        elif piece.shares:
            for category in sorted(column.dropna().unique()):
                share = (column == category).where(column.notna()).astype("float64")
                columns[f"{name}_{category}"] = share.groupby(keys).mean()
                meanings[f"{name}_{category}"] = f"share of {category} in the group: {told}"
        else:
            columns[name] = column.groupby(keys).agg(_constant)
            meanings[name] = f"where the same in the whole group: {told}"
    return replace(piece, frame=pd.DataFrame(columns), meanings=meanings)


def _constant(values: pd.Series) -> object:
    first = values.iloc[0]
    return first if (values == first).all() else None


def _same(column: pd.Series, other: pd.Series | None) -> bool:
    return other is not None and bool(column.astype("str").equals(other.astype("str")))


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        free = f"{_OWN}_{name}" if number == 1 else f"{_OWN}_{name}_{number}"
        number += 1
    return free
