"""Tables of codings from one shape into another: a series, class probabilities, wide, long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import COLUMNS, EVENT_COLUMNS, MISSING, PROBABILITY_COLUMNS
from iconometrics.errors import InputError, warn
from iconometrics.wording import as_text, counted, listed

__all__ = ["by_coder", "in_sample", "long_probabilities", "long_table", "one_variable"]

_IMAGE_COLUMNS = ("image", "id", "file", "filename", "path")
_ROW = ["image", "coder", "sample", "codebook_version"]


def one_variable(
    series: pd.Series,
    variable: str,
    *,
    columns: Mapping[str, pd.Series | None],
    probabilities: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Make the rows of one variable, one coding per image."""
    if not variable:
        raise InputError("a series without a name: say which variable it is with variable=.")
    if series.index.has_duplicates:
        twice = series.index[series.index.duplicated()].unique()
        raise InputError(f"images coded twice: {listed(twice)}; one coder gives one value each.")
    values = as_text(series)
    values = values.mask(values.isin(MISSING))
    known = {name: column for name, column in columns.items() if column is not None}
    if "confidence" not in known and probabilities is not None:
        known["confidence"] = _probability_of(values, probabilities)
    images = as_text(series.index.to_series()).array
    data = pd.DataFrame({"image": images, "variable": variable, "value": values.array})
    return data.assign(**{name: known[name].reindex(series.index).array for name in known})


def long_probabilities(probabilities: pd.DataFrame | None, variable: str) -> pd.DataFrame | None:
    """Bring class probabilities of one variable into the long form."""
    if probabilities is None:
        return None
    if set(PROBABILITY_COLUMNS) <= set(probabilities.columns):
        return probabilities[list(PROBABILITY_COLUMNS)].reset_index(drop=True)
    images = as_text(probabilities.index.to_series())
    categories = as_text(probabilities.columns.to_series())
    return pd.DataFrame(
        {
            "image": images.to_numpy().repeat(len(categories)),
            "variable": variable,
            "category": list(categories) * len(images),
            "probability": probabilities.to_numpy(dtype="float64").ravel(),
        }
    ).astype({"image": "str", "variable": "str", "category": "str"})


def long_table(
    table: pd.DataFrame,
    *,
    image: str | None = None,
    variables: Sequence[str] | None = None,
    coder: str | None = None,
) -> pd.DataFrame:
    """Turn a table of codes, long or wide, into one row per coding."""
    table = _with_image(table, image)
    if {"variable", "value"} <= set(table.columns):
        data = _wanted(table, variables)
    else:
        data = _melted(table, variables)
    data = data.assign(image=as_text(data["image"]))
    for column in ("variable", "value", "coder"):
        if column in data:
            data[column] = _trimmed(as_text(data[column]), column)
    data["value"] = _with_missing(data["value"])
    _warn_of_case_twins(data)
    if coder is not None:
        coders = _column(data, "coder")
        data["coder"] = coders.fillna(coder)
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
            f"{counted(len(outside), 'coded image')} outside the sample {sample.name!r} "
            f"({listed(outside)}): the probability of drawing them is not known."
        )
    names = _column(data, "sample")
    return data.assign(sample=names.mask(inside & names.isna(), sample.name))


def by_coder(data: pd.DataFrame) -> pd.DataFrame:
    """Spread codings over columns, one per variable."""
    keys = data[_ROW].astype(object).where(data[_ROW].notna(), "")
    twice = pd.concat([keys, data["variable"]], axis=1).duplicated()
    if twice.any():
        first = data[twice].iloc[0]
        raise InputError(
            f"more than one {first['variable']!r} by the same coder in "
            f"{counted(int(twice.sum()), 'image')} "
            f"({listed(data['image'][twice].unique())}), such as regions or events; a wide table "
            "holds one. Write the long form."
        )
    order = keys.drop_duplicates()
    table = order.reset_index(drop=True)
    for name, part in data.groupby("variable", sort=False):
        values = part[["value"]].set_axis([str(name)], axis=1)
        table = table.merge(keys.loc[part.index].join(values), on=_ROW, how="left")
    empty = [name for name in _ROW[1:] if (table[name] == "").all()]
    table = table.drop(columns=empty)
    kept = {name: table[name].mask(table[name] == "") for name in _ROW if name in table}
    return table.assign(**{name: column.astype("str") for name, column in kept.items()})


