"""Whether a stated probability is one: calibration, its error and its repair."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError
from iconometrics.stats.booleans import flags

__all__ = [
    "CalibrationBins",
    "brier",
    "calibration_bins",
    "expected_calibration_error",
    "fit_temperature",
    "softmax",
]


class CalibrationBins(NamedTuple):
    """Bins of equal width from 0 to 1; means and shares are not a number where a bin is empty.

    Parameters
    ----------
    low
        Lower edges.
    high
        Upper edges.
    n
        Number of units in each bin.
    correct
        How many of them came true.
    mean_probability
        Their mean stated probability.
    share_correct
        The share that came true.

    Examples
    --------
    >>> calibration_bins([0.1, 0.9], [0, 1], bins=2).n.tolist()
    [1, 1]
    """

    low: np.ndarray
    high: np.ndarray
    n: np.ndarray
    correct: np.ndarray
    mean_probability: np.ndarray
    share_correct: np.ndarray


def calibration_bins(
    probability: ArrayLike,
    correct: ArrayLike,
    bins: int = 10,
    *,
    weights: ArrayLike | None = None,
) -> CalibrationBins:
    """Compare stated probabilities with how often they came true, in bins of equal width.

    Parameters
    ----------
    probability
        Stated probability of each unit, 0 to 1.
    correct
        Whether it came true, one per unit.
    bins
        Number of bins; each holds its lower edge, the last one also 1.
    weights
        How many units each stands for, in means and shares; by default one.

    Returns
    -------
    CalibrationBins
        One value per bin.

    Raises
    ------
    InputError
        If a probability is not between 0 and 1, an outcome not 0 or 1, or lengths differ.

    Examples
    --------
    >>> calibration_bins([0.1, 0.9, 0.8], [0, 1, 0], bins=2).share_correct.tolist()
    [0.0, 0.5]
    """
    p, hit = _checked(probability, correct)
    w = _weights(weights, len(p))
    edges = np.arange(bins + 1) / bins
    place = np.minimum(np.searchsorted(edges, p, side="right") - 1, bins - 1)
    n = np.bincount(place, minlength=bins)
    hits = np.bincount(place, weights=hit, minlength=bins)
    size = np.bincount(place, weights=w, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(place, weights=w * p, minlength=bins) / size
        share = np.bincount(place, weights=w * hit, minlength=bins) / size
    return CalibrationBins(edges[:-1], edges[1:], n, hits.astype(int), mean, share)


def expected_calibration_error(
    probability: ArrayLike,
    correct: ArrayLike,
    bins: int = 10,
    *,
    weights: ArrayLike | None = None,
) -> float:
    """Mean distance between stated probability and share correct over bins.

    Parameters
    ----------
    probability
        Stated probability of each unit, 0 to 1.
    correct
        Whether it came true, one per unit.
    bins
        Number of bins of equal width.
    weights
        How many units each stands for; by default one.

    Returns
    -------
    float
        From 0 (calibrated) to 1.

    Raises
    ------
    InputError
        If a probability is not between 0 and 1, an outcome not 0 or 1, or lengths differ.

    Notes
    -----
    Naeini, M. P., Cooper, G. F. and Hauskrecht, M. (2015). Obtaining well calibrated
    probabilities using Bayesian binning. AAAI, 2901-2907.

    Examples
    --------
    >>> round(expected_calibration_error([0.9, 0.9, 0.9, 0.9], [1, 1, 1, 0]), 3)
    0.15
    """
    binned = calibration_bins(probability, correct, bins, weights=weights)
    p, _ = _checked(probability, correct)
    place = np.minimum(np.searchsorted(binned.low, p, side="right") - 1, bins - 1)
    size = np.bincount(place, weights=_weights(weights, len(p)), minlength=bins)
    filled = binned.n > 0
    distance = np.abs(binned.mean_probability[filled] - binned.share_correct[filled])
    return float(np.average(distance, weights=size[filled]))


def brier(probability: ArrayLike, outcome: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Mean squared distance between stated probabilities and what was the case.

    Parameters
    ----------
    probability
        Stated probabilities, one per unit or units x categories.
    outcome
        What was the case, 0 or 1, of the same shape.
    weights
        How many units each stands for; by default one.

    Returns
    -------
    float
        From 0; with categories the squares are added up over them, so at most 2.

    Raises
    ------
    InputError
        If a probability is not between 0 and 1, an outcome not 0 or 1, or shapes differ.

    Notes
    -----
    Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. Monthly
    Weather Review 78, 1-3.

    Examples
    --------
    >>> round(brier([0.8, 0.3], [1, 0]), 3)
    0.065
    """
    p, hit = _checked(probability, outcome)
    squares = (p - hit) ** 2
    each = squares.sum(axis=-1) if squares.ndim > 1 else squares
    return float(np.average(each, weights=_weights(weights, len(each))))


