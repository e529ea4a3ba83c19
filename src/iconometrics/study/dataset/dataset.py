"""The data set: a study's pieces side by side, one row per image or group, columns explained."""

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
    """A table and what its columns are."""

    table: pd.DataFrame
    columns: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Piece:
    """Columns of one origin."""

    frame: pd.DataFrame
    source: str
    meanings: Mapping[str, str] = field(default_factory=dict)
    validated: str = ""
    shares: bool = False


def join(pieces: Sequence[Piece], ids: pd.Index) -> DataSet:
    """Put pieces side by side."""
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
    """Put pieces side by side, one row per group: means of numbers, shares of categories."""
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
        column, meaning = frame[name], piece.meanings.get(name, name)
        if is_numeric_dtype(column) or is_bool_dtype(column):
            columns[name] = column.astype("float64").groupby(keys).mean()
            meanings[name] = f"mean over the group: {meaning}"
        elif piece.shares:
            for category in sorted(column.dropna().unique()):
                share = (column == category).where(column.notna()).astype("float64")
                columns[f"{name}_{category}"] = share.groupby(keys).mean()
                meanings[f"{name}_{category}"] = f"share of {category} in the group: {meaning}"
        else:
            columns[name] = column.groupby(keys).agg(_constant)
            meanings[name] = f"where the same in the whole group: {meaning}"
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