def _probability_of(values: pd.Series, probabilities: pd.DataFrame) -> pd.Series:
    pairs = probabilities.drop_duplicates(["image", "category"]).set_index(["image", "category"])
    wanted = pd.MultiIndex.from_arrays([as_text(values.index.to_series()), values.fillna("")])
    return pd.Series(pairs["probability"].reindex(wanted).to_numpy(), index=values.index)


def _column(data: pd.DataFrame, name: str) -> pd.Series:
    return data[name] if name in data else pd.Series(None, index=data.index, dtype="str")


def _with_image(table: pd.DataFrame, image: str | None) -> pd.DataFrame:
    if image is None and table.index.name == "image" and "image" not in table:
        table, image = table.reset_index(), "image"
    candidates = [image] if image else [name for name in _IMAGE_COLUMNS if name in table]
    if not candidates or candidates[0] not in table:
        raise InputError(
            f"no column {image or 'with image ids'!r} among {listed(table.columns, 8)}; "
            "say which column holds the ids with image=."
        )
    return table.rename(columns={candidates[0]: "image"}).reset_index(drop=True)


def _wanted(table: pd.DataFrame, variables: Sequence[str] | None) -> pd.DataFrame:
    table = table[[name for name in (*COLUMNS, *EVENT_COLUMNS) if name in table]].copy()
    if variables is None:
        return table
    names = as_text(table["variable"]).str.strip()
    _require(variables, list(names.unique()))
    return table[names.isin(list(variables))].reset_index(drop=True)


def _melted(table: pd.DataFrame, variables: Sequence[str] | None) -> pd.DataFrame:
    if variables is None:
        own = {*COLUMNS, *_IMAGE_COLUMNS}
        variables = [str(name) for name in table.columns if name not in own]
    if not len(variables):
        raise InputError(
            f"no variables among the columns {listed(table.columns, 8)}; a wide table has one "
            "column per variable, a long one the columns image, variable and value."
        )
    _require(variables, list(table.columns))
    kept = [name for name in COLUMNS if name in table and name not in variables]
    parts = [
        table[kept].assign(variable=str(name), value=as_text(table[name])) for name in variables
    ]
    return pd.concat(parts, ignore_index=True)


def _require(variables: Sequence[str], known: list[str]) -> None:
    missing = [name for name in variables if name not in known]
    if missing:
        raise InputError(f"no variable {missing[0]!r} in the table; it has {listed(known, 8)}.")


def _trimmed(values: pd.Series, column: str) -> pd.Series:
    clean = values.str.strip()
    changed = values[(clean != values) & values.notna()].unique()
    if len(changed):
        warn(f"stray blanks trimmed in {column}: {listed(map(repr, changed), 5)}.")
    return clean


def _with_missing(values: pd.Series) -> pd.Series:
    missing = values.isin(MISSING)
    written = [text for text in MISSING[1:] if (values == text).any()]
    if written:
        count = int(values.isin(written).sum())
        warn(
            f"{counted(count, 'value')} ({listed(map(repr, written), 5)}) taken as missing; a "
            'category needs another name, such as "not applicable".'
        )
    return values.mask(missing)


def _warn_of_case_twins(data: pd.DataFrame) -> None:
    for variable, values in data.groupby("variable", sort=False)["value"]:
        different = pd.Series(values.dropna().unique(), dtype="str")
        twins = different[different.str.casefold().duplicated(keep=False)]
        if len(twins):
            warn(
                f"variable {variable!r} has values that differ only in upper and lower case: "
                f"{listed(map(repr, sorted(twins)), 6)}; they are kept apart. Write them one way "
                "if they mean the same."
            )
