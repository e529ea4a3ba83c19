"""Agreement on each category by itself."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from iconometrics.stats.agreement.intervals import resampled
from iconometrics.stats.agreement.units import Patterns
from iconometrics.stats.survey import share_interval, survey_ratio

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
    """Give the share of other coders who also said the category, where one coder said it.

    Intervals are the bootstrap's; of a design, Wilson's at the effective number of units.
    """
    from scipy.sparse import diags_array

    paired = units.given >= 2
    counts = diags_array(paired.astype(float)) @ units.counts
    share = 1 / np.maximum(units.given - 1, 1)
    both = diags_array(share) @ counts.multiply(counts) - diags_array(share) @ counts

    def value(weights: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((both.T @ weights.T).T / (counts.T @ weights.T).T)

    count, times = units.totals[None], counts.T @ units.count
    if units.design is not None:
        low, high = _by_design(units, both.toarray(), counts.toarray(), confidence)
        return SpecificAgreement(value(count)[0], low, high, times)
    if not draws:
        unknown = np.full(len(units.labels), np.nan)
        return SpecificAgreement(value(count)[0], unknown, unknown, times)
    resamples = np.concatenate([value(w) for w in resampled(units, groups, draws, seed=seed)])
    unknown = np.isnan(resamples).all(axis=0)
    ends = np.nanquantile(
        np.where(unknown, 0.0, resamples), [(1 - confidence) / 2, (1 + confidence) / 2], axis=0
    )
    low, high = np.where(unknown, np.nan, ends)
    return SpecificAgreement(value(count)[0], low, high, times)


def _by_design(
    units: Patterns, both: np.ndarray, counts: np.ndarray, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Give the ends of each share by linearization."""
    assert units.design is not None
    ends = []
    for hits, of in zip(both.T, counts.T, strict=True):
        parts = units.placed(hits[units.member]), units.placed(of[units.member])
        ends.append(share_interval(survey_ratio(*parts, units.design), level=confidence))
    low, high = np.transpose(ends)
    return low, high
