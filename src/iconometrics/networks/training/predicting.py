"""What a network gives for pictures: its scores, and what its last layer is fed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from iconometrics.networks.devices import choose_device
from iconometrics.networks.training.batches import Fed, Inputs, Pictures
from iconometrics.networks.training.checkpoint import construction
from iconometrics.networks.training.trainable import head_of

__all__ = ["features", "scores"]


def scores(
    net: nn.Module,
    pictures: Pictures,
    *,
    at: NDArray[np.intp] | None = None,
    batch: int = 32,
    device: str = "auto",
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
    """Yield a network's scores, while the next pictures are read.

    Parameters
    ----------
    net
        The network.
    pictures
        The pictures.
    at
        Positions of those that are wanted; by default all.
    batch
        How many go through it together.
    device
        As for `Plan`.

    Yields
    ------
    tuple of numpy.ndarray
        Positions and (n, classes) scores of those that can be read.

    Examples
    --------
    >>> made = Pictures.of_array(np.zeros((3, 2, 2), np.uint8), size=(2, 2), channels=1)
    >>> net = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    >>> [found.shape for _, found in scores(net, made, batch=2)]
    [(3, 2)]
    """
    where = choose_device(device)
    net = net.to(where).eval()
    own = getattr(net, "preprocessing", None)
    prepare = Inputs(pictures.channels, where, preprocessing=own)
    order = np.arange(len(pictures)) if at is None else at
    for positions, pixels in pictures.batches(order, batch):
        with torch.inference_mode():
            outputs: Any = net(prepare(pixels)).float().cpu().numpy()
        yield positions, outputs


def features(
    net: nn.Module, pictures: Pictures, *, batch: int = 32, device: str = "auto"
) -> Fed | None:
    """Compute what the last layer of a network is fed.

    Parameters
    ----------
    net
        The network.
    pictures
        The pictures.
    batch
        How many go through it together.
    device
        As for `Plan`.

    Returns
    -------
    Fed or None
        None where the last layer is not a weighted sum at the very end, so that training it alone
        would not be training the network.

    Examples
    --------
    >>> made = Pictures.of_array(np.zeros((3, 2, 2), np.uint8), size=(2, 2), channels=1)
    >>> features(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), made).rows.shape
    (3, 4)
    """
    head = head_of(net)
    if not isinstance(head, nn.Linear):
        return None
    fed: list[Any] = []
    hook = head.register_forward_pre_hook(lambda _, args: fed.append(args[0]))
    rows: NDArray[np.float32] | None = None
    try:
        for at, outputs in scores(net, pictures, batch=batch, device=device):
            inputs = fed.pop()
            if inputs.ndim != 2 or not _alone(head, inputs, outputs):
                return None
            if rows is None:
                rows = np.zeros((len(pictures), inputs.shape[1]), np.float32)
            rows[at] = inputs.float().cpu().numpy()
    finally:
        hook.remove()
    if rows is None:
        return None
    return Fed(rows, dict(pictures.failed), construction(net, pictures))


def _alone(head: nn.Linear, fed: torch.Tensor, outputs: NDArray[np.float32]) -> bool:
    """Whether nothing comes after the last layer."""
    with torch.inference_mode():
        sums = head(fed).float().cpu().numpy()
    return sums.shape == outputs.shape and bool(np.allclose(sums, outputs, rtol=1e-4, atol=1e-5))
