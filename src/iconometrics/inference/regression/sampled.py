"""A gold standard as columns of a table: what people coded, and how likely each was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.inference.estimates import LeftOut
from iconometrics.inference.formulas.variables import Variables
from iconometrics.validity.matching import trained_among
from iconometrics.wording import counted, listed

__all__ = ["Sampled", "clusters_of", "sampled"]


class Sampled(NamedTuple):
    """A table with measured and coded values side by side."""

    table: pd.DataFrame
    predicted: tuple[str, ...]
    prediction: tuple[str, ...]
    sample_prob: str | None
    notes: tuple[str, ...]


def sampled(
    variables: Variables, names: Sequence[str], *, gold: Codings, measure: Sequence[Codings]
) -> Sampled:
    """Put the codes of people beside the measures, with the probabilities of the sample."""
    images = variables.table.index
    table, notes = variables.table.copy(), []
    prediction = tuple(f"{name} (measured)" for name in names)
    there = np.ones(len(images), dtype=bool)
    for name, by in zip(names, prediction, strict=True):
        truth = gold[name].dropna()
        truth, outside = _inside(truth, gold, images, name)
        notes += outside
        trained = _trained(images, measure, name)
        notes += _fitted(trained, images, name)
        truth = truth[~truth.index.isin(trained)]
        table[by] = variables.table[name]
        table[name] = truth.reindex(images).array
        there &= table[name].notna().to_numpy()
    coded = images[there]
    probability = _probability(gold, coded)
    if gold.sample is None:
        notes.append(
            "No sample is given with the gold standard: drawn with equal probability, we assume."
        )
    if probability is None:
        return Sampled(table, tuple(names), prediction, None, tuple(notes))
    table[_PROBABILITY] = probability.reindex(images).array
    return Sampled(table, tuple(names), prediction, _PROBABILITY, tuple(notes))


_PROBABILITY = "probability of being drawn"


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


def _fitted(trained: pd.Index, images: pd.Index, name: str) -> list[str]:
    if not len(trained):
        return []
    return [
        f"{name!r} was trained on {counted(len(trained), 'image')} of these ({listed(trained)}), "
        f"{len(trained) / len(images):.1%}. They count by their measured value only, which fits "
        "them better than the others: with a large share, corrected estimates lean to the naive."
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


def _probability(gold: Codings, coded: pd.Index) -> pd.Series | None:
    """Give the probabilities of the coded images, those that failed represented by the others."""
    if gold.sample is None or not len(coded):
        return None
    answered = gold.sample.answered(coded)
    return None if answered.equal else answered.probability
