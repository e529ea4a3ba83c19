"""The step estimate: a formula over metadata, themes and measures, kept with its result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from iconometrics import inference
from iconometrics.coding import Codings, undecided
from iconometrics.errors import InputError, warn
from iconometrics.inference import Estimates
from iconometrics.options import key, several
from iconometrics.study.disk import log
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import keep, kept, kept_codings, write_text
from iconometrics.study.disk.settings import Settings
from iconometrics.study.disk.step import step
from iconometrics.study.disk.tables import digest
from iconometrics.study.steps import check as checking
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps import measure as measuring
from iconometrics.study.steps import themes
from iconometrics.study.steps.codes import newest_book, settled
from iconometrics.study.steps.phases import two_phases, unsettled
from iconometrics.study.steps.validate import gold_of
from iconometrics.wording import listed

if TYPE_CHECKING:
    from iconometrics.coding import Codebook, Sample

__all__ = ["Measure", "columns_there", "estimate", "gold_standard", "newest", "read"]


class Measure(NamedTuple):
    """A measured variable that a formula names."""

    coder: str
    variable: str
    codings: Codings
    gold: Codings | None


@dataclass(frozen=True, eq=False)
class _Names:
    """All that a formula may name, and where it lies; only names were read, and people's codes."""

    metadata: Sequence[str]
    features: Mapping[str, Sequence[str]]
    measures: Mapping[str, str]
    codes: Codings
    themes: Sequence[str]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of metadata and features; of two of one name the metadata's counts."""
        sets = (name for columns in self.features.values() for name in columns)
        return tuple(dict.fromkeys((*self.metadata, *sets)))

    @property
    def all(self) -> tuple[str, ...]:
        """Every name once."""
        names = (*self.columns, *self.measures, *self.codes.variables, *self.themes)
        return tuple(dict.fromkeys(names))

    def specs(self, wanted: Collection[str]) -> list[str]:
        """Name the sets of features that hold any of the wanted columns."""
        return [
            spec
            for spec, columns in self.features.items()
            if any(name in wanted and name not in self.metadata for name in columns)
        ]


def estimate(
    layout: Layout,
    settings: Settings,
    formula: str,
    *,
    measure: Sequence[str] | None,
    **options: Any,
) -> Estimates:
    """Estimate, or read what the same formula over the same data gave before.

    The formula is parsed first, and only what it names is read.
    """
    names = _names(layout, measure)
    columns = inference.parse(formula, names.all).columns
    options = {name: value for name, value in options.items() if value is not None}
    effects = several(options.get("fixed_effects"))
    arguments = _arguments(layout, settings, names, columns, _named(options, effects))
    measured = [name for name in columns if name in names.measures]
    if options.get("first_phase") is not None:
        arguments |= _phases(layout, names, columns, options["first_phase"])
    if options.get("posterior") and arguments["gold"] is not None:
        arguments["gold"] = unsettled(layout, arguments["gold"], measured)
    inputs = _inputs(arguments)
    estimate_key = key(formula, inputs, options, *_revised(arguments, options, columns))
    folder = layout.step("estimates") / estimate_key
    coders = {name: names.measures[name] for name in columns if name in names.measures}
    with step(layout, "estimate") as under_way:
        if folder.exists():
            estimates = read(folder)
        else:
            estimates = inference.estimate(formula, **(options | arguments))
            write_folder(folder, lambda path: _write(estimates, path))
        under_way.done(
            f"{formula} ({estimates.model})",
            estimate_key,
            inputs=inputs,
            options={**options, "coders": coders} if coders else options,
            result={
                "folder": f"estimates/{estimate_key}",
                "images": int(estimates.rows["n"].max()),
            },
        )
    return estimates


def columns_there(layout: Layout) -> tuple[str, ...]:
    """Name all that a formula may name."""
    return _names(layout, None).all


def newest(layout: Layout, reading: Callable[[Path], Estimates]) -> list[Estimates]:
    """Read the newest estimates of each formula and model."""
    entries = log.latest(log.entries(layout.log), "estimate").values()
    return [reading(layout.folder / entry["result"]["folder"]) for entry in entries]


def _names(layout: Layout, coders: Sequence[str] | None) -> _Names:
    return _Names(
        metadata=checking.metadata_columns(layout),
        features=featuring.columns(layout),
        measures=_chosen(measuring.variables(layout), coders),
        codes=settled(layout),
        themes=["theme"] if themes.sets_of_newest(layout) else [],
    )


def _chosen(measures: Mapping[str, Sequence[str]], coders: Sequence[str] | None) -> dict[str, str]:
    """Choose one coder for each variable: the newest, or the newest of some."""
    for coder in coders or ():
        if coder not in measures:
            raise InputError(
                f"measure={coder!r}: no such measure; there are {', '.join(measures) or 'none'}. "
                f"Make it with study.measure({coder!r})."
            )
    return {
        variable: coder
        for coder, variables in measures.items()
        if coders is None or coder in coders
        for variable in variables
    }


def _named(options: Mapping[str, Any], effects: Sequence[str]) -> tuple[str | None, ...]:
    """Name the columns beside those of the formula."""
    return (options.get("cluster"), options.get("weights"), *effects)


