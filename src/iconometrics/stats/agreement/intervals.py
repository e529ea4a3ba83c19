"""An agreement coefficient with its intervals: by linearization, and by bootstrap over units."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.stats.survey import effective_n, linearized_se, survey_ratio

if TYPE_CHECKING:
    from iconometrics.stats.agreement.units import Patterns

__all__ = ["AgreementValue", "Scale", "Statistic", "group_numbers", "measured", "resampled"]

Scale = Literal["score", "plain", "log"]

# Cells of draws x patterns that are held at once.
_CELLS = 4_000_000
# A variance, by the squared ratio, that keeps the value inside an interval without width.
_LEAST = 1e-12


@dataclass(frozen=True)
class AgreementValue:
    """An agreement coefficient and how sure it is.

    Parameters
    ----------
    name
        Which coefficient, such as "Krippendorff's alpha (ordinal)".
    value
        The coefficient; NaN where it is not defined.
    low, high
        Analytic interval.
    se
        Its standard error.
    boot_low, boot_high
        Percentile interval of the bootstrap; NaN where none was asked for.
    observed
        Observed agreement.
    expected
        Agreement expected by chance; 0 for percent agreement.
    units
        Number of units that count: those with at least two ratings.
    confidence
        Confidence level of both intervals.
    method
        Where the analytic interval comes from.
    reason
        Why the coefficient is not defined; empty where it is.

    Examples
    --------
    >>> from iconometrics.stats import cohen_kappa, ratings_from_table
    >>> cohen_kappa(ratings_from_table([[20, 5], [10, 15]]))
    Cohen's kappa .400 (95 % interval .133 to .621; 50 units)
    """

    name: str
    value: float
    low: float
    high: float
    se: float
    boot_low: float
    boot_high: float
    observed: float
    expected: float
    units: int
    confidence: float
    method: str
    reason: str = ""

    def __repr__(self) -> str:
        if self.reason:
            return f"{self.name} not defined: {self.reason}"
        value, low, high = (_short(v) for v in (self.value, self.low, self.high))
        return (
            f"{self.name} {value} ({self.confidence:.0%} interval {low} to {high}; "
            f"{self.units:,} units)".replace("%", " %", 1)
        )


def _short(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


class Statistic(Protocol):
    """A coefficient as a function of how often each pattern of ratings was met."""

    name: str
    method: str
    least: float
    units: Patterns

    def parts(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the coefficient, observed and expected agreement."""

    def slopes(self) -> np.ndarray:
        """Give the change of the coefficient with one more unit, by pattern."""

    @property
    def counting(self) -> np.ndarray:
        """Which patterns are observations."""

    def disagreements(self) -> np.ndarray:
        """Give each pattern's part in the observed disagreement, in any unit of measurement."""

    def typical(self) -> float:
        """Give a disagreement of two ratings that differ by chance, by the expected one."""

    def reason(self) -> str:
        """Say why the coefficient is not defined."""


def measured(
    statistic: Statistic,
    *,
    groups: ArrayLike | None,
    draws: int,
    confidence: float,
    seed: int | np.random.Generator,
    scale: Scale = "score",
) -> AgreementValue:
    """Compute a coefficient with its intervals."""
    if not 0 < confidence < 1 or draws < 0:
        raise InputError(
            f"confidence={confidence!r}, draws={draws!r}: expected values such as .95 and 1000."
        )
    if scale not in ("score", "plain", "log"):
        raise InputError(f"scale={scale!r}: expected 'score', 'plain' or 'log'.")
    units = statistic.units
    member = None if groups is None else group_numbers(groups, units.units)
    if member is not None and units.design is not None:
        raise InputError(
            "both groups= and drawn=: expected one; name the groups as the design's clusters, "
            "survey_design(weights, clusters=groups)."
        )
    value, observed, expected = (float(part[0]) for part in statistic.parts(units.totals[None]))
    defined = bool(np.isfinite(value))
    se = _standard_error(statistic, member) if defined else np.nan
    low, high = np.nan, np.nan
    if np.isfinite(se):
        normal = scale != "score" and member is None and _is_large_sample(statistic)
        reach = _quantile(np.inf if normal else _free(statistic, member), confidence)
        if scale == "score":
            variance = _variance(statistic, member, 1 - value, se)
            low, high = _score_ends(1 - value, variance, reach, statistic.least)
        else:
            low, high = _wald_ends(value, se * reach, scale, statistic.least)
    boot_low, boot_high = np.nan, np.nan
    if draws and defined:
        values = np.concatenate(
            [statistic.parts(some)[0] for some in resampled(units, member, draws, seed=seed)]
        )
        boot_low, boot_high = np.nanquantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return AgreementValue(
        statistic.name, value, low, high, se, float(boot_low), float(boot_high), observed, expected,
        int(units.count[units.given >= 2].sum()), confidence,
        _method(statistic, scale),
        "" if defined else statistic.reason(),
    )  # fmt: skip


