"""Half-widths of intervals by number of coded images, from assumptions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from iconometrics.errors import InputError
from iconometrics.stats import wilson

__all__ = ["agreement_spread", "coder_error_half", "coefficient_half", "mean_half", "share_half"]


def share_half(
    n: np.ndarray, *, share: float, effect: float, images: int | None, level: float
) -> np.ndarray:
    """Compute the half-width of Wilson's interval of a share."""
    z = _z(level)
    size = n / effect / _correction(n, images)
    inner = share * (1 - share) / size + z**2 / (4 * size**2)
    half: np.ndarray = z / (1 + z**2 / size) * np.sqrt(inner)
    return half


def coder_error_half(
    n: np.ndarray, *, error: float, effect: float, images: int | None, level: float
) -> np.ndarray:
    """Compute the half-width of a coder's share of errors, from how often two disagree."""
    apart = 2 * error * (1 - error)
    size = n / effect / _correction(n, images)
    ends = wilson(apart * size, size, level=level)
    low, high = ((1 - np.sqrt(1 - 2 * np.minimum(own, 0.5))) / 2 for own in (ends.low, ends.high))
    half: np.ndarray = (high - low) / 2
    return half


def mean_half(
    n: np.ndarray, *, sd: float, effect: float, images: int | None, level: float
) -> np.ndarray:
    """Compute the half-width of a mean's interval."""
    half: np.ndarray = _z(level) * sd * np.sqrt(effect * _correction(n, images) / n)
    return half


def agreement_spread(value: float, shares: Sequence[float], coders: int) -> float:
    """Compute the standard deviation of one image's contribution to kappa or alpha."""
    share = np.asarray(shares, float)
    if len(share) < 2 or (share <= 0).any() or abs(share.sum() - 1) > 1e-6:
        raise InputError(
            f"shares={list(shares)!r}: expected two or more above 0 that add up to 1; agreement on "
            "one category alone means nothing."
        )
    if not 2 <= coders <= 6 or len(share) ** coders > 200_000:
        raise InputError(f"coders={coders!r}: expected 2 to 6, and fewer for many categories.")
    own = math.sqrt(value)
    answers = np.array(list(product(range(len(share)), repeat=coders)))
    same = answers[:, :, None] == np.arange(len(share))
    by_kind = (own * same + (1 - own) * share[answers][:, :, None]).prod(axis=1)
    probability = by_kind @ share
    counts = same.sum(axis=1)
    agree = (counts * (counts - 1)).sum(axis=1) / (coders * (coders - 1))
    chance = (share**2).sum()
    drift = 2 * (counts / coders - share) @ share
    observed = probability @ agree
    influence = ((agree - observed) - (1 - value) * drift) / (1 - chance)
    return float(np.sqrt(probability @ influence**2))


def coefficient_half(
    correlation: float, spread: float | None, *, images: int | None, effect: float, level: float
) -> Callable[[np.ndarray], np.ndarray]:
    """Make the half-width of a regression coefficient's interval, by number of images."""
    if spread is None or not spread > 0:
        raise InputError(
            f"spread={spread!r}: a coefficient needs the standard deviation of the regression's "
            "errors over that of the regressor, such as 2."
        )
    if not -1 <= correlation <= 1:
        raise InputError(f"correlation={correlation!r}: expected from -1 to 1.")
    if correlation and images is None:
        raise InputError("correlation= counts only where images= says how many are measured.")
    rest = 1 - correlation**2

    def half(n: np.ndarray) -> np.ndarray:
        total = 0.0 if images is None else 1 / images
        width: np.ndarray = (
            _z(level) * spread * np.sqrt(rest * effect * np.maximum(1 / n - total, 0) + total)
        )
        return width

    def alone(n: np.ndarray) -> np.ndarray:
        width: np.ndarray = _z(level) * spread * np.sqrt(effect / n)
        return width

    return half if correlation else alone


def _correction(n: np.ndarray, images: int | None) -> np.ndarray:
    """Shrink the variance as the sample comes near the whole corpus."""
    if images is None:
        return np.ones(len(n))
    factor: np.ndarray = np.clip((images - n) / max(images - 1, 1), 1e-12, 1)
    return factor


def _z(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
