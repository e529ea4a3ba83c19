"""How many images to code so that an effect is detected, and with what power so many detect it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.budgets.budget import checked_share, fewest
from iconometrics.wording import counted, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Power", "power"]

_GOLD, _BOTH = "gold only", "corrected"
_LEAST, _MOST = 4, 10**7
_NORMAL = 1000.0


@dataclass(frozen=True, eq=False)
class Power:
    """With what power numbers of codes detect an effect, with and without a measure.

    Parameters
    ----------
    effect
        The coefficient to be detected.
    wanted
        The power wanted.
    needed
        Images to code by method ("gold only", and "corrected" where there is a measure); None
        where no number of codes is enough.
    curve
        Columns codes and, by method, the power.
    level
        Confidence level of the interval that is to leave out zero.
    assumes
        What the numbers rest on.
    at
        The power of a number of codes, by method.

    Examples
    --------
    >>> found = power(0.2, spread=2, correlation=0.8, images=5000)
    >>> found.needed
    {'gold only': 787, 'corrected': 315}
    >>> found.at(315)["corrected"].round(2)
    np.float64(0.8)
    """

    effect: float
    wanted: float
    needed: dict[str, int | None]
    curve: pd.DataFrame
    level: float
    assumes: tuple[str, ...]
    at: Callable[[int], pd.Series]

    def table(self) -> pd.DataFrame:
        """Return the power by number of codes.

        Returns
        -------
        pandas.DataFrame
            Columns codes, "gold only" and, where there is a measure, "corrected"; a copy.
        """
        return self.curve.copy()

    def summary(self) -> str:
        """Say the numbers in a sentence.

        Returns
        -------
        str
        """
        parts = [f"{_codes(codes)} {_NAMES[method]}" for method, codes in self.needed.items()]
        return (
            f"To detect a coefficient of {self.effect:g} with power {number(self.wanted)} "
            f"({percent(self.level)} interval): {'; '.join(parts)}; if "
            f"{'; '.join(self.assumes)}."
        ).replace("\u00a0", " ")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the power against the number of codes, with the power wanted.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from iconometrics import figures
        from iconometrics.figures import palette, style

        for method in self.needed:
            ax = figures.curve(
                self.curve["codes"], self.curve[method], ax=ax, xlabel="images that get a code",
                ylabel="power",
            )  # fmt: skip
            ax.lines[-1].set_linestyle("-" if method == _BOTH else "--")
            middle = self.curve.iloc[len(self.curve) * 2 // 3]
            ax.annotate(
                method, (middle["codes"], middle[method]), xytext=(-4, 4), ha="right",
                textcoords="offset points", fontsize=7.5,
            )  # fmt: skip
        assert ax is not None
        with style():
            ax.axhline(self.wanted, color=palette.SOFT, linewidth=0.8)
            ax.set_ylim(0, 1)
        return ax

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(self.summary())}</p>"


_NAMES = {_GOLD: "by gold only", _BOTH: "with the measure corrected (DSL, PPI++)"}


def _codes(codes: int | None) -> str:
    return "out of reach" if codes is None else counted(codes, "code")


class _Accounts(NamedTuple):
    """Images of each account, or how many accounts share many images evenly."""

    sizes: np.ndarray
    images: float

    def shared(self) -> float:
        """Give the chance that two images are of one account."""
        if math.isinf(self.images):
            return 1 / len(self.sizes)
        return float((self.sizes * (self.sizes - 1)).sum() / (self.images * (self.images - 1)))

    def coded(self, n: np.ndarray) -> np.ndarray:
        """Expect how many accounts have a code among n drawn at random."""
        from scipy.special import gammaln

        if math.isinf(self.images):
            kinds = len(self.sizes)
            return np.asarray(kinds * (1 - (1 - 1 / kinds) ** n))
        sizes, times = np.unique(self.sizes, return_counts=True)
        n = np.asarray(n, float)[:, None]
        left = self.images - sizes
        with np.errstate(invalid="ignore"):
            none = gammaln(left + 1) - gammaln(left - n + 1)
            none = none - gammaln(self.images + 1) + gammaln(self.images - n + 1)
        return np.asarray((times * (1 - np.where(n > left, 0, np.exp(none)))).sum(axis=1))


class _Design(NamedTuple):
    """What the variance of a coefficient depends on, but for the number of codes."""

    spread: float
    correlation: float
    images: float
    accounts: _Accounts | None
    errors_alike: float
    regressor_alike: float
    fixed_effects: bool
    measured: str

    def gold(self, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give variance and degrees of freedom of the coded images alone."""
        if self.fixed_effects and self.accounts is not None:
            groups = self.accounts.coded(n)
            within = np.maximum(n - groups, 1e-9)
            return self._within() * (1 - self.errors_alike) / within, np.maximum(groups - 1, 1)
        return self.spread**2 * (1 / n + self._shared(n)), self._df(n, n - 2)

    def corrected(self, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give variance and degrees of freedom of all images, corrected by the coded ones."""
        rest, total = 1 - self.correlation**2, 1 / self.images
        falling = rest * np.maximum(1 / n - total, 0)
        if self.fixed_effects:
            kept = 1 - self.errors_alike
            open_part = kept / (1 - self.regressor_alike) if self.measured == "regressor" else 1
            whole = self._within() * (open_part * falling + kept * total)
            alone, df = self.gold(n)
            return np.minimum(whole, alone), df
        return self.spread**2 * (falling + total + self._shared(n)), self._df(n, np.inf)

    def _within(self) -> float:
        return self.spread**2 / (1 - self.regressor_alike)

    def _shared(self, n: np.ndarray) -> np.ndarray:
        """Give what likeness of the images of an account adds (Moulton)."""
        if self.accounts is None:
            return np.zeros(len(n))
        alike = self.errors_alike * self.regressor_alike
        return np.asarray((n - 1) / n * self.accounts.shared() * alike)

    def _df(self, n: np.ndarray, without: float | np.ndarray) -> np.ndarray:
        if self.accounts is None:
            return without + np.zeros(len(n))
        return np.asarray(np.maximum(self.accounts.coded(n) - 1, 1))


def power(
    effect: float,
    *,
    spread: float,
    power: float = 0.8,
    correlation: float = 0.0,
    rates: tuple[float, float, float] | None = None,
    images: int | None = None,
    accounts: int | Sequence[int] | None = None,
    errors_alike: float = 0.0,
    regressor_alike: float = 0.0,
    fixed_effects: bool = False,
    measured: Literal["outcome", "regressor"] = "outcome",
    level: float = 0.95,
) -> Power:
    """Say how many images to code so that a coefficient, or a difference, is detected.

    Parameters
    ----------
    effect
        The coefficient: how much the outcome rises with one unit of the regressor, the others held
        constant; of a regressor of 0 and 1 it is the difference.
    spread
        The standard deviation of the regression's errors over that of the regressor (given the
        others), both over all images. Of a variable of 0 and 1 with share p the standard deviation
        is the root of p (1 - p).
    power
        Chance wanted that the interval leaves out zero.
    correlation
        Between what a machine measures and what people code; 0 where only codes are used.
    rates
        In place of it, of a variable of two values: sensitivity, specificity and prevalence.
    images
        How many images are measured; with accounts of one size also how many those share. None
        for many, where there is no measure.
    accounts
        How many accounts (of one size), or the number of images of each: errors are then by
        account.
    errors_alike, regressor_alike
        Intraclass correlation, within accounts, of the regression's errors and of the regressor: 1
        for a regressor that is the account's.
    fixed_effects
        Whether each account gets an intercept: only what varies within accounts then counts.
    measured
        What people code and the machine measures: the "outcome" or the "regressor".
    level
        Confidence level of the interval.

    Returns
    -------
    Power
        Codes needed by method, and the power of any number of them.

    Raises
    ------
    InputError
        If an expectation is impossible, or no number of codes is enough.

    Notes
    -----
    Codes are drawn at random, with equal probability. Variances: 1 / n for codes alone and
    (1 - r2) (1 / n - 1 / N) + 1 / N with a measure that correlates by r (Angelopoulos, A. N.,
    Duchi, J. C. and Zrnic, T. (2023). PPI++), times the squared spread. Accounts: Moulton, B. R.
    (1986). Random group effects and the precision of regression estimates. Journal of Econometrics
    32, 385-397, with the chance that two codes are of one account. Power by the noncentral t with
    one degree of freedom less than accounts are expected to be coded.

    Examples
    --------
    A tenth more protest in one of two halves, prevalence .2; a machine right in 90 %:

    >>> sd = math.sqrt(0.2 * 0.8) / 0.5
    >>> power(0.1, spread=sd, rates=(0.9, 0.9, 0.2), images=10_000).needed
    {'gold only': 505, 'corrected': 242}
    >>> style = {"accounts": 100, "errors_alike": 0.1, "regressor_alike": 1.0}
    >>> power(0.1, spread=sd, images=10_000, **style).needed
    {'gold only': 1039}
    """
    if rates is not None:
        correlation = _phi(rates) if not correlation else math.nan
    _check(effect, spread, correlation, power=power, level=level, images=images)
    alike = errors_alike, regressor_alike
    held = _accounts(accounts, images, alike=alike, fixed_effects=fixed_effects)
    if measured not in ("outcome", "regressor"):
        raise InputError(f"measured={measured!r}: expected 'outcome' or 'regressor'.")
    limit = math.inf if held is None else held.images
    total = float(images) if images is not None else limit
    chosen = _Design(spread, correlation, total, held, *alike, fixed_effects, measured)
    methods = {_GOLD: chosen.gold} | ({_BOTH: chosen.corrected} if correlation else {})
    curves = {
        method: partial(_detected, variance, effect=effect, level=level)
        for method, variance in methods.items()
    }
    most = int(min(total, _MOST))
    needed = {name: _fewest(curve, power, most) for name, curve in curves.items()}
    reached = [codes for codes in needed.values() if codes is not None]
    if not reached:
        best = max(float(curve(np.array([most]))[0]) for curve in curves.values())
        raise InputError(
            f"power={power:g} for a coefficient of {effect:g} is out of reach: {most:,} codes give "
            f"{best:.2f}. Look for a larger effect, a better measure, or more images or accounts."
        )

    def at(codes: int) -> pd.Series:
        if not _LEAST <= codes <= most:
            raise InputError(f"codes={codes!r}: expected from {_LEAST} to the {most:,} images.")
        return pd.Series(
            {name: float(curve(np.array([codes]))[0]) for name, curve in curves.items()}
        )

    sizes = np.unique(np.geomspace(_LEAST, min(most, 2 * max(reached)), 60).round())
    table = pd.DataFrame({"codes": sizes.astype("int64")})
    table = table.assign(**{name: curve(sizes) for name, curve in curves.items()})
    return Power(effect, power, needed, table, level, _assumed(chosen), at)


def _detected(
    variance: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    n: np.ndarray,
    *,
    effect: float,
    level: float,
) -> np.ndarray:
    """Compute the chance that the interval leaves out zero."""
    from scipy.special import nctdtr, ndtr, stdtrit

    spread, df = variance(np.asarray(n, float))
    distance = abs(effect) / np.sqrt(spread)
    end = stdtrit(df, (1 + level) / 2)
    # The noncentral t of many degrees of freedom is the normal; far out it is not computed.
    normal = ndtr(distance - end) + ndtr(-distance - end)
    few = np.minimum(df, _NORMAL)
    student = 1 - nctdtr(few, distance, end) + nctdtr(few, distance, -end)
    return np.asarray(np.where((df > _NORMAL) | np.isnan(student), normal, student))


def _fewest(curve: Callable[[np.ndarray], np.ndarray], power: float, most: int) -> int | None:
    def enough(n: int) -> bool:
        return bool(curve(np.array([n]))[0] >= power)

    return fewest(enough, _LEAST, most) if most >= _LEAST and enough(most) else None


def _accounts(
    accounts: int | Sequence[int] | None,
    images: int | None,
    *,
    alike: tuple[float, float],
    fixed_effects: bool,
) -> _Accounts | None:
    names = ("errors_alike", "regressor_alike")
    for name, value in zip(names, alike, strict=True):
        checked_share(name, value, ends=True)
    if accounts is None:
        if any(alike) or fixed_effects:
            raise InputError(
                f"errors_alike={alike[0]:g}, regressor_alike={alike[1]:g}, "
                f"fixed_effects={fixed_effects}: all are about accounts. Give accounts= how many "
                "there are, or the number of images of each."
            )
        return None
    if fixed_effects and alike[1] == 1:
        raise InputError(
            "regressor_alike=1 with fixed_effects=True: a regressor that is the account's does not "
            "vary within accounts, and no number of codes tells its coefficient."
        )
    if isinstance(accounts, int | np.integer):
        known = math.inf if images is None else float(images)
        sizes = np.full(max(int(accounts), 0), known / max(int(accounts), 1))
    else:
        sizes = np.asarray(accounts, float)
        known = float(sizes.sum())
    if len(sizes) < 2 or not (sizes >= 1).all():
        raise InputError(
            f"accounts={accounts!r}: expected at least 2, or the number of images of each, 1 or "
            "more."
        )
    if images is not None and abs(known - images) > 0.5:
        raise InputError(f"accounts= hold {known:,.0f} images, images={images:,}: leave one out.")
    return _Accounts(sizes, known)


def _phi(rates: tuple[float, float, float]) -> float:
    """Correlate a measure of known sensitivity and specificity with the codes."""
    if len(rates) != 3 or not all(0 <= rate <= 1 for rate in rates) or not 0 < rates[2] < 1:
        raise InputError(
            f"rates={rates!r}: expected sensitivity, specificity and prevalence, such as "
            "(.9, .95, .2)."
        )
    sensitivity, specificity, prevalence = rates
    called = prevalence * sensitivity + (1 - prevalence) * (1 - specificity)
    spread = prevalence * (1 - prevalence) / max(called * (1 - called), 1e-12)
    return (sensitivity + specificity - 1) * math.sqrt(spread)


def _check(
    effect: float,
    spread: float,
    correlation: float,
    *,
    power: float,
    level: float,
    images: int | None,
) -> None:
    if not (math.isfinite(effect) and effect != 0):
        raise InputError(f"effect={effect!r}: expected a coefficient other than 0, such as .1.")
    if not spread > 0:
        raise InputError(
            f"spread={spread!r}: expected the standard deviation of the regression's errors over "
            "that of the regressor, such as 2."
        )
    if math.isnan(correlation):
        raise InputError("correlation= and rates= say the same thing: give one of them.")
    if not -1 <= correlation <= 1:
        raise InputError(f"correlation={correlation!r}: expected from -1 to 1.")
    if not 0 < level < 1 or not 1 - level < power < 1:
        raise InputError(
            f"power={power!r}, level={level!r}: expected values such as .8 and .95, the power "
            "above one minus the level."
        )
    if images is not None and images < 2:
        raise InputError(f"images={images!r}: expected how many there are, at least 2.")
    if correlation and images is None:
        raise InputError(
            "a measure counts only where images= says how many are measured, such as images=5000."
        )


def _assumed(design: _Design) -> tuple[str, ...]:
    said = [f"errors have {design.spread:.3g} times the regressor's spread"]
    if design.correlation:
        said.append(f"measure and codes correlate by {design.correlation:.2g}")
    if math.isfinite(design.images):
        said.append(f"there are {counted(int(design.images), 'image')}")
    if design.accounts is not None:
        likeness = (
            f"errors of one correlate by {design.errors_alike:g} and its regressor by "
            f"{design.regressor_alike:g}"
        )
        said.append(f"{counted(len(design.accounts.sizes), 'account')}; {likeness}")
    if design.fixed_effects:
        said.append("each account has an intercept")
    return (*said, "codes are drawn at random")
