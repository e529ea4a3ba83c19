"""The multilayer perceptron: fully connected layers, one after another."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from iconometrics.errors import InputError
from iconometrics.networks.architecture.activations import activation as activation_of
from iconometrics.networks.architecture.activations import widened
from iconometrics.networks.architecture.base import ImageNetwork

__all__ = ["MLP", "build", "connected"]


class MLP(ImageNetwork):
    """Fully connected layers over the flattened input."""

    def __init__(self, inputs: int, layers: list[tuple[int, float]], *, out: int, act: str) -> None:
        super().__init__()
        self.layers, blocks = connected(inputs, layers, activation=act, prefix="layers")
        self.output = nn.Linear(layers[-1][0] if layers else inputs, out)
        self.parts("output", blocks=blocks)

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores of each class."""
        scores: Tensor = self.output(self.layers(x.flatten(1)))
        return scores


def connected(
    inputs: int, layers: Sequence[tuple[int, float]], *, activation: str, prefix: str
) -> tuple[nn.Sequential, list[tuple[str, list[str]]]]:
    """Put fully connected layers together: linear, activation, dropout."""
    stack = nn.Sequential()
    blocks = []
    for number, (units, dropout) in enumerate(layers, 1):
        layer: list[nn.Module] = [
            nn.Linear(inputs, widened(units, activation)),
            activation_of(activation),
        ]
        layer += [nn.Dropout(dropout)] if dropout else []
        first = len(stack)
        stack.extend(layer)
        blocks.append((f"fc{number}", [f"{prefix}.{first + i}" for i in range(len(layer))]))
        inputs = units
    return stack, blocks


def build(
    *,
    classes: int,
    channels: int,
    size: tuple[int, int],
    hidden: Sequence[int] = (256, 128),
    dropout: float | Sequence[float] = (),
    activation: str = "relu",
) -> MLP:
    """Build a perceptron with any hidden layers; with none, a linear or logistic regression."""
    shares = [float(dropout)] * len(hidden) if isinstance(dropout, int | float) else [*dropout]
    shares = shares or [0.0] * len(hidden)
    if len(shares) != len(hidden):
        raise InputError(
            f"dropout={dropout}: {len(shares)} shares for {len(hidden)} hidden layers; expected "
            "one for each, or one for all."
        )
    layers = list(zip(hidden, shares, strict=True))
    return MLP(channels * size[0] * size[1], layers, out=classes, act=activation)
