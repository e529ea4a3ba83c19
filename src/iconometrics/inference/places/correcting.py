"""Means of all units, from a measure of all of them and the codes of a sample."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from iconometrics.stats import Ratio, share_interval
from iconometrics.stats.linear import least_squares
from iconometrics.stats.tails import student_tails, tails

__all__ = ["LEAST", "Calibration", "Coded", "Corrected", "calibrated", "joined_classes"]

LEAST = 10
"""Codes without which nothing is said of how a measure errs."""

_CLUSTERS = 4
_LEAST_OF_CLASS = 2
_LEVERAGE = 0.9


class Coded(NamedTuple):
    """Which units were coded, and what they stand for.

    Parameters
    ----------
    weight
        (n,) one over the probability of being coded; 0 where a unit was not.
    spread
        (n,) how many units of the whole each measured one stands for.
    cluster
        (n,) number of the cluster of each unit, from 0.
    """

    weight: np.ndarray
    spread: np.ndarray
    cluster: np.ndarray

    @property
    def there(self) -> np.ndarray:
        """(n,) whether a unit was coded."""
        return np.asarray(self.weight > 0)

    @property
    def enough(self) -> bool:
        """Whether the codes say how a measure errs: 10 of them, from 4 clusters."""
        there = self.there
        return bool(there.sum() >= LEAST and len(np.unique(self.cluster[there])) >= _CLUSTERS)

    def part(self, rows: np.ndarray) -> Coded:
        """Take some of the units."""
        cluster = np.unique(self.cluster[rows], return_inverse=True)[1]
        return Coded(self.weight[rows], self.spread[rows], cluster)


class Corrected(NamedTuple):
    """A mean with its interval, degrees of freedom, and the p of its being 0."""

    value: float
    se: float
    low: float
    high: float
    df: float
    p: float


def joined_classes(classes: np.ndarray, there: np.ndarray, *, least: int = 5) -> np.ndarray:
    """Number the classes; those that few codes are to be expected of join the largest."""
    number = np.unique(classes, return_inverse=True)[1].ravel()
    sizes, codes = np.bincount(number), np.bincount(number[there], minlength=number.max() + 1)
    # By what is expected: joining classes that happen to have few codes would bias.
    few = (sizes * there.mean() < least) | (codes < _LEAST_OF_CLASS)
    joined = np.where(few[number], codes.argmax(), number)
    return np.asarray(np.unique(joined, return_inverse=True)[1])


class Calibration(NamedTuple):
    """How codes of some units are carried to all of them; made by `calibrated`.

    Parameters
    ----------
    X
        (n, k) what was measured of each unit, as columns.
    coded
        Which units were coded.
    turn
        (k, m) from the codes of the m units that were coded to coefficients of the columns.
    leverage
        (m,) how much each code moves its own fitted value.
    classes
        (m,) the class that was measured of each, if classes were.
    """

    X: np.ndarray
    coded: Coded
    turn: np.ndarray
    leverage: np.ndarray
    classes: np.ndarray | None

    def mean(
        self,
        y: np.ndarray,
        *,
        ends: tuple[float, float] | None = None,
        share: bool = False,
        level: float = 0.95,
    ) -> Corrected:
        """Average codes over all units, those that nobody coded by what codes of their like are.

        Errors are HC3, by cluster. Where all codes of a class are alike, two more of half a weight
        at `ends` say what may have been missed.
        """
        there, spread, cluster = self.coded.there, self.coded.spread, self.coded.cluster
        fitted = self.X @ (self.turn @ y[there])
        value = float(np.average(fitted, weights=spread))
        value = min(max(value, 0.0), 1.0) if share else value
        pull = np.average(self.X, axis=0, weights=spread) @ self.turn
        moves = spread * (fitted - value) / spread.sum()
        moves[there] += pull * (y - fitted)[there] / (1 - np.minimum(self.leverage, _LEVERAGE))
        sums, units = np.bincount(cluster, moves), len(np.unique(cluster[there]))
        variance = float(sums @ sums) * units / max(units - 1, 1)
        if self.classes is not None and ends is not None:
            variance += _unseen(y[there], self.classes, pull, cluster=cluster[there], ends=ends)
        se, df = float(np.sqrt(variance)), max(units - float(len(self.turn)), 1.0)
        low, high = (
            _of_share(value, se, df, pulls=np.bincount(cluster[there], pull), level=level)
            if share
            else value + student_tails(df, tails(level)) * se
        )
        return Corrected(value, se, float(low), float(high), df, _p(value, se, df))


def calibrated(measured: np.ndarray, coded: Coded) -> Calibration:
    """Prepare to carry codes to all units: the regression estimator of survey sampling.

    `measured` is a class of each unit (whole numbers: post-stratification), or a number of each.
    """
    there = coded.there
    classes = measured[there] if measured.dtype.kind == "i" else None
    X = _columns(measured)
    fit = least_squares(X[there], np.zeros(int(there.sum())), coded.weight[there])
    turn = fit.bread @ (fit.X * fit.weights[:, None]).T
    return Calibration(X, coded, turn, fit.leverage, classes)


def _columns(measured: np.ndarray) -> np.ndarray:
    if measured.dtype.kind == "i":
        return np.asarray(measured[:, None] == np.arange(measured.max() + 1), dtype=float)
    return np.column_stack([np.ones(len(measured)), measured])


def _unseen(
    y: np.ndarray,
    classes: np.ndarray,
    pull: np.ndarray,
    *,
    cluster: np.ndarray,
    ends: tuple[float, float],
) -> float:
    """Add the variance that classes may have in which all codes happen to be alike."""
    extra, outer = 0.0, np.asarray(ends, dtype=float)
    for kind in np.unique(classes):
        own = y[classes == kind]
        if np.ptp(own) > 0:
            continue
        n = len(own)
        mean = (n * own[0] + outer.mean()) / (n + 1)
        square = (n * own[0] ** 2 + (outer**2).mean()) / (n + 1)
        pulls = np.bincount(cluster[classes == kind], pull[classes == kind])
        extra += (square - mean**2) * float(pulls @ pulls)
    return extra


def _of_share(
    value: float, se: float, df: float, *, pulls: np.ndarray, level: float
) -> tuple[float, float]:
    """Wilson's interval; of a share of 0 or 1 for as many codes as the weights are worth."""
    varies = 1e-12 < value < 1 - 1e-12 and se > 0
    value = value if varies else round(value)
    n = value * (1 - value) / se**2 if varies else float(pulls.sum() ** 2 / (pulls @ pulls))
    ratio = Ratio(value, se, df, pulls, n, len(pulls), varies)
    return share_interval(ratio, level=level)


def _p(value: float, se: float, df: float) -> float:
    from scipy.special import stdtr

    return 2 * float(stdtr(df, -abs(value) / se)) if se > 0 else float(value == 0)
