"""Means, shares and ratios of units, drawn alike or unequally, from strata or in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.proportions import clopper_pearson, wilson
from iconometrics.stats.tails import Side, student_tails, tails

__all__ = [
    "Design",
    "GroupedMean",
    "Ratio",
    "effective_n",
    "grouped_mean",
    "linearized_se",
    "mean_ratio",
    "share_interval",
    "student",
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
    between
        (strata,) one over the number of clusters that each stratum has by chance; 0 where the
        number is no chance.

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
    between: np.ndarray

    @property
    def simple(self) -> bool:
        """Whether units are independent and equally likely, as in a simple random sample."""
        return bool(
            len(self.home) == len(self.weights)
            and not self.home.any()
            and (self.open == self.open[0]).all()
            and (self.weights == self.weights[0]).all()
        )


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
    n
        Of a share, its effective number of units: so many independent, equally likely ones would
        be as sure; infinite where every unit there is was drawn. Not a number for a ratio beyond 0
        and 1.
    units
        Number of units below the line.
    estimated
        Whether n comes from the estimated standard error; else it is a count.

    Examples
    --------
    >>> survey_ratio([1, 0], [1, 1], survey_design([1, 3])).value
    0.25
    """

    value: float
    se: float
    df: float
    influence: np.ndarray
    n: float
    units: int
    estimated: bool


