"""A picture without numbers on its way through a network: what each module gives and sees."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.overrides import TorchFunctionMode

from iconometrics.networks.inside.layers import quiet

__all__ = ["Note", "followed", "is_layer", "multiplications"]

Pair = tuple[float, float]
_START: Pair = (1.0, 1.0)


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
            field = _field_of(output) or _Field()
            seen = (math.ceil(field.seen[0]), math.ceil(field.seen[1]))
            notes.append(Note(name, module, inputs[0], output, seen))

        return hook

    handles = [m.register_forward_hook(noted(name)) for name, m in net.named_modules()]
    blank = {
        name: torch.empty_like(value, device="meta")
        for name, value in (*net.named_parameters(), *net.named_buffers())
    }
    try:
        picture = _mark(torch.empty(1, *shape, device="meta"))
        with quiet(net), torch.no_grad(), _FieldMode():
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


def multiplications(module: nn.Module, inputs: Tensor, output: Tensor) -> int:
    """Count a layer's multiplications from its input and output for one image."""
    if isinstance(module, nn.Conv1d | nn.Conv2d):
        return output.numel() * module.weight[0].numel()
    if isinstance(module, nn.ConvTranspose2d):
        return inputs.numel() * module.weight[0].numel()
    if isinstance(module, nn.Linear):
        return output.numel() * module.in_features
    if isinstance(module, nn.MultiheadAttention):
        tokens, width = inputs.shape[1], module.embed_dim
        return int(4 * tokens * width**2 + 2 * tokens**2 * width)
    return 0


@dataclass(frozen=True)
class _Field:
    """What one number of a layer sees."""

    seen: Pair = _START
    jump: Pair = _START
    extent: tuple[int, int] = (1, 1)

    def through(self, kernel: Pair, stride: Pair) -> _Field:
        """Look through a filter or pooled patch."""
        seen = [s + (k - 1) * j for s, k, j in zip(self.seen, kernel, self.jump, strict=True)]
        jump = [j * s for j, s in zip(self.jump, stride, strict=True)]
        return replace(self, seen=(seen[0], seen[1]), jump=(jump[0], jump[1]))

    def over_all(self) -> _Field:
        """Look at all places of the maps at once."""
        return self.through((float(self.extent[0]), float(self.extent[1])), _START)


def _mark(tensor: Tensor) -> Tensor:
    """State that a tensor is the picture itself."""
    return _put(tensor, _Field(extent=(tensor.shape[-2], tensor.shape[-1])))


def _field_of(tensor: Tensor) -> _Field | None:
    """Tell what the numbers of a tensor see, if that was followed."""
    field: _Field | None = getattr(tensor, "_iconometrics_field", None)
    return field


