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

if TYPE_CHECKING:
    from iconometrics.stats.agreement.units import Patterns

__all__ = ["AgreementValue", "Scale", "Statistic", "group_numbers", "measured", "resampled"]

Scale = Literal["plain", "log"]

# Cells of draws x patterns that are held at once.
_CELLS = 4_000_000


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
    Cohen's kappa .400 (95 % interval .151 to .649; 50 units)
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
    units: Patterns

    def parts(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Give the coefficient, observed and expected agreement."""

    def slopes(self) -> np.ndarray:
        """Give the change of the coefficient with one more unit, by pattern."""

    def reason(self) -> str:
        """Say why the coefficient is not defined."""


def measured(
    statistic: Statistic,
    *,
    groups: ArrayLike | None,
    draws: int,
    confidence: float,
    seed: int | np.random.Generator,
    scale: Scale = "plain",
) -> AgreementValue:
    """Compute a coefficient with its intervals."""
    if not 0 < confidence < 1 or draws < 0:
        raise InputError(
            f"confidence={confidence!r}, draws={draws!r}: expected values such as .95 and 1000."
        )
    if scale not in ("plain", "log"):
        raise InputError(f"scale={scale!r}: expected 'plain' or 'log'.")
    units = statistic.units
    member = None if groups is None else group_numbers(groups, units.units)
    value, observed, expected = (
        float(part[0]) for part in statistic.parts(units.count[None].astype(float))
    )
    defined = bool(np.isfinite(value))
    se = _standard_error(statistic, member) if defined else np.nan
    half = se * _quantile(statistic, member, confidence)
    low, high = _ends(value, half, scale)
    boot_low, boot_high = np.nan, np.nan
    if draws and defined:
        values = np.concatenate(
            [statistic.parts(some)[0] for some in resampled(units, member, draws, seed=seed)]
        )
        boot_low, boot_high = np.nanquantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return AgreementValue(
        statistic.name, value, low, high, se, float(boot_low), float(boot_high), observed, expected,
        _compared(units, None), confidence, statistic.method,
        "" if defined else statistic.reason(),
    )  # fmt: skip


def _ends(value: float, half: float, scale: Scale) -> tuple[float, float]:
    if scale == "plain" or not value < 1:
        return value - half, min(value + half, 1.0)
    apart = 1 - value
    reach = float(np.exp(half / apart))
    return max(1 - apart * reach, -1.0), 1 - apart / reach


def resampled(
    units: Patterns, groups: np.ndarray | None, draws: int, *, seed: int | np.random.Generator
) -> Iterator[np.ndarray]:
    """Draw units, or whole groups, with replacement."""
    random = generator(seed)
    draw = _by_unit(units, random) if groups is None else _by_group(units, groups, random)
    step = max(1, _CELLS // len(units.rows))
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
    """Sum squared influences of units, or of whole groups."""
    units, slopes, n = statistic.units, statistic.slopes(), _compared(statistic.units, groups)
    if n < 2:
        return float("nan")
    if groups is not None:
        sums = units.grouped(groups) @ slopes
        return float(np.sqrt(n / (n - 1) * (sums**2).sum()))
    spread = float(units.count @ slopes**2)
    # Fleiss, Cohen and Everitt divide by n, Gwet by n - 1.
    return float(np.sqrt(spread if _is_large_sample(statistic) else spread * n / (n - 1)))


def _compared(units: Patterns, groups: np.ndarray | None) -> int:
    """Count the units, or groups, that bear on agreement: those with two ratings."""
    paired = units.given >= 2
    if groups is None:
        return int(units.count[paired].sum())
    return len(np.unique(groups[paired[units.member]]))


def _is_large_sample(statistic: Statistic) -> bool:
    return "Everitt" in statistic.method


def _quantile(statistic: Statistic, groups: np.ndarray | None, confidence: float) -> float:
    from scipy.special import ndtri, stdtrit

    if groups is None and _is_large_sample(statistic):
        return float(ndtri((1 + confidence) / 2))
    free = _compared(statistic.units, groups) - 1
    return float(stdtrit(free, (1 + confidence) / 2)) if free > 0 else float("nan")
