"""Shares of units drawn with unequal probabilities, from strata or in clusters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.tails import Side, student_tails, tails

__all__ = [
    "Design",
    "Ratio",
    "effective_n",
    "linearized_se",
    "share_interval",
    "survey_design",
    "survey_ratio",
]


# Chosen by simulation (benchmarks/intervals.py): with fewer, intervals of rare categories are far
# too wide; counting clusters that hold nothing of the category makes them too narrow.
_FEWEST = 4


class Design(NamedTuple):
    """How units were drawn; made by `survey_design`.

    Parameters
    ----------
    weights
        (n,) one over the probability of each unit.
    stratum
        (n,) number of its stratum, from 0.
    cluster
        (n,) number of its cluster (the unit itself where there are none), from 0.
    open
        (clusters,) share of each cluster's variance that sampling leaves: 1 minus its
        probability where the population is finite, else 1.
    home
        (clusters,) number of the stratum that each cluster lies in.

    Examples
    --------
    >>> survey_design([2, 2, 4]).cluster.tolist()
    [0, 1, 2]
    """

    weights: np.ndarray
    stratum: np.ndarray
    cluster: np.ndarray
    open: np.ndarray
    home: np.ndarray


class Ratio(NamedTuple):
    """An estimated ratio of two totals.

    Parameters
    ----------
    value
        The ratio; not a number where nothing is below the line.
    se
        Its linearized standard error.
    df
        Degrees of freedom of the standard error, at least 1.
    influence
        (n,) how much each unit moves the ratio, weight included.

    Examples
    --------
    >>> survey_ratio([1, 0], [1, 1], survey_design([1, 3])).value
    0.25
    """

    value: float
    se: float
    df: float
    influence: np.ndarray


def survey_design(
    weights: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    finite: bool = False,
) -> Design:
    """Describe how units were drawn.

    Parameters
    ----------
    weights
        (n,) one over the probability of each unit, above 0.
    strata
        (n,) stratum of each unit.
    clusters
        (n,) cluster of each unit: what was drawn as one, or what belongs together.
    finite
        Whether the figures are for the very population that was drawn from, so that drawing much
        of it leaves little uncertain; weights must then be one over the probability.

    Returns
    -------
    Design
        A cluster that lies in several strata counts as one in each.

    Raises
    ------
    InputError
        If lengths differ, there are no units or a weight is not above 0.

    Examples
    --------
    >>> survey_design([2, 2, 4, 4], strata=["a", "a", "b", "b"], finite=True).open.tolist()
    [0.5, 0.5, 0.75, 0.75]
    """
    w = np.asarray(weights, dtype=float)
    n = len(w)
    bad = ~(np.isfinite(w) & (w > 0))
    if not n or bad.any():
        raise InputError(
            f"{n} weights, {bad.sum()} of them not above 0: expected one over the probability of "
            "each unit; one that could not be drawn belongs to no sample."
        )
    stratum, cluster = _numbered(strata, n, [""] * n), _numbered(clusters, n, range(n))
    joint = np.unique(stratum * (cluster.max() + 1) + cluster, return_inverse=True)[1]
    first = np.unique(joint, return_index=True)[1]
    free = 1 - 1 / np.maximum(w, 1) if finite else np.ones(n)
    # One cluster's units may differ in probability: the likeliest one says how its cluster came in.
    left = np.ones(len(first))
    np.minimum.at(left, joint, free)
    return Design(w, stratum, joint, left, stratum[first])


def survey_ratio(numerator: ArrayLike, denominator: ArrayLike, drawn: Design) -> Ratio:
    """Estimate a ratio of totals, such as the share of a group's units that are right.

    Parameters
    ----------
    numerator
        (n,) what is counted, 0 for units outside the group.
    denominator
        (n,) what it is a share of, 0 for units outside the group.
    drawn
        How the units were drawn.

    Returns
    -------
    Ratio
        Hajek's estimator: both totals are weighted.

    Notes
    -----
    Sarndal, C.-E., Swensson, B. and Wretman, J. (1992). Model assisted survey sampling. Springer,
    sections 5.6 and 5.8; the variance by linearization between clusters within strata, with
    Hajek's (1964) approximation where probabilities differ within a stratum. A stratum with one
    cluster is held against the mean of all. Degrees of freedom: Satterthwaite's, from the
    clusters that hold units below the line, so that one small stratum that brings most of the
    variance makes the interval wider; a stratum counts for at least 4, lest a single image decide.

    Examples
    --------
    >>> found = survey_ratio([1, 0, 1, 1], [1, 1, 1, 1], survey_design([1, 1, 2, 2]))
    >>> round(found.value, 3), found.df
    (0.833, 3.0)
    """
    y, x = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    total = float(drawn.weights @ x)
    if not total > 0:
        return Ratio(np.nan, np.nan, 1.0, np.full(len(x), np.nan))
    value = float(drawn.weights @ y) / total
    # A sum in another order must not make 1 a little less, for then nothing seems to vary.
    value = 1.0 if abs(value - 1) < 1e-12 else value
    influence = drawn.weights * (y - value * x) / total
    parts = _parts(influence, drawn)
    return Ratio(value, float(np.sqrt(parts.sum())), _df(parts, x != 0, drawn), influence)


def linearized_se(influence: ArrayLike, drawn: Design) -> float:
    """Standard error of an estimate from how much each unit moves it.

    Parameters
    ----------
    influence
        (n,) influence of each unit, weight included; they add up to 0.
    drawn
        How the units were drawn.

    Returns
    -------
    float
        Not a number with one cluster.

    Examples
    --------
    >>> drawn = survey_design([1, 1, 1, 1])
    >>> round(linearized_se(np.array([1, -1, 1, -1]) / 8, drawn), 4)
    0.2887
    """
    return float(np.sqrt(_parts(np.asarray(influence, dtype=float), drawn).sum()))


def _parts(influence: np.ndarray, drawn: Design) -> np.ndarray:
    """What each stratum adds to the variance."""
    totals = np.bincount(drawn.cluster, weights=influence)
    strata = int(drawn.home.max()) + 1
    if len(totals) < 2:
        return np.full(strata, np.nan)
    clusters = np.bincount(drawn.home, minlength=strata)
    left = np.bincount(drawn.home, weights=drawn.open, minlength=strata)
    middle = np.bincount(drawn.home, weights=drawn.open * totals, minlength=strata)
    center = middle / np.where(left > 0, left, 1)
    center[clusters == 1] = totals.mean()
    factor = np.where(clusters > 1, clusters / np.maximum(clusters - 1, 1), 1.0)
    squares = drawn.open * (totals - center[drawn.home]) ** 2
    return np.asarray(factor * np.bincount(drawn.home, weights=squares, minlength=strata))


def _df(parts: np.ndarray, below: np.ndarray, drawn: Design) -> float:
    inside = np.unique(drawn.cluster[below])
    clusters = np.bincount(drawn.home[inside], minlength=len(parts))
    every = np.bincount(drawn.home, minlength=len(parts))
    free = np.maximum(np.maximum(clusters - 1, np.minimum(every - 1, _FEWEST)), 1)
    if not parts.sum() > 0:
        return max(float(len(inside) - np.count_nonzero(clusters)), 1.0)
    return float(parts.sum() ** 2 / (parts**2 / free).sum())


def effective_n(drawn: Design, inside: ArrayLike | None = None) -> float:
    """How many equally likely, independent units carry as much as these.

    Parameters
    ----------
    drawn
        How the units were drawn.
    inside
        (n,) which units count; by default all.

    Returns
    -------
    float
        Kish's effective size, over clusters where there are any.

    Notes
    -----
    Kish, L. (1965). Survey sampling. Wiley, section 11.7.

    Examples
    --------
    >>> effective_n(survey_design([1, 1, 3]))
    2.272727272727273
    """
    w = drawn.weights * (1 if inside is None else np.asarray(inside, dtype=float))
    totals = np.bincount(drawn.cluster, weights=w)
    return float(totals.sum() ** 2 / (totals @ totals)) if totals.any() else 0.0


def share_interval(
    found: Ratio, *, most: float, level: float = 0.95, side: Side = "two"
) -> tuple[float, float]:
    """Interval of a share on the logit scale.

    Parameters
    ----------
    found
        The share, as `survey_ratio` gives it.
    most
        Effective number of units; where all or none are right nothing varies, and the interval
        is Wilson's for so many.
    level
        Confidence level.
    side
        "two"; "lower" or "upper" for one bound alone.

    Returns
    -------
    tuple of float
        Low and high, between 0 and 1.

    Notes
    -----
    Korn, E. L. and Graubard, B. I. (1999). Analysis of health surveys. Wiley, section 3.3; with
    Student's t at the degrees of freedom of the share's own clusters.

    Examples
    --------
    >>> drawn = survey_design(np.ones(100))
    >>> share = survey_ratio(np.arange(100) < 30, np.ones(100), drawn)
    >>> low, high = share_interval(share, most=100)
    >>> round(low, 3), round(high, 3)
    (0.217, 0.398)
    """
    ends = tails(level, side)
    if np.isnan(found.value) or not most:
        return np.nan, np.nan
    if not 0 < found.value < 1 or not found.se > 0:
        return _score(found.value, most, ends)
    from scipy.special import expit, logit

    t = student_tails(found.df, ends)
    low, high = expit(logit(found.value) + t * found.se / (found.value * (1 - found.value)))
    return float(low), float(high)


def _score(share: float, n: float, ends: tuple[float, float]) -> tuple[float, float]:
    """Wilson's interval for a number of units that need not be whole."""
    from scipy.special import ndtri

    found = []
    for end in ends:
        if end in (0, 1):
            found.append(float(end))
            continue
        z = float(ndtri(end))
        half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
        found.append(float((share + z**2 / (2 * n) + half) / (1 + z**2 / n)))
    low, high = found
    return (0.0 if share == 0 else low), (1.0 if share == 1 else high)


def _numbered(values: ArrayLike | None, n: int, otherwise: ArrayLike | range) -> np.ndarray:
    given = np.asarray(otherwise if values is None else values)
    if len(given) != n:
        raise InputError(f"{len(given)} strata or clusters for {n} weights: expected one a unit.")
    return np.asarray(np.unique(given, return_inverse=True)[1], dtype=np.int64)
