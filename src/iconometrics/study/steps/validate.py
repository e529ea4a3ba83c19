"""The step validate: a measure compared with a gold standard, and how often that was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq

from iconometrics import validity
from iconometrics.coding import Codings, undecided
from iconometrics.errors import InputError
from iconometrics.options import Target, key
from iconometrics.study.disk import log
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.result_files import (
    file_name,
    keep,
    keep_codings,
    kept,
    kept_codings,
    read_json,
)
from iconometrics.study.disk.step import step
from iconometrics.study.steps import measure as measuring
from iconometrics.study.steps import train as training
from iconometrics.study.steps.check import duplicates
from iconometrics.study.steps.codes import settled
from iconometrics.study.steps.phases import experts
from iconometrics.validity import Accuracy, Rate, leakage
from iconometrics.validity.leakage import twins
from iconometrics.validity.matching import common_variable
from iconometrics.validity.threshold import category_of, reread
from iconometrics.wording import NOT_VALIDATED

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["Measured", "gold_of", "measures", "validate"]

# Of the smaller test set: with so many images in common two of them are one.
_SAME = 0.5


@dataclass(frozen=True, eq=False)
class Measured:
    """One variable that one coder measured, and how good it is, if anybody looked.

    Parameters
    ----------
    name
        The coder's name.
    variable
        The variable.
    codings
        The coder's codings of that variable.
    card
        The coder's card.
    accuracy
        Accuracy against the gold standard; None where nobody looked.
    gold
        The gold standard that it was compared with.

    Examples
    --------
    >>> import pandas as pd
    >>> codes = Codings.from_series(pd.Series({"a.jpg": "yes"}, name="protest"), coder="svm")
    >>> Measured("svm", "protest", codes, {}, None).status
    'not validated'
    """

    name: str
    variable: str
    codings: Codings
    card: Mapping[str, Any]
    accuracy: Accuracy | None
    gold: Codings | None = None

    @property
    def status(self) -> str:
        """What a comparison says of the measure: "compared with n codes", "not validated" ..."""
        return NOT_VALIDATED if self.accuracy is None else self.accuracy.status


@dataclass(frozen=True, eq=False)
class _Trial:
    """What is to be compared with what."""

    coder: str
    variable: str | None
    gold: Codings
    groups: pd.Series | None
    by: pd.Series | None
    at: float | str | None
    category: str | None
    bar: float | None
    target: Target | None
    duplicates: pd.DataFrame
    seed: int


def validate(
    layout: Layout,
    corpus: Corpus,
    coder: str,
    *,
    variable: str | None,
    gold: str | Path | Codings | None,
    groups: pd.Series | None,
    by: str | pd.Series | None,
    threshold: float | str | None,
    category: str | None,
    bar: float | None,
    target: Target | None,
    seed: int,
) -> Accuracy:
    """Compare a measure with the gold standard; a model that has not measured yet does so first."""
    if training.model_folder(layout, coder).exists():
        measuring.measure(layout, corpus, coder)
    trial = _Trial(
        coder=coder,
        variable=variable,
        gold=_gold(layout, coder, gold, variable=variable),
        groups=_groups(corpus, target) if groups is None else groups,
        by=_column(corpus, by) if isinstance(by, str) else by,
        at=threshold,
        category=category,
        bar=bar,
        target=target,
        duplicates=duplicates(layout),
        seed=seed,
    )
    return _kept_trial(layout, trial, measuring.folder_of(layout, coder))


def _groups(corpus: Corpus, target: str | None) -> pd.Series | None:
    """Take the study's accounts, which matter beyond the corpus."""
    return None if target == "corpus" else training.units(corpus)


def measures(layout: Layout) -> list[Measured]:
    """Read the newest codings of each coder, one variable each, with their accuracy."""
    measured = []
    accuracies: dict[str, Accuracy] = {}
    for coder in measuring.variables(layout):
        folder = measuring.folder_of(layout, coder)
        codings, card = kept_codings(folder), read_json(folder / "card.json")
        for variable, own in measuring.by_variable(codings).items():
            place, gold = _newest(layout, coder, variable, codings)
            accuracy = None if place is None else _read(layout.folder / place)
            if place is not None and accuracy is not None:
                accuracies[place] = accuracy
            measured.append(Measured(coder, variable, own, card, accuracy, gold))
    return [_with_openings(layout, measure, accuracies) for measure in measured]