def _method(statistic: Statistic, scale: Scale) -> str:
    method = f"score, {statistic.method}" if scale == "score" else statistic.method
    return method if statistic.units.design is None else f"{method}, by design"


def _wald_ends(value: float, half: float, scale: Scale, least: float) -> tuple[float, float]:
    if scale == "plain" or not value < 1:
        return value - half, min(value + half, 1.0)
    apart = 1 - value
    reach = float(np.exp(half / apart))
    return max(1 - apart * reach, least), 1 - apart / reach


def _variance(
    statistic: Statistic, groups: np.ndarray | None, ratio: float, se: float
) -> np.ndarray:
    """Give a, b and c of a R - b R^2 - c R^3, the variance where the ratio of disagreements is R.

    Near 0 the observed disagreement spreads like a count, so a is from the effective number of
    disagreements and of one more, as of a unit rated by chance: few units show none of the large
    disagreements that are rare. b is from the mean; c is left to the expected disagreement, and is
    such that the variance at the ratio observed is the linearized one, but for the unit added, and
    none below 0 at a ratio of 1. Groups, or a design, stretch it as they do at the ratio observed;
    where that is 0, as if they were units.
    """
    if groups is None and statistic.units.design is None:
        return _variance_of_units(statistic, ratio, se)
    alone = _error_of_units(statistic)
    alike = _compared(statistic, None) / _independent(statistic, groups)
    stretch = (se / alone) ** 2 if alone > 0 else alike
    return stretch * _variance_of_units(statistic, ratio, alone)


def _variance_of_units(statistic: Statistic, ratio: float, se: float) -> np.ndarray:
    """Give a, b and c of units that do not resemble each other."""
    units, parts, n = statistic.units, statistic.disagreements(), _compared(statistic, None)
    square = 1 / n if _is_large_sample(statistic) else 1 / (n - 1)
    total, chance = float(units.totals @ parts), square * statistic.typical()
    if not (total > 0 and ratio > 0):
        return np.array([chance, square, max(chance - 2 * square, 0)])
    seen = square * n * ratio * float(units.squares @ parts**2) / total**2
    linear = max((n * ratio * seen + chance) / (n * ratio + 1), seen)
    rest = seen * ratio - square * ratio**2 - se**2
    if rest < 0:
        return np.array([se**2 / ratio + linear - seen + square * ratio, square, 0])
    return np.array([linear, square, min(rest / ratio**3, max(linear - square, 0))])


def _score_ends(
    ratio: float, variance: np.ndarray, reach: float, least: float
) -> tuple[float, float]:
    """Find the ratios that lie so many of their own errors from the one observed."""
    linear, square, cube = reach**2 * variance
    if ratio == 0:
        far = 2 * linear / (1 + square + np.sqrt((1 + square) ** 2 + 4 * cube * linear))
        return max(1 - float(far), least), 1.0
    # In multiples of the ratio, as its square may be lost in rounding.
    roots = np.roots([cube * ratio, 1 + square, -2 - linear / ratio, 1 - _LEAST])
    real = roots.real[np.abs(roots.imag) < _LEAST]
    low = max(1 - ratio * min(real[real > 1], default=np.inf), least)
    high = 1 - ratio * max(real[(real >= 0) & (real < 1)])
    return float(low), float(high)