def softmax(logits: ArrayLike, temperature: float = 1.0) -> np.ndarray:
    """Turn scores into probabilities that add up to one.

    Parameters
    ----------
    logits
        Scores, ... x categories.
    temperature
        Above one the probabilities come nearer to each other, below one further apart.

    Returns
    -------
    numpy.ndarray
        Probabilities of the same shape.

    Raises
    ------
    InputError
        If the temperature is not above 0.

    Examples
    --------
    >>> softmax([0.0, np.log(3)]).round(2).tolist()
    [0.25, 0.75]
    """
    if not temperature > 0:
        raise InputError(f"temperature={temperature!r}: expected a number above 0.")
    scores = np.asarray(logits, dtype=float) / temperature
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def fit_temperature(logits: ArrayLike, y: ArrayLike) -> float:
    """Find the temperature at which the probabilities of the true categories are largest.

    Parameters
    ----------
    logits
        Scores of units that the model was not fitted to, units x categories.
    y
        Column of the true category of each unit, from 0.

    Returns
    -------
    float
        Temperature for `softmax`, from .01 to 100; it changes no unit's most probable category.

    Raises
    ------
    InputError
        If there are no units, lengths differ or a score is not finite.

    Notes
    -----
    Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern neural
    networks. ICML, 1321-1330.

    Examples
    --------
    >>> round(fit_temperature([[2.0, 0.0]] * 3 + [[0.0, 2.0]], [0, 0, 0, 0]), 3)
    1.82
    """
    from scipy.optimize import minimize_scalar

    scores, column = np.asarray(logits, dtype=float), np.asarray(y, dtype=int)
    if scores.ndim != 2 or len(scores) != len(column) or not len(scores):
        raise InputError(
            f"logits of shape {scores.shape} and {len(column)} categories: expected units x "
            "categories and one category per unit."
        )
    if not np.isfinite(scores).all():
        raise InputError("logits that are not finite: a temperature cannot be fitted to them.")
    right = scores[np.arange(len(column)), column]

    def loss(log_temperature: float) -> float:
        from scipy.special import logsumexp

        sharp = np.exp(-log_temperature)
        return float((logsumexp(scores * sharp, axis=1) - right * sharp).mean())

    limit = np.log(100)
    best = minimize_scalar(loss, bounds=(-limit, limit), method="bounded", options={"xatol": 1e-8})
    return float(np.exp(best.x))


def _weights(weights: ArrayLike | None, n: int) -> np.ndarray:
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    if w.shape != (n,) or not (w > 0).all():
        raise InputError(f"{w.size} weights for {n} units: expected one per unit, above 0.")
    return w


def _checked(probability: ArrayLike, outcome: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    p, hit = np.asarray(probability, dtype=float), flags(outcome).astype(float)
    if p.shape != hit.shape or not p.size:
        raise InputError(f"shapes {p.shape} and {hit.shape}: expected the same, and not empty.")
    bad = ~((p >= 0) & (p <= 1))
    if bad.any():
        raise InputError(f"probability {p[bad][0]}: expected from 0 to 1.")
    return p, hit
