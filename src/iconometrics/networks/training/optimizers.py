"""What moves the weights, by name."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from iconometrics.networks.training.parts import Parts
from iconometrics.networks.training.plan import Plan

__all__ = ["make_optimizer", "set_rate"]

_MOMENTUM = 0.9
# As Keras has it, whose settings the textbooks print; PyTorch's own is .99.
_FORGETTING = 0.9


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


def _groups(parameters: list[nn.Parameter], rate: float, plan: Plan) -> list[dict[str, Any]]:
    weights = [p for p in parameters if p.requires_grad and p.ndim > 1]
    others = [p for p in parameters if p.requires_grad and p.ndim <= 1]
    # The gradient of l2 times the sum of squares is 2 l2 times the weight.
    decays = ((weights, 2 * plan.l2), (others, 0.0))
    return [
        {"params": some, "lr": rate, "base": rate, "weight_decay": decay}
        for some, decay in decays
        if some
    ]
