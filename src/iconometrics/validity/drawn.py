"""How the gold images were drawn: what each stands for, and what must be said of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Sample
from iconometrics.errors import InputError, warn
from iconometrics.stats import Design, survey_design
from iconometrics.wording import counted, listed

__all__ = ["Drawn", "design_of", "drawn"]

# Rounding shares of a stratum to whole images makes probabilities differ by less.
_EQUAL = 1.01


class Drawn(NamedTuple):
    """The compared images with what each stands for."""

    items: pd.DataFrame
    weighted: bool
    notes: tuple[str, ...]


def drawn(
    items: pd.DataFrame,
    sample: Sample | None,
    groups: np.ndarray | None,
    *,
    finite: bool = True,
) -> Drawn:
    """Look up how each image was drawn, and if `finite` how much of the corpus was.

    A column of probabilities says that figures speak of the corpus that was drawn from.
    """
    if groups is not None:
        items = items.assign(cluster=groups)
    if sample is None:
        note = (
            "The gold standard names no sample: the figures hold for these images, and for the "
            "corpus only if they were drawn from it at random."
        )
        return Drawn(items, False, (note,))
    table = sample.table.set_index("image").reindex(items["image"])
    inside = table["probability"].notna().to_numpy()
    known = table["probability"]
    uneven = sample.table["probability"].max() > _EQUAL * sample.table["probability"].min()
    if not uneven and table["cluster"].isna().all():
        if finite and groups is None and inside.all():
            items = items.assign(probability=known.mean() * len(items) / len(sample))
        return Drawn(items, False, _equal_notes(known, inside, sample, finite=finite))
    if not inside.any():
        raise InputError(
            f"none of the {len(items)} gold images ({listed(items['image'])}) is in the sample "
            f"{sample.name!r}, so it is not known how likely each was to be drawn; pass the "
            "sample that was coded."
        )
    notes = _outside_notes(items["image"][~inside], sample)
    for note in notes:
        warn(note)
    kept = items[inside].reset_index(drop=True)
    answered, silent = _answered(sample, kept["image"])
    notes += silent
    rows = table[inside].reset_index()
    chances = answered.reindex(kept["image"]).to_numpy()
    if finite and groups is None:
        kept = kept.assign(probability=chances)
    kept = kept.assign(
        weight=1 / chances,
        stratum=rows["stratum"].fillna(""),
        cluster=kept["cluster"]
        if "cluster" in kept
        else rows["cluster"].fillna("image " + rows["image"]),
    )
    return Drawn(kept, True, (*notes, _weighted_note(rows, kept, by_group=groups is not None)))


def design_of(items: pd.DataFrame, *, by_group: bool) -> Design:
    """Make the design of the compared images."""
    finite = "probability" in items and not by_group
    chance = 1 / items["probability"] if finite else np.ones(len(items))
    weights = items.get("weight", chance)
    clusters = items["cluster"].to_numpy(dtype=str) if "cluster" in items else None
    strata = items["stratum"].to_numpy(dtype=str) if "stratum" in items else None
    if by_group and clusters is not None and strata is not None:
        pairs = pd.DataFrame({"cluster": clusters, "stratum": strata}).drop_duplicates()
        # A group whose images lie in several strata is still one: strata cannot be told apart.
        strata = None if pairs["cluster"].duplicated().any() else strata
    # Images of a group were not drawn as one: of groups there are at least those compared.
    corpus = None if finite else np.ones(len(items)) if by_group else weights
    return survey_design(weights, strata=strata, clusters=clusters, finite=finite, corpus=corpus)


def _equal_notes(
    known: pd.Series, inside: np.ndarray, sample: Sample, *, finite: bool
) -> tuple[str, ...]:
    notes = []
    if not inside.all():
        notes.append(
            f"{counted(int((~inside).sum()), 'gold image')} outside the sample {sample.name!r}: "
            "the probability of drawing them is not known, and they count like the others."
        )
    if inside.all() and known.min() == 1:
        speaks = (
            "The figures are theirs, and no chance is in them"
            if finite
            else "The intervals speak of further images of the same kind"
        )
        notes.append(
            "Every image that could be drawn was coded by people: for these images their codes "
            f"need no measure. {speaks}."
        )
    return tuple(notes)


def _answered(sample: Sample, images: pd.Series) -> tuple[pd.Series, list[str]]:
    """Let the compared images represent the others of their stratum and wave."""
    table = sample.table
    stratum = table["stratum"].fillna("")
    heard = table["image"].isin(images).groupby([stratum, table["wave"]]).transform("any")
    known = sample.select(table["image"][heard]).answered(images).probability
    if heard.all():
        return known, []
    of = ", ".join(f"stratum {name!r}" for name in stratum[~heard].unique() if name)
    note = (
        f"{counted(int((~heard).sum()), 'image')} of the sample {sample.name!r}"
        f"{f' ({of})' if of else ''}: no figure represents them, as none like them is compared."
    )
    return known, [note]


def _outside_notes(outside: pd.Series, sample: Sample) -> list[str]:
    if outside.empty:
        return []
    return [
        f"{counted(len(outside), 'gold image')} outside the sample {sample.name!r} "
        f"({listed(outside)}): left out, because the probability of drawing them is not known."
    ]


def _weighted_note(rows: pd.DataFrame, items: pd.DataFrame, *, by_group: bool) -> str:
    low, high = (f"{value:.3g}" for value in rows["probability"].agg(["min", "max"]))
    strata, clusters = items["stratum"].nunique(), items["cluster"].nunique()
    parts = [f"{strata} strata"] if strata > 1 else []
    if clusters < len(items):
        parts.append(f"{clusters} {'groups' if by_group else 'clusters'}")
    by = f" within {' and '.join(parts)}" if parts else ""
    how = (
        f"The images were drawn with unequal probabilities ({low} to {high})"
        if low != high
        else f"The images were drawn in clusters, with probability {low}"
    )
    return (
        f"{how}: every rate counts each image for one over its probability and represents the "
        f"corpus; intervals are linearized{by}."
    )
