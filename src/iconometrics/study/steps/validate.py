"""The step validate: a measure held against a gold standard, and how often that was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from iconometrics import validity
from iconometrics.coding import Codings
from iconometrics.options import key
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import file_name, keep, keep_codings, kept, kept_codings
from iconometrics.study.disk.step import step
from iconometrics.study.steps import openings
from iconometrics.validity import Accuracy, Rate, leakage, threshold
from iconometrics.validity.leakage import twins
from iconometrics.validity.matching import common_variable
from iconometrics.validity.threshold import category_of, reread

__all__ = ["Trial", "compared", "validate", "validation"]


@dataclass(frozen=True, eq=False)
class Trial:
    """What is to be held against what."""

    name: str
    variable: str | None
    gold: Codings
    groups: pd.Series | None = None
    by: pd.Series | None = None
    at: float | str | None = None
    category: str | None = None
    duplicates: pd.DataFrame | None = None
    seed: int = 1


def validate(layout: Layout, trial: Trial, place: Path) -> Accuracy:
    """Hold the newest codings of a coder against a gold standard."""
    with step(layout, "validate") as under_way:
        codings = kept_codings(place)
        inputs = compared(codings, trial.gold)
        made = key(inputs, trial.variable, trial.seed, *_asked(trial))
        found, gold = _held(codings, trial)
        suffix = "" if trial.at is None else f" from {trial.at} on"
        folder = place / f"accuracy-{file_name(found.variable)}-{made}"
        if not folder.exists():
            write_folder(folder, lambda path: _write(path, found, gold))
        options = {"coder": trial.name, "variable": found.variable}
        if trial.at is not None:
            options |= {"threshold": str(trial.at), "category": str(trial.category)}
        under_way.done(
            f"{trial.name} {found.variable}{suffix}",
            made,
            inputs=inputs,
            options=options,
            seed=trial.seed,
            result={"folder": folder.relative_to(layout.folder).as_posix(), "images": found.n},
        )
    return replace(found, opened=openings.count(layout, found.variable, found.items["image"]))


def validation(
    layout: Layout, place: Path, codings: Codings, *, entry: Mapping[str, Any] | None
) -> tuple[Accuracy | None, Codings | None]:
    """Read the accuracy of a measure, if it was computed from these very codings."""
    folder = layout.folder / entry["result"]["folder"] if entry is not None else place / "none"
    if entry is None or folder.parent != place or not folder.exists():
        return None, None
    gold = kept_codings(folder / "gold")
    if compared(codings, gold) != entry["inputs"]:
        return None, None
    found = _read(folder)
    return replace(found, opened=openings.count(layout, found.variable, found.items["image"])), gold


def compared(codings: Codings, gold: Codings) -> dict[str, str]:
    """Name what accuracy is computed from: the measured values of the gold images, and theirs."""
    columns = ["image", "variable", "value", "confidence"]
    measured = codings.data[codings.data["image"].isin(gold.images)]
    return {
        "measure": frames.digest(measured[columns].sort_values(["image", "variable"])),
        "gold": frames.digest(gold.data[columns].sort_values(["image", "variable"])),
    }


def _asked(trial: Trial) -> list[Any]:
    """Name what else the result depends on."""
    groups = None if trial.groups is None else frames.digest(trial.groups.to_frame())
    by = None if trial.by is None else [str(trial.by.name), frames.digest(trial.by.to_frame())]
    sample = trial.gold.sample
    drawn = None if sample is None else frames.digest(sample.table)
    return [groups, by, trial.at, trial.category, drawn]


def _held(codings: Codings, trial: Trial) -> tuple[Accuracy, Codings]:
    """Compute the accuracy, with what there is to say about threshold and leakage."""
    gold, told = trial.gold, list[str]()
    if trial.at is not None:
        codings, gold, told = _reread(codings, trial)
    found = validity.accuracy(
        codings,
        gold=gold,
        variable=trial.variable,
        groups=trial.groups,
        by=trial.by,
        seed=trial.seed,
    )
    if codings.trained_on is not None:
        pairs = twins(
            pd.Index(found.items["image"]),
            pd.Index(codings.trained_on),
            duplicates=trial.duplicates,
            groups=trial.groups,
        )
        if len(pairs):
            leaked = leakage(
                codings, gold, duplicates=trial.duplicates, groups=trial.groups,
                variable=found.variable, seed=trial.seed,
            )  # fmt: skip
            told.append(leaked.summary())
    return replace(found, notes=(*found.notes, *told)), gold


def _reread(codings: Codings, trial: Trial) -> tuple[Codings, Codings, list[str]]:
    if trial.at == "choose":
        first, second = trial.gold.split(share=0.5, seed=trial.seed, groups=trial.groups)
        chosen = threshold(codings, first, variable=trial.variable, category=trial.category)
        return chosen.apply(codings), second, [f"Threshold: {chosen.summary()}"]
    variable = common_variable(codings, trial.gold, trial.variable)
    values = sorted({*trial.gold[variable].dropna(), *codings[variable].dropna()})
    category = category_of(values, trial.category, variable)
    read = reread(codings, variable, category, at=float(trial.at or 0))
    note = (
        f"Threshold: {category} is read from a probability of {float(trial.at or 0):g} on. Had "
        "these gold images chosen it, the figures would flatter it."
    )
    return read, trial.gold, [note]


def _write(folder: Path, found: Accuracy, gold: Codings) -> None:
    keep(found, folder)
    found.table().to_csv(folder / "table.csv")
    (folder / "gold").mkdir()
    keep_codings(gold, folder / "gold")


def _read(folder: Path) -> Accuracy:
    rates = dict.fromkeys(("accuracy", "macro_f1", "kappa"), _rate)
    return kept(Accuracy, folder, revive={**rates, "notes": tuple})


def _rate(values: list[float] | None) -> Rate | None:
    return None if values is None else Rate(*values)