def resampled(
    units: Patterns, groups: np.ndarray | None, draws: int, *, seed: int | np.random.Generator
) -> Iterator[np.ndarray]:
    """Draw units, whole groups, or within the strata of a design, with replacement."""
    random, cells = generator(seed), len(units.rows)
    if units.design is not None:
        draw, cells = _by_design(units, random), len(units.design.home)
    else:
        draw = _by_unit(units, random) if groups is None else _by_group(units, groups, random)
    step = max(1, _CELLS // cells)
    for start in range(0, draws, step):
        yield draw(min(step, draws - start))


def _by_unit(units: Patterns, random: np.random.Generator) -> Callable[[int], np.ndarray]:
    n, k = units.units, len(units.rows)
    if 4 * k < n:
        share = units.count / n
        return lambda draws: random.multinomial(n, share, size=draws).astype(float)

    def draw(draws: int) -> np.ndarray:
        drawn = units.member[random.integers(n, size=(draws, n))]
        return np.stack([np.bincount(row, minlength=k) for row in drawn]).astype(float)

    return draw


def _by_group(
    units: Patterns, groups: np.ndarray, random: np.random.Generator
) -> Callable[[int], np.ndarray]:
    table = units.grouped(groups)
    number = table.shape[0]
    share = np.full(number, 1 / number)
    turned = table.T.tocsr()
    return lambda draws: np.asarray(
        (turned @ random.multinomial(number, share, size=draws).T.astype(float)).T
    )


def _by_design(units: Patterns, random: np.random.Generator) -> Callable[[int], np.ndarray]:
    """Rescale the weights of clusters drawn within strata (Rao, Wu and Yue 1992)."""
    from scipy.sparse import csr_array

    assert units.design is not None and units.place is not None
    home, left = _strata(units.design.home), np.sqrt(units.design.open)
    shape = (len(units.rows), len(home))
    table = csr_array((units.mass, (units.member, units.design.cluster[units.place])), shape=shape)
    strata = [np.flatnonzero(home == stratum) for stratum in np.unique(home)]

    def draw(draws: int) -> np.ndarray:
        times = np.ones((draws, len(home)))
        for own in (clusters for clusters in strata if len(clusters) > 1):
            n = len(own)
            drawn = random.multinomial(n - 1, np.full(n, 1 / n), size=draws) * n / (n - 1)
            times[:, own] += left[own] * (drawn - 1)
        return np.asarray((table @ times.T).T)

    return draw


def _strata(home: np.ndarray) -> np.ndarray:
    """Put strata of one cluster together, with the smallest other one where there is but one."""
    sizes = np.bincount(home)
    single = np.flatnonzero(sizes == 1)
    if len(single) == 1 and (sizes > 1).any():
        single = np.append(single, np.where(sizes > 1, sizes, sizes.max() + 1).argmin())
    return np.where(np.isin(home, single), -1, home)


def group_numbers(groups: ArrayLike, units: int) -> np.ndarray:
    """Number the groups of units."""
    numbers, names = pd.factorize(np.asarray(groups))
    if len(numbers) != units or (numbers < 0).any():
        raise InputError(
            f"{len(numbers)} groups, {(numbers < 0).sum()} of them missing, for {units} units: "
            "expected one group for each unit."
        )
    if len(names) < 2:
        raise InputError(f"one group only ({names[0]}): intervals by group need at least two.")
    return np.asarray(numbers)


def _standard_error(statistic: Statistic, groups: np.ndarray | None) -> float:
    """Sum squared influences of units, of whole groups, or as the design says."""
    units = statistic.units
    if units.count[statistic.counting].sum() < 2:
        return float("nan")
    if units.design is not None:
        influence = units.placed(units.mass * statistic.slopes()[units.member])
        return linearized_se(influence, units.design)
    if groups is None:
        return _error_of_units(statistic)
    n = _compared(statistic, groups)
    if n < 2:
        return float("nan")
    sums = units.grouped(groups) @ statistic.slopes()
    return float(np.sqrt(n / (n - 1) * (sums**2).sum()))


def _error_of_units(statistic: Statistic) -> float:
    """Sum squared influences of units that do not resemble each other."""
    n = _compared(statistic, None)
    spread = float(statistic.units.squares @ statistic.slopes() ** 2)
    # Fleiss, Cohen and Everitt divide by n, Gwet by n - 1.
    return float(np.sqrt(spread if _is_large_sample(statistic) else spread * n / (n - 1)))


def _compared(statistic: Statistic, groups: np.ndarray | None) -> float:
    """Count the units, or groups, that bear on agreement; of weighted units, as Kish does."""
    units, counting = statistic.units, statistic.counting
    if groups is None:
        return float(units.totals[counting].sum())
    return len(np.unique(groups[counting[units.member]]))


def _independent(statistic: Statistic, groups: np.ndarray | None) -> float:
    """Count what was drawn independently."""
    units = statistic.units
    if units.design is None:
        return _compared(statistic, groups)
    return effective_n(units.design, units.placed(statistic.counting[units.member]))


def _free(statistic: Statistic, groups: np.ndarray | None) -> float:
    """Give the degrees of freedom of the error; by design, those of observed disagreement."""
    units = statistic.units
    if units.design is None:
        return _compared(statistic, groups) - 1
    differing = units.placed(statistic.disagreements()[units.member])
    compared = units.placed(statistic.counting[units.member])
    return survey_ratio(differing, compared, units.design).df


def _is_large_sample(statistic: Statistic) -> bool:
    return "Everitt" in statistic.method


def _quantile(free: float, confidence: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(free, (1 + confidence) / 2)) if free > 0 else float("nan")
