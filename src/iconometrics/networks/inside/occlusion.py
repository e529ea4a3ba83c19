"""Occlusion: what a network loses when a part of the picture is covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iconometrics.errors import InputError
from iconometrics.networks.inside import layers
from iconometrics.networks.inside.inputs import Pictures, Prepare
from iconometrics.networks.inside.maps import Maps, explained

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

__all__ = ["loss_under_cover", "occlusion"]

_PATCH, _STRIDE = 1 / 7, 1 / 14


def occlusion(
    network: Any,
    pictures: Pictures,
    *,
    patch: int | None = None,
    stride: int | None = None,
    target: Any = None,
    prepare: Prepare | None = None,
    batch: int = 32,
) -> Maps:
    """Map how much of a class's probability is lost when a part of the picture is covered.

    A square in the picture's mean color is moved over it. This asks the network itself, needs no
    gradient and works for any architecture, at the price of many runs per picture.

    Parameters
    ----------
    network, pictures, target, prepare
        As for `grad_cam`.
    patch
        Side of the square in pixels of the network's input; by default a seventh of its side.
    stride
        How far it is moved; by default half of that.
    batch
        Covered pictures that go through the network together.

    Returns
    -------
    Maps
        At each pixel the mean loss of probability over the squares that cover it; below 0 where
        covering makes the class likelier.

    Raises
    ------
    InputError
        As `grad_cam`; or if the square does not fit.
    MissingPackageError
        If torch is not installed.

    Notes
    -----
    Zeiler, M. D. and Fergus, R. (2014). Visualizing and understanding convolutional networks.
    European Conference on Computer Vision.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import networks
    >>> net = networks.create("cnn", classes=2, size=32)
    >>> picture = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    >>> networks.inside.occlusion(net, [picture], patch=16, stride=8).values.shape
    (1, 32, 32)
    """
    several = bool(getattr(network, "multilabel", False))

    def compute(net: nn.Module, inputs: Tensor, choose: Callable[[Tensor], Tensor]) -> Tensor:
        side = min(inputs.shape[-2:])
        wide = patch or max(1, round(side * _PATCH))
        step = stride or max(1, round(wide * _STRIDE / _PATCH))
        if not (1 <= wide <= side and step >= 1):
            raise InputError(
                f"patch={patch}, stride={stride}: expected a square of 1 to {side} pixels, the "
                "side of the network's input, moved by 1 or more."
            )
        return loss_under_cover(
            net, inputs, choose, patch=wide, stride=step, batch=batch, several=several
        )

    return explained(
        network, pictures, compute, kind="occlusion", target=target, prepare=prepare, batch=8
    )


def loss_under_cover(
    net: nn.Module,
    inputs: Tensor,
    choose: Callable[[Tensor], Tensor],
    *,
    patch: int,
    stride: int,
    batch: int,
    several: bool = False,
) -> Tensor:
    """Cover squares of pictures and see what probability is lost."""
    import torch

    height, width = inputs.shape[-2:]
    squares = [
        (y, x) for y in _starts(height, patch, stride) for x in _starts(width, patch, stride)
    ]
    maps = []
    with torch.no_grad():
        outputs = net(inputs)
        targets = choose(outputs)
        before = _probability(outputs, targets, several)
        for picture, target, was in zip(inputs, targets, before, strict=True):
            color = picture.mean(dim=(1, 2), keepdim=True)
            loss, times = (inputs.new_zeros(height, width) for _ in range(2))
            for start in range(0, len(squares), batch):
                chosen = squares[start : start + batch]
                covered = picture.repeat(len(chosen), 1, 1, 1)
                for copy, (y, x) in zip(covered, chosen, strict=True):
                    copy[:, y : y + patch, x : x + patch] = color
                now = _probability(net(covered), target.repeat(len(chosen)), several)
                for (y, x), rest in zip(chosen, now, strict=True):
                    loss[y : y + patch, x : x + patch] += was - rest
                    times[y : y + patch, x : x + patch] += 1
            maps.append(loss / times.clamp(min=1))
    return torch.stack(maps)


def _starts(side: int, patch: int, stride: int) -> list[int]:
    """Move to the far edge, and never beyond."""
    return sorted({*range(0, side - patch + 1, stride), side - patch})


def _probability(outputs: Tensor, targets: Tensor, several: bool) -> Tensor:
    if several or outputs.shape[1] == 1:
        return layers.scores_of(outputs, targets).sigmoid()
    return layers.scores_of(outputs.softmax(dim=1), targets)
