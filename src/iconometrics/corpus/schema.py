"""The columns of a corpus: their names, kinds and order."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import as_ids

__all__ = ["BOX", "DTYPES", "PLACE", "Frame", "conform", "frame", "text_index"]

DTYPES: Final[dict[str, str]] = {
    "file": "str",
    "sha256": "str",
    "bytes": "Int64",
    "modified": "Int64",
    "width": "Int64",
    "height": "Int64",
    "status": "str",
    "reason": "str",
    "changes": "str",
    "frames": "Int64",
    "captured": "str",
    "parent": "str",
    "part": "str",
    "left": "Int64",
    "top": "Int64",
    "right": "Int64",
    "bottom": "Int64",
    "hash": "str",
    "sharpness": "float64",
    "spread": "float64",
    "flags": "str",
}
PLACE: Final[dict[str, str]] = {"latitude": "float64", "longitude": "float64"}
BOX: Final = ("left", "top", "right", "bottom")


def conform(images: pd.DataFrame) -> pd.DataFrame:
    """Give a table of images all columns of a corpus, in order and of the right kind."""
    wanted = DTYPES | {name: kind for name, kind in PLACE.items() if name in images}
    index = text_index(images.index)
    if index is images.index and {n: str(d) for n, d in images.dtypes.items()} == wanted:
        return images
    full = images.reindex(columns=list(wanted)).set_axis(index).astype(wanted)
    return full.assign(status=full["status"].fillna("new"))


def text_index(index: pd.Index) -> pd.Index:
    """Make an index of text called "image"."""
    if index.name == "image" and index.dtype == "str":
        return index
    return as_ids(index).rename("image")


def frame(*columns: str) -> Any:
    """Make a dataclass field that holds a table and hands out copies of it."""
    return Frame(columns)


class Frame:
    """A table as a dataclass field: what is handed out is a copy, so the owner stays as it is."""

    def __init__(self, columns: tuple[str, ...] = ()) -> None:
        self._columns = columns

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, instance: object | None, owner: type) -> pd.DataFrame | None:
        if instance is not None:
            table: pd.DataFrame = instance.__dict__[self._name]
            return table.copy(deep=False)
        if not self._columns:
            raise AttributeError(self._name)  # how dataclasses learn that there is no default
        return None

    def __set__(self, instance: object, value: pd.DataFrame | None) -> None:
        if value is None and self._columns:
            value = pd.DataFrame({name: pd.Series(dtype="str") for name in self._columns})
        if not isinstance(value, pd.DataFrame):
            kind = type(value).__name__
            raise InputError(f"{self._name[1:]}: expected a pandas DataFrame, not {kind}.")
        instance.__dict__[self._name] = value
