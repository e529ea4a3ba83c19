"""A gold standard as columns of a table: what people coded, and how likely each was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.coding.schema import counted, named
from iconometrics.errors import InputError
from iconometrics.inference.variables import Variables
from iconometrics.validity.matching import trained_among

__all__ = ["Sampled", "sampled"]


class Sampled(NamedTuple):
    """A table with measured and coded values side by side.

    Parameters
    ----------
    table
        The columns of the formula; measured ones hold what people coded, missing elsewhere.
    predicted, prediction
        Names of the coded columns and of those that hold the measure.
    sample_prob
        Name of the column of probabilities; None where they are equal.
    notes
        What is to be known of the sample.
    """

    table: pd.DataFrame
    predicted: tuple[str, ...]
    prediction: tuple[str, ...]
    sample_prob: str | None
    notes: tuple[str, ...]


def sampled(
    variables: Variables, names: Sequence[str], *, gold: Codings, measure: Sequence[Codings]
) -> Sampled:
    """Put the codes of people beside the measures, with the probabilities of the sample.

    Parameters
    ----------
    variables
        The table with the measured columns.
    names
        The measured columns that the formula uses.
    gold
        The gold standard.
    measure
        The measures.

    Returns
    -------
    Sampled

    Raises
    ------
    InputError
        If no coded image is in the sample, or none is in the data.
    """
    images = variables.table.index
    table, notes = variables.table.copy(), []
    prediction = tuple(f"{name} (measured)" for name in names)
    there = np.ones(len(images), dtype=bool)
    for name, by in zip(names, prediction, strict=True):
        truth = gold[name].dropna()
        truth, told = _inside(truth, gold, images, name)
        notes += told
        trained = [trained_among(truth.index, one) for one in measure if name in one.variables]
        for leaked in trained:
            truth = truth.drop(leaked)
        table[by] = variables.table[name]
        table[name] = truth.reindex(images).array
        there &= table[name].notna().to_numpy()
    coded = images[there]
    probability = _probability(gold, coded)
    if gold.sample is None:
        notes.append(
            "No sample is given with the gold standard: drawn with equal probability, we assume."
        )
    elif gold.sample.table["cluster"].notna().any():
        notes.append("The images were drawn by cluster: give cluster= the column of the clusters.")
    if probability is None:
        return Sampled(table, tuple(names), prediction, None, tuple(notes))
    table[_PROBABILITY] = probability.reindex(images).array
    return Sampled(table, tuple(names), prediction, _PROBABILITY, tuple(notes))


_PROBABILITY = "probability of being drawn"


def _inside(
    truth: pd.Series, gold: Codings, images: pd.Index, name: str
) -> tuple[pd.Series, list[str]]:
    """Keep the gold values whose probability of being drawn is known, and tell of the others."""
    coded, notes = truth.index, []
    if gold.sample is not None:
        outside = coded.difference(gold.sample.images)
        told = (
            f"{counted(len(outside), 'image')} with a gold value of {name!r} ({named(outside)}) "
            f"not in the sample {gold.sample.name!r}"
        )
        if len(outside) == len(coded):
            raise InputError(f"{told}: hand over the sample that was coded.")
        if len(outside):
            notes.append(f"{told}: left out, the probability of drawing them is not known.")
            truth = truth.drop(outside)
    if not truth.index.isin(images).any():
        raise InputError(
            f"none of the {len(coded)} gold images of {name!r} ({named(coded)}) is in the data "
            f"({named(images)}); are the ids written the same way?"
        )
    return truth, notes


def _probability(gold: Codings, coded: pd.Index) -> pd.Series | None:
    """Give the probabilities of the coded images, those that failed spoken for by the others."""
    if gold.sample is None or not len(coded):
        return None
    answered = gold.sample.answered(coded)
    return None if answered.equal else answered.probability
