"""Codings compared with a codebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from iconometrics.coding.variable import Variable
from iconometrics.errors import InputError, warn
from iconometrics.wording import counted, listed

__all__ = ["conformed", "problems"]

_PROBLEM = ("row", "image", "coder", "variable", "value", "expected")


def problems(data: pd.DataFrame, variables: Mapping[str, Variable]) -> pd.DataFrame:
    """List the codings that a codebook does not allow."""
    rows = data.reset_index(drop=True)
    read = _read(rows, variables)
    bad = rows["value"].notna() & read.isna()
    listing = rows[bad].assign(row=rows.index[bad] + 1)
    unknown = f"a variable of the codebook: {listed(variables, 8)}"
    listing["expected"] = [
        variables[name].expected() if name in variables else unknown for name in listing["variable"]
    ]
    regions = _without_place(rows, variables)
    listing = pd.concat([listing, regions[~regions["row"].isin(listing["row"])]])
    return listing.sort_values("row")[list(_PROBLEM)].reset_index(drop=True)


def conformed(
    data: pd.DataFrame, variables: Mapping[str, Variable], rows: Sequence[int] | None = None
) -> pd.DataFrame:
    """Bring the values of codings into those of the codebook."""
    bad = problems(data, variables)
    if len(bad):
        if rows is not None:
            bad["row"] = [rows[place - 1] for place in bad["row"]]
        first = "; ".join(
            f"row {row}, image {image}{f' by {coder}' if isinstance(coder, str) else ''}: "
            f"{variable} = {value!r}, expected {expected}"
            for row, image, coder, variable, value, expected in bad.head(5).to_numpy(object)
        )
        more = f"; and {len(bad) - 5:,} more" if len(bad) > 5 else ""
        raise InputError(
            f"{counted(len(bad), 'coding')} not in the codebook: {first}{more}. Correct them, or "
            "add what is missing to the codebook under a new version."
        )
    read = _read(data, variables)
    mended = data["value"].notna() & (read != data["value"])
    if mended.any():
        pairs = (data["value"].map(repr) + " to " + read.map(repr))[mended].unique()
        warn(
            f"{counted(int(mended.sum()), 'value')} written as the codebook has them: "
            f"{listed(pairs, 5)}."
        )
    return data.assign(value=read)


def _read(data: pd.DataFrame, variables: Mapping[str, Variable]) -> pd.Series:
    """Each value as the codebook writes it; missing where it allows none."""
    pairs = data[["variable", "value"]].dropna().drop_duplicates()
    known = {
        (name, value): variables[name].read(value)
        for name, value in pairs.itertuples(index=False, name=None)
        if name in variables
    }
    read = [known.get(pair) for pair in zip(data["variable"], data["value"], strict=True)]
    return pd.Series(read, index=data.index, dtype="str")


def _without_place(data: pd.DataFrame, variables: Mapping[str, Variable]) -> pd.DataFrame:
    """Codings of a region that do not say where, and of an event that do not say when."""
    kind = data["variable"].map({name: variable.type for name, variable in variables.items()})
    coded = data["value"].notna()
    none = pd.Series(None, index=data.index, dtype="object")
    no_place = (kind == "region") & coded & data.get("region", none).isna()
    no_time = (kind == "event") & coded & data.get("start", none).isna()
    needed = no_place.map({True: "a region", False: "a start"})
    bad = data[no_place | no_time]
    return bad.assign(row=data.index[no_place | no_time] + 1, expected=needed[no_place | no_time])
