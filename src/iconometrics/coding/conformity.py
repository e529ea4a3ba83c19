"""Codings held against a codebook, and a codebook held against its former version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from iconometrics.coding.variable import Category, Variable
from iconometrics.errors import InputError, warn
from iconometrics.wording import counted, listed

__all__ = ["changes", "conformed", "problems"]

_PROBLEM = ("row", "image", "coder", "variable", "value", "expected")


def problems(data: pd.DataFrame, variables: Mapping[str, Variable]) -> pd.DataFrame:
    """List the codings that a codebook does not allow."""
    rows = data.reset_index(drop=True)
    read = _read(rows, variables)
    bad = rows["value"].notna() & read.isna()
    found = rows[bad].assign(row=rows.index[bad] + 1)
    unknown = f"a variable of the codebook: {listed(variables, 8)}"
    found["expected"] = [
        variables[name].expected() if name in variables else unknown for name in found["variable"]
    ]
    regions = _without_place(rows, variables)
    found = pd.concat([found, regions[~regions["row"].isin(found["row"])]])
    return found.sort_values("row")[list(_PROBLEM)].reset_index(drop=True)


def conformed(
    data: pd.DataFrame, variables: Mapping[str, Variable], rows: Sequence[int] | None = None
) -> pd.DataFrame:
    """Bring the values of codings into those of the codebook."""
    found = problems(data, variables)
    if len(found):
        if rows is not None:
            found["row"] = [rows[place - 1] for place in found["row"]]
        told = "; ".join(
            f"row {row}, image {image}{f' by {coder}' if isinstance(coder, str) else ''}: "
            f"{variable} = {value!r}, expected {expected}"
            for row, image, coder, variable, value, expected in found.head(5).to_numpy(object)
        )
        more = f"; and {len(found) - 5:,} more" if len(found) > 5 else ""
        raise InputError(
            f"{counted(len(found), 'coding')} not in the codebook: {told}{more}. Correct them, or "
            "add what is lacking to the codebook under a new version."
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


def changes(book: Mapping[str, Any], former: Mapping[str, Any]) -> tuple[str, ...]:
    """Say in words how a codebook differs from a former one."""
    told = ["instructions changed"] if book["instructions"] != former["instructions"] else []
    new = {variable.name: variable for variable in book["variables"]}
    old = {variable.name: variable for variable in former["variables"]}
    told += [f"variable {name!r} added" for name in new if name not in old]
    told += [f"variable {name!r} dropped" for name in old if name not in new]
    for name in (name for name in new if name in old):
        told += [f"{name}: {change}" for change in _changed(new[name], old[name])]
    if not told and list(new) != list(old):
        told = ["variables in another order"]
    return tuple(told)


def _changed(new: Variable, old: Variable) -> list[str]:
    told = [
        f"{part} {getattr(old, part)!r} became {getattr(new, part)!r}"
        for part in ("type", "question")
        if getattr(old, part) != getattr(new, part)
    ]
    told += ["instruction changed"] * (new.instruction != old.instruction)
    told += [f"category {value!r} added" for value in new.values if value not in old.values]
    told += [f"category {value!r} dropped" for value in old.values if value not in new.values]
    if set(new.values) == set(old.values) and new.values != old.values:
        told.append(f"categories in another order ({listed(new.values, 8)})")
    before = {category.value: category for category in old.categories}
    return told + [
        f"category {one.value!r}: {', '.join(_parts(one, before[one.value]))} changed"
        for one in new.categories
        if one.value in before and one != before[one.value]
    ]


def _parts(new: Category, old: Category) -> list[str]:
    parts = ("label", "instruction", "examples")
    return [part for part in parts if getattr(new, part) != getattr(old, part)]


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
    kind = data["variable"].map({name: one.type for name, one in variables.items()})
    there = data["value"].notna()
    none = pd.Series(None, index=data.index, dtype="object")
    no_place = (kind == "region") & there & data.get("region", none).isna()
    no_time = (kind == "event") & there & data.get("start", none).isna()
    told = no_place.map({True: "a region", False: "a start"})
    bad = data[no_place | no_time]
    return bad.assign(row=data.index[no_place | no_time] + 1, expected=told[no_place | no_time])
