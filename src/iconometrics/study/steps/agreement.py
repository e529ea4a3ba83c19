"""The steps agreement and adjudicate: how far coders agree, and what they are settled on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import coding, validity
from iconometrics.coding import Codings, Store
from iconometrics.errors import InputError
from iconometrics.options import canonical, key
from iconometrics.study.disk import log
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.measured import Measured
from iconometrics.study.disk.result_files import keep, kept
from iconometrics.study.disk.step import step
from iconometrics.validity import Agreement

if TYPE_CHECKING:
    from iconometrics.coding import Codebook

__all__ = ["adjudicate", "agree", "newest", "newest_codebook", "settled", "with_measures"]

_COMPARED = ["image", "variable", "coder", "value", "time"]


def agree(
    layout: Layout,
    codings: Codings,
    variable: str | None,
    *,
    groups: pd.Series | None,
    codebook: Codebook | None,
    **options: Any,
) -> Agreement:
    """Compare coders, or read what the same comparison gave before."""
    if not len(codings):
        raise InputError(
            "nothing was coded yet: draw a sample with study.draw(), let several people code it, "
            "and add their codes with study.add_codings()."
        )
    inputs = {"codings": frames.digest(codings.data[_COMPARED])}
    if groups is not None:
        alone = pd.Series("image " + codings.images, index=codings.images)
        groups = groups.reindex(codings.images).fillna(alone)
        inputs["groups"] = frames.digest(groups.to_frame())
    if codebook is not None:
        inputs["codebook"] = key(codebook.text())
    made = key(variable, inputs, canonical(options))
    place = layout.step("agreement") / made
    with step(layout, "agreement") as under_way:
        if not place.exists():
            found = validity.agreement(
                codings, variable=variable, groups=groups, codebook=codebook, **options
            )
            write_folder(place, lambda folder: _write(found, folder))
        found = _read(place)
        under_way.done(
            "all" if variable is None else variable,
            made,
            inputs=inputs,
            options={"variable": variable, **options},
            seed=options.get("seed"),
            result={"folder": f"agreement/{made}", "images": found.items["image"].nunique()},
        )
    return found


def newest(layout: Layout) -> list[Agreement]:
    """Read the newest agreement on each variable."""
    entries = log.latest(log.entries(layout.log), "agreement").values()
    places = [layout.folder / entry["result"]["folder"] for entry in entries]
    found: dict[str, Agreement] = {}
    for place in places:
        if place.exists():
            result = _read(place)
            found |= {name: result.of(name) for name in result.variables}
    return list(found.values())


def with_measures(codings: Codings, measures: Sequence[Measured], coders: Sequence[str]) -> Codings:
    """Put machines beside people, as coders like any other."""
    parts = [codings.data]
    for coder in coders:
        made = [one.codings.data for one in measures if one.name == coder]
        if not made:
            there = ", ".join(dict.fromkeys(one.name for one in measures)) or "none"
            raise InputError(f"{coder!r} has measured nothing here; there are {there}.")
        rows = pd.concat(made)
        known = rows["variable"].isin(codings.variables) & rows["image"].isin(codings.images)
        parts.append(rows[known].assign(coder=coder))
    return replace(codings, data=pd.concat(parts)) if coders else codings


def adjudicate(
    layout: Layout,
    codings: Codings,
    variable: str | None,
    *,
    rule: Any,
    coder: str | None,
    codebook: Codebook | None,
) -> Codings:
    """Settle on one value an image, and keep it in the study's store."""
    made = coding.adjudicate(codings, variable=variable, rule=rule, coder=coder, codebook=codebook)
    store = Store(layout.codings)
    with step(layout, "adjudicate") as under_way:
        inputs = {"codings": frames.digest(codings.data[_COMPARED])}
        name = "all" if variable is None else variable
        entry = key(name, inputs, rule, coder)
        done = log.latest(log.entries(layout.log), "adjudicate").get(name, {})
        if done.get("key") != entry:
            store.add_adjudication(made, rule=rule, person=coder)
        under_way.done(
            name,
            entry,
            inputs=inputs,
            options={"variable": variable, "rule": rule, "coder": coder},
            result={"images": len(made.images), "missing": int(made.data["value"].isna().sum())},
        )
    return made


def settled(layout: Layout, codings: Codings) -> Codings:
    """Take the adjudicated value where there is one, and people's codings elsewhere."""
    final = Store(layout.codings).adjudicated().data
    if not len(final):
        return codings
    done = pd.MultiIndex.from_frame(final[["image", "variable"]])
    rows = codings.data
    left = rows[~pd.MultiIndex.from_frame(rows[["image", "variable"]]).isin(done)]
    return replace(codings, data=pd.concat([final, left]))


def newest_codebook(layout: Layout) -> Codebook | None:
    """Read the codebook that was added last."""
    known = list(Store(layout.codings).codebooks().values())
    return known[-1] if known else None


def _write(found: Agreement, folder: Path) -> None:
    keep(found, folder)
    found.table().to_csv(folder / "table.csv", index=False)


def _read(folder: Path) -> Agreement:
    return kept(Agreement, folder, revive={"notes": tuple})
