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
    """Make the optimizer that a plan names.

    Biases and other vectors are not shrunk by the L2 penalty, weights are.

    Parameters
    ----------
    parts
        What is trained.
    plan
        The plan.

    Returns
    -------
    torch.optim.Optimizer
        Its groups know their own rate, "base", which a schedule multiplies.

    Examples
    --------
    >>> from iconometrics.networks.training.parts import parts_of
    >>> net = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))
    >>> made = make_optimizer(parts_of(net, "all"), Plan(rate=0.1, below=0.1))
    >>> [round(group["lr"], 3) for group in made.param_groups]
    [0.1, 0.1, 0.01, 0.01]
    """
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
    """Set the rates of an epoch.

    Parameters
    ----------
    optimizer
        From `make_optimizer`.
    factor
        What the rates of the plan are multiplied by.

    Returns
    -------
    float
        The rate of the last block.

    Examples
    --------
    >>> from iconometrics.networks.training.parts import parts_of
    >>> made = make_optimizer(parts_of(nn.Sequential(nn.Linear(2, 2)), "all"), Plan(rate=0.1))
    >>> set_rate(made, 0.5)
    0.05
    """
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
