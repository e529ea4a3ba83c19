"""What a trained network says of pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from iconometrics.networks.training.devices import choose_device
from iconometrics.networks.training.inputs import Inputs
from iconometrics.networks.training.pictures import Pictures

__all__ = ["scores"]


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
    make = Inputs(pictures.channels, where, preprocessing=own)
    order = np.arange(len(pictures)) if at is None else at
    for some, pixels in pictures.batches(order, batch):
        with torch.inference_mode():
            found: Any = net(make(pixels)).float().cpu().numpy()
        yield some, found