class _FieldMode(TorchFunctionMode):
    """Follows receptive fields through every function of torch in a ``with`` block."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Compute, and note at the result what it sees."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        before = [field for t in _tensors(args, kwargs) if (field := _field_of(t)) is not None]
        outputs = [t for t in _tensors((result,), {}) if _field_of(t) is None]
        if not before or not outputs:
            return result
        merged = _merged(before)
        rule = _RULES.get(getattr(func, "__name__", ""))
        for output in outputs:
            seen = rule(merged, args, kwargs, output) if rule else merged
            if output.ndim == 4:
                seen = replace(seen, extent=(output.shape[2], output.shape[3]))
            _put(output, seen)
        return result


def _put(tensor: Tensor, field: _Field) -> Tensor:
    tensor._iconometrics_field = field  # type: ignore[attr-defined]
    return tensor


def _tensors(args: Any, kwargs: Mapping[str, Any]) -> Iterator[Tensor]:
    for value in chain(args, kwargs.values()):
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple):
            yield from _tensors(value, {})


def _merged(fields: list[_Field]) -> _Field:
    return _Field(
        (max(f.seen[0] for f in fields), max(f.seen[1] for f in fields)),
        (max(f.jump[0] for f in fields), max(f.jump[1] for f in fields)),
        fields[0].extent,
    )


def _pair(value: Any) -> Pair:
    if isinstance(value, int):
        return (value, value)
    return (1, value[0]) if len(value) == 1 else (value[0], value[1])


def _argument(args: Any, kwargs: Mapping[str, Any], place: int, name: str, usual: Any) -> Any:
    value = args[place] if len(args) > place else kwargs.get(name)
    return usual if value is None or value in ((), []) else value


def _convolved(field: _Field, args: Any, kwargs: Mapping[str, Any], output: Tensor) -> _Field:
    weight = _argument(args, kwargs, 1, "weight", None)
    dilation = _pair(_argument(args, kwargs, 5, "dilation", 1))
    high, wide = _pair(tuple(weight.shape[2:]))
    kernel = (dilation[0] * (high - 1) + 1, dilation[1] * (wide - 1) + 1)
    seen = field.through(kernel, _pair(_argument(args, kwargs, 3, "stride", 1)))
    return replace(seen, extent=(1, output.shape[2])) if weight.ndim == 3 else seen


def _enlarged(field: _Field, args: Any, kwargs: Mapping[str, Any], output: Tensor) -> _Field:
    high, wide = _pair(tuple(_argument(args, kwargs, 1, "weight", None).shape[2:]))
    stride = _pair(_argument(args, kwargs, 3, "stride", 1))
    reached = (math.ceil(high / stride[0]), math.ceil(wide / stride[1]))
    return field.through(reached, (1 / stride[0], 1 / stride[1]))


def _pooled(field: _Field, args: Any, kwargs: Mapping[str, Any], output: Tensor) -> _Field:
    kernel = _argument(args, kwargs, 1, "kernel_size", 1)
    return field.through(_pair(kernel), _pair(_argument(args, kwargs, 2, "stride", kernel)))


def _adapted(field: _Field, args: Any, kwargs: Mapping[str, Any], output: Tensor) -> _Field:
    """Pool to a size: patches may overlap, and the largest counts."""
    sides = list(zip(field.extent, output.shape[-2:], strict=True))
    high, wide = (
        max(math.ceil((i + 1) * before / after) - i * before // after for i in range(after))
        for before, after in sides
    )
    (high_in, high_out), (wide_in, wide_out) = sides
    return field.through((high, wide), (high_in / high_out, wide_in / wide_out))


def _flattened(field: _Field, args: Any, kwargs: Mapping[str, Any], output: Tensor) -> _Field:
    return field.over_all() if args[0].ndim == 4 and output.ndim == 2 else field


def _reduced(field: _Field, args: Any, kwargs: Mapping[str, Any], output: Tensor) -> _Field:
    return field.over_all() if output.ndim < args[0].ndim else field


def _attended(field: _Field, args: Any, kwargs: Mapping[str, Any], output: Tensor) -> _Field:
    high, wide = (
        max(s, e * j) for s, e, j in zip(field.seen, field.extent, field.jump, strict=True)
    )
    return replace(field, seen=(high, wide))


def _words(field: _Field, args: Any, kwargs: Mapping[str, Any], output: Tensor) -> _Field:
    return _Field(extent=(1, output.shape[1]))


_Rule = Callable[[_Field, Any, Mapping[str, Any], Tensor], _Field]
_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        **dict.fromkeys(("conv1d", "conv2d"), _convolved),
        "conv_transpose2d": _enlarged,
        **dict.fromkeys(("max_pool2d", "_max_pool2d", "avg_pool2d"), _pooled),
        **dict.fromkeys(("adaptive_avg_pool2d", "adaptive_max_pool2d"), _adapted),
        **dict.fromkeys(("flatten", "reshape", "view"), _flattened),
        **dict.fromkeys(("mean", "amax", "max", "sum"), _reduced),
        **dict.fromkeys(
            ("multi_head_attention_forward", "scaled_dot_product_attention"), _attended
        ),
        "embedding": _words,
    }
)
