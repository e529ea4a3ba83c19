"""Cohen's kappa of two coders, plain and weighted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.agreement.intervals import AgreementValue, Scale, measured
from iconometrics.stats.agreement.pairs import Weights, weighting
from iconometrics.stats.agreement.units import Patterns, patterns
from iconometrics.stats.survey import Design

__all__ = ["Cohen", "cohen_kappa"]


class Cohen:
    """Agreement of two coders beyond what their own shares of categories would bring."""

    method = "Fleiss, Cohen and Everitt (1969)"
    least = -1.0

    def __init__(self, units: Patterns, weights: np.ndarray | None = None) -> None:
        self.units = units.kept(2)
        self.name = "Cohen's kappa" + ", weighted" * (weights is not None)
        self._first, self._second = self.units.rows.T
        self._weights = np.eye(len(units.labels)) if weights is None else weights
        self._agreed = self._weights[self._first, self._second]
        self._apart = 1 - self._weights

    def _margins(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        size = len(self.units.labels)
        total = weights.sum(axis=1, keepdims=True)
        coded = [np.eye(size)[codes] for codes in (self._first, self._second)]
        with np.errstate(invalid="ignore", divide="ignore"):
            first, second = (weights @ codes / total for codes in coded)
        return first, second

    def parts(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give kappa, observed and expected agreement."""
        first, second = self._margins(weights)
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = weights @ self._agreed / weights.sum(axis=1)
            disagreed = weights @ (1 - self._agreed) / weights.sum(axis=1)
            # Summed as disagreement, it is 0 for one category alone, and for no other however rare.
            by_chance = ((first @ self._apart) * second).sum(axis=1)
            value = np.where(by_chance > 0, 1 - disagreed / by_chance, np.nan)
        return value, observed, 1 - by_chance

    def slopes(self) -> np.ndarray:
        """Give the change of kappa with one more unit, by pattern."""
        count = self.units.totals
        value, observed, expected = (part[0] for part in self.parts(count[None]))
        first, second = (margin[0] for margin in self._margins(count[None]))
        chance = (self._weights @ second)[self._first] + (first @ self._weights)[self._second]
        agreed = self._agreed - observed
        steep = agreed - (1 - value) * (chance - 2 * expected)
        return np.asarray(steep / (1 - expected) / count.sum())

    @property
    def counting(self) -> np.ndarray:
        """Which patterns are observations: all, as each has two ratings."""
        return np.ones(len(self.units.rows), dtype=bool)

    def disagreements(self) -> np.ndarray:
        """Give the disagreement of each pattern."""
        return np.asarray(1 - self._agreed)

    def typical(self) -> float:
        """Give the mean disagreement of ratings that differ by chance, by that of all ratings."""
        first, second = self._margins(self.units.totals[None])
        return float(1 / (1 - first[0] @ second[0]))

    def reason(self) -> str:
        """Say why kappa is not defined."""
        if not self.units.units:
            return "no unit was rated by both coders"
        return "both coders used the same single category, so chance agreement is complete"


def cohen_kappa(
    ratings: ArrayLike,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    groups: ArrayLike | None = None,
    drawn: Design | None = None,
    draws: int = 0,
    confidence: float = 0.95,
    scale: Scale = "score",
    seed: int = 1,
) -> AgreementValue:
    """Cohen's kappa of two coders.

    Parameters
    ----------
    ratings
        Units x 2, numbers or text; units with a NaN or None do not count. A cross-table is
        turned into ratings by `ratings_from_table`.
    weights
        None for plain kappa; "linear" or "quadratic" by the order of the categories, or a
        matrix of agreement from 0 to 1, for weighted kappa.
    categories
        All categories in order; by default those of ordered Categoricals, else those given, by
        number. With weights, words that have no order are refused.
    groups, drawn, draws, confidence, scale, seed
        As for `percent_agreement`.

    Returns
    -------
    AgreementValue
        NaN where no unit was rated by both, or both used the same single category.

    Raises
    ------
    InputError
        If there are not two coders, no rating, or an option makes no sense.

    Notes
    -----
    Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement 20, 37-46. Standard error: Fleiss, J. L., Cohen, J. and Everitt, B. S. (1969).
    Large sample standard errors of kappa and weighted kappa. Psychological Bulletin 72, 323-327.
    Interval: as for `percent_agreement`, with z for t where there are no groups.

    Examples
    --------
    >>> from iconometrics.stats import ratings_from_table
    >>> cohen_kappa(ratings_from_table([[45, 15], [25, 15]])).value.__round__(4)
    0.1304
    """
    units = patterns(ratings, categories, drawn=drawn)
    if units.rows.shape[1] != 2:
        raise InputError(
            f"ratings of {units.rows.shape[1]} coders: Cohen's kappa compares two; use "
            "fleiss_kappa() or krippendorff_alpha(), or take the coders pair by pair."
        )
    if groups is not None and len(np.asarray(groups)) == units.units:
        groups = np.asarray(groups)[units.given[units.member] >= 2]
    return measured(
        Cohen(units, weighting(weights, units.labels, is_ordered=units.ordered)),
        groups=groups, draws=draws, confidence=confidence, scale=scale, seed=seed,
    )  # fmt: skip
