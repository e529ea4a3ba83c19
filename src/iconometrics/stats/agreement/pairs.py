"""Agreement from pairs of ratings of a unit: percent agreement, Fleiss, Gwet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.agreement.intervals import AgreementValue, Scale, measured
from iconometrics.stats.agreement.units import Patterns, patterns
from iconometrics.stats.agreement.weights import agreement_weights
from iconometrics.stats.survey import Design
from iconometrics.wording import counted, listed

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "Linearization",
    "PairAgreement",
    "Weights",
    "fleiss_kappa",
    "gwet_ac",
    "percent_agreement",
    "weighting",
]

Linearization = Literal["ratio", "handbook"]
Weights = Literal["linear", "quadratic", "ordinal"] | np.ndarray | None

_NAMES = {"percent": "percent agreement", "fleiss": "Fleiss' kappa", "gwet": "Gwet's AC"}
_GWET = "linearization (Gwet 2008, 2021)"


def _of_one_rating(units: int) -> str:
    """Say whose standard error it is where units have one rating."""
    have = f"{counted(units, 'unit')} {'has' if units == 1 else 'have'}"
    return (
        f"{have} one rating, which bears on chance, not on the number of units compared; Gwet's "
        "handbook and irrCAC count it, and their error is wider (linearization='handbook')"
    )


def weighting(weights: Weights, labels: Sequence[Any], *, is_ordered: bool) -> np.ndarray | None:
    """Give the matrix of weights that an option names."""
    if weights is None:
        return None
    categories = len(labels)
    if isinstance(weights, str):
        matrix = agreement_weights(weights, range(categories))
        if not is_ordered and (matrix != np.eye(categories)).any():
            raise InputError(
                f"weights={weights!r} go by the order of the categories, and {listed(labels, 6)} "
                "have none: give it as categories=, as the values of an ordinal variable of a "
                "codebook, as ordered Categoricals, or code numbers."
            )
        return matrix
    matrix = np.asarray(weights, dtype=float)
    if matrix.shape != (categories, categories):
        raise InputError(
            f"weights of shape {matrix.shape} for {categories} categories: expected one row and "
            "one column per category; name all categories with categories=."
        )
    if not (np.allclose(matrix, matrix.T) and matrix.min() >= 0 and matrix.max() <= 1):
        raise InputError("weights: expected a symmetric matrix of agreement from 0 to 1.")
    return matrix


class PairAgreement:
    """Observed agreement of pairs within units, corrected for chance."""

    def __init__(
        self,
        units: Patterns,
        chance: Literal["percent", "fleiss", "gwet"],
        weights: np.ndarray | None = None,
        *,
        linearization: Linearization = "ratio",
    ) -> None:
        self.units = units.pooled(1)
        self.chance = chance
        self.linearization = linearization
        self.least = 0.0 if chance == "percent" else -1.0
        self.weights = weights
        grade = "" if chance != "gwet" else "1" if weights is None else "2"
        self.name = _NAMES[chance] + grade + ", weighted" * (weights is not None)
        given = self.units.given.astype(float)
        counts = self.units.counts
        near = counts if weights is None else counts @ weights
        self._shares: csr_array = counts.multiply(1 / given[:, None]).tocsr()
        agreeing = np.asarray(counts.multiply(near).sum(axis=1)).ravel() - given
        self._paired = given >= 2
        alone = int(units.count[units.given == 1].sum())
        says = linearization == "ratio" and alone
        self.method = _GWET + (f"; {_of_one_rating(alone)}" if says else "")
        pairs = np.where(self._paired, given * (given - 1), 1)
        self.agreed = np.where(self._paired, agreeing / pairs, 0.0)

    @property
    def counting(self) -> np.ndarray:
        """Which patterns are observations: in the handbook also those of one rating."""
        return np.ones_like(self._paired) if self.linearization == "handbook" else self._paired

    def parts(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the coefficient, observed and expected agreement."""
        shares = (self._shares.T @ weights.T).T / weights.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore", divide="ignore"):
            observed = weights @ self.agreed / (weights @ self._paired)
            disagreed = weights @ (self._paired * (1 - self.agreed)) / (weights @ self._paired)
            by_chance = self._by_chance(shares)
            value = np.where(by_chance > 0, 1 - disagreed / by_chance, np.nan)
        return value, observed, 1 - by_chance

    def _by_chance(self, shares: np.ndarray) -> np.ndarray:
        """Expected disagreement: exactly 0 where there is one category only."""
        if self.chance == "percent":
            return np.ones(len(shares))
        others = shares.sum(axis=1, keepdims=True) - shares
        if self.chance == "fleiss":
            far = others if self.weights is None else shares @ (1 - self.weights)
            return np.asarray((shares * far).sum(axis=1))
        return np.asarray(1 - self._spread() * (shares * others).sum(axis=1))

    def _spread(self) -> float:
        """Give the mean weight of a pair of different categories that Gwet's chance rests on."""
        q = len(self.units.labels)
        total = q if self.weights is None else self.weights.sum()
        return float(total / (q * (q - 1))) if q > 1 else float("nan")

    def slopes(self) -> np.ndarray:
        """Give the change of the coefficient with one more unit, by pattern."""
        count = self.units.totals
        value, observed, expected = (part[0] for part in self.parts(count[None]))
        agreed = self._paired * (self.agreed - observed) / (count @ self._paired)
        if self.linearization == "handbook":
            share = self._paired / (count @ self._paired) - 1 / count.sum()
            agreed += (observed - expected) * share
        shares = self._shares.T @ count / count.sum()
        if self.chance == "percent":
            return np.asarray(agreed)
        if self.chance == "fleiss":
            steep = 2 * (shares if self.weights is None else self.weights @ shares)
        else:
            steep = -2 * self._spread() * shares
        chance = (self._shares @ steep - shares @ steep) / count.sum()
        return np.asarray((agreed - (1 - value) * chance) / (1 - expected))

    def disagreements(self) -> np.ndarray:
        """Give the disagreement of each pattern: the share of its pairs that differ."""
        return np.asarray(self._paired * (1 - self.agreed))

    def typical(self) -> float:
        """Give the mean disagreement of ratings that differ by chance, by the expected one."""
        count = self.units.totals
        shares = self._shares.T @ count / count.sum()
        differing = shares @ (1 - shares)
        expected = 1 - self.parts(count[None])[2][0]
        if self.weights is None or not differing > 0:
            return float(1 / expected)
        return float(shares @ (1 - self.weights) @ shares / differing / expected)

    def reason(self) -> str:
        """Say why the coefficient is not defined."""
        if not self._paired.any():
            return "no unit has two ratings"
        if len(self.units.labels) < 2:
            return "there is one category only; name all that there might be with categories="
        return "all ratings fall into one category, so agreement by chance is complete"


