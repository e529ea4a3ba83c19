"""Training epoch by epoch: rates, validation, early stopping, checkpoints."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from iconometrics import options
from iconometrics.errors import InputError
from iconometrics.networks.training.augmentation import make_augmentation
from iconometrics.networks.training.checkpoint import (
    State,
    construction,
    read_state,
    write_state,
)
from iconometrics.networks.training.devices import choose_device, mixed_precision
from iconometrics.networks.training.frozen import Fed
from iconometrics.networks.training.inputs import Inputs
from iconometrics.networks.training.learner import Learner, Part, make_learner
from iconometrics.networks.training.optimizers import set_rate
from iconometrics.networks.training.parts import parts_of
from iconometrics.networks.training.plan import Plan
from iconometrics.networks.training.schedules import factor
from iconometrics.progress import Bar, progress

__all__ = ["Course", "Score", "learn"]

Score = Callable[[NDArray[Any], NDArray[Any]], float]


class Course(NamedTuple):
    """How training went.

    Parameters
    ----------
    history
        One entry an epoch: epoch, train_loss, validation_loss, accuracy, rate.
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
    >>> from iconometrics.networks.training import Pictures
    >>> pictures = Pictures.of_array(np.zeros((8, 4, 4), np.uint8), size=(4, 4), channels=1)
    >>> part = Part(pictures, np.arange(8), np.arange(8) % 2)
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(16, 2))
    >>> course = learn(net, part, None, plan=Plan(epochs=2), score=lambda scores, targets: 0.0)
    >>> len(course.history)
    2
    """
    device = choose_device(plan.device)
    named = "" if checkpoint is None else _key(net, training, plan, key)
    learner = _learner(net.to(device), plan, training, device)
    learner.validation = validation
    state = State([], {})
    if checkpoint is not None:
        state = read_state(checkpoint, net=net, optimizer=learner.optimizer_, key=named) or state
    gpus = [device] if device.type == "cuda" else []
    total = plan.epochs * len(training.at)
    with torch.random.fork_rng(devices=gpus), progress(total, "training") as bar:
        bar.advance(len(state.history) * len(training.at))
        while len(state.history) < plan.epochs and not _stale(state.history, plan):
            row = _epoch(learner, training, plan=plan, history=state.history, score=score)
            state = _after(state, row, net=net, plan=plan)
            if checkpoint is not None:
                write_state(checkpoint, state, net=net, optimizer=learner.optimizer_, key=named)
            _tell(bar, row, len(training.at))
    if plan.early_stopping and state.best:
        net.load_state_dict(state.best)
    net.eval()
    return Course(state.history, _best(state.history, plan))


def _key(net: nn.Module, training: Part, plan: Plan, data: str) -> str:
    pictures = training.pictures
    built = construction(net, pictures)
    fed = pictures.made_by if isinstance(pictures, Fed) else ""
    return options.key(plan.settings(), data, built, fed, str(torch.__version__))


def _learner(net: nn.Module, plan: Plan, training: Part, device: torch.device) -> Learner:
    change = make_augmentation(plan.augment, training.pictures.size)
    channels = training.pictures.channels
    own = getattr(net, "preprocessing", None)
    inputs = Inputs(channels, device, augment=change, preprocessing=own)
    plain = Inputs(channels, device, preprocessing=own)
    parts = parts_of(net, plan.train)
    learner = make_learner(net, plan, device)
    return learner.prepare(plan, parts, inputs=inputs, plain=plain, mixed=mixed_precision(device))


def _epoch(
    learner: Learner, training: Part, *, plan: Plan, history: list[dict[str, Any]], score: Score
) -> dict[str, Any]:
    """One epoch: every picture once, in an order of its own."""
    epoch = len(history)
    random = np.random.default_rng([plan.seed, epoch])
    torch.manual_seed(int(random.integers(2**62)))
    losses = [_watched(row) for row in history]
    rate = set_rate(
        learner.optimizer_, factor(plan.schedule, epoch, epochs=plan.epochs, losses=losses)
    )
    learner.seen = []
    learner.fit_loop(training._replace(at=random.permutation(training.at)), epochs=1)
    seen = learner.history[-1]
    if "train_loss" not in seen:
        raise InputError(f"no picture can be read: {_reasons(training)}.")
    row = {
        "epoch": epoch + 1,
        "train_loss": float(seen["train_loss"]),
        "validation_loss": float(seen.get("valid_loss", math.nan)),
        "accuracy": _scored(learner, score),
        "rate": rate,
    }
    if not math.isfinite(row["train_loss"]):
        raise InputError(
            f"the loss is {row['train_loss']} in epoch {epoch + 1}: training ran away. Lower the "
            f"rate ({plan.rate:g}), such as rate={plan.rate / 10:g}."
        )
    return row


def _watched(row: dict[str, Any]) -> float:
    """The validation loss, or the training loss where nothing is held out."""
    name = "train_loss" if math.isnan(row["validation_loss"]) else "validation_loss"
    return float(row[name])


def _scored(learner: Learner, score: Score) -> float:
    part = learner.validation
    if part is None or not learner.seen:
        return math.nan
    good = [int(i) for i in part.at if int(i) not in part.pictures.failed]
    return score(np.concatenate(learner.seen), part.targets[good])


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


def _tell(bar: Bar, row: dict[str, Any], pictures: int) -> None:
    bar.rename(f"epoch {row['epoch']}, validation {row['accuracy']:.2f}")
    bar.advance(pictures)


def _reasons(part: Part) -> str:
    return "; ".join(sorted(set(part.pictures.failed.values()))[:3]) or "there is none"
