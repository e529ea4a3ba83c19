"""A gold standard as columns of a table: what people coded, and how likely each was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Codings, Sample, adjudicate
from iconometrics.errors import InputError
from iconometrics.inference.estimates import LeftOut
from iconometrics.inference.formulas.variables import Variables
from iconometrics.validity.matching import trained_among
from iconometrics.wording import counted, listed

__all__ = ["Sampled", "clusters_of", "likeliest", "sampled", "with_coders", "with_first_phase"]


class Sampled(NamedTuple):
    """A table with measured and coded values side by side."""

    table: pd.DataFrame
    predicted: tuple[str, ...]
    prediction: tuple[str, ...]
    sample_prob: str | None
    notes: tuple[str, ...]
    trained: pd.Index
    first_phase: tuple[str, ...] = ()
    first_phase_prob: str | None = None
    coders: tuple[str, ...] = ()


def sampled(
    variables: Variables, names: Sequence[str], *, gold: Codings, measure: Sequence[Codings]
) -> Sampled:
    """Put the codes of people beside the measures, with the probabilities of the sample."""
    images = variables.table.index
    table, notes = variables.table.copy(), []
    prediction = tuple(f"{name} (measured)" for name in names)
    there = np.ones(len(images), dtype=bool)
    trained = images[:0]
    for name, by in zip(names, prediction, strict=True):
        truth = gold[name].dropna()
        truth, outside = _inside(truth, gold, images, name)
        notes += outside
        trained = trained.union(_trained(images, measure, name), sort=False)
        table[by] = variables.table[name]
        table[name] = truth.reindex(images).astype(variables.table[name].dtype).array
        there &= table[name].notna().to_numpy()
    coded = images[there]
    trained = _from_the_sample(trained, coded, images)
    notes += _fitted(trained, coded, images)
    probability = _probability(gold, coded, images, trained)
    if gold.sample is None:
        notes.append(
            "No sample is given with the gold standard: drawn with equal probability, we assume."
        )
    if probability is None:
        return Sampled(table, tuple(names), prediction, None, tuple(notes), trained)
    table[_PROBABILITY] = probability.reindex(images).array
    return Sampled(table, tuple(names), prediction, _PROBABILITY, tuple(notes), trained)


def with_first_phase(drawn: Sampled, first_phase: Codings | None) -> Sampled:
    """Put the codes of a first phase beside; a drawn image without one has the measure's value.

    Any value serves there, as what the first phase errs in is taken out by the second.
    """
    if first_phase is None:
        return drawn
    if len(drawn.trained):
        raise InputError(
            f"the measure was trained on {counted(len(drawn.trained), 'image')} "
            f"({listed(drawn.trained)}) that were coded in the second phase. Train it on others: "
            "part the codes of the first phase with split(), and draw the second phase from the "
            "half that it was not trained on."
        )
    images, table, sample = drawn.table.index, drawn.table.copy(), first_phase.sample
    columns = tuple(f"{name} (first phase)" for name in drawn.predicted)
    notes = list(drawn.notes)
    for name, by, column in zip(drawn.predicted, drawn.prediction, columns, strict=True):
        if name not in first_phase.variables:
            raise InputError(
                f"first_phase has no codes of {name!r}; it has {listed(first_phase.variables)}."
            )
        codes = first_phase[name].dropna().reindex(images).astype(table[by].dtype)
        if sample is not None:
            inside = images.isin(sample.images)
            empty = int((inside & codes.isna().to_numpy()).sum())
            codes = codes.fillna(table[by]).where(inside)
            if empty:
                notes.append(
                    f"{counted(empty, 'image')} of the first phase without a code of {name!r} "
                    "took the measure's value: the second phase corrects both."
                )
        table[column] = codes.array
    if sample is None or sample.equal:
        return drawn._replace(table=table, first_phase=columns, notes=tuple(notes))
    table[_FIRST_PROBABILITY] = sample.probability.reindex(images).array
    return drawn._replace(
        table=table, first_phase=columns, first_phase_prob=_FIRST_PROBABILITY, notes=tuple(notes)
    )


def with_coders(drawn: Sampled, gold: Codings) -> Sampled:
    """Put what each coder said beside, where an image counts at all."""
    if len(drawn.predicted) != 1:
        raise InputError(
            f"posterior=True with the measured variables {listed(drawn.predicted)}: expected one. "
            "Settle the codes of all with coding.adjudicate() and leave posterior= out."
        )
    name, images, table = drawn.predicted[0], drawn.table.index, drawn.table.copy()
    rows = gold.data[gold.data["variable"] == name]
    columns = {}
    for coder in rows["coder"].dropna().unique():
        codes = rows[(rows["coder"] == coder) & rows["value"].notna()].set_index("image")["value"]
        columns[f"{name} ({coder})"] = codes[~codes.index.duplicated(keep="last")].reindex(images)
    for column, codes in columns.items():
        codes = codes.astype(table[name].dtype)
        table[column] = codes.where(table[name].notna().to_numpy()).array
    return drawn._replace(table=table, coders=tuple(columns))


def likeliest(gold: Codings, names: Sequence[str]) -> Codings:
    """Settle codes of several coders on the likeliest value (Dawid and Skene)."""
    rows = gold.data["variable"].isin(names)
    return adjudicate(replace(gold, data=gold.data[rows]), rule="dawid-skene")


_PROBABILITY = "probability of being drawn"
_FIRST_PROBABILITY = "probability of being drawn for the first phase"
_RARE = 0.001


def clusters_of(gold: Codings, images: pd.Index) -> pd.Series | None:
    """Give the cluster of each image, if the gold standard was drawn by cluster."""
    if gold.sample is None or gold.sample.table["cluster"].isna().all():
        return None
    frame = gold.sample.table if gold.sample.frame is None else gold.sample.frame
    known = frame.set_index("image")["cluster"].reindex(images)
    return known.fillna("image " + images.to_series())


def _trained(images: pd.Index, measure: Sequence[Codings], name: str) -> pd.Index:
    """Find the images that a measure of a variable was trained on, or exact copies of such."""
    by_measure = [trained_among(images, own) for own in measure if name in own.variables]
    return images[np.logical_or.reduce([images.isin(trained) for trained in by_measure])]


def _from_the_sample(trained: pd.Index, coded: pd.Index, images: pd.Index) -> pd.Index:
    """Take the coded images that were trained on, if the training images came from the sample.

    Where training images were coded no more often than others, they were chosen without regard
    to the drawing, which then holds for them as for any image.
    """
    from scipy.stats import binom

    inside = trained[trained.isin(coded)]
    by_chance = binom.sf(len(inside) - 1, len(trained), len(coded) / len(images))
    return inside if len(inside) and by_chance < _RARE else images[:0]


def _fitted(trained: pd.Index, coded: pd.Index, images: pd.Index) -> list[str]:
    if not len(trained):
        return []
    who = (
        f"the measure was trained on {counted(len(trained), 'image')} of these ({listed(trained)})"
    )
    if len(trained) == len(coded):
        raise InputError(
            f"{who}, and on all that people coded: how far it errs on the others is not known. "
            "Draw some of the others at random, and code them."
        )
    return [
        f"{who[0].upper()}{who[1:]}, {len(trained) / len(images):.1%}: they count by their codes, "
        "as drawn with certainty, and the other codes stand for the images it was not trained on."
    ]


def _inside(
    truth: pd.Series, gold: Codings, images: pd.Index, name: str
) -> tuple[pd.Series, list[str]]:
    """Keep the gold values whose probability of being drawn is known, and note the others."""
    coded = truth.index
    notes: list[str] = []
    if gold.sample is not None:
        outside = coded.difference(gold.sample.images)
        which = (
            f"{counted(len(outside), 'image')} with a gold value of {name!r} ({listed(outside)}) "
            f"not in the sample {gold.sample.name!r}"
        )
        if len(outside) == len(coded):
            raise InputError(f"{which}: pass the sample that was coded.")
        if len(outside):
            notes.append(
                LeftOut(f"{which}: left out, the probability of drawing them is not known.")
            )
            truth = truth.drop(outside)
    if not truth.index.isin(images).any():
        raise InputError(
            f"none of the {len(coded)} gold images of {name!r} ({listed(coded)}) is in the data "
            f"({listed(images)}); are the ids written the same way?"
        )
    return truth, notes


def _probability(
    gold: Codings, coded: pd.Index, images: pd.Index, trained: pd.Index
) -> pd.Series | None:
    """Give the probabilities of the coded images, those that failed represented by the others."""
    if not len(coded):
        return None
    if gold.sample is not None:
        answered = gold.sample.answered(coded)
        if not len(trained):
            return None if answered.equal else answered.probability
        return _given_trained(answered, trained)
    if not len(trained):
        return None
    others = (len(coded) - len(trained)) / (len(images) - len(trained))
    return pd.Series(others, index=images).mask(images.isin(trained), 1.0)


def _given_trained(answered: Sample, trained: pd.Index) -> pd.Series:
    """Probability of being drawn and not trained on, given that an image was not trained on.

    Of the drawn images of a stratum, those to train on were taken at random.
    """
    table = answered.table.set_index("image")
    used = pd.Series(table.index.isin(trained), index=table.index)
    stratum = table["stratum"].fillna("")
    rate = used.groupby(stratum).transform("mean")
    alone = stratum[(rate == 1) & (table["probability"] < 1)].unique()
    if len(alone):
        raise InputError(
            f"the measure was trained on all coded images of stratum {listed(map(repr, alone))}: "
            "how far it errs on the others there is not known. Draw some of them, and code them."
        )
    p = table["probability"]
    return (p * (1 - rate) / (1 - p * rate)).mask(used, 1.0)
