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
        """Give low, high and p of each coefficient."""
        if not self.nulls:
            missing = np.full(len(estimates), np.nan)
            return missing, missing, missing
        reach = np.array([null.reach(level, side) for null in self.nulls])
        p = [
            null.p(estimate / error, side) if error > 0 else np.nan
            for null, estimate, error in zip(self.nulls, estimates, se, strict=True)
        ]
        below, above = np.where(se > 0, reach.T, 0) * np.where(se > 0, se, 1)
        return estimates - below, estimates + above, np.array(p)

    def note(self, cluster: str) -> str:
        """Say how the interval was made, or why there is none."""
        if not self.nulls:
            return (
                f"{self.groups} clusters of {cluster}: too few for an interval, as no test of so "
                f"few can be sure at 95 %. At least {_LEAST} are needed, better {_ENOUGH}"
            )
        return (
            f"{self.groups} clusters of {cluster}: intervals and p are of the wild cluster "
            "bootstrap, the null imposed"
        )


def has_few_clusters(clusters: np.ndarray | None) -> bool:
    """Tell whether errors by cluster need the bootstrap."""
    return clusters is not None and len(np.unique(clusters)) < _ENOUGH


def few_clusters(
    scores: np.ndarray,
    slopes: np.ndarray,
    clusters: np.ndarray,
    *,
    contrasts: np.ndarray,
    factor: float = 1.0,
) -> FewClusters:
    """Bootstrap coefficients from (rows, k) scores and (clusters, k, k) slopes."""
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
