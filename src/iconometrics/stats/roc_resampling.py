"""Areas under ROC curves of weighted or grouped units, by resampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.options import generator

__all__ = ["resampled_se", "weighted_areas"]


def weighted_areas(positive: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Area under the ROC curve for each of many sets of weights."""
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    starts = np.append(0, np.flatnonzero(ranked[1:] != ranked[:-1]) + 1)
    inside = np.add.reduceat((weights * positive)[:, order], starts, axis=1)
    outside = np.add.reduceat((weights * ~positive)[:, order], starts, axis=1)
    below = np.cumsum(outside, axis=1) - outside / 2
    with np.errstate(invalid="ignore"):
        area = (inside * below).sum(axis=1) / (inside.sum(axis=1) * outside.sum(axis=1))
    return np.asarray(area)


def resampled_se(
    positive: np.ndarray,
    values: np.ndarray,
    weights: np.ndarray,
    *,
    groups: ArrayLike | None,
    draws: int,
    seed: int,
) -> float:
    """Standard error of a weighted area: of resampled groups, or of units within each kind."""
    random = generator(seed)
    if groups is None:
        kinds = [np.flatnonzero(positive), np.flatnonzero(~positive)]
        member = np.arange(len(values))
    else:
        member = np.unique(np.asarray(groups), return_inverse=True)[1]
        kinds = [np.arange(member.max() + 1)]
        if len(kinds[0]) < 2:
            raise InputError("one group only: an interval by group needs at least two.")
    if min(len(kind) for kind in kinds) < 2:
        return float("nan")
    areas = []
    for _ in range(-(-draws // 200)):
        times = np.zeros((min(200, draws), member.max() + 1))
        for kind in kinds:
            times[:, kind] = random.multinomial(
                len(kind), np.full(len(kind), 1 / len(kind)), size=len(times)
            )
        areas.append(weighted_areas(positive, values, times[:, member] * weights))
    found = np.concatenate(areas)
    count = min(len(kind) for kind in kinds)
    # Resampling n units sees (n - 1) / n of their variance.
    return float(np.nanstd(found) * np.sqrt(count / (count - 1)))
