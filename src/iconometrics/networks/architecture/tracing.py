"""A picture without numbers on its way through a network, and what each module gives it."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from iconometrics.networks.fields import Field, FieldMode, field_of, mark
from iconometrics.networks.inside.layers import quiet

__all__ = ["Note", "followed", "is_layer", "multiplications"]


class Note(NamedTuple):
    """What a module was given, and what it gave."""

    name: str
    module: nn.Module
    given: Tensor
    output: Tensor
    seen: tuple[int, int]


def followed(net: nn.Module, shape: tuple[int, int, int]) -> list[Note]:
    """Send a picture without numbers through a network; each module notes what it gives."""
    notes: list[Note] = []

    def noted(name: str) -> Any:
        def hook(module: nn.Module, inputs: Any, output: Any) -> None:
            output = output[0] if isinstance(output, tuple) else output
            field = field_of(output) or Field()
            seen = (math.ceil(field.seen[0]), math.ceil(field.seen[1]))
            notes.append(Note(name, module, inputs[0], output, seen))

        return hook

    handles = [m.register_forward_hook(noted(name)) for name, m in net.named_modules()]
    blank = {
        name: torch.empty_like(value, device="meta")
        for name, value in (*net.named_parameters(), *net.named_buffers())
    }
    try:
        picture = mark(torch.empty(1, *shape, device="meta"))
        with quiet(net), torch.no_grad(), FieldMode():
            functional_call(net, blank, (picture,))
    finally:
        for handle in handles:
            handle.remove()
    return notes


def is_layer(module: nn.Module) -> bool:
    """Tell whether a module computes by itself, rather than through others inside it."""
    if isinstance(module, nn.MultiheadAttention):
        return True
    inside = not any(True for _ in module.children())
    # The output projection of attention is never called by itself.
    return inside and type(module).__name__ != "NonDynamicallyQuantizableLinear"


def multiplications(module: nn.Module, given: Tensor, output: Tensor) -> int:
    """Count a layer's multiplications from its input and output for one image."""
    if isinstance(module, nn.Conv1d | nn.Conv2d):
        return output.numel() * module.weight[0].numel()
    if isinstance(module, nn.ConvTranspose2d):
        return given.numel() * module.weight[0].numel()
    if isinstance(module, nn.Linear):
        return output.numel() * module.in_features
    if isinstance(module, nn.MultiheadAttention):
        tokens, width = given.shape[1], module.embed_dim
        return int(4 * tokens * width**2 + 2 * tokens**2 * width)
    return 0
