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
from iconometrics.study.disk.result_files import keep, kept, kept_codings
from iconometrics.study.disk.step import step
from iconometrics.study.steps import measure as measuring
from iconometrics.study.steps.codes import by_people, newest_book
from iconometrics.study.steps.train import units
from iconometrics.validity import Agreement

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["adjudicate", "agree", "newest"]

_COMPARED = ["image", "variable", "coder", "value", "time"]


def agree(
    layout: Layout,
    corpus: Corpus,
    variable: str | None,
    *,
    measures: Sequence[str],
    **options: Any,
) -> Agreement:
    """Compare coders, or read what the same comparison gave before."""
    codings = _with_measures(layout, Store(layout.codings).codings(), measures)
    groups, codebook = units(corpus), newest_book(layout)
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
    sample = codings.sample
    if sample is not None and not (sample.equal and sample.table["cluster"].isna().all()):
        # Of equal probabilities nothing hangs on it, and former results stand.
        inputs["sample"] = frames.digest(sample.table)
    if codebook is not None:
        inputs["codebook"] = key(codebook.text())
    comparison_key = key(variable, inputs, canonical(options))
    folder = layout.step("agreement") / comparison_key
    with step(layout, "agreement") as under_way:
        if not folder.exists():
            result = validity.agreement(
                codings, variable=variable, groups=groups, codebook=codebook, **options
            )
            write_folder(folder, lambda path: _write(result, path))
        result = _read(folder)
        under_way.done(
            "all" if variable is None else variable,
            comparison_key,
            inputs=inputs,
            options={"variable": variable, **options},
            seed=options.get("seed"),
            result={
                "folder": f"agreement/{comparison_key}",
                "images": result.items["image"].nunique(),
            },
        )
    return result


def newest(layout: Layout) -> list[Agreement]:
    """Read the newest agreement on each variable."""
    entries = log.latest(log.entries(layout.log), "agreement").values()
    folders = [layout.folder / entry["result"]["folder"] for entry in entries]
    agreements: dict[str, Agreement] = {}
    for folder in folders:
        if folder.exists():
            result = _read(folder)
            agreements |= {name: result.of(name) for name in result.variables}
    return list(agreements.values())


def _with_measures(layout: Layout, codings: Codings, coders: Sequence[str]) -> Codings:
    """Put machines beside people, as coders like any other."""
    if not coders:
        return codings
    parts, measures = [codings.data], measuring.variables(layout)
    for coder in coders:
        if coder not in measures:
            there = ", ".join(measures) or "none"
            raise InputError(f"{coder!r} has measured nothing here; there are {there}.")
        machine = kept_codings(measuring.folder_of(layout, coder))
        rows = pd.concat([own.data for own in measuring.by_variable(machine).values()])
        known = rows["variable"].isin(codings.variables) & rows["image"].isin(codings.images)
        parts.append(rows[known].assign(coder=coder))
    return replace(codings, data=pd.concat(parts))


def adjudicate(
    layout: Layout, variable: str | None, *, rule: Any, coder: str | None, sample: str | None
) -> Codings:
    """Settle on one value per image, and keep it in the study's store."""
    store, codebook = Store(layout.codings), newest_book(layout)
    codings = by_people(layout, sample)
    settled = coding.adjudicate(
        codings, variable=variable, rule=rule, coder=coder, codebook=codebook
    )
    with step(layout, "adjudicate") as under_way:
        inputs = {"codings": frames.digest(codings.data[_COMPARED])}
        name = "all" if variable is None else variable
        name += "" if sample is None else f" in {sample}"
        entry = key(name, inputs, rule, coder)
        done = log.latest(log.entries(layout.log), "adjudicate").get(name, {})
        if done.get("key") != entry:
            store.add_adjudication(settled, rule=rule, person=coder)
        under_way.done(
            name,
            entry,
            inputs=inputs,
            options={"variable": variable, "rule": rule, "coder": coder},
            result={
                "images": len(settled.images),
                "missing": int(settled.data["value"].isna().sum()),
            },
        )
    return settled


def _write(agreement: Agreement, folder: Path) -> None:
    keep(agreement, folder)
    agreement.table().to_csv(folder / "table.csv", index=False)


def _read(folder: Path) -> Agreement:
    return kept(Agreement, folder, revive={"notes": tuple})
