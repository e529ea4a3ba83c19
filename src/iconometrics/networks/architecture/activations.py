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
    """One above zero, zero elsewhere.

    Its derivative is zero nearly everywhere, so that nothing could be learned through it. In its
    place stands that of a line from -1 to 1.

    Notes
    -----
    McCulloch, W. S. and Pitts, W. (1943). A logical calculus of the ideas immanent in nervous
    activity. Bulletin of Mathematical Biophysics 5, 115-133. The gradient: Bengio, Y., Leonard,
    N. and Courville, A. (2013). Estimating or propagating gradients through stochastic neurons.
    arXiv:1308.3432.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Apply it to each number."""
        line = x.clamp(-1, 1)
        return (x > 0).to(x.dtype) + (line - line.detach())


class Maxout(nn.Module):
    """The largest of several linear functions; each neighboring pair of channels becomes one.

    Notes
    -----
    Goodfellow, I., Warde-Farley, D., Mirza, M., Courville, A. and Bengio, Y. (2013). Maxout
    networks. International Conference on Machine Learning, 1319-1327.
    """

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
    """Make an activation function.

    Parameters
    ----------
    name
        One of `ACTIVATIONS`: step, sigmoid, tanh, relu, leaky_relu (slope .1 below zero), elu,
        maxout (of two), identity.

    Returns
    -------
    torch.nn.Module

    Raises
    ------
    InputError
        If there is none of that name.

    Examples
    --------
    >>> import torch
    >>> activation("leaky_relu")(torch.tensor([-20.0, 3.0])).tolist()
    [-2.0, 3.0]
    """
    if name not in ACTIVATIONS:
        raise InputError(
            f"activation={name!r}: expected one of {', '.join(ACTIVATIONS)}; relu is the usual one."
        )
    return ACTIVATIONS[name]()


def widened(units: int, name: str) -> int:
    """Count the linear units that an activation needs to give a number of units.

    Parameters
    ----------
    units
        Wanted after the activation.
    name
        Of the activation.

    Returns
    -------
    int
        Twice as many for maxout, else as many.

    Examples
    --------
    >>> widened(64, "maxout"), widened(64, "relu")
    (128, 64)
    """
    return units * _PIECES if name == "maxout" else units
