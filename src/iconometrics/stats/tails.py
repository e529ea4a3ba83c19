"""Two-sided and one-sided intervals: which tail each end leaves out."""

from __future__ import annotations

from typing import Literal

import numpy as np

from iconometrics.errors import InputError

__all__ = ["Side", "student_tails", "tails"]

Side = Literal["two", "lower", "upper"]


def tails(level: float, side: Side = "two") -> tuple[float, float]:
    """Say at which quantiles the ends of an interval lie."""
    if not 0 < level < 1:
        raise InputError(f"level={level!r}: expected a confidence level such as .95.")
    if side not in ("two", "lower", "upper"):
        raise InputError(f"side={side!r}: expected 'two', 'lower' or 'upper'.")
    if side == "two":
        return (1 - level) / 2, (1 + level) / 2
    return (1 - level, 1.0) if side == "lower" else (0.0, level)


def student_tails(df: float, ends: tuple[float, float]) -> np.ndarray:
    """Student's quantiles at both ends."""
    from scipy.special import stdtrit

    inner = stdtrit(df, np.clip(ends, 1e-12, 1 - 1e-12))
    return np.where(np.equal(ends, 0), -np.inf, np.where(np.equal(ends, 1), np.inf, inner))
