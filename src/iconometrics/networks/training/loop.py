"""The loop: steps over batches, validation, early stopping, checkpoints."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from iconometrics import options
from iconometrics.errors import InputError
from iconometrics.networks.devices import choose_device, mixed_precision
from iconometrics.networks.training.augmentation import make_augmentation
from iconometrics.networks.training.batches import Fed, Inputs, Part, Pictures
from iconometrics.networks.training.checkpoint import (
    State,
    construction,
    read_state,
    write_state,
)
from iconometrics.networks.training.losses import make_loss
from iconometrics.networks.training.optimizers import make_optimizer, rate_factor, set_rate
from iconometrics.networks.training.plan import Plan
from iconometrics.networks.training.trainable import parts_of
from iconometrics.progress import Bar, progress

__all__ = ["Course", "Score", "learn"]

Score = Callable[[NDArray[Any], NDArray[Any]], float]


class Course(NamedTuple):
    """How training went.

    Parameters
    ----------
    history
        One entry per epoch: epoch, train_loss, validation_loss, accuracy, rate.
    best
        The epoch whose weights were kept, from 1.

    Examples
    --------
    >>> Course([{"epoch": 1, "train_loss": 0.5}], 1).best
    1
    """

    history: list[dict[str, Any]]
    best: int


def learn(
    net: nn.Module,
    training: Part,
    validation: Part | None,
    *,
    plan: Plan,
    score: Score,
    checkpoint: Path | None = None,
    key: str = "",
) -> Course:
    """Train a network in place.

    Parameters
    ----------
    net
        The network; at the end it has the weights that are kept.
    training
        What is trained on.
    validation
        What is looked at after each epoch, or None.
    plan
        How.
    score
        Of scores and targets of the validation part: accuracy or the like.
    checkpoint
        A folder to write to after each epoch, and to go on from; None for none.
    key
        Names the data and the first weights, for the checkpoint.

    Returns
    -------
    Course

    Raises
    ------
    InputError
        If the loss is no longer a number, no picture can be read, or the checkpoint is of
        another training.

    Notes
    -----
    What chance does in an epoch follows from the seed and the epoch alone; so a training that
    was killed ends with the same weights as one that was not.

    Examples
    --------
    >>> from iconometrics.networks.training import Part, Pictures
    >>> pictures = Pictures.of_array(np.zeros((8, 4, 4), np.uint8), size=(4, 4), channels=1)
    >>> part = Part(pictures, np.arange(8), np.arange(8) % 2)
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    >>> course = learn(net, part, None, plan=Plan(epochs=2), score=lambda scores, targets: 0.0)
    >>> len(course.history)
    2
    """
    device = choose_device(plan.device)
    named = "" if checkpoint is None else _key(net, training, plan, key)
    trainer = _Trainer(net.to(device), training.pictures, plan=plan, device=device)
    state = State([], {})
    if checkpoint is not None:
        state = read_state(checkpoint, net=net, optimizer=trainer.optimizer, key=named) or state
    gpus = [device] if device.type == "cuda" else []
    total = plan.epochs * len(training.at)
    with torch.random.fork_rng(devices=gpus), progress(total, "training") as bar:
        bar.advance(len(state.history) * len(training.at))
        while len(state.history) < plan.epochs and not _stale(state.history, plan):
            row = trainer.epoch(training, validation, history=state.history, score=score)
            state = _after(state, row, net=net, plan=plan)
            if checkpoint is not None:
                write_state(checkpoint, state, net=net, optimizer=trainer.optimizer, key=named)
            _show_progress(bar, row, len(training.at))
    if plan.early_stopping and state.best:
        net.load_state_dict(state.best)
    net.eval()
    return Course(state.history, _best(state.history, plan))


def _key(net: nn.Module, training: Part, plan: Plan, data: str) -> str:
    pictures = training.pictures
    built = construction(net, pictures)
    fed = pictures.made_by if isinstance(pictures, Fed) else ""
    return options.key(plan.settings(), data, built, fed, str(torch.__version__))


class _Trainer:
    """A network in training: its loss and optimizer, and how its inputs are made."""

    def __init__(
        self, net: nn.Module, pictures: Pictures | Fed, *, plan: Plan, device: torch.device
    ) -> None:
        own = getattr(net, "preprocessing", None)
        augment = make_augmentation(plan.augment, pictures.size)
        self.net = net
        self.plan = plan
        self.device = device
        self.parts = parts_of(net, plan.train)
        self.optimizer = make_optimizer(self.parts, plan)
        self.loss = make_loss(plan).to(device)
        self.mixed = mixed_precision(device)
        self.plain = Inputs(pictures.channels, device, preprocessing=own)
        self.augmented = Inputs(pictures.channels, device, augment=augment, preprocessing=own)

    def epoch(
        self,
        training: Part,
        validation: Part | None,
        *,
        history: list[dict[str, Any]],
        score: Score,
    ) -> dict[str, Any]:
        """Take every picture once, in an order of its own, then look at those held out."""
        number = len(history)
        random = np.random.default_rng([self.plan.seed, number])
        torch.manual_seed(int(random.integers(2**62)))
        rate = set_rate(self.optimizer, self._factor(history))
        train_loss = self._train(training._replace(at=random.permutation(training.at)))
        _check_loss(train_loss, number + 1, self.plan.rate)
        validation_loss, accuracy = math.nan, math.nan
        if validation is not None:
            validation_loss, accuracy = self._validate(validation, score)
        return {
            "epoch": number + 1,
            "train_loss": train_loss,
            "validation_loss": validation_loss,
            "accuracy": accuracy,
            "rate": rate,
        }

    def _train(self, part: Part) -> float:
        """Take a step for each batch; give the mean loss."""
        self.net.train()
        for module in self.parts.still:
            module.eval()
        losses, sizes = [], []
        for inputs, targets in self._batches(part, self.augmented):
            self.optimizer.zero_grad()
            loss = self._loss(inputs, targets)
            loss.backward()  # type: ignore[no-untyped-call]
            self._add_l1()
            self.optimizer.step()
            losses.append(loss.item())
            sizes.append(len(inputs))
        if not losses:
            raise InputError(f"no picture can be read: {_reasons(part)}.")
        return float(np.average(losses, weights=sizes))

    def _validate(self, part: Part, score: Score) -> tuple[float, float]:
        """Give mean loss and accuracy of a part; NaN where no picture of it can be read."""
        self.net.eval()
        losses, rows = [], []
        for inputs, targets in self._batches(part, self.plain):
            with torch.inference_mode():
                scores = self.net(inputs)
                losses.append(self.loss(scores, targets).item())
            rows.append(scores.float().cpu().numpy())
        if not rows:
            return math.nan, math.nan
        readable = [int(at) for at in part.at if int(at) not in part.pictures.failed]
        accuracy = score(np.concatenate(rows), part.targets[readable])
        return float(np.average(losses, weights=[len(row) for row in rows])), accuracy

    def _batches(self, part: Part, prepare: Inputs) -> Iterator[tuple[Tensor, Tensor]]:
        for at, pixels in part.pictures.batches(part.at, self.plan.batch):
            yield prepare(pixels), torch.from_numpy(part.targets[at]).to(self.device)

    def _loss(self, inputs: Tensor, targets: Tensor) -> Tensor:
        narrow = torch.autocast("cuda", torch.bfloat16) if self.mixed else nullcontext()
        with narrow:
            scores = self.net(inputs)
        loss: Tensor = self.loss(scores.float(), targets)
        return loss

    def _add_l1(self) -> None:
        """The slope of the sum of absolute weights is their sign."""
        if not self.plan.l1:
            return
        for parameter in (*self.parts.head, *self.parts.below):
            if parameter.ndim > 1 and parameter.grad is not None:
                parameter.grad.add_(parameter.detach().sign(), alpha=self.plan.l1)

    def _factor(self, history: list[dict[str, Any]]) -> float:
        losses = [_watched(row) for row in history]
        plan = self.plan
        return rate_factor(plan.schedule, len(history), epochs=plan.epochs, losses=losses)


def _check_loss(loss: float, epoch: int, rate: float) -> None:
    if not math.isfinite(loss):
        raise InputError(
            f"the loss is {loss} in epoch {epoch}: training diverged. Lower the rate ({rate:g}), "
            f"such as rate={rate / 10:g}."
        )


def _watched(row: dict[str, Any]) -> float:
    """The validation loss, or the training loss where nothing is held out."""
    name = "train_loss" if math.isnan(row["validation_loss"]) else "validation_loss"
    return float(row[name])


def _after(state: State, row: dict[str, Any], *, net: nn.Module, plan: Plan) -> State:
    history = [*state.history, row]
    if not plan.early_stopping or _best(history, plan) != len(history):
        return State(history, state.best)
    return State(history, _copied(net))


def _copied(net: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().cpu().clone() for name, value in net.state_dict().items()}


def _best(history: Sequence[dict[str, Any]], plan: Plan) -> int:
    """The epoch with the lowest validation loss; without early stopping, the last."""
    losses = [row["validation_loss"] for row in history]
    if not plan.early_stopping or not losses or math.isnan(losses[0]):
        return len(history)
    return int(np.nanargmin(losses)) + 1


def _stale(history: Sequence[dict[str, Any]], plan: Plan) -> bool:
    return plan.early_stopping and len(history) - _best(history, plan) >= plan.patience


def _show_progress(bar: Bar, row: dict[str, Any], pictures: int) -> None:
    bar.rename(f"epoch {row['epoch']}, validation {row['accuracy']:.2f}")
    bar.advance(pictures)


def _reasons(part: Part) -> str:
    return "; ".join(sorted(set(part.pictures.failed.values()))[:3]) or "there is none"
