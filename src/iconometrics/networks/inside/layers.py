"""A network that is looked into: its layers by name, and what they give out for pictures."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from iconometrics.errors import InputError
from iconometrics.networks.devices import import_torch

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = [
    "as_maps",
    "layer_of",
    "listening",
    "module_of",
    "named",
    "quiet",
    "scores_of",
    "torch_module",
]


def torch_module() -> Any:
    """Import torch, or say how it is installed."""
    return import_torch("looking inside a network")


def module_of(network: Any) -> nn.Module:
    """Take the torch network out of the object that holds it."""
    from torch import nn

    module = network if isinstance(network, nn.Module) else getattr(network, "network", None)
    if isinstance(module, nn.Module):
        return module
    raise InputError(
        f"{type(network).__name__} holds no torch network: expected one that networks.create "
        "made, or a trained ImageClassifier."
    )


def named(net: nn.Module, layer: str) -> nn.Module:
    """Find a layer by its dotted name."""
    known: dict[str, nn.Module] = dict(net.named_modules())
    known.pop("", None)
    if layer in known:
        return known[layer]
    close = difflib.get_close_matches(str(layer), known, 3, 0) or list(known)[-3:]
    raise InputError(
        f"layer={layer!r}: the network has no layer of that name; expected one of its "
        f"{len(known)}, such as {', '.join(close)}. networks.describe(net) lists them."
    )


def layer_of(net: nn.Module, layer: str | None) -> str:
    """Name the layer that is looked at: the one wanted, or the last block of convolutions."""
    if layer is not None:
        named(net, layer)
        return layer
    stated = getattr(net, "target_layer", None)
    if isinstance(stated, str):
        return stated
    from torch import nn

    convolutions: list[str] = [
        name for name, module in net.named_modules() if isinstance(module, nn.Conv2d)
    ]
    if not convolutions or "target_layer" in vars(net):
        raise InputError(
            f"{getattr(net, 'architecture', type(net).__name__)} has no last block of "
            "convolutions to look at. Name a layer= whose output has a place for each part of "
            "the picture, or use occlusion or attention."
        )
    return convolutions[-1]


@contextmanager
def quiet(net: nn.Module) -> Iterator[Any]:
    """Set a network to predicting for a while: no dropout, fixed normalization."""
    torch = torch_module()
    training = {module: module.training for module in net.modules()}
    weight = next(net.parameters(), None)
    net.eval()
    try:
        yield torch.device("cpu") if weight is None else weight.device
    finally:
        for module, was in training.items():
            module.training = was


@contextmanager
def listening(net: nn.Module, layer: str, *, gradient: bool = False) -> Iterator[list[Tensor]]:
    """Keep what a layer gives out, each time the network is run."""
    heard: list[Tensor] = []

    def keep(_: nn.Module, __: Any, output: Any) -> Any:
        tensor = output[0] if isinstance(output, tuple) else output
        if not gradient:
            heard.append(tensor.detach().clone())
            return None
        kept = tensor if tensor.requires_grad else tensor.detach().requires_grad_()
        heard.append(kept)
        # A copy goes on, for the next layer may work in place.
        copy = kept.clone()
        return (copy, *output[1:]) if isinstance(output, tuple) else copy

    handle = named(net, layer).register_forward_hook(keep)
    try:
        yield heard
    finally:
        handle.remove()


def as_maps(output: Tensor, layer: str, shape: Sequence[int]) -> Tensor:
    """Bring what a layer gives out to (images, channels, height, width)."""
    if output.ndim == 4:
        return output
    if output.ndim == 3:
        (images, tokens, channels), (high, wide) = output.shape, shape
        for first in (0, 1):
            rows = round(((tokens - first) * high / wide) ** 0.5)
            columns = (tokens - first) // max(rows, 1)
            if rows * columns == tokens - first > 0 and rows * wide == columns * high:
                grid = output[:, first:].transpose(1, 2)
                return grid.reshape(images, channels, rows, columns)
    raise InputError(
        f"layer={layer!r} gives out {tuple(output.shape[1:])} numbers per image: expected maps "
        "(channels, height, width). Name a layer before the maps are flattened."
    )


def scores_of(outputs: Tensor, targets: Tensor) -> Tensor:
    """Take the score of one class for each image, before softmax."""
    if outputs.shape[1] == 1:
        return outputs[:, 0] * (2 * targets - 1)
    return outputs.gather(1, targets[:, None])[:, 0]
