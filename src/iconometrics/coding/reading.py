"""From a table that people filled in, one row an image or one row a coding, to the schema."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import COLUMNS, EVENT_COLUMNS, MISSING
from iconometrics.errors import InputError, warn
from iconometrics.wording import as_text, listed

__all__ = ["in_sample", "long_table"]

_IMAGE_COLUMNS = ("image", "id", "file", "filename", "path")


def long_table(
    table: pd.DataFrame,
    *,
    image: str | None = None,
    variables: Sequence[str] | None = None,
    coder: str | None = None,
) -> pd.DataFrame:
    """Turn a table of codes, long or wide, into one row a coding."""
    table = _with_image(table, image)
    if {"variable", "value"} <= set(table.columns):
        data = _wanted(table, variables)
    else:
        data = _melted(table, variables)
    data = data.assign(image=as_text(data["image"]))
    for column in ("variable", "value", "coder"):
        if column in data:
            data[column] = _trimmed(as_text(data[column]), column)
    data["value"] = _missing_told(data["value"])
    _tell_case_twins(data)
    if coder is not None:
        given = data["coder"] if "coder" in data else pd.Series(None, index=data.index, dtype="str")
        data["coder"] = given.fillna(coder)
    return data


def in_sample(data: pd.DataFrame, sample: Sample) -> pd.DataFrame:
    """Note on each coding the sample that its image was drawn in."""
    inside = data["image"].isin(sample.images)
    outside = data["image"][~inside].unique()
    if not inside.any():
        raise InputError(
            f"none of the coded images ({listed(outside)}) is in the sample {sample.name!r} "
            f"({listed(sample.images)}); are the ids written the same way?"
        )
    if len(outside):
        warn(
            f"{len(outside)} coded images are not in the sample {sample.name!r} "
            f"({listed(outside)}): the probability of drawing them is not known."
        )
    names = data["sample"] if "sample" in data else pd.Series(None, index=data.index, dtype="str")
    return data.assign(sample=names.mask(inside & names.isna(), sample.name))


def _with_image(table: pd.DataFrame, image: str | None) -> pd.DataFrame:
    if image is None and table.index.name == "image" and "image" not in table:
        table, image = table.reset_index(), "image"
    found = [image] if image else [name for name in _IMAGE_COLUMNS if name in table]
    if not found or found[0] not in table:
        raise InputError(
            f"no column {image or 'with image ids'!r} among {listed(table.columns, 8)}; "
            "say which column holds the ids with image=."
        )
    return table.rename(columns={found[0]: "image"}).reset_index(drop=True)


def _wanted(table: pd.DataFrame, variables: Sequence[str] | None) -> pd.DataFrame:
    table = table[[name for name in (*COLUMNS, *EVENT_COLUMNS) if name in table]].copy()
    if variables is None:
        return table
    there = as_text(table["variable"]).str.strip()
    _require(variables, list(there.unique()))
    return table[there.isin(list(variables))].reset_index(drop=True)


def _melted(table: pd.DataFrame, variables: Sequence[str] | None) -> pd.DataFrame:
    if variables is None:
        own = {*COLUMNS, *_IMAGE_COLUMNS}
        variables = [str(name) for name in table.columns if name not in own]
    if not len(variables):
        raise InputError(
            f"no variables among the columns {listed(table.columns, 8)}; a wide table has one "
            "column a variable, a long one the columns image, variable and value."
        )
    _require(variables, list(table.columns))
    kept = [name for name in COLUMNS if name in table and name not in variables]
    parts = [
        table[kept].assign(variable=str(name), value=as_text(table[name])) for name in variables
    ]
    return pd.concat(parts, ignore_index=True)


def _require(variables: Sequence[str], there: list[str]) -> None:
    lacking = [name for name in variables if name not in there]
    if lacking:
        raise InputError(f"no variable {lacking[0]!r} in the table; it has {listed(there, 8)}.")


def _trimmed(values: pd.Series, column: str) -> pd.Series:
    clean = values.str.strip()
    changed = values[(clean != values) & values.notna()].unique()
    if len(changed):
        warn(f"stray blanks trimmed in {column}: {listed(map(repr, changed), 5)}.")
    return clean


def _missing_told(values: pd.Series) -> pd.Series:
    missing = values.isin(MISSING)
    written = [text for text in MISSING[1:] if (values == text).any()]
    if written:
        count = int(values.isin(written).sum())
        warn(
            f"{count} values {listed(map(repr, written), 5)} taken as missing; a category needs "
            'another name, such as "not applicable".'
        )
    return values.mask(missing)


def _tell_case_twins(data: pd.DataFrame) -> None:
    for variable, values in data.groupby("variable", sort=False)["value"]:
        there = pd.Series(values.dropna().unique(), dtype="str")
        twins = there[there.str.casefold().duplicated(keep=False)]
        if len(twins):
            warn(
                f"variable {variable!r} has values that differ only in upper and lower case: "
                f"{listed(map(repr, sorted(twins)), 6)}; they are kept apart. Write them one way "
                "if they mean the same."
            )
