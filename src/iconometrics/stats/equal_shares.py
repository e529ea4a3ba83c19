"""Whether several groups have the same share, before any of them is named."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.stats.holm import holm
from iconometrics.stats.survey import Design, Ratio, effective_n, linearized_se, survey_ratio

__all__ = ["LEAST", "EqualShares", "equal_shares"]

LEAST = 10
"""Groups of a smaller effective number of units are compared with nothing."""

# Strata of fewer units do not say how much their own units vary.
_ENOUGH = 20
_POWER = 0.8


class EqualShares(NamedTuple):
    """A test of all groups at once, and by group: against all others, allowing for their number.

    `p` is of all groups; `adjusted` Holm's p-value of each against the others, and `detectable` the
    difference to them that four samples in five would show; not a number where a group is too
    small. `comparisons` is the number of tests that Holm's allow for.
    """

    p: float
    adjusted: np.ndarray
    detectable: np.ndarray
    comparisons: int


class _Shares(NamedTuple):
    """Shares of groups, and their covariance: if all were alike, and at least the linearized."""

    values: np.ndarray
    alike: np.ndarray
    most: np.ndarray


def equal_shares(
    numerator: ArrayLike,
    denominator: ArrayLike,
    group: np.ndarray,
    *,
    drawn: Design,
    level: float = 0.95,
) -> EqualShares:
    """Test whether groups of units (numbered from 0; below 0: none) have the same share.

    All at once by Pearson's statistic, with the weighted variance that groups would have if their
    units erred as those of all, scaled for clusters that hold units of several groups (Rao and
    Scott 1984); of units drawn alike it is the test of a table. Where weights differ within a
    stratum, the variance is no less than the linearized one, so that few heavy units decide
    nothing: the test is then a careful one. Each group against the others by
    Satterthwaite's t and Holm's method, its variance no less than either:
    a few units that are all right seem to vary too little.

    Rao, J. N. K. and Scott, A. J. (1984). On chi-squared tests for multiway contingency tables.
    Annals of Statistics 12, 46-60.
    """
    y, x = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    inside = np.stack([(group == k) & (x != 0) for k in range(int(group.max()) + 1)])
    size = np.array([effective_n(drawn, rows) for rows in inside])
    tested: np.ndarray = size >= LEAST
    adjusted, detectable = np.full((2, len(inside)), np.nan)
    if tested.sum() < 2:
        return EqualShares(np.nan, adjusted, detectable, 0)
    comparisons = 1 if tested.sum() == 2 else int(tested.sum())
    shares = _shares(y, x, inside[tested], drawn)
    if not shares.alike.any():
        adjusted[tested] = 1.0
        return EqualShares(1.0, adjusted, detectable, comparisons)
    adjusted[tested], detectable[tested] = _against_rest(
        shares, inside[tested] @ drawn.weights, size[tested] - 1, level=level
    )
    free = len(drawn.home) - len(np.unique(drawn.home))
    # A few heavy units decide then, and by chance a group has them or not.
    covariance = shares.most if _uneven(drawn) else shares.alike
    return EqualShares(_pearson(shares.values, covariance, free), adjusted, detectable, comparisons)


def _uneven(drawn: Design) -> bool:
    """Whether weights differ within a stratum."""
    strata = int(drawn.stratum.max()) + 1
    most = np.zeros(strata)
    np.maximum.at(most, drawn.stratum, drawn.weights)
    return bool((drawn.weights < 0.99 * most[drawn.stratum]).any())


def _shares(y: np.ndarray, x: np.ndarray, inside: np.ndarray, drawn: Design) -> _Shares:
    """Estimate the share of each group; clusters stretch both variances alike."""
    ratios = [survey_ratio(y * rows, x * rows, drawn) for rows in inside]
    every = inside.any(axis=0)
    common = survey_ratio(y * every, x * every, drawn).value
    linear = np.array([ratio.se**2 for ratio in ratios])
    alike = _variances_alike((y - common * x) ** 2, inside, drawn)
    correlation = np.eye(len(ratios))
    if len(drawn.home) < len(y):
        left = drawn.open[drawn.cluster]
        by_unit = sum(float(ratio.influence**2 @ left) for ratio in ratios)
        alike *= max(linear.sum() / by_unit, 1.0) if by_unit > 0 else 1.0
        correlation = _correlation(ratios, drawn)
    values = np.array([ratio.value for ratio in ratios])
    scales = np.sqrt(alike), np.sqrt(np.maximum(alike, linear))
    return _Shares(values, *(correlation * np.outer(scale, scale) for scale in scales))


def _variances_alike(squares: np.ndarray, inside: np.ndarray, drawn: Design) -> np.ndarray:
    """Variance of each group's share if its units varied as those of its strata do."""
    every, w2 = np.asarray(inside.any(axis=0)), drawn.weights**2
    spread = np.full(len(every), (w2 * squares)[every].sum() / w2[every].sum())
    for stratum in range(int(drawn.stratum.max()) + 1):
        own = every & (drawn.stratum == stratum)
        if own.sum() >= _ENOUGH and squares[own].any():
            spread[own] = (w2 * squares)[own].sum() / w2[own].sum()
    left = drawn.open[drawn.cluster]
    return np.asarray(inside @ (w2 * spread * left) / (inside @ drawn.weights) ** 2)


def _correlation(shares: list[Ratio], drawn: Design) -> np.ndarray:
    """How far the shares move together, where clusters hold units of several groups."""
    correlation = np.eye(len(shares))
    for (k, first), (j, second) in combinations(enumerate(shares), 2):
        if first.se > 0 and second.se > 0:
            sides = (first.influence + sign * second.influence for sign in (1, -1))
            both, apart = (linearized_se(side, drawn) ** 2 for side in sides)
            correlation[k, j] = correlation[j, k] = (both - apart) / (4 * first.se * second.se)
    return correlation


def _pearson(values: np.ndarray, covariance: np.ndarray, free: float) -> float:
    """Test all shares at once."""
    from scipy.special import fdtrc

    scale = np.sqrt(np.diag(covariance))
    weight = scale**-2 / (scale**-2).sum()
    statistic = float(((values - weight @ values) ** 2 / scale**2).sum())
    along = np.eye(len(scale)) - np.outer(np.sqrt(weight), np.sqrt(weight))
    moved = along @ (covariance / np.outer(scale, scale)) @ along
    trace = float(np.trace(moved))
    return float(fdtrc(trace**2 / float((moved**2).sum()), free, statistic / trace))


def _against_rest(
    shares: _Shares, weights: np.ndarray, free: np.ndarray, *, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Compare each group with the others: p by Holm, and the difference that would show."""
    from scipy.special import ndtri, stdtr, stdtrit

    number = len(weights)
    others = weights * (1 - np.eye(number))
    contrasts = np.eye(number) - others / others.sum(axis=1, keepdims=True)
    parts = contrasts**2 * np.diag(shares.most)
    df = parts.sum(axis=1) ** 2 / (parts**2 / free).sum(axis=1)
    se = np.sqrt(np.einsum("kj,jl,kl->k", contrasts, shares.most, contrasts))
    p = 2 * stdtr(df, -np.abs(contrasts @ shares.values) / se)
    comparisons = 1 if number == 2 else number
    quantile = stdtrit(df, 1 - (1 - level) / (2 * comparisons)) + ndtri(_POWER)
    return p if comparisons == 1 else holm(p), quantile * se