def _arguments(
    layout: Layout,
    settings: Settings,
    names: _Names,
    columns: Sequence[str],
    others: Sequence[str | None],
) -> dict[str, Any]:
    """Read what `inference.estimate` needs for a formula."""
    measures = [
        _measured(layout, names.measures[name], name) for name in columns if name in names.measures
    ]
    _warn_of_hidden(measures, names.columns)
    measured = [measure.variable for measure in measures]
    own = [name for name in names.columns if name not in measured]
    free = [name for name in columns if name not in own and name not in measured]
    coded = names.codes.data[names.codes.data["variable"].isin(free)]
    return {
        "data": _data(layout, settings, names, [n for n in own if n in {*columns, *others}]),
        "themes": themes.newest(layout) if "theme" in columns and "theme" not in own else None,
        "measure": [measure.codings for measure in measures] or None,
        "gold": gold_standard(measures, coded, names.codes.sample),
        "codebook": _codebook(layout, columns),
    }


def _phases(
    layout: Layout, names: _Names, columns: Sequence[str], first_phase: str
) -> dict[str, Any]:
    """Take experts' codes of a second phase for the gold standard, those of the first beside."""
    known = {*names.columns, *names.measures, *names.themes}
    alone = [name for name in columns if name not in known]
    if alone:
        raise InputError(
            f"first_phase={first_phase!r} with {listed(alone)}: people coded it and nothing "
            "measures it, so what experts would say of the other images is not known. Measure it, "
            "or leave it out of the formula."
        )
    coders = [names.measures[name] for name in columns if name in names.measures]
    first, gold = two_phases(layout, first_phase, coders)
    return {"first_phase": first, "gold": gold}


def _codebook(layout: Layout, columns: Sequence[str]) -> Codebook | None:
    """Read the codebook, if it says of a column that its numbers are names of categories."""
    book = newest_book(layout)
    if book is None:
        return None
    named = [variable.name for variable in book.variables if variable.is_named_by_numbers]
    return None if set(named).isdisjoint(columns) else book


def _data(
    layout: Layout, settings: Settings, names: _Names, columns: Sequence[str]
) -> pd.DataFrame:
    """Put metadata and features side by side."""
    metadata = [name for name in columns if name in names.metadata]
    corpus = checking.stored(layout, settings, columns=metadata)
    tables = featuring.stored(layout, corpus.readable, names.specs(columns))
    frames = [table.drop(columns=metadata, errors="ignore") for table in tables.values()]
    data = pd.concat([corpus.metadata, *frames], axis=1)
    missing = [name for name in columns if name not in data]
    if missing:
        raise InputError(
            f"{missing[0]!r} was measured for none of the present images; run study.features() "
            "for its set again."
        )
    return data[list(columns)]


def _measured(layout: Layout, coder: str, variable: str) -> Measure:
    codings = kept_codings(measuring.folder_of(layout, coder))
    gold = gold_of(layout, coder, variable, codings=codings)
    return Measure(coder, variable, measuring.by_variable(codings)[variable], gold)


def gold_standard(
    measures: Sequence[Measure], coded: pd.DataFrame, drawn: Sample | None
) -> Codings | None:
    """Put together what the measures were validated with, and codes that nothing measures."""
    parts = [measure.gold for measure in measures if measure.gold is not None]
    if len(coded):
        parts.append(Codings(coded, sample=drawn))
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
    smallest = min(samples, key=lambda sample: len(sample.images))
    return replace(joined, sample=smallest).select(smallest.images)


def _warn_of_hidden(measures: Sequence[Measure], columns: Collection[str]) -> None:
    for measure in measures:
        if measure.variable in columns:
            warn(
                f"{measure.variable!r} is taken from the measure {measure.coder!r}, not from the "
                "column of the metadata; measure=[] takes the column."
            )


def _inputs(arguments: Mapping[str, Any]) -> dict[str, Any]:
    gold, codebook = arguments["gold"], arguments["codebook"]
    first = arguments.get("first_phase")
    tables = {
        "data": arguments["data"],
        "themes": None if arguments["themes"] is None else arguments["themes"].labels.to_frame(),
        "measure": arguments["measure"]
        and pd.concat([codings.data for codings in arguments["measure"]]),
        "gold": None if gold is None else gold.data,
        "sample": None if gold is None or gold.sample is None else gold.sample.table,
        "first_phase": None if first is None else first.data,
        "first_sample": None if first is None or first.sample is None else first.sample.table,
    }
    digests = {name: digest(table) for name, table in tables.items() if table is not None}
    return digests if codebook is None else {**digests, "codebook": key(codebook.text())}


def _revised(
    arguments: Mapping[str, Any], options: Mapping[str, Any], columns: Collection[str]
) -> list[str]:
    """Name what a former version got wrong: such results are not taken for done."""
    gold = arguments["gold"]
    coded = [] if gold is None else [name for name in gold.variables if name in columns]
    ties = any(len(undecided(gold, name)) for name in coded)
    within = bool(options.get("fixed_effects") and arguments["measure"] and coded)
    return ["undecided images"] * ties + ["noise of means"] * within


def _write(estimates: Estimates, folder: Path) -> None:
    keep(estimates, folder)
    write_text(estimates.to_csv(), folder / "table.csv")
    write_text(estimates.to_text() + "\n", folder / "table.txt")


def read(folder: Path) -> Estimates:
    """Read a result."""
    return kept(
        Estimates,
        folder,
        revive={"notes": tuple, "quality": lambda v: v and tuple(v)},
    )
