"""Activation functions by name: those of the lectures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor, nn

from iconometrics.errors import InputError

__all__ = ["ACTIVATIONS", "Maxout", "Step", "activation", "widened"]

_PIECES = 2
_LEAK = 0.1


class Step(nn.Module):
    """One above zero, zero elsewhere."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply it to each number."""
        line = x.clamp(-1, 1)
        return (x > 0).to(x.dtype) + (line - line.detach())


class Maxout(nn.Module):
    """The largest of several linear functions; each neighboring pair of channels becomes one."""

    def forward(self, x: Tensor) -> Tensor:
        """Take the largest of each pair along the second axis."""
        return x.reshape(x.shape[0], -1, _PIECES, *x.shape[2:]).amax(2)


ACTIVATIONS: Mapping[str, Callable[[], nn.Module]] = MappingProxyType(
    {
        "step": Step,
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "relu": nn.ReLU,
        "leaky_relu": lambda: nn.LeakyReLU(_LEAK),
        "elu": nn.ELU,
        "maxout": Maxout,
        "identity": nn.Identity,
    }
)


def activation(name: str) -> nn.Module:
    """Make an activation function."""
    if name not in ACTIVATIONS:
        raise InputError(
            f"activation={name!r}: expected one of {', '.join(ACTIVATIONS)}; relu is the usual one."
        )
    return ACTIVATIONS[name]()


def widened(units: int, name: str) -> int:
    """Count the linear units that an activation needs to give a number of units."""
    return units * _PIECES if name == "maxout" else units