def survey_design(
    weights: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    finite: bool = False,
    corpus: ArrayLike | None = None,
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
    corpus
        (n,) for figures of what lies beyond a corpus: one over the probability with which each
        unit was drawn from it. How much of each stratum came into the corpus is then chance, too.

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
    home = stratum[first]
    return Design(w, stratum, joint, left, home, _between(corpus, joint, home))


def _between(corpus: ArrayLike | None, cluster: np.ndarray, home: np.ndarray) -> np.ndarray:
    strata = int(home.max()) + 1
    if corpus is None or strata == 1:
        return np.zeros(strata)
    stands = np.bincount(cluster, np.asarray(corpus, float)) / np.bincount(cluster)
    return np.asarray(1 / np.bincount(home, stands, strata))


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
    cluster is compared with the mean of all. Degrees of freedom: Satterthwaite's, from the
    clusters that hold units below the line, so that one small stratum that brings most of the
    variance makes the interval wider; a stratum counts for at least 4, so that no single
    image decides.

    Without strata, and beyond a finite population, unequal weights or clusters have the jackknife's
    variance, each cluster left out in turn, and one degree of freedom less than their effective
    number (Kish): 25 accounts of very unequal sizes (a log standard deviation of 1.2) held a mean
    in 89 % by the linearized variance, and in 95 % so.

    Examples
    --------
    >>> share = survey_ratio([1, 0, 1, 1], [1, 1, 1, 1], survey_design([1, 1, 2, 2]))
    >>> round(share.value, 3), round(share.df, 1)
    (0.833, 2.6)
    """
    y, x = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    below = x != 0
    total = float(drawn.weights @ x)
    if not total > 0:
        return Ratio(np.nan, np.nan, 1.0, np.full(len(x), np.nan), 0.0, 0, False)
    value = float(drawn.weights @ y) / total
    # A sum in another order must not make 1 a little less, for then nothing seems to vary.
    value = 1.0 if abs(value - 1) < 1e-12 else value
    influence = drawn.weights * (y - value * x) / total
    units = int(np.count_nonzero(below))
    se, df = _spread(influence, drawn.weights * np.abs(x), drawn)
    if drawn.simple and bool((np.isin(x, (0, 1)) & ((y == 0) | (y == x))).all()):
        return Ratio(value, se, df, influence, _many(units, drawn), units, False)
    n, estimated = _effective(value, se, below, drawn)
    return Ratio(value, se, df, influence, n, units, estimated)


def mean_ratio(ratios: Sequence[Ratio], drawn: Design) -> Ratio:
    """Mean of several ratios of the same units, such as F1 over categories."""
    value = float(np.mean([ratio.value for ratio in ratios]))
    influence = np.mean([ratio.influence for ratio in ratios], axis=0)
    se, df = linearized_se(influence, drawn), min(ratio.df for ratio in ratios)
    every = np.ones(len(influence), dtype=bool)
    n, estimated = _effective(value, se, every, drawn)
    return Ratio(value, se, df, influence, n, len(influence), estimated)


def _many(units: float, drawn: Design) -> float:
    """Count the units of a simple sample that would be as sure were the population endless."""
    return float(units / drawn.open[0]) if drawn.open[0] else np.inf


def _effective(value: float, se: float, below: np.ndarray, drawn: Design) -> tuple[float, bool]:
    """Effective number of units of a share, and whether its variance gave it."""
    if not drawn.open.any():
        return np.inf, False
    if 0 < value < 1 and se > 0:
        return value * (1 - value) / se**2, True
    return effective_n(drawn, below) if 0 <= value <= 1 else np.nan, False


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


def _spread(influence: np.ndarray, below: np.ndarray, drawn: Design) -> tuple[float, float]:
    """Give a ratio's standard error and its degrees of freedom."""
    clusters = len(drawn.home)
    if drawn.simple or clusters < 2 or drawn.home.any() or not (drawn.open == 1).all():
        parts = _parts(influence, drawn)
        return float(np.sqrt(parts.sum())), _df(parts, below != 0, drawn)
    # What weighs much moves the ratio towards itself, and hides how far it lies from the rest.
    shares = np.bincount(drawn.cluster, below) / below.sum()
    left = np.maximum(1 - shares, 1 / clusters)
    totals = np.bincount(drawn.cluster, influence) / left
    variance = (clusters - 1) / clusters * float(totals @ totals)
    return float(np.sqrt(variance)), max(1 / float(shares @ shares) - 1, 1.0)


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
    apart = np.bincount(drawn.home, weights=totals, minlength=strata) ** 2 * drawn.between
    within = factor * np.bincount(drawn.home, weights=squares, minlength=strata)
    return np.asarray(within + apart)


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
    share: Ratio, *, level: float = 0.95, side: Side = "two", exact: bool = False
) -> tuple[float, float]:
    """Interval of a share: Wilson's at its effective number of units.

    Parameters
    ----------
    share
        The share, as `survey_ratio` gives it; or the mean of values between 0 and 1.
    level
        Confidence level.
    side
        "two"; "lower" or "upper" for one bound alone.
    exact
        Clopper and Pearson's form (Korn and Graubard's interval, as medical journals print it),
        which is wider and covers at least its level.

    Returns
    -------
    tuple of float
        Low and high, between 0 and 1; missing where no unit is below the line, and the share
        itself where every unit there is was drawn.

    Notes
    -----
    The effective number of units is ``p (1 - p) / variance`` with the linearized variance, and
    Student's t replaces the normal quantile, as in method "wilson" of svyciprop in R's package
    survey (``exact=True``: its method "beta"). Wilson's form is recommended by Franco, C., Little,
    R. J. A., Louis, T. A. and Slud, E. V. (2019), Comparative study of confidence intervals for
    proportions in complex sample surveys, Journal of Survey Statistics and Methodology 7, 334-364;
    and for a simple random sample it is the interval of `wilson`, as one on the logit scale is not.
    Two cases differ from R's:

    * Zeros and ones of a simple random sample: the share alone fixes the variance, so that the
      interval is the plain one, with the normal quantile. Of a finite population as many units
      count as would be as sure were it endless, n / (1 - n / N).
    * Nothing varies (a share of 0 or 1, one cluster, all clusters equal): the interval is the plain
      one for Kish's effective number of clusters. Whether the units of a cluster repeat each other
      cannot be seen then, so a cluster counts once.

    Korn, E. L. and Graubard, B. I. (1998). Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data. Survey Methodology 24, 193-201.

    Examples
    --------
    >>> drawn = survey_design(np.ones(100))
    >>> share = survey_ratio(np.arange(100) < 30, np.ones(100), drawn)
    >>> low, high = share_interval(share)
    >>> round(low, 3), round(high, 3)
    (0.219, 0.396)
    """
    _, upper = tails(level, side)
    if not share.n > 0:
        return np.nan, np.nan
    if np.isinf(share.n):
        return share.value, share.value
    if exact:
        quantile = upper if side == "two" else level
        n = share.n * (_narrower(share, quantile) if share.estimated else 1)
        low, high = clopper_pearson(share.value * n, n, level, side=side)
    else:
        df = share.df if share.estimated else np.inf
        low, high = wilson(share.value * share.n, share.n, level, side=side, df=df)
    return float(low), float(high)


