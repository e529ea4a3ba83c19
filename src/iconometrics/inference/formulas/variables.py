"""One table of all that a formula may use: metadata, themes, measured and coded variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from iconometrics.coding import Codebook, Codings
from iconometrics.errors import InputError
from iconometrics.validity import status
from iconometrics.wording import as_ids, as_text, listed, with_ids

__all__ = ["Variables", "gather"]

_THEME = "theme"


@dataclass(frozen=True, eq=False)
class Variables:
    """A table by image id and where its columns come from."""

    table: pd.DataFrame
    measured: Mapping[str, str]
    coded: tuple[str, ...]
    reasons: Mapping[str, pd.Series]


def gather(
    data: pd.DataFrame,
    *,
    themes: Any = None,
    measure: Codings | Sequence[Codings] | None = None,
    gold: Codings | None = None,
    codebook: Codebook | None = None,
) -> Variables:
    """Put metadata, themes and codings side by side, aligned by image id.

    Numbers that the codebook has for names of categories are made categories.
    """
    table = _by_image(data)
    measures = [measure] if isinstance(measure, Codings) else list(measure or ())
    columns: dict[str, pd.Series] = {}
    reasons: dict[str, pd.Series] = {}
    measured: dict[str, str] = {}
    if themes is not None:
        columns[_THEME] = _themes(getattr(themes, "labels", themes))
    for codings in measures:
        for name in codings.variables:
            _free(name, columns)
            codes, reasons[name] = _values(codings, name)
            truth = gold[name] if gold is not None and name in gold.variables else codes
            columns[name] = _as_asked(codes, codebook, truth)
            measured[name] = status(codings, gold, variable=name)
    coded = [name for name in (gold.variables if gold else ()) if name not in measured]
    for name in coded:
        _free(name, columns)
        assert gold is not None
        codes, reasons[name] = _values(gold, name)
        columns[name] = _as_asked(codes, codebook, codes)
    for name, values in columns.items():
        _free(name, table.columns)
        table = table.assign(**{name: _aligned(values, table.index, name)})
    return Variables(table, measured, tuple(coded), reasons)


def _by_image(data: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(data, pd.DataFrame):
        raise InputError(
            f"data of type {type(data).__name__}: expected a table with one row per image, such as "
            "corpus.metadata."
        )
    if data.empty and not len(data.index):
        raise InputError("the data has no rows: expected one row per image.")
    if data.index.has_duplicates:
        twice = data.index[data.index.duplicated()].unique()
        raise InputError(
            f"the data has images twice ({listed(twice)}): expected one row per image."
        )
    table = data.set_axis([str(name) for name in data.columns], axis=1)
    if table.columns.has_duplicates:
        twice = table.columns[table.columns.duplicated()].unique()
        raise InputError(f"the data has columns twice ({listed(twice)}); rename one of them.")
    return with_ids(table)


def _free(name: str, taken: Any) -> None:
    if name in taken:
        raise InputError(
            f"{name!r} is the name of two columns (data, themes, measures or codings); rename one."
        )


def _themes(labels: pd.Series) -> pd.Series:
    text = as_text(labels)
    order = pd.Series(text.dropna().unique(), dtype="str")
    numbers = pd.to_numeric(order, errors="coerce")
    order = order[numbers.sort_values().index] if numbers.notna().all() else order.sort_values()
    return pd.Series(pd.Categorical(text, list(order)), index=as_ids(labels.index))


def _values(codings: Codings, name: str) -> tuple[pd.Series, pd.Series]:
    rows = codings.data[codings.data["variable"] == name].drop_duplicates("image")
    return codings[name], pd.Series(rows["reason"].array, index=rows["image"])


def _as_asked(codes: pd.Series, codebook: Codebook | None, truth: pd.Series) -> pd.Series:
    """Make categories of a nominal variable whose codes are numbers other than 0 and 1."""
    name = str(codes.name)
    if codebook is None or name not in codebook or not codebook[name].is_named_by_numbers:
        return codes
    met = pd.concat([codes, truth]).dropna().sort_values()
    return codes.astype(pd.CategoricalDtype(list(dict.fromkeys([*codebook[name].values, *met]))))


def _aligned(values: pd.Series, images: pd.Index, name: str) -> Any:
    if images.get_indexer(values.index).max(initial=-1) < 0:
        raise InputError(
            f"none of the images with {name!r} ({listed(values.index)}) is in the data "
            f"({listed(images)}); the data needs the image ids as its index."
        )
    return values.reindex(images).array
