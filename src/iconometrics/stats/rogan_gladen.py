"""The true share of a category from the share that an imperfect measure finds."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from iconometrics.errors import InputError
from iconometrics.stats.tails import Side, tails

__all__ = ["Prevalence", "rogan_gladen"]


class Prevalence(NamedTuple):
    """A share corrected for the measure's errors.

    Parameters
    ----------
    value
        The share, 0 to 1.
    low, high
        Ends of its interval; not a number where no numbers of units were given.

    Examples
    --------
    >>> Prevalence(0.1, 0.05, 0.15).value
    0.1
    """

    value: float
    low: float
    high: float


def rogan_gladen(
    observed: float,
    sensitivity: float,
    specificity: float,
    *,
    n: float | None = None,
    n_positive: float | None = None,
    n_negative: float | None = None,
    level: float = 0.95,
    side: Side = "two",
    method: Literal["lang-reiczigel", "delta"] = "lang-reiczigel",
) -> Prevalence:
    """Correct an observed share for the sensitivity and specificity of the measure.

    Parameters
    ----------
    observed
        Share that the measure finds, 0 to 1.
    sensitivity
        Share of the category's units that the measure finds.
    specificity
        Share of the other units that the measure leaves alone.
    n
        Units that were measured; infinite where they are all there are.
    n_positive
        Gold units of the category that the sensitivity was estimated from; infinite where it is
        known.
    n_negative
        Gold units outside the category that the specificity was estimated from; infinite where
        it is known.
    level
        Confidence level.
    side
        "two"; "lower" or "upper" for one bound alone.
    method
        "lang-reiczigel" adds a few imagined units and a shift, and holds the true share more
        often where units are few or rates near 1; "delta" is the plain large-sample interval.

    Returns
    -------
    Prevalence
        Cut to 0 to 1, as is the interval.

    Raises
    ------
    InputError
        If a rate is not from 0 to 1, sensitivity and specificity add up to 1 or less (the measure
        finds no more than chance does), or only some of the three numbers are given.

    Notes
    -----
    (observed + specificity - 1) / (sensitivity + specificity - 1): Rogan, W. J. and Gladen, B.
    (1978). Estimating prevalence from the results of a screening test. American Journal of
    Epidemiology 107, 71-76. Interval: Lang, Z. and Reiczigel, J. (2014). Confidence limits for
    prevalence of disease adjusted for estimated sensitivity and specificity. Preventive
    Veterinary Medicine 113, 13-22. It takes the three samples to be independent, and the rates to
    be the same among the units measured as among the gold units.

    Examples
    --------
    >>> round(rogan_gladen(0.10, 0.90, 0.95).value, 7)
    0.0588235
    >>> share = rogan_gladen(0.10, 0.90, 0.95, n=1000, n_positive=100, n_negative=100)
    >>> round(share.low, 3), round(share.high, 3)
    (0.0, 0.104)
    """
    rates = np.array([observed, sensitivity, specificity], dtype=float)
    counts = (n, n_positive, n_negative)
    _check(rates, counts, method)
    ends = tails(level, side)
    share = _corrected(rates)
    value = float(np.clip(share, 0, 1))
    if n is None or n_positive is None or n_negative is None:
        return Prevalence(value, np.nan, np.nan)
    sizes = np.array([n, n_positive, n_negative], dtype=float)
    interval = _delta if method == "delta" else _lang_reiczigel
    low, high = (
        float(end) if end in (0, 1) else float(np.clip(interval(rates, sizes, end), 0, 1))
        for end in ends
    )
    return Prevalence(value, low, high)


def _corrected(rates: np.ndarray) -> float:
    return float((rates[0] + rates[2] - 1) / (rates[1] + rates[2] - 1))


def _delta(rates: np.ndarray, sizes: np.ndarray, end: float) -> float:
    from scipy.special import ndtri

    return _corrected(rates) + float(ndtri(end)) * _se(rates, sizes)


def _lang_reiczigel(rates: np.ndarray, sizes: np.ndarray, end: float) -> float:
    from scipy.special import ndtri

    z = float(ndtri(end))
    added = np.array([z**2, 2.0, 2.0])
    known = np.isinf(sizes)
    with np.errstate(invalid="ignore"):
        moved = np.where(known, rates, (rates * sizes + added / 2) / (sizes + added))
    if moved[1] + moved[2] <= 1:
        return float(end > 0.5)
    share = _corrected(moved)
    spread = moved * (1 - moved) / (sizes + added)
    shift = 2 * z**2 * (share * spread[1] - (1 - share) * spread[2])
    return float(share + shift + z * _se(moved, sizes + added))


def _se(rates: np.ndarray, sizes: np.ndarray) -> float:
    share = _corrected(rates)
    parts = rates * (1 - rates) / sizes * np.array([1, share**2, (1 - share) ** 2])
    return float(np.sqrt(parts.sum()) / (rates[1] + rates[2] - 1))


def _check(rates: np.ndarray, counts: tuple[float | None, ...], method: str) -> None:
    if not ((rates >= 0) & (rates <= 1)).all():
        raise InputError(f"rates {rates.tolist()}: expected each from 0 to 1.")
    if rates[1] + rates[2] <= 1:
        raise InputError(
            f"sensitivity {rates[1]:g} and specificity {rates[2]:g} add up to 1 or less: the "
            "measure finds no more than chance does, and nothing can be corrected by it."
        )
    given = [count is not None for count in counts]
    if any(given) and not all(given):
        raise InputError("an interval needs n, n_positive and n_negative; give all three or none.")
    if any(count is not None and not count > 0 for count in counts):
        raise InputError(f"numbers of units {counts}: expected each above 0.")
    if method not in ("lang-reiczigel", "delta"):
        raise InputError(f"method={method!r}: expected 'lang-reiczigel' or 'delta'.")
