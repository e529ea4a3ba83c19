"""What moves the weights, and how its rate changes over the epochs, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from iconometrics.networks.training.plan import Plan
from iconometrics.networks.training.trainable import Parts

__all__ = ["make_optimizer", "rate_factor", "set_rate"]

_MOMENTUM = 0.9
# As Keras has it, whose settings the textbooks print; PyTorch's own is .99.
_FORGETTING = 0.9
_WARM = 0.1
_PATIENCE = 3


def make_optimizer(parts: Parts, plan: Plan) -> torch.optim.Optimizer:
    """Make the optimizer that a plan names."""
    groups = [
        *_groups(parts.head, plan.rate, plan),
        *_groups(parts.below, plan.rate * plan.below, plan),
    ]
    if plan.optimizer == "adam":
        return torch.optim.Adam(groups, lr=plan.rate)
    if plan.optimizer == "rmsprop":
        return torch.optim.RMSprop(groups, lr=plan.rate, alpha=_FORGETTING)
    return torch.optim.SGD(groups, lr=plan.rate, momentum=_MOMENTUM)


def set_rate(optimizer: torch.optim.Optimizer, factor: float) -> float:
    """Set the rates of an epoch."""
    for group in optimizer.param_groups:
        group["lr"] = group["base"] * factor
    return float(optimizer.param_groups[0]["lr"])


def rate_factor(schedule: str | None, epoch: int, *, epochs: int, losses: Sequence[float]) -> float:
    """Say what the learning rate is multiplied by in an epoch."""
    return 1.0 if schedule is None else _SCHEDULES[schedule](epoch, epochs, losses)


def _groups(parameters: list[nn.Parameter], rate: float, plan: Plan) -> list[dict[str, Any]]:
    weights = [p for p in parameters if p.requires_grad and p.ndim > 1]
    others = [p for p in parameters if p.requires_grad and p.ndim <= 1]
    # The gradient of l2 times the sum of squares is 2 l2 times the weight.
    decays = ((weights, 2 * plan.l2), (others, 0.0))
    return [
        {"params": group, "lr": rate, "base": rate, "weight_decay": decay}
        for group, decay in decays
        if group
    ]


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


_SCHEDULES: Mapping[str, Callable[[int, int, Sequence[float]], float]] = {
    "step": _step,
    "exponential": _exponential,
    "cosine": _cosine,
    "warmup": _warmup,
    "plateau": _plateau,
}
