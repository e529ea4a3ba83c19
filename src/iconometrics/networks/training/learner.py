"""One epoch of training and of validation: a skorch net that takes our batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from skorch import NeuralNet
from torch import Tensor, nn

from iconometrics.networks.training.frozen import Fed
from iconometrics.networks.training.inputs import Inputs
from iconometrics.networks.training.losses import make_loss
from iconometrics.networks.training.optimizers import make_optimizer
from iconometrics.networks.training.parts import Parts
from iconometrics.networks.training.pictures import Pictures
from iconometrics.networks.training.plan import Plan

__all__ = ["Learner", "Part", "make_learner"]


class Part(NamedTuple):
    """Pictures with what is to be learned of them.

    Parameters
    ----------
    pictures
        All pictures.
    at
        Positions of those of this part, in the order in which they are taken.
    targets
        What is to be learned, an entry for each of all pictures.

    Examples
    --------
    >>> made = Pictures.of_array(np.zeros((4, 2, 2), np.uint8), size=(2, 2), channels=1)
    >>> Part(made, np.arange(3), np.zeros(4)).at.tolist()
    [0, 1, 2]
    """

    pictures: Pictures | Fed
    at: NDArray[np.intp]
    targets: NDArray[Any]


class Learner(NeuralNet):  # type: ignore[misc]
    """A skorch net over batches that are read ahead."""

    def prepare(
        self, plan: Plan, parts: Parts, *, inputs: Inputs, plain: Inputs, mixed: bool
    ) -> Learner:
        """Make loss and optimizer."""
        self.plan = plan
        self.parts = parts
        self.inputs = inputs
        self.plain = plain
        self.mixed = mixed
        self.validation: Part | None = None
        self.seen: list[NDArray[Any]] = []
        self.initialize()
        return self

    def initialize_optimizer(self, *_: Any, **__: Any) -> Learner:
        """Make the optimizer of the plan."""
        self.optimizer_ = make_optimizer(self.parts, self.plan)
        return self

    def get_split_datasets(self, X: Part, y: None = None, **_: Any) -> tuple[Part, Part | None]:
        """Give the parts to train on and to look at after each epoch."""
        return X, self.validation

    def get_iterator(self, dataset: Part, training: bool = False) -> Iterator[Any]:
        """Read the batches of a part, ahead of the network."""
        make = self.inputs if training else self.plain
        for at, pixels in dataset.pictures.batches(dataset.at, self.plan.batch):
            yield make(pixels), torch.from_numpy(dataset.targets[at]).to(self.device)

    def train_step(self, batch: tuple[Tensor, Tensor], **_: Any) -> dict[str, Tensor]:
        """Take one step."""
        self.optimizer_.zero_grad()
        step = self.train_step_single(batch)
        self.optimizer_.step()
        return step

    def train_step_single(self, batch: tuple[Tensor, Tensor], **_: Any) -> dict[str, Tensor]:
        """Compute scores, loss and gradients."""
        self._set_training(True)
        for module in self.parts.still:
            module.eval()
        inputs, targets = batch
        narrow = torch.autocast("cuda", torch.bfloat16) if self.mixed else nullcontext()
        with narrow:
            scores = self.module_(inputs)
        loss = self.criterion_(scores.float(), targets)
        loss.backward()
        if self.plan.l1:
            self._add_l1()
        return {"loss": loss, "y_pred": scores}

    def validation_step(self, batch: tuple[Tensor, Tensor], **_: Any) -> dict[str, Tensor]:
        """Compute scores and loss, and keep the scores."""
        self._set_training(False)
        inputs, targets = batch
        with torch.inference_mode():
            scores = self.module_(inputs)
            loss = self.criterion_(scores, targets)
        self.seen.append(scores.float().cpu().numpy())
        return {"loss": loss, "y_pred": scores}

    def _add_l1(self) -> None:
        """The slope of the sum of absolute weights is their sign."""
        for parameter in (*self.parts.head, *self.parts.below):
            if parameter.ndim > 1 and parameter.grad is not None:
                parameter.grad.add_(parameter.detach().sign(), alpha=self.plan.l1)


def make_learner(net: nn.Module, plan: Plan, device: torch.device) -> Learner:
    """Put a network into a learner."""
    return Learner(net, criterion=make_loss(plan), device=str(device), verbose=0)
