"""Half-widths of intervals by number of coded images, from assumptions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product

import numpy as np

from iconometrics.errors import InputError

__all__ = ["agreement_spread", "coefficient_half", "mean_half", "share_half"]


def share_half(
    n: np.ndarray, *, share: float, effect: float, images: int | None, level: float
) -> np.ndarray:
    """Compute the half-width of Wilson's interval of a share.

    Parameters
    ----------
    n
        (sizes,) images with a code.
    share
        As expected.
    effect
        The design effect.
    images
        How many there are, or None.
    level
        Confidence level.

    Returns
    -------
    numpy.ndarray
        (sizes,) half-widths.

    Examples
    --------
    >>> share_half(np.array([100]), share=0.5, effect=1, images=None, level=0.95).round(4)
    array([0.0962])
    """
    z = _z(level)
    size = n / effect / _correction(n, images)
    inner = share * (1 - share) / size + z**2 / (4 * size**2)
    found: np.ndarray = z / (1 + z**2 / size) * np.sqrt(inner)
    return found


def mean_half(
    n: np.ndarray, *, sd: float, effect: float, images: int | None, level: float
) -> np.ndarray:
    """Compute the half-width of a mean's interval.

    Parameters
    ----------
    n
        (sizes,) images with a code.
    sd
        Standard deviation of one image's contribution.
    effect
        The design effect.
    images
        How many there are, or None.
    level
        Confidence level.

    Returns
    -------
    numpy.ndarray
        (sizes,) half-widths.
    """
    found: np.ndarray = _z(level) * sd * np.sqrt(effect * _correction(n, images) / n)
    return found


def agreement_spread(value: float, shares: Sequence[float], coders: int) -> float:
    """Compute the standard deviation of one image's contribution to kappa or alpha.

    Coders name an image's own category with one and the same probability and else any category by
    its share; so every pair of them agrees as given.

    Parameters
    ----------
    value
        The agreement expected, 0 to 1.
    shares
        Of the categories, adding up to 1.
    coders
        How many code each image, 2 to 6.

    Returns
    -------
    float
        Its square over the number of images is the large-sample variance.

    Raises
    ------
    InputError
        If the shares do not add up to 1, or the coders are not 2 to 6.

    Examples
    --------
    >>> round(agreement_spread(0.4, (0.5, 0.5), 2), 4)
    0.9165
    """
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
    """Make the half-width of a regression coefficient's interval, by number of images.

    Parameters
    ----------
    correlation
        Of measure and codes; 0 where there is no measure.
    spread
        Standard deviation of the regression's errors over that of the regressor.
    images
        How many are measured, or None.
    effect
        The design effect.
    level
        Confidence level.

    Returns
    -------
    callable
        From (sizes,) numbers of images with a code to (sizes,) half-widths.

    Raises
    ------
    InputError
        If an expectation is lacking or impossible.

    Examples
    --------
    >>> half = coefficient_half(0, 2, images=None, effect=1, level=0.95)
    >>> half(np.array([400])).round(3)
    array([0.196])
    """
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
        found: np.ndarray = (
            _z(level) * spread * np.sqrt(rest * effect * np.maximum(1 / n - total, 0) + total)
        )
        return found

    def alone(n: np.ndarray) -> np.ndarray:
        found: np.ndarray = _z(level) * spread * np.sqrt(effect / n)
        return found

    return half if correlation else alone


def _correction(n: np.ndarray, images: int | None) -> np.ndarray:
    """Shrink the variance as the sample comes near the whole corpus."""
    if images is None:
        return np.ones(len(n))
    found: np.ndarray = np.clip((images - n) / max(images - 1, 1), 1e-12, 1)
    return found


def _z(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri((1 + level) / 2))
