"""Shares and means by area from a measure, each corrected by the images that people coded in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from iconometrics.coding import Codings
from iconometrics.errors import InputError, warn
from iconometrics.inference.estimates import LeftOut
from iconometrics.inference.formulas.variables import gather
from iconometrics.inference.places.comparing import Compared, compared_estimates
from iconometrics.inference.places.correcting import (
    LEAST,
    Coded,
    Corrected,
    calibrated,
    joined_classes,
)
from iconometrics.inference.places.marking import corrected_by
from iconometrics.inference.regression.sampled import Sampled, clusters_of, sampled
from iconometrics.wording import counted

__all__ = ["TOO_FEW", "corrected_cells"]

TOO_FEW = "too few coded"


def corrected_cells(
    data: pd.DataFrame,
    measure: Codings,
    gold: Codings,
    *,
    variable: str,
    read: Callable[[pd.Series], np.ndarray],
    share: bool,
    level: float,
) -> tuple[pd.DataFrame, Compared, tuple[str, ...]]:
    """Correct every cell of images; `read` makes numbers of people's codes."""
    drawn = _beside(data, measure, gold, variable)
    truth = pd.Series(np.nan, index=data.index)
    known = drawn.table[variable].notna()
    truth[known] = read(gold[variable].reindex(data.index)[known])
    coded = _coded(data, drawn, gold, known.to_numpy())
    rows, estimates = [], []
    order = np.argsort(data["cell"].to_numpy(), kind="stable")
    for own in np.split(order, np.cumsum(np.bincount(data["cell"]))[:-1]):
        part, there = coded.part(own), coded.there[own]
        status = corrected_by(int(there.sum())) if part.enough else TOO_FEW
        mean = _mean(data["y"].to_numpy()[own], truth.to_numpy()[own], part,
                      share=share, level=level)  # fmt: skip
        groups = len(np.unique(part.cluster))
        rows.append([len(own), groups, int(there.sum()), *mean[:4], status])
        estimates.append([mean.value, mean.se, mean.df, part.spread.sum()])
    table = pd.DataFrame(
        rows, columns=["n", "groups", "coded", "value", "se", "low", "high", "status"]
    )
    if table["value"].isna().all():
        raise InputError(
            f"{counted(int(known.sum()), 'coded image')} in {counted(len(table), 'area')}, none of "
            f"which has {LEAST}, of 4 groups: expected as many in an area. Join areas by naming "
            "them alike, have more images coded, or take the share of all images with share()."
        )
    values, errors, df, sizes = np.array(estimates).T
    against = compared_estimates(values, errors, df=df, sizes=sizes, level=level)
    for note in drawn.notes:
        if isinstance(note, LeftOut):
            warn(note)
    return table, against, drawn.notes


def _beside(data: pd.DataFrame, measure: Codings, gold: Codings, variable: str) -> Sampled:
    if variable not in gold.variables:
        raise InputError(
            f"the gold standard has no {variable!r}; expected codes of the variable that was "
            "measured."
        )
    # Which images lie in the areas does not hang on their being coded: the others fall out.
    if gold.sample is not None:
        gold = replace(gold, sample=gold.sample.select(data.index))
    frame = pd.DataFrame(index=pd.Index(data.index, name="image"))
    variables = gather(frame, measure=measure.select(data.index))
    return sampled(variables, [variable], gold=gold, measure=[measure])


def _coded(data: pd.DataFrame, drawn: Sampled, gold: Codings, known: np.ndarray) -> Coded:
    chance = np.ones(len(data))
    if drawn.sample_prob is not None:
        chance = drawn.table[drawn.sample_prob].to_numpy(float)
    weight = np.where(known, 1 / np.where(known, chance, 1), 0.0)
    spread = data["weight"].to_numpy(float) if "weight" in data else np.ones(len(data))
    clusters = clusters_of(gold, data.index)
    names = data.get("group", clusters)
    if names is None:
        return Coded(weight, spread, np.arange(len(data)))
    return Coded(weight, spread, np.unique(names.astype(str), return_inverse=True)[1])


def _mean(
    measured: np.ndarray, truth: np.ndarray, coded: Coded, *, share: bool, level: float
) -> Corrected:
    if not coded.enough:
        return Corrected(*[np.nan] * 6)
    if share:
        classes = joined_classes(measured.astype(int), coded.there)
        return calibrated(classes, coded).mean(truth, ends=(0, 1), share=True, level=level)
    return calibrated(measured, coded).mean(truth, level=level)
