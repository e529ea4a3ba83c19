"""Shares of images with their intervals: exact, or by bootstrap where groups have several."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iconometrics import options, stats

__all__ = ["Shares", "repeating", "shares"]

_DRAWS = 2000


class Shares(NamedTuple):
    """Shares with the ends of their 95 % intervals."""

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def repeating(groups: NDArray[np.generic] | None) -> NDArray[np.intp] | None:
    """Number groups, if one of them has more than one image."""
    if groups is None:
        return None
    names, member = np.unique(groups, return_inverse=True)
    return None if len(names) == len(groups) else member.astype(np.intp)


def shares(
    hits: NDArray[np.bool_], among: NDArray[np.bool_], *, groups: NDArray[np.intp] | None, seed: int
) -> Shares:
    """Compute several shares of the same images."""
    hits = hits & among
    k, n = hits.sum(axis=0), among.sum(axis=0)
    with np.errstate(invalid="ignore"):
        value = k / n
    if groups is None:
        low, high = stats.clopper_pearson(k, n)
        return Shares(value, np.asarray(low), np.asarray(high))
    count = int(groups.max()) + 1
    times = options.generator(seed).multinomial(count, np.full(count, 1 / count), size=_DRAWS)
    above, below = (_summed(part, groups, count) for part in (hits, among))
    with np.errstate(invalid="ignore"):
        drawn = (times @ above) / (times @ below)
    low, high = np.nanquantile(np.where(n > 0, drawn, 0.0), [0.025, 0.975], axis=0)
    fixed = (k == 0) | (k == n)
    units = (below > 0).sum(axis=0)
    exact = stats.clopper_pearson(np.where(k == n, units, 0), units)
    ends = (np.where(fixed, one, other) for one, other in zip(exact, (low, high), strict=True))
    return Shares(value, *ends)


def _summed(part: NDArray[np.bool_], groups: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    made = np.zeros((count, part.shape[1]))
    np.add.at(made, groups, part)
    return made
