"""Two-sided and one-sided intervals: which tail each end leaves out."""

from __future__ import annotations

from typing import Literal

import numpy as np

from iconometrics.errors import InputError

__all__ = ["Side", "student_tails", "tails"]

Side = Literal["two", "lower", "upper"]


def tails(level: float, side: Side = "two") -> tuple[float, float]:
    """Say at which quantiles the ends of an interval lie.

    Parameters
    ----------
    level
        Confidence level, between 0 and 1.
    side
        "two"; "lower" for a lower bound alone; "upper" for an upper bound alone.

    Returns
    -------
    tuple of float
        Of the lower and the upper end; 0 or 1 where the interval is open.

    Raises
    ------
    InputError
        If the level is not between 0 and 1, or the side is another word.

    Examples
    --------
    >>> [tuple(round(end, 3) for end in tails(0.95, side)) for side in ("two", "lower", "upper")]
    [(0.025, 0.975), (0.05, 1.0), (0.0, 0.95)]
    """
    if not 0 < level < 1:
        raise InputError(f"level={level!r}: expected a confidence level such as .95.")
    if side not in ("two", "lower", "upper"):
        raise InputError(f"side={side!r}: expected 'two', 'lower' or 'upper'.")
    if side == "two":
        return (1 - level) / 2, (1 + level) / 2
    return (1 - level, 1.0) if side == "lower" else (0.0, level)


def student_tails(df: float, ends: tuple[float, float]) -> np.ndarray:
    """Student's quantiles at both ends.

    Parameters
    ----------
    df
        Degrees of freedom.
    ends
        What `tails` gives.

    Returns
    -------
    numpy.ndarray
        (2,) infinite where the interval is open.

    Examples
    --------
    >>> student_tails(10, (0.0, 0.95)).round(2).tolist()
    [-inf, 1.81]
    """
    from scipy.special import stdtrit

    inner = stdtrit(df, np.clip(ends, 1e-12, 1 - 1e-12))
    return np.where(np.equal(ends, 0), -np.inf, np.where(np.equal(ends, 1), np.inf, inner))