def _narrower(share: Ratio, quantile: float) -> float:
    """Korn and Graubard's factor for the degrees of freedom."""
    from scipy.special import stdtrit

    few, many = stdtrit([share.df, max(share.units - 1, 1)], quantile)
    return float((many / few) ** 2)


class GroupedMean(NamedTuple):
    """A mean with its standard error and interval.

    Parameters
    ----------
    value
        The mean.
    se
        Its linearized standard error.
    low, high
        Ends of the interval.
    n
        Units.
    groups
        Groups, or units where there are none.

    Examples
    --------
    >>> GroupedMean(0.5, 0.1, 0.3, 0.7, 25, 25).value
    0.5
    """

    value: float
    se: float
    low: float
    high: float
    n: int
    groups: int


def grouped_mean(
    values: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    level: float = 0.95,
) -> GroupedMean:
    """Mean of units, weighted and by group where that is so; of zeros and ones, a share.

    Shares get the interval of `share_interval`, other means Student's t.

    Parameters
    ----------
    values
        (n,) numbers, none missing.
    weights
        (n,) one over the probability of being drawn; by default equal.
    groups
        (n,) account, street or video of each unit, whose units resemble each other.
    level
        Confidence level, between 0 and 1.

    Returns
    -------
    GroupedMean
        With one unit or group only, the interval of a mean is missing, that of a share is
        Wilson's for one unit.

    Raises
    ------
    InputError
        If there are no units, a value is missing or a weight is not above 0.

    Examples
    --------
    >>> share = grouped_mean([1, 0, 0, 1], groups=["a", "a", "b", "b"])
    >>> share.value, share.groups
    (0.5, 2)
    """
    y = np.asarray(values, float)
    w = np.ones_like(y) if weights is None else np.asarray(weights, float)
    if not len(y) or not np.isfinite(y).all() or w.shape != y.shape or not (w > 0).all():
        raise InputError(
            f"{y.size} values and {w.size} weights: expected at least one value, none missing, and "
            "a weight above 0 for each."
        )
    drawn = survey_design(w, clusters=groups)
    mean = survey_ratio(y, np.ones_like(y), drawn)
    if np.isin(y, (0, 1)).all():
        low, high = share_interval(mean, level=level)
    else:
        low, high = _student(mean.value, mean.se, mean.df, level)
    return GroupedMean(mean.value, mean.se, low, high, len(y), len(drawn.home))


def student(values: ArrayLike, level: float = 0.95) -> tuple[float, float, float]:
    """Mean with Student's interval.

    Parameters
    ----------
    values
        (n,) independent numbers.
    level
        Confidence level, between 0 and 1.

    Returns
    -------
    tuple of float
        Mean, low and high; the ends are missing for one value.

    Examples
    --------
    >>> [round(end, 2) for end in student([1, 2, 3])]
    [2.0, -0.48, 4.48]
    """
    y = np.asarray(values, float)
    mean = survey_ratio(y, np.ones_like(y), survey_design(np.ones_like(y)))
    return mean.value, *_student(mean.value, mean.se, mean.df, level)


def _student(mean: float, se: float, df: float, level: float) -> tuple[float, float]:
    low, high = mean + student_tails(df, tails(level)) * se
    return float(low), float(high)


def _numbered(values: ArrayLike | None, n: int, otherwise: ArrayLike | range) -> np.ndarray:
    names = np.asarray(otherwise if values is None else values)
    if len(names) != n:
        raise InputError(f"{len(names)} strata or clusters for {n} weights: expected one per unit.")
    return np.asarray(np.unique(names, return_inverse=True)[1], dtype=np.int64)
