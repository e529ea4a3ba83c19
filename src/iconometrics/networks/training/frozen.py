"""Frozen features: what the last layer is fed, computed once for all pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from iconometrics.networks.training.checkpoint import construction
from iconometrics.networks.training.parts import head_of
from iconometrics.networks.training.pictures import Pictures
from iconometrics.networks.training.predicting import scores

__all__ = ["Fed", "features"]


class Fed:
    """Rows of numbers in the place of pictures.

    Parameters
    ----------
    rows
        (n, columns), float32.
    failed
        Why pictures have none, by position.
    made_by
        Names the network that made them, for checkpoints.

    Examples
    --------
    >>> made = Fed(np.zeros((3, 2), np.float32), {1: "truncated"})
    >>> [at.tolist() for at, _ in made.batches(np.arange(3), 2)]
    [[0], [2]]
    """

    size = (1, 1)
    channels = 1

    def __init__(
        self, rows: NDArray[np.float32], failed: dict[int, str], made_by: str = ""
    ) -> None:
        self.rows = rows
        self.failed = failed
        self.made_by = made_by

    def __len__(self) -> int:
        return len(self.rows)

    def batches(
        self, order: NDArray[np.intp], batch: int
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Yield rows in an order.

        Parameters
        ----------
        order
            Positions.
        batch
            How many at a time.

        Yields
        ------
        tuple of numpy.ndarray
            Positions and rows of pictures that could be read.
        """
        for start in range(0, len(order), batch):
            at = order[start : start + batch]
            at = at[~np.isin(at, list(self.failed))]
            if len(at):
                yield at, self.rows[at]


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
        None where the last layer is no weighted sum at the very end, so that training it alone
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
        for at, given in scores(net, pictures, batch=batch, device=device):
            found = fed.pop()
            if found.ndim != 2 or not _alone(head, found, given):
                return None
            if rows is None:
                rows = np.zeros((len(pictures), found.shape[1]), np.float32)
            rows[at] = found.float().cpu().numpy()
    finally:
        hook.remove()
    if rows is None:
        return None
    return Fed(rows, dict(pictures.failed), construction(net, pictures))


def _alone(head: nn.Linear, fed: torch.Tensor, given: NDArray[np.float32]) -> bool:
    """Whether nothing comes after the last layer."""
    with torch.inference_mode():
        made = head(fed).float().cpu().numpy()
    return made.shape == given.shape and bool(np.allclose(made, given, rtol=1e-4, atol=1e-5))
