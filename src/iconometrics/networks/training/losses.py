"""What training makes small, by name."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from iconometrics.networks.training.plan import Plan

__all__ = ["Focal", "FocalLabels", "SmoothLabels", "make_loss"]


class Focal(nn.Module):
    """Cross-entropy that counts easy examples less."""

    def __init__(self, weight: Tensor | None = None, gamma: float = 2.0) -> None:
        super().__init__()
        self.weight: Tensor | None
        self.register_buffer("weight", weight)
        self.gamma = gamma

    def forward(self, scores: Tensor, classes: Tensor) -> Tensor:
        """Compute the loss."""
        logs = functional.log_softmax(scores, dim=1).gather(1, classes[:, None])[:, 0]
        losses = -((1 - logs.exp()) ** self.gamma) * logs
        if self.weight is None:
            return losses.mean()
        weights = self.weight[classes]
        return (weights * losses).sum() / weights.sum()


class SmoothLabels(nn.Module):
    """Cross-entropy of labels of which an image may have several."""

    def __init__(self, weight: Tensor | None = None, smoothing: float = 0.0) -> None:
        super().__init__()
        self.weight: Tensor | None
        self.register_buffer("weight", weight)
        self.smoothing = smoothing

    def forward(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss."""
        target = labels * (1 - self.smoothing) + self.smoothing / 2
        return functional.binary_cross_entropy_with_logits(scores, target, pos_weight=self.weight)


class FocalLabels(Focal):
    """The focal loss of labels of which an image may have several."""

    def forward(self, scores: Tensor, classes: Tensor) -> Tensor:
        losses = functional.binary_cross_entropy_with_logits(
            scores, classes, pos_weight=self.weight, reduction="none"
        )
        right = torch.where(classes > 0.5, scores.sigmoid(), (-scores).sigmoid())
        return ((1 - right) ** self.gamma * losses).mean()


def make_loss(plan: Plan) -> nn.Module:
    """Make the loss that a plan names."""
    weight = None if plan.class_weights is None else torch.tensor(plan.class_weights)
    smoothing = plan.label_smoothing
    losses: dict[str, nn.Module] = {
        "classes cross_entropy": nn.CrossEntropyLoss(weight, label_smoothing=smoothing),
        "order cross_entropy": nn.CrossEntropyLoss(weight, label_smoothing=smoothing),
        "classes focal": Focal(weight),
        "classes hinge": nn.MultiMarginLoss(weight=weight),
        "labels cross_entropy": SmoothLabels(weight, smoothing),
        "labels focal": FocalLabels(weight),
        "number squared": nn.MSELoss(),
        "number absolute": nn.L1Loss(),
        "number huber": nn.HuberLoss(),
    }
    return losses[f"{plan.target} {plan.loss}"]
