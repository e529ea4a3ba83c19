"""Gold standard and measure side by side, image by image, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import InputError, warn
from iconometrics.wording import counted, listed

__all__ = ["Matched", "common_variable", "match", "require_two", "trained_among"]


@dataclass(frozen=True, eq=False)
class Matched:
    """The images that have both a gold value and a measured one."""

    variable: str
    items: pd.DataFrame
    categories: tuple[str, ...]
    notes: tuple[str, ...]


def match(measure: Codings, gold: Codings, variable: str | None = None) -> Matched:
    """Put the gold standard and the measure of one variable side by side."""
    variable = common_variable(measure, gold, variable)
    truth = gold[variable].dropna()
    if not len(truth):
        raise InputError(f"the gold standard has no value of {variable!r}; code some images first.")
    leaked = trained_among(truth.index, measure)
    truth = truth.drop(leaked)
    if not len(truth):
        raise InputError(
            f"all gold images of {variable!r} were used to train {_who(measure)}: nothing is left "
            "to judge it by. Split the gold standard before training: train, test = gold.split()."
        )
    measured = measure[variable].reindex(truth.index)
    missing = measured.index[measured.isna()]
    items = pd.DataFrame({"gold": truth, "measure": measured})
    items["confidence"] = measure.confidence(variable).reindex(truth.index)
    items = items.dropna(subset="measure").rename_axis("image").reset_index()
    if items.empty:
        raise InputError(
            f"none of the {len(truth)} gold images ({listed(truth.index)}) has a value of "
            f"{variable!r} in the measure ({listed(measure.images)}); are the ids written the same "
            "way, and was the measure made for these images?"
        )
    left_out = [*_leakage_notes(leaked, measure), *_missing_notes(missing, measure, variable)]
    for note in left_out:
        warn(note)
    notes = (*left_out, *_unchecked_notes(measure))
    return Matched(variable, items, _categories(items, variable), notes)


def common_variable(measure: Codings, gold: Codings, variable: str | None) -> str:
    """Settle which variable is compared."""
    common = [name for name in gold.variables if name in measure.variables]
    if variable is None and len(common) == 1:
        return common[0]
    if variable is None and common:
        raise InputError(f"several variables in common ({listed(common, 8)}): choose variable=.")
    if variable is None or variable not in common:
        asked = "no variable" if variable is None else f"the variable {variable!r} is not"
        raise InputError(
            f"{asked} in both: the gold standard has {listed(gold.variables, 8) or 'none'}, the "
            f"measure {listed(measure.variables, 8) or 'none'}."
        )
    return variable


def trained_among(images: pd.Index, measure: Codings) -> pd.Index:
    """Find the images that the coder was trained on, or exact copies of such."""
    if not measure.trained_on:
        return images[:0]
    trained = set(measure.trained_on)
    rows = measure.data[["image", "sha256"]].dropna().drop_duplicates("image")
    known = pd.Series(rows["sha256"].array, index=rows["image"])
    hashes = set(known[known.index.isin(trained)])
    copies = known.reindex(images).isin(hashes).to_numpy()
    return images[images.isin(trained) | copies]


def require_two(items: pd.DataFrame, variable: str) -> None:
    """Refuse a gold standard of one category."""
    gold = set(items["gold"])
    if len(gold) == 1:
        raise InputError(
            f"all {len(items)} gold images of {variable!r} are {next(iter(gold))!r}: accuracy "
            "needs at least two categories. Code more images, or draw them from strata in which "
            "the others are likely."
        )


def _leakage_notes(leaked: pd.Index, measure: Codings) -> list[str]:
    if leaked.empty:
        return []
    return [
        f"{counted(len(leaked), 'gold image')} used to train {_who(measure)}, or copies of such "
        f"({listed(leaked)}): left out, because a coder knows what it was trained on."
    ]


def _missing_notes(missing: pd.Index, measure: Codings, variable: str) -> list[str]:
    if missing.empty:
        return []
    rows = measure.data[measure.data["variable"] == variable].drop_duplicates("image")
    reasons = rows.set_index("image")["reason"].reindex(missing).fillna("not measured")
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.value_counts().items())
    return [
        f"{counted(len(missing), 'gold image')} without a measured value ({counts}; "
        f"{listed(missing)}): left out, so the figures hold for images that can be measured."
    ]


def _unchecked_notes(measure: Codings) -> list[str]:
    if measure.trained_on is not None:
        return []
    return [
        f"Which images {_who(measure)} was trained on is not known here, so leakage was not "
        "checked."
    ]


def _categories(items: pd.DataFrame, variable: str) -> tuple[str, ...]:
    gold, measured = set(items["gold"]), set(items["measure"])
    if not gold & measured:
        raise InputError(
            f"gold standard and measure of {variable!r} have no category in common: "
            f"{listed(sorted(gold), 6)} against {listed(sorted(measured), 6)}; write them alike."
        )
    require_two(items, variable)
    everything = gold | measured
    folded = pd.Series(sorted(everything), dtype="str")
    twins = folded[folded.str.casefold().duplicated(keep=False)]
    if len(twins):
        warn(
            f"{variable!r} has values that differ only in upper and lower case: "
            f"{listed(map(repr, twins), 6)}; they count as different categories."
        )
    return _ordered(everything)


def _ordered(categories: set[str]) -> tuple[str, ...]:
    numbers = pd.to_numeric(pd.Series(sorted(categories), dtype="str"), errors="coerce")
    if numbers.notna().all():
        return tuple(sorted(categories, key=lambda name: (float(name), name)))
    return tuple(sorted(categories))


def _who(measure: Codings) -> str:
    return listed(measure.coders) or "the coder"