def _measured(
    ratings: ArrayLike | Patterns, chance: Any, weights: Weights, **options: Any
) -> AgreementValue:
    categories = options.pop("categories")
    drawn = options.pop("drawn")
    units = ratings if isinstance(ratings, Patterns) else patterns(ratings, categories, drawn=drawn)
    matrix = weighting(weights, units.labels, is_ordered=units.ordered)
    linearization = options.pop("linearization")
    if linearization not in ("ratio", "handbook"):
        raise InputError(f"linearization={linearization!r}: expected 'ratio' or 'handbook'.")
    statistic = PairAgreement(units, chance, matrix, linearization=linearization)
    groups = options.pop("groups")
    if groups is not None:
        rated = units.given[units.member] >= 1
        groups = np.asarray(groups)
        groups = groups[rated] if len(groups) == len(rated) else groups
    return measured(statistic, groups=groups, **options)


def percent_agreement(
    ratings: ArrayLike,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    groups: ArrayLike | None = None,
    drawn: Design | None = None,
    draws: int = 0,
    confidence: float = 0.95,
    scale: Scale = "score",
    linearization: Linearization = "ratio",
    seed: int = 1,
) -> AgreementValue:
    """Share of pairs of ratings of a unit that agree, averaged over units.

    Parameters
    ----------
    ratings
        Units x coders, numbers or text; NaN or None where a coder gave none.
    weights
        None where only equal ratings agree; "linear", "quadratic" or "ordinal" by the order of
        the categories; or a matrix of agreement from 0 to 1.
    categories
        All categories in order; by default those of ordered Categoricals, else those given, by
        number. With weights, words that have no order are refused.
    groups
        Account or event of each unit, whose units may be alike.
    drawn
        How the units were drawn, by `survey_design`, where not all were equally likely: each then
        counts for its weight, and errors are by stratum and cluster. Groups are its clusters.
    draws
        Number of bootstrap resamples; 0 for the analytic interval alone.
    confidence
        Confidence level of the intervals.
    scale
        "score": the values that lie less than t of their own standard errors from the one
        observed, which holds its level where a category is rare or nobody disagrees; "plain": as
        published, with arms of equal length; "log": even in the logarithm of one less the
        coefficient.
    linearization
        Where units have one rating: "ratio" takes the number of units with two for what it is,
        a matter of chance; "handbook" takes it as fixed, as Gwet's handbook and irrCAC do, which
        is wider.
    seed
        Names the bootstrap.

    Returns
    -------
    AgreementValue

    Raises
    ------
    InputError
        If there is no rating, or an option makes no sense.

    Notes
    -----
    Standard error: of the units' agreement. Gwet, K. L. (2021). Handbook of inter-rater
    reliability, 5th ed. Where units have one rating, the handbook counts each as an observation of
    agreement 0 and weighs the others up: the value stays, its error grows by the spread between
    both. With 30 % of four coders' ratings missing, 95 % intervals made so hold the truth in 96 to
    99 % of samples of 200 units, where the ratio's hold it in 95 %; the more units are coded once
    by design, the worse. Where every unit has two ratings, both are the same.

    Score interval: Wilson, E. B. (1927). Probable inference. Journal of the American Statistical
    Association 22, 209-212; of kappa, Donner, A. and Eliasziw, M. (1992). A goodness-of-fit
    approach to inference procedures for the kappa statistic. Statistics in Medicine 11, 1511-1519.
    With R the observed disagreement by the expected one, the variance is a R - b R^2 - c R^3: a
    and b are those of a count of disagreements, c is such that the linearized variance holds at
    the ratio observed. For percent agreement and kappa of two coders and two categories it is
    theirs, with t for z. Where groups are given, the variance is stretched as by them; where a
    design is, all sums are weighted, n is Kish's effective number of units, and the variance is
    stretched as by strata, clusters and the finite population. The bootstrap then rescales the
    weights of clusters drawn within strata (Rao, J. N. K., Wu, C. F. J. and Yue, K. 1992. Some
    recent work on resampling methods for complex surveys. Survey Methodology 18, 209-217).

    Examples
    --------
    >>> percent_agreement([[1, 1], [1, 2], [2, 2], [2, 2]]).value
    0.75
    """
    return _measured(
        ratings, "percent", weights, categories=categories, groups=groups, drawn=drawn,
        draws=draws, confidence=confidence, scale=scale, linearization=linearization, seed=seed,
    )  # fmt: skip


