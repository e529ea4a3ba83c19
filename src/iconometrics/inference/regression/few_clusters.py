"""Intervals where there are few clusters: by the wild bootstrap, or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from iconometrics.stats.linear import coefficient_intervals, summed
from iconometrics.stats.tails import Side
from iconometrics.stats.wild_bootstrap import NullDistribution, wild_bootstrap
from iconometrics.wording import counted

__all__ = ["FewClusters", "each_of", "few_clusters", "has_few_clusters", "with_codes"]

_ENOUGH, _LEAST = 30, 6
_TOO_FEW = (
    f"too few for intervals and p, which need {_LEAST} clusters, better {_ENOUGH}; standard errors "
    "are likely too small"
)
_TUNED = (
    "PPI++ chooses on so few how much of the measure it uses, so that no interval is sure; see "
    "gold only"
)


class FewClusters(NamedTuple):
    """Null distributions of coefficients; none where there are too few clusters for any.

    Where not all clusters have codes, `coded` is how many have some. `why` says why there are none.
    """

    groups: int
    nulls: tuple[NullDistribution, ...]
    coded: int | None = None
    why: str = ""

    def intervals(
        self,
        estimates: np.ndarray,
        se: np.ndarray,
        *,
        level: float,
        side: Side,
        df: float | np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give low, high and p of each coefficient: missing where clusters are too few.

        Where not all have codes, the wider of the bootstrap's and Student's interval.
        """
        low, high, p = self._bootstrapped(estimates, se, level, side)
        if self.coded is None:
            return low, high, p
        student = coefficient_intervals(estimates, se, df=df, level=level, side=side)
        return np.minimum(low, student[0]), np.maximum(high, student[1]), np.maximum(p, student[2])

    def _bootstrapped(
        self, estimates: np.ndarray, se: np.ndarray, level: float, side: Side
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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
        which = counted(self.groups, f"cluster of {cluster}", f"clusters of {cluster}")
        which += "" if self.coded is None else f", {self.coded} of them with codes"
        return f"{which}: {self.why}" if self.why else f"{which}: {self._how()}"

    def _how(self) -> str:
        wider = "" if self.coded is None else "; Student's where that is wider"
        return f"intervals and p by the wild cluster bootstrap, the null imposed{wider}"


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
        return FewClusters(len(sums), (), why=_TOO_FEW)
    return FewClusters(len(sums), wild_bootstrap(sums, slopes, contrasts, factor=few * factor))


def each_of(fits: Sequence[FewClusters | None]) -> FewClusters | None:
    """Take each coefficient from its own fit."""
    known = [fit for fit in fits if fit is not None]
    if not known:
        return None
    nulls = (fit.nulls[place] for place, fit in enumerate(known) if fit.nulls)
    return FewClusters(known[0].groups, tuple(nulls))


def with_codes(
    few: FewClusters | None, clusters: np.ndarray, coded: np.ndarray, *, tuned: bool
) -> FewClusters | None:
    """Hold what is bootstrapped against how many clusters have coded rows."""
    some, every = len(np.unique(clusters[coded])), len(np.unique(clusters))
    part = some if some < every else None
    if some < _LEAST:
        return FewClusters(every, (), part, _TOO_FEW)
    if tuned and part is not None and some < _ENOUGH:
        return FewClusters(every, (), part, _TUNED)
    return few if few is None else few._replace(coded=part)
