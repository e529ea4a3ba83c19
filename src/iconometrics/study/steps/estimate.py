"""The step estimate: a formula over metadata, themes and measures, kept with its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics import inference
from iconometrics.coding import Codings
from iconometrics.errors import InputError, warn
from iconometrics.inference import Estimates
from iconometrics.options import key
from iconometrics.study.disk import log
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import keep, kept, write_text
from iconometrics.study.disk.step import step
from iconometrics.study.steps.validate import Measured

if TYPE_CHECKING:
    from iconometrics.themes import Themes

__all__ = ["Known", "chosen", "estimate", "newest"]


@dataclass(frozen=True, eq=False)
class Known:
    """All that a formula may name."""

    columns: pd.DataFrame
    measures: Mapping[str, Measured]
    codes: Codings
    themes: Themes | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names, each once."""
        theme = () if self.themes is None else ("theme",)
        found = (*self.columns.columns, *self.measures, *self.codes.variables, *theme)
        return tuple(dict.fromkeys(map(str, found)))

    def arguments(
        self, columns: Sequence[str], others: Sequence[str | None] = ()
    ) -> dict[str, Any]:
        """Give what `inference.estimate` needs for a formula."""
        used = [self.measures[name] for name in columns if name in self.measures]
        measured = [measure.variable for measure in used]
        _tell_hidden(used, self.columns)
        own = [str(name) for name in self.columns if name not in measured]
        free = [name for name in columns if name not in own and name not in measured]
        coded = self.codes.data[self.codes.data["variable"].isin(free)]
        return {
            "data": self.columns[[name for name in own if name in {*columns, *others}]],
            "themes": self.themes if "theme" in columns and "theme" not in own else None,
            "measure": [measure.codings for measure in used] or None,
            "gold": self._gold(used, coded),
        }

    def _gold(self, used: Sequence[Measured], coded: pd.DataFrame) -> Codings | None:
        """Put together what the measures were validated with, and codes that nothing measures."""
        parts = [measure.gold for measure in used if measure.gold is not None]
        if len(coded):
            parts.append(Codings(coded, sample=self.codes.sample))
        if len(parts) < 2 or all(part is parts[0] for part in parts):
            return parts[0] if parts else None
        joined = Codings(pd.concat([part.data for part in parts]))
        samples = [part.sample for part in parts if part.sample is not None]
        if all(sample.equal for sample in samples):
            return joined
        if len({sample.name for sample in samples}) > 1 or len(samples) < len(parts):
            warn(
                "the gold standard is of several samples, of which one was drawn with unequal "
                "probabilities: nothing is weighted, for no probability is known of all images. "
                "Validate the measures with codes of one sample."
            )
            return joined
        # A part that was kept from training has the probabilities of coming into that part.
        sample = min(samples, key=lambda one: len(one.images))
        return replace(joined, sample=sample).select(sample.images)


def chosen(measures: Sequence[Measured], coders: Sequence[str] | None) -> dict[str, Measured]:
    """Choose one measure for each variable."""
    names = [measure.name for measure in measures]
    for coder in coders or ():
        if coder not in names:
            raise InputError(
                f"measure={coder!r}: no such measure; there are {', '.join(names) or 'none'}. "
                f"Make it with study.measure({coder!r})."
            )
    return {m.variable: m for m in measures if coders is None or m.name in coders}


def estimate(layout: Layout, formula: str, known: Known, **options: Any) -> Estimates:
    """Estimate, or read what the same formula over the same data gave before."""
    columns = inference.parse(formula, known.names).columns
    options = {name: value for name, value in options.items() if value is not None}
    effects = options.get("fixed_effects", ())
    effects = (effects,) if isinstance(effects, str) else tuple(effects)
    given = known.arguments(columns, (options.get("cluster"), *effects))
    inputs = _inputs(given)
    made = key(formula, inputs, options)
    place = layout.step("estimates") / made
    with step(layout, "estimate") as under_way:
        if place.exists():
            found = _read(place)
        else:
            found = inference.estimate(formula, **given, **options)
            write_folder(place, lambda folder: _write(found, folder))
        under_way.done(
            f"{formula} ({found.model})",
            made,
            inputs=inputs,
            options=options,
            result={"folder": f"estimates/{made}", "images": int(found.rows["n"].max())},
        )
    return found


def newest(layout: Layout) -> list[Estimates]:
    """Read the newest estimates of each formula and model."""
    entries = log.latest(log.entries(layout.log), "estimate").values()
    return [_read(layout.folder / entry["result"]["folder"]) for entry in entries]


def _tell_hidden(used: Sequence[Measured], columns: pd.DataFrame) -> None:
    for measure in used:
        if measure.variable in columns:
            warn(
                f"{measure.variable!r} is taken from the measure {measure.name!r}, not from the "
                "column of the metadata; measure=[] takes the column."
            )


def _inputs(given: Mapping[str, Any]) -> dict[str, Any]:
    gold = given["gold"]
    tables = {
        "data": given["data"],
        "themes": None if given["themes"] is None else given["themes"].labels.to_frame(),
        "measure": given["measure"] and pd.concat([one.data for one in given["measure"]]),
        "gold": None if gold is None else gold.data,
        "sample": None if gold is None or gold.sample is None else gold.sample.table,
    }
    return {name: frames.digest(table) for name, table in tables.items() if table is not None}


def _write(found: Estimates, folder: Path) -> None:
    keep(found, folder)
    write_text(found.to_csv(), folder / "table.csv")
    write_text(found.to_text() + "\n", folder / "table.txt")


def _read(folder: Path) -> Estimates:
    return kept(
        Estimates,
        folder,
        revive={"notes": tuple, "quality": lambda v: v and tuple(v)},
    )
