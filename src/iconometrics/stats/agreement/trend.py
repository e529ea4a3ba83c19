"""Whether something changes steadily from the first unit to the last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError

__all__ = ["Trend", "trend"]


class Trend(NamedTuple):
    """Change from the first time to the last: value, low, high and two-sided p."""

    value: float
    low: float
    high: float
    p: float


def trend(
    time: ArrayLike,
    values: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Trend:
    """Fit a straight line over time, with errors that may be unequal (HC3) or by group."""
    when, value = np.asarray(time, dtype=float), np.asarray(values, dtype=float)
    if when.shape != value.shape:
        raise InputError(f"{when.size} times for {value.size} values: expected one for each.")
    n = len(value)
    if n < 4 or np.ptp(when) == 0:
        return Trend(*[float("nan")] * 4)
    from scipy.special import stdtr, stdtrit

    place = (when - when.min()) / np.ptp(when)
    w = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    centered = place - np.average(place, weights=w)
    spread = float(w @ centered**2)
    slope = float((w * centered) @ value) / spread
    left = value - np.average(value, weights=w) - slope * centered
    error, free = _error(centered, left, w, groups)
    half = stdtrit(free, (1 + confidence) / 2) * error if free > 0 else float("nan")
    p = 2 * stdtr(free, -abs(slope) / error) if error > 0 else float("nan")
    return Trend(slope, slope - half, slope + half, float(p))


def _error(
    centered: np.ndarray, left: np.ndarray, w: np.ndarray, groups: ArrayLike | None
) -> tuple[float, int]:
    """Standard error of the slope and its degrees of freedom."""
    n, spread = len(left), float(w @ centered**2)
    if groups is None:
        leverage = w * (1 / w.sum() + centered**2 / spread)
        scores = w * centered * left / np.maximum(1 - leverage, 1e-12)
        return float(np.sqrt((scores**2).sum()) / spread), n - 2
    member = np.unique(np.asarray(groups).astype(str), return_inverse=True)[1]
    sums = np.bincount(member, weights=w * centered * left)
    count = len(sums)
    if count < 2:
        return float("nan"), 0
    few = count / (count - 1) * (n - 1) / (n - 2)
    return float(np.sqrt(few * (sums**2).sum()) / spread), count - 1
