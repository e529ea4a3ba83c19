"""How a network is trained: everything that decides it but the network and the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from iconometrics.errors import InputError

__all__ = ["AUGMENTATIONS", "LOSSES", "OPTIMIZERS", "SCHEDULES", "Plan"]

OPTIMIZERS = ("sgd", "adam", "rmsprop")
SCHEDULES = ("step", "exponential", "cosine", "warmup", "plateau")
# By what is learned: one class of several, several labels at once, an order, a number.
LOSSES: Mapping[str, tuple[str, ...]] = {
    "classes": ("cross_entropy", "focal", "hinge"),
    "labels": ("cross_entropy", "focal"),
    "order": ("cross_entropy",),
    "number": ("squared", "absolute", "huber"),
}
# What each does by default: degrees, share of the side, share of the side, strength.
AUGMENTATIONS: Mapping[str, float | None] = {
    "flip": None,
    "rotate": 15.0,
    "zoom": 0.15,
    "crop": 0.125,
    "color": 0.2,
}
_TRAIN = ("all", "last", "frozen")


@dataclass(frozen=True)
class Plan:
    """How a network is trained.

    Parameters
    ----------
    train
        What is trained: "all", "last" (the last block), a number (so many of the last blocks), or
        "frozen" (the last layer, on features that are computed once).
    epochs
        Times every picture is seen, at most.
    batch
        Pictures per step.
    rate
        The learning rate.
    below
        What the rate is multiplied by below the last block.
    optimizer
        "sgd" (with momentum .9), "adam" or "rmsprop".
    target
        What is learned: "classes", "labels" (several at once), "order" or "number".
    loss
        For classes "cross_entropy", "focal" or "hinge"; for numbers "squared", "absolute" or
        "huber".
    schedule
        How the rate changes: "step", "exponential", "cosine", "warmup", "plateau"; None for not.
    l1, l2
        Weights of the sums of absolute and of squared weights that are added to the loss.
    early_stopping
        Whether training ends when the validation loss has not fallen for `patience` epochs, and
        the weights of the best epoch are kept.
    patience
        In epochs.
    class_weights
        How much an example of each class counts, in the order of the classes; None for equal.
    label_smoothing
        Share of the target that is spread over all classes; with "cross_entropy" only.
    augment
        Changes at random: "flip", "rotate", "zoom", "crop", "color", or with a strength such as
        "rotate:30"; of pictures of type uint8 only.
    seed
        Names the first weights, the order of pictures and all chance in training.
    device
        "auto" (a GPU where there is one), "cpu", "cuda" or "mps".

    Raises
    ------
    InputError
        If a setting cannot be used; before anything is trained.

    Examples
    --------
    >>> Plan(optimizer="adam", rate=0.001).epochs
    20
    """

    train: str | int = "all"
    epochs: int = 20
    batch: int = 32
    rate: float = 0.01
    below: float = 1.0
    optimizer: str = "sgd"
    target: str = "classes"
    loss: str = "cross_entropy"
    schedule: str | None = None
    l1: float = 0.0
    l2: float = 0.0
    early_stopping: bool = True
    patience: int = 5
    class_weights: tuple[float, ...] | None = None
    label_smoothing: float = 0.0
    augment: tuple[str, ...] = ()
    seed: int = 1
    device: str = "auto"

    def __post_init__(self) -> None:
        _require_name("optimizer", self.optimizer, OPTIMIZERS)
        _require_name("loss", self.loss, LOSSES[self.target])
        _require_name("schedule", self.schedule, (None, *SCHEDULES))
        for name in self.augment:
            _require_name("augment", name.split(":")[0], tuple(AUGMENTATIONS))
        whole = isinstance(self.train, int) and not isinstance(self.train, bool)
        if not whole or int(self.train) < 1:
            _require_name("train", self.train, _TRAIN, "a number of blocks from 1 on")
        for name in ("epochs", "batch", "patience"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise InputError(f"{name}={value!r}: expected a whole number from 1 on.")
        if not self.rate > 0:
            raise InputError(f"rate={self.rate!r}: expected a number above 0, such as 0.01.")
        for name in ("l1", "l2"):
            if not getattr(self, name) >= 0:
                raise InputError(f"{name}={getattr(self, name)!r}: expected 0 or more.")
        if self.train == "frozen" and self.augment:
            raise InputError(
                'train="frozen" computes the features of each picture once, so augment= can change '
                'nothing: expected augment=(), or train="last".'
            )
        if not 0 <= self.label_smoothing < 1:
            raise InputError(f"label_smoothing={self.label_smoothing!r}: expected 0 to below 1.")
        if self.label_smoothing and self.loss != "cross_entropy":
            raise InputError(
                f"label_smoothing={self.label_smoothing!r} with loss={self.loss!r}, which it would "
                'not change: expected label_smoothing=0, or loss="cross_entropy".'
            )

    def settings(self) -> dict[str, Any]:
        """Give the settings, for keys and cards.

        Returns
        -------
        dict of str to object
        """
        return asdict(self)


def _require_name(what: str, value: object, known: tuple[Any, ...], more: str = "") -> None:
    if value not in known:
        names = ", ".join(repr(name) for name in known) + (f" or {more}" if more else "")
        raise InputError(f"{what}={value!r}: expected one of {names}.")