def fleiss_kappa(
    ratings: ArrayLike,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    groups: ArrayLike | None = None,
    drawn: Design | None = None,
    draws: int = 0,
    confidence: float = 0.95,
    scale: Scale = "score",
    linearization: Linearization = "ratio",
    seed: int = 1,
) -> AgreementValue:
    """Fleiss' kappa of any number of coders; with two it is Scott's pi.

    Parameters
    ----------
    ratings
        Units x coders, numbers or text; NaN or None where a coder gave none. Counts by category
        are turned into ratings by `ratings_from_counts`.
    weights
        As for `percent_agreement`.
    categories
        All categories in order; by default those of ordered Categoricals, else those given, by
        number. With weights, words that have no order are refused.
    groups, drawn, draws, confidence, scale, linearization, seed
        As for `percent_agreement`.

    Returns
    -------
    AgreementValue
        NaN where all ratings fall into one category.

    Raises
    ------
    InputError
        If there is no rating, or an option makes no sense.

    Notes
    -----
    Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological
    Bulletin 76, 378-382. Missing ratings, weights and the error: Gwet, K. L. (2021).
    Large-sample variance of Fleiss generalized kappa. Educational and Psychological Measurement
    81, 781-790. Where units have one rating, as for `gwet_ac`.

    Examples
    --------
    >>> fleiss_kappa([[1, 1, 1], [1, 2, 2], [2, 2, 2], [1, 1, 2]]).value.__round__(4)
    0.3333
    """
    return _measured(
        ratings, "fleiss", weights, categories=categories, groups=groups, drawn=drawn,
        draws=draws, confidence=confidence, scale=scale, linearization=linearization, seed=seed,
    )  # fmt: skip


def gwet_ac(
    ratings: ArrayLike,
    *,
    weights: Weights = None,
    categories: Sequence[Any] | None = None,
    groups: ArrayLike | None = None,
    drawn: Design | None = None,
    draws: int = 0,
    confidence: float = 0.95,
    scale: Scale = "score",
    linearization: Linearization = "ratio",
    seed: int = 1,
) -> AgreementValue:
    """Gwet's AC1, and with weights AC2: steady where one category is far more frequent.

    Parameters
    ----------
    ratings
        Units x coders, numbers or text; NaN or None where a coder gave none.
    weights
        None for AC1; as for `percent_agreement` for AC2.
    categories
        All categories in order, also those that nobody gave; by default those of ordered
        Categoricals, else those given, by number. With weights, words that have no order are
        refused.
    groups, drawn, draws, confidence, scale, linearization, seed
        As for `percent_agreement`.

    Returns
    -------
    AgreementValue
        NaN where there is one category only.

    Raises
    ------
    InputError
        If there is no rating, or an option makes no sense.

    Notes
    -----
    Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of high
    agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48.
    Standard error: linearized by unit as there. Units with one rating count for the shares of the
    categories only; the share of agreeing pairs is linearized as a ratio over the others, so that
    a corpus of which a part was coded twice does not widen the interval. For the handbook's own
    error, and for the interval, see `percent_agreement`.

    Examples
    --------
    >>> from iconometrics.stats import ratings_from_table
    >>> gwet_ac(ratings_from_table([[118, 5], [2, 0]])).value.__round__(4)
    0.9408
    """
    return _measured(
        ratings, "gwet", weights, categories=categories, groups=groups, drawn=drawn,
        draws=draws, confidence=confidence, scale=scale, linearization=linearization, seed=seed,
    )  # fmt: skip
