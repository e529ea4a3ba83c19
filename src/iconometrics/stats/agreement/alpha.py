"""Krippendorff's alpha at any level of measurement, with missing ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.agreement.intervals import AgreementValue, Scale, measured
from iconometrics.stats.agreement.units import Patterns, numbers_of, patterns
from iconometrics.stats.agreement.weights import set_distance
from iconometrics.stats.survey import Design

__all__ = ["Alpha", "Level", "alpha_of", "krippendorff_alpha"]

Level = Literal["nominal", "ordinal", "interval", "ratio", "jaccard", "masi"]

_LEVELS = ("nominal", "ordinal", "interval", "ratio", "jaccard", "masi")
_MOST = 8000


class Alpha:
    """Observed against expected disagreement."""

    method = "linearization (Gwet 2014)"
    least = -1.0
    _within: np.ndarray

    def __init__(self, units: Patterns, level: str) -> None:
        self.units = units.pooled(2)
        self.name = f"Krippendorff's alpha ({level})"
        self._given = self.units.given.astype(float)
        self._counts = self.units.counts

    def parts(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give alpha, observed and expected agreement (one less the disagreement)."""
        within, between = self._disagreement(weights)
        n = weights @ self._given
        with np.errstate(invalid="ignore", divide="ignore"):
            value = np.where(between > 0, 1 - (n - 1) * within / between, np.nan)
            return value, 1 - within / n, 1 - between / (n * (n - 1))

    def _disagreement(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sum distances of pairs within units, and of all pairs of ratings."""
        raise NotImplementedError

    def _steepness(self, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give the change of both sums with one more unit, by pattern."""
        raise NotImplementedError

    def slopes(self) -> np.ndarray:
        """Give the change of alpha with one more unit, by pattern."""
        count = self.units.totals
        within, between = (part[0] for part in self._disagreement(count[None]))
        more_within, more_between = self._steepness(count)
        n = count @ self._given
        return np.asarray(
            -(within * self._given + n * more_within) / between
            + n * within * more_between / between**2
        )

    @property
    def counting(self) -> np.ndarray:
        """Which patterns are observations: all, as each has two ratings."""
        return np.ones(len(self.units.rows), dtype=bool)

    def disagreements(self) -> np.ndarray:
        """Give each pattern's sum of distances within a unit."""
        return self._within

    def typical(self) -> float:
        """Give the mean distance of ratings that differ by chance, by that of all ratings."""
        shares = self._counts.T @ self.units.totals / (self.units.totals @ self._given)
        return float(1 / (shares @ (1 - shares)))

    def reason(self) -> str:
        """Say why alpha is not defined."""
        if not self.units.units:
            return "no unit has two ratings"
        return "all ratings are the same, so there is nothing to agree on (Krippendorff 2011)"


class _Matrix(Alpha):
    """Distances from a matrix; without one, 1 between all that differ."""

    def __init__(self, units: Patterns, level: str, distance: np.ndarray | None) -> None:
        super().__init__(units, level)
        self._distance = distance
        counts = self._counts
        if distance is None:
            pairs = self._given**2 - np.asarray(counts.multiply(counts).sum(axis=1)).ravel()
        else:
            pairs = np.asarray(counts.multiply(counts @ distance).sum(axis=1)).ravel()
        self._within = pairs / np.maximum(self._given - 1, 1)

    def _far(self, totals: np.ndarray) -> np.ndarray:
        """Sum the distances of all ratings from each category."""
        if self._distance is None:
            return np.asarray(totals.sum(axis=-1, keepdims=True) - totals)
        return np.asarray(totals @ self._distance)

    def _disagreement(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        totals = (self._counts.T @ weights.T).T
        return weights @ self._within, (totals * self._far(totals)).sum(axis=1)

    def _steepness(self, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        far = self._far(self._counts.T @ count)
        return self._within, 2 * (self._counts @ far)


class _Interval(Alpha):
    """Squared differences of numbers, from three sums per unit; any number of values."""

    def __init__(self, units: Patterns, level: str, values: np.ndarray) -> None:
        super().__init__(units, level)
        totals = self._counts.T @ self.units.totals
        centered = values - totals @ values / max(totals.sum(), 1)
        self._sum = self._counts @ centered
        self._squares = self._counts @ centered**2
        pairs = _spread(self._given * self._squares, self._sum**2)
        self._within = pairs / np.maximum(self._given - 1, 1)

    def _disagreement(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n, total, squares = (weights @ s for s in (self._given, self._sum, self._squares))
        return weights @ self._within, _spread(n * squares, total**2)

    def _steepness(self, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n, total, squares = (count @ s for s in (self._given, self._sum, self._squares))
        more = self._given * squares + n * self._squares - 2 * total * self._sum
        return self._within, 2 * more


def _spread(squares: np.ndarray, square: np.ndarray) -> np.ndarray:
    """Twice the difference of two sums; 0 where it is their rounding, whatever the scale."""
    left = squares - square
    return np.where(left > 1e-13 * squares, 2 * left, 0.0)


class _Ordinal(Alpha):
    """Squared differences of mid-ranks, which every draw ranks again."""

    def disagreements(self) -> np.ndarray:
        ranks = _midranks(self._counts.T @ self.units.totals)
        return np.asarray(self._far_within(ranks[None])[:, 0])

    def _far_within(self, ranks: np.ndarray) -> np.ndarray:
        """Sum distances within units: patterns x draws."""
        sums, squares = self._counts @ ranks.T, self._counts @ (ranks**2).T
        pairs = 2 * (self._given[:, None] * squares - sums**2)
        return np.asarray(pairs / np.maximum(self._given - 1, 1)[:, None])

    def _disagreement(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        totals = (self._counts.T @ weights.T).T
        ranks = _midranks(totals)
        within = (weights.T * self._far_within(ranks)).sum(axis=0)
        n = totals.sum(axis=1)
        middle, spread = (totals * ranks).sum(axis=1), (totals * ranks**2).sum(axis=1)
        return within, _spread(n * spread, middle**2)

    def _steepness(self, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        totals = self._counts.T @ count
        ranks, n = _midranks(totals), totals.sum()
        counts, given = self._counts, self._given
        share = 1 / np.maximum(given - 1, 1)
        sums, squares = counts @ ranks, counts @ ranks**2
        middle, spread = totals @ ranks, totals @ ranks**2
        within = 2 * share * (given * squares - sums**2)
        between = 2 * (given * spread + n * squares - 2 * middle * sums)
        pull = count * share
        by_rank_within = 4 * (ranks * (counts.T @ (pull * given)) - counts.T @ (pull * sums))
        by_rank_between = 4 * totals * (n * ranks - middle)
        return (
            within + counts @ _through_ranks(by_rank_within),
            between + counts @ _through_ranks(by_rank_between),
        )


def _midranks(totals: np.ndarray) -> np.ndarray:
    return np.asarray(totals.cumsum(axis=-1) - totals / 2)


def _through_ranks(by_rank: np.ndarray) -> np.ndarray:
    """Turn the slope by mid-rank into the slope by count: a count lifts all ranks above it."""
    return np.asarray(by_rank[::-1].cumsum()[::-1] - by_rank / 2)


def alpha_of(units: Patterns, level: Level, *, distance: ArrayLike | None = None) -> Alpha:
    """Choose the statistic for a level of measurement."""
    if distance is not None:
        return _Matrix(units, "given distances", _checked(distance, len(units.labels)))
    if level not in _LEVELS:
        raise InputError(f"level={level!r}: expected one of {', '.join(_LEVELS)}.")
    if level == "nominal":
        return _Matrix(units, level, None)
    if level == "ordinal":
        return _Ordinal(units, level)
    if level == "interval":
        return _Interval(units, level, numbers_of(units.labels, level))
    if len(units.labels) > _MOST:
        raise InputError(
            f"{len(units.labels):,} different values at the {level} level, where every pair of "
            f'values has its own distance: expected at most {_MOST:,}; use level="interval".'
        )
    if level == "ratio":
        return _Matrix(units, level, _ratio(numbers_of(units.labels, level)))
    return _Matrix(units, level, set_distance(units.labels, level))


def _ratio(values: np.ndarray) -> np.ndarray:
    if (values < 0).any():
        raise InputError(f"the value {values.min():g} at the ratio level: expected 0 or more.")
    total = values[:, None] + values
    gap = values[:, None] - values
    return np.asarray(np.divide(gap, total, out=np.zeros_like(gap), where=total > 0) ** 2)


def _checked(distance: ArrayLike, categories: int) -> np.ndarray:
    matrix = np.asarray(distance, dtype=float)
    if matrix.shape != (categories, categories) or not _is_distance(matrix):
        raise InputError(
            f"distance of shape {matrix.shape}: expected a symmetric matrix, {categories} x "
            f"{categories}, one row per category, of 0 on the diagonal and nothing below 0; name "
            "all categories with categories=."
        )
    return matrix


def _is_distance(matrix: np.ndarray) -> bool:
    uneven = np.abs(matrix - matrix.T).max(initial=0)
    return bool((matrix >= 0).all() and not np.diag(matrix).any() and uneven <= 1e-9 * matrix.max())


def krippendorff_alpha(
    ratings: ArrayLike,
    *,
    level: Level = "nominal",
    distance: ArrayLike | None = None,
    categories: Sequence[Any] | None = None,
    groups: ArrayLike | None = None,
    drawn: Design | None = None,
    draws: int = 0,
    confidence: float = 0.95,
    scale: Scale = "score",
    seed: int = 1,
) -> AgreementValue:
    """Krippendorff's alpha: any number of coders, any level, missing ratings.

    Parameters
    ----------
    ratings
        Units x coders, numbers or text; NaN or None where a coder gave none. Units with fewer
        than two ratings do not count.
    level
        "nominal", "ordinal", "interval", "ratio"; for sets of labels (text with ``;`` between)
        "jaccard" or "masi".
    distance
        A symmetric matrix of squared distances between the categories, instead of a level.
    categories
        All categories in order; needed for ordinal text. By default those given, sorted.
    groups, drawn, draws, confidence, scale, seed
        As for `percent_agreement`.

    Returns
    -------
    AgreementValue
        NaN where all ratings are the same, or no unit has two.

    Raises
    ------
    InputError
        If there is no rating, the level does not fit the values, or an option makes no sense.

    Notes
    -----
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of
    Pennsylvania. Standard error: linearized by unit as in Gwet, K. L. (2014). Handbook of
    inter-rater reliability, 4th ed.; at the ordinal level the ranks are linearized as well.
    Where units are drawn unequally, the number of ratings is Kish's effective one: chance is then
    that of pairs of different ratings, weighted. Interval: as for `percent_agreement`. The
    bootstrap draws units, unlike Krippendorff's, which draws disagreements.

    Examples
    --------
    >>> first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    >>> second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    >>> krippendorff_alpha(np.column_stack([first, second])).value.__round__(4)
    0.0952
    """
    units = _ordered(ratings, categories, level if distance is None else "given", drawn)
    statistic = alpha_of(units, level, distance=distance)
    if groups is not None and len(np.asarray(groups)) == units.units:
        groups = np.asarray(groups)[units.given[units.member] >= 2]
    return measured(
        statistic, groups=groups, draws=draws, confidence=confidence, scale=scale, seed=seed
    )


def _ordered(
    ratings: ArrayLike, categories: Sequence[Any] | None, level: str, drawn: Design | None
) -> Patterns:
    """Find the patterns; refuse ordinal categories that have no order."""
    units = patterns(ratings, categories, drawn=drawn)
    if level == "ordinal" and not units.ordered:
        numbers_of(units.labels, level)
    return units
