"""Intervals where there are few clusters: by the wild bootstrap, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from iconometrics.stats.linear import summed
from iconometrics.stats.tails import Side
from iconometrics.stats.wild_bootstrap import NullDistribution, wild_bootstrap

__all__ = ["FewClusters", "each_of", "few_clusters", "has_few_clusters"]

_ENOUGH, _LEAST = 30, 6


class FewClusters(NamedTuple):
    """Null distributions of coefficients; none where there are too few clusters for any."""

    groups: int
    nulls: tuple[NullDistribution, ...]

    def intervals(
        self, estimates: np.ndarray, se: np.ndarray, *, level: float, side: Side
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give low, high and p of each coefficient: missing where clusters are too few."""
        if not self.nulls:
            missing = np.full(len(estimates), np.nan)
            return missing, missing, missing
        varies = se > 0
        reach = np.array([null.reach(level, side) for null in self.nulls])
        below, above = np.where(varies, reach.T, 0) * np.where(varies, se, 1)
        p = [
            null.p(estimate / error, side) if error > 0 else np.nan
            for null, estimate, error in zip(self.nulls, estimates, se, strict=True)
        ]
        return estimates - below, estimates + above, np.array(p)

    def note(self, cluster: str) -> str:
        """Say how intervals were made, or why there are none."""
        which = f"{self.groups} clusters of {cluster}"
        if not self.nulls:
            return (
                f"{which}: too few for intervals and p, which need {_LEAST} clusters, better "
                f"{_ENOUGH}; standard errors are likely too small"
            )
        return f"{which}: intervals and p by the wild cluster bootstrap, the null imposed"


def has_few_clusters(clusters: np.ndarray) -> bool:
    """Tell whether there are too few clusters for Student's t."""
    return len(np.unique(clusters)) < _ENOUGH


def few_clusters(
    scores: np.ndarray,
    slopes: np.ndarray,
    clusters: np.ndarray,
    *,
    contrasts: np.ndarray,
    factor: float = 1.0,
) -> FewClusters:
    """Bootstrap coefficients from (rows, k) scores and (clusters, k, k) slopes.

    `factor` is by how much variances are wider than those of CR0 times G / (G - 1).
    """
    sums, few = summed(scores, clusters)
    if len(sums) < _LEAST:
        return FewClusters(len(sums), ())
    return FewClusters(len(sums), wild_bootstrap(sums, slopes, contrasts, factor=few * factor))


def each_of(fits: Sequence[FewClusters | None]) -> FewClusters | None:
    """Take each coefficient from its own fit."""
    known = [fit for fit in fits if fit is not None]
    if not known:
        return None
    nulls = (fit.nulls[place] for place, fit in enumerate(known) if fit.nulls)
    return FewClusters(known[0].groups, tuple(nulls))
