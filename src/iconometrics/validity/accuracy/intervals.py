"""Intervals and openings in words."""

from __future__ import annotations

from iconometrics.stats.tails import Side
from iconometrics.validity.accuracy.rates import Rate

__all__ = ["interval_words", "opened_words"]


def interval_words(found: Rate, side: Side, *, percent: bool = False) -> str:
    """Write an interval, or the one bound that was asked for."""
    low, high = (f"{end:.1%}" if percent else f"{end:.3f}" for end in found[1:])
    if side == "two":
        return f"interval {low} to {high}"
    return f"bound: at least {low}" if side == "lower" else f"bound: at most {high}"


def opened_words(opened: int | None) -> str:
    """Say how often a test set was opened, once that is worth a word."""
    if opened is None or opened < 2:
        return ""
    times = "twice" if opened == 2 else f"{opened} times"
    return f" This test set has been opened {times}: the best of its figures is optimistic."