def _with_openings(layout: Layout, measure: Measured, known: Mapping[str, Accuracy]) -> Measured:
    accuracy = measure.accuracy
    if accuracy is None:
        return measure
    opened = _opened(layout, accuracy, known)
    return replace(measure, accuracy=replace(accuracy, opened=opened))


def gold_of(layout: Layout, coder: str, variable: str, *, codings: Codings) -> Codings | None:
    """Read the gold standard that a coder's newest codings were compared with, if they were."""
    return _newest(layout, coder, variable, codings)[1]


def _newest(
    layout: Layout, coder: str, variable: str, codings: Codings
) -> tuple[str | None, Codings | None]:
    """Find the accuracy that was computed from these very codings, and read its gold standard."""
    entry = log.latest(log.entries(layout.log), "validate").get(f"{coder} {variable}")
    place = "" if entry is None else str(entry["result"]["folder"])
    folder = layout.folder / place
    if entry is None or folder.parent != measuring.folder_of(layout, coder) or not folder.exists():
        return None, None
    gold = kept_codings(folder / "gold")
    return (place, gold) if _compared(codings, gold) == entry["inputs"] else (None, None)


def _opened(layout: Layout, accuracy: Accuracy, known: Mapping[str, Accuracy]) -> int:
    """Count the measures and settings that were compared with the same test set.

    Each makes the best one look better. Test sets that are known are not read again.
    """
    wanted, keys = set(accuracy.items["image"]), set()
    for entry in log.entries(layout.log):
        options = entry.get("options", {})
        if entry["step"] == "validate" and options.get("variable") == accuracy.variable:
            images = _test_set(layout, entry["result"]["folder"], known)
            if images is None or _are_one(images, wanted):
                keys.add(entry["key"])
    return len(keys)


def _test_set(layout: Layout, place: str, known: Mapping[str, Accuracy]) -> set[str] | None:
    if place in known:
        return set(known[place].items["image"])
    path = layout.folder / place / "items.parquet"
    if not path.exists():
        return None
    return set(pq.read_table(path, columns=["image"]).column("image").to_pylist())


def _are_one(first: set[str], second: set[str]) -> bool:
    return len(first & second) >= _SAME * min(len(first), len(second))


def _gold(
    layout: Layout, coder: str, gold: str | Path | Codings | None, *, variable: str | None
) -> Codings:
    """Take what is given, else experts' codes of a second phase, else those kept from training."""
    if gold is not None:
        return gold if isinstance(gold, Codings) else Codings.read(gold)
    kept_gold = training.gold_of(layout, coder)
    codes = settled(layout) if kept_gold is None else kept_gold
    if not len(codes):
        raise InputError(
            f"there is no gold standard to compare {coder!r} with. Draw a sample with "
            "study.draw(), code it, and add the codes with study.add_codings()."
        )
    sample = "" if codes.sample is None else codes.sample.name
    second = experts(layout, sample if kept_gold is None else coder)
    if second is not None and (variable is None or variable in second.variables):
        return second
    return codes


def _column(corpus: Corpus, name: str) -> pd.Series:
    if name not in corpus.metadata:
        known = ", ".join(map(str, corpus.metadata.columns[:12])) or "none"
        raise InputError(f"by={name!r}: no such column in the metadata; there are {known}.")
    column: pd.Series = corpus.metadata[name]
    return column


def _kept_trial(layout: Layout, trial: _Trial, folder: Path) -> Accuracy:
    with step(layout, "validate") as under_way:
        codings = kept_codings(folder)
        inputs = _compared(codings, trial.gold)
        trial_key = key(inputs, trial.variable, trial.seed, *_asked(trial))
        accuracy, gold = _held(codings, trial)
        suffix = "" if trial.at is None else f" from {trial.at} on"
        place = folder / f"accuracy-{file_name(accuracy.variable)}-{trial_key}"
        if not place.exists():
            write_folder(place, lambda path: _write(path, accuracy, gold))
        options = {"coder": trial.coder, "variable": accuracy.variable}
        if trial.at is not None:
            options |= {"threshold": str(trial.at), "category": str(trial.category)}
        if trial.bar is not None:
            options |= {"bar": str(trial.bar)}
        name = place.relative_to(layout.folder).as_posix()
        under_way.done(
            f"{trial.coder} {accuracy.variable}{suffix}",
            trial_key,
            inputs=inputs,
            options=options,
            seed=trial.seed,
            result={"folder": name, "images": accuracy.n},
        )
    return replace(accuracy, opened=_opened(layout, accuracy, {name: accuracy}))


