"""How the learning rate changes over the epochs, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

__all__ = ["SCHEDULES", "factor"]

_WARM = 0.1
_PATIENCE = 3


def factor(schedule: str | None, epoch: int, *, epochs: int, losses: Sequence[float]) -> float:
    """Say what the learning rate is multiplied by in an epoch."""
    return 1.0 if schedule is None else SCHEDULES[schedule](epoch, epochs, losses)


def _step(epoch: int, epochs: int, losses: Sequence[float]) -> float:
    return float(0.1 ** int(3 * epoch / epochs))


def _exponential(epoch: int, epochs: int, losses: Sequence[float]) -> float:
    return float(0.01 ** (epoch / max(1, epochs - 1)))


def _cosine(epoch: int, epochs: int, losses: Sequence[float]) -> float:
    return 0.5 * (1 + math.cos(math.pi * epoch / epochs))


def _warmup(epoch: int, epochs: int, losses: Sequence[float]) -> float:
    warm = max(1, round(_WARM * epochs))
    if epoch < warm:
        return _WARM + (1 - _WARM) * epoch / warm
    return _cosine(epoch - warm, max(1, epochs - warm), losses)


def _plateau(epoch: int, epochs: int, losses: Sequence[float]) -> float:
    drops, best, waited = 0, math.inf, 0
    for loss in losses:
        best, waited = (loss, 0) if loss < best else (best, waited + 1)
        if waited >= _PATIENCE:
            drops, waited = drops + 1, 0
    return float(0.1**drops)


SCHEDULES: Mapping[str, Callable[[int, int, Sequence[float]], float]] = {
    "step": _step,
    "exponential": _exponential,
    "cosine": _cosine,
    "warmup": _warmup,
    "plateau": _plateau,
}
