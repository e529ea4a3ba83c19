"""Which parts of a network are trained, and which stay as they are."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn

from iconometrics.errors import InputError

__all__ = ["Parts", "blocks_of", "head_of", "parts_of"]


class Parts(NamedTuple):
    """A network in three parts.

    Parameters
    ----------
    head
        Parameters of the last block.
    below
        Other parameters that are trained.
    still
        Modules that are not trained, in evaluation mode throughout.

    Examples
    --------
    >>> parts_of(nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2)), "last").below
    []
    """

    head: list[nn.Parameter]
    below: list[nn.Parameter]
    still: list[nn.Module]


def blocks_of(net: nn.Module) -> list[tuple[str, list[str]]]:
    """List the blocks of a network from input to output.

    Parameters
    ----------
    net
        One of ours names its blocks; of any other, each layer with weights is a block. A layer
        by itself is its own only block.

    Returns
    -------
    list of tuple
        Name, and names of its modules.

    Examples
    --------
    >>> blocks_of(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2)))
    [('0', ['0']), ('2', ['2'])]
    """
    known = getattr(net, "blocks", None)
    if isinstance(known, list | tuple):
        return [(name, list(modules)) for name, modules in known]
    layers = [
        (name, [name])
        for name, module in net.named_modules()
        if name and next(module.parameters(recurse=False), None) is not None
    ]
    return layers or [(type(net).__name__, [""])]


def head_of(net: nn.Module) -> nn.Module:
    """Give the layer that makes the scores.

    Parameters
    ----------
    net
        The network.

    Returns
    -------
    torch.nn.Module

    Examples
    --------
    >>> head_of(nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 5))).out_features
    5
    """
    named = getattr(net, "head", None)
    if isinstance(named, str):
        return net.get_submodule(named)
    return net.get_submodule(blocks_of(net)[-1][1][-1])


def parts_of(net: nn.Module, train: str | int) -> Parts:
    """Say which parameters are trained; the others are switched off.

    Parameters
    ----------
    net
        The network; ``requires_grad`` of its parameters is set.
    train
        "all", "last", "frozen", or how many of the last blocks.

    Returns
    -------
    Parts

    Raises
    ------
    InputError
        If the network has fewer blocks.

    Examples
    --------
    >>> parts = parts_of(nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2)), "all")
    >>> len(parts.head), len(parts.below), parts.still
    (2, 2, [])
    """
    blocks = blocks_of(net)
    count = len(blocks) if train == "all" else train if isinstance(train, int) else 1
    if count > len(blocks):
        raise InputError(
            f"train={train}: the network has {len(blocks)} blocks: "
            f"{', '.join(name for name, _ in blocks)}. Expected at most that many."
        )
    head = _parameters(net, blocks[-1:])
    chosen = {id(p) for p in _parameters(net, blocks[len(blocks) - count :])}
    heads = {id(p) for p in head}
    if train == "all":
        chosen = {id(p) for p in net.parameters()}
    for parameter in net.parameters():
        parameter.requires_grad_(id(parameter) in chosen)
    below = [p for p in net.parameters() if id(p) in chosen - heads]
    moving = [
        net.get_submodule(name) for _, names in blocks[len(blocks) - count :] for name in names
    ]
    return Parts(head, below, [] if train == "all" else _still(net, moving))


def _parameters(net: nn.Module, blocks: list[tuple[str, list[str]]]) -> list[nn.Parameter]:
    parameters: dict[int, nn.Parameter] = {}
    for _, names in blocks:
        for name in names:
            parameters |= {id(p): p for p in net.get_submodule(name).parameters()}
    return list(parameters.values())


def _still(net: nn.Module, moving: list[nn.Module]) -> list[nn.Module]:
    """Find the normalizing layers that are not trained: their averages stay as they are, too."""
    trained = {id(module) for block in moving for module in block.modules()}
    kinds = torch.nn.modules.batchnorm._BatchNorm
    return [m for m in net.modules() if isinstance(m, kinds) and id(m) not in trained]