def _compared(codings: Codings, gold: Codings) -> dict[str, str]:
    """Name what accuracy is computed from: the measured values of the gold images, and theirs."""
    columns = ["image", "variable", "value", "confidence"]
    measured = codings.data[codings.data["image"].isin(gold.images)]
    return {
        "measure": frames.digest(measured[columns].sort_values(["image", "variable"])),
        "gold": frames.digest(gold.data[columns].sort_values(["image", "variable"])),
    }


def _asked(trial: _Trial) -> list[Any]:
    """Name what else the result depends on."""
    groups = None if trial.groups is None else frames.digest(trial.groups.to_frame())
    by = None if trial.by is None else [str(trial.by.name), frames.digest(trial.by.to_frame())]
    sample = trial.gold.sample
    drawn = None if sample is None else frames.digest(sample.table)
    bar = [] if trial.bar is None else [trial.bar]
    names = trial.gold.variables if trial.variable is None else (trial.variable,)
    # Former versions left undecided images out: such results are not taken for done.
    ties = ["undecided images"] * any(len(undecided(trial.gold, name)) for name in names)
    # Nor did they know how much of the corpus an even sample leaves open.
    corpus = ["corpus"] * (sample is not None and groups is None and trial.target != "beyond")
    return [groups, by, trial.at, trial.category, drawn, *bar, *ties, *corpus]


def _held(codings: Codings, trial: _Trial) -> tuple[Accuracy, Codings]:
    """Compute the accuracy, with what there is to say about threshold and leakage."""
    gold, notes = trial.gold, list[str]()
    if trial.at is not None:
        codings, gold, notes = _reread(codings, trial)
    accuracy = validity.accuracy(
        codings,
        gold=gold,
        variable=trial.variable,
        groups=trial.groups,
        by=trial.by,
        bar=trial.bar,
        target=trial.target,
        seed=trial.seed,
    )
    if codings.trained_on is not None:
        pairs = twins(
            pd.Index(accuracy.items["image"]),
            pd.Index(codings.trained_on),
            duplicates=trial.duplicates,
            groups=trial.groups,
        )
        if len(pairs):
            leaked = leakage(
                codings, gold, duplicates=trial.duplicates, groups=trial.groups,
                variable=accuracy.variable, seed=trial.seed,
            )  # fmt: skip
            notes.append(leaked.summary())
    return replace(accuracy, notes=(*accuracy.notes, *notes)), gold


def _reread(codings: Codings, trial: _Trial) -> tuple[Codings, Codings, list[str]]:
    if trial.at == "choose":
        first, second = trial.gold.split(share=0.5, seed=trial.seed, groups=trial.groups)
        chosen = validity.threshold(
            codings, first, variable=trial.variable, category=trial.category
        )
        return chosen.apply(codings), second, [f"Threshold: {chosen.summary()}"]
    variable = common_variable(codings, trial.gold, trial.variable)
    values = sorted({*trial.gold[variable].dropna(), *codings[variable].dropna()})
    category = category_of(values, trial.category, variable)
    read = reread(codings, variable, category, at=float(trial.at or 0))
    note = (
        f"Threshold: {category} is assigned at a probability of {float(trial.at or 0):g} or more. "
        "If it had been chosen on these gold images, the figures would be too good."
    )
    return read, trial.gold, [note]


def _write(folder: Path, accuracy: Accuracy, gold: Codings) -> None:
    keep(accuracy, folder)
    accuracy.table().to_csv(folder / "table.csv")
    (folder / "gold").mkdir()
    keep_codings(gold, folder / "gold")


def _read(folder: Path) -> Accuracy:
    rates = dict.fromkeys(("accuracy", "macro_f1", "kappa"), _rate)
    return kept(Accuracy, folder, revive={**rates, "notes": tuple})


def _rate(values: list[float] | None) -> Rate | None:
    return None if values is None else Rate(*values)
