"""Agreement on each category by itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from iconometrics.stats.agreement.intervals import resampled
from iconometrics.stats.agreement.units import Patterns

__all__ = ["SpecificAgreement", "specific_agreement"]


class SpecificAgreement(NamedTuple):
    """Agreement on each category: value, low, high and number of ratings, each an array."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ratings: np.ndarray


def specific_agreement(
    units: Patterns,
    *,
    groups: np.ndarray | None = None,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> SpecificAgreement:
    """Give the share of other coders who also said the category, where one coder said it."""
    from scipy.sparse import diags_array

    paired = units.given >= 2
    counts = diags_array(paired.astype(float)) @ units.counts
    share = 1 / np.maximum(units.given - 1, 1)
    both = diags_array(share) @ counts.multiply(counts) - diags_array(share) @ counts

    def value(weights: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((both.T @ weights.T).T / (counts.T @ weights.T).T)

    count = units.count[None].astype(float)
    if not draws:
        unknown = np.full(len(units.labels), np.nan)
        return SpecificAgreement(value(count)[0], unknown, unknown, counts.T @ count[0])
    resamples = np.concatenate([value(w) for w in resampled(units, groups, draws, seed=seed)])
    unknown = np.isnan(resamples).all(axis=0)
    ends = np.nanquantile(
        np.where(unknown, 0.0, resamples), [(1 - confidence) / 2, (1 + confidence) / 2], axis=0
    )
    low, high = np.where(unknown, np.nan, ends)
    return SpecificAgreement(value(count)[0], low, high, counts.T @ count[0])
