"""What training makes small, by name."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from iconometrics.networks.training.plan import Plan

__all__ = ["Focal", "FocalLabels", "SmoothLabels", "make_loss"]


class Focal(nn.Module):
    """Cross-entropy that counts easy examples less.

    Parameters
    ----------
    weight
        Of each class, or None.
    gamma
        How much less; 0 is the cross-entropy.

    Notes
    -----
    Lin, T.-Y., Goyal, P., Girshick, R., He, K. and Dollar, P. (2017). Focal loss for dense object
    detection. ICCV, 2980-2988.

    Examples
    --------
    >>> scores, classes = torch.tensor([[2.0, 0.0]]), torch.tensor([0])
    >>> bool(Focal()(scores, classes) < functional.cross_entropy(scores, classes))
    True
    """

    def __init__(self, weight: Tensor | None = None, gamma: float = 2.0) -> None:
        super().__init__()
        self.weight: Tensor | None
        self.register_buffer("weight", weight)
        self.gamma = gamma

    def forward(self, scores: Tensor, classes: Tensor) -> Tensor:
        """Compute the loss.

        Parameters
        ----------
        scores
            (n, classes).
        classes
            (n,), from 0.

        Returns
        -------
        torch.Tensor
            One number.
        """
        logs = functional.log_softmax(scores, dim=1).gather(1, classes[:, None])[:, 0]
        losses = -((1 - logs.exp()) ** self.gamma) * logs
        if self.weight is None:
            return losses.mean()
        weights = self.weight[classes]
        return (weights * losses).sum() / weights.sum()


class SmoothLabels(nn.Module):
    """Cross-entropy of labels of which an image may have several.

    Parameters
    ----------
    weight
        How much the presence of each label counts, or None.
    smoothing
        How far targets are moved from 0 and 1 towards a half.

    Examples
    --------
    >>> round(float(SmoothLabels()(torch.zeros(1, 2), torch.ones(1, 2))), 3)
    0.693
    """

    def __init__(self, weight: Tensor | None = None, smoothing: float = 0.0) -> None:
        super().__init__()
        self.weight: Tensor | None
        self.register_buffer("weight", weight)
        self.smoothing = smoothing

    def forward(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Compute the loss.

        Parameters
        ----------
        scores, labels
            (n, labels); a label is 1 where it is there.

        Returns
        -------
        torch.Tensor
            One number.
        """
        target = labels * (1 - self.smoothing) + self.smoothing / 2
        return functional.binary_cross_entropy_with_logits(scores, target, pos_weight=self.weight)


class FocalLabels(Focal):
    """The focal loss of labels of which an image may have several.

    Parameters
    ----------
    weight, gamma
        As for `Focal`.

    Examples
    --------
    >>> bool(FocalLabels()(torch.zeros(1, 2), torch.ones(1, 2)) < 0.2)
    True
    """

    def forward(self, scores: Tensor, classes: Tensor) -> Tensor:
        """Compute the loss.

        Parameters
        ----------
        scores, classes
            (n, labels); a label is 1 where it is there.

        Returns
        -------
        torch.Tensor
            One number.
        """
        losses = functional.binary_cross_entropy_with_logits(
            scores, classes, pos_weight=self.weight, reduction="none"
        )
        right = torch.where(classes > 0.5, scores.sigmoid(), (-scores).sigmoid())
        return ((1 - right) ** self.gamma * losses).mean()


def make_loss(plan: Plan) -> nn.Module:
    """Make the loss that a plan names.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    torch.nn.Module

    Examples
    --------
    >>> type(make_loss(Plan(target="number", loss="absolute"))).__name__
    'L1Loss'
    """
    weight = None if plan.class_weights is None else torch.tensor(plan.class_weights)
    smoothing = plan.label_smoothing
    made: dict[str, nn.Module] = {
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
    return made[f"{plan.target} {plan.loss}"]
