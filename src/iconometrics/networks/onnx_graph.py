"""An ONNX file as a graph: read with care, its layers listed, any of them made an output."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from iconometrics.errors import InputError, MissingPackageError

__all__ = [
    "Entry",
    "before_classes",
    "channels_last",
    "entry",
    "known_layer",
    "layers",
    "opened",
    "with_output",
]

_WEIGHTED = frozenset({"Conv", "Gemm", "MatMul"})
# What may stand between the weights of a classifier and what the network gives out.
_AFTER_CLASSES = frozenset(
    {
        "Add",
        "AveragePool",
        "Cast",
        "Dropout",
        "Flatten",
        "GlobalAveragePool",
        "Identity",
        "LogSoftmax",
        "ReduceMean",
        "Relu",
        "Reshape",
        "Sigmoid",
        "Softmax",
        "Squeeze",
        "Transpose",
        "Unsqueeze",
    }
)
_FLOATS = (1, 10)
# Layers that ONNX defines for maps with channels first, whatever the pictures look like.
_CHANNELS_FIRST = frozenset(
    {
        "AveragePool",
        "BatchNormalization",
        "Conv",
        "ConvTranspose",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "GroupNormalization",
        "InstanceNormalization",
        "LRN",
        "MaxPool",
    }
)
_TO_FIRST, _TO_LAST = [0, 3, 1, 2], [0, 2, 3, 1]
_PICKLES = (b"\x80", b"PK\x03\x04")


@dataclass(frozen=True)
class Entry:
    """Where pictures go into a network."""

    name: str
    channels: int
    size: tuple[int, int] | None
    last: bool
    half: bool


def opened(path: Path) -> Any:
    """Read an ONNX file."""
    try:
        import onnx
        import onnxruntime  # noqa: F401 (better missed now than when the pictures are read)
    except ImportError as error:
        raise MissingPackageError(
            "a network needs the packages onnx and onnxruntime, and one of them is not installed. "
            'Install both: pip install "iconometrics[onnx]".'
        ) from error
    if not path.is_file():
        raise InputError(
            f"{path}: no such file; expected a network as an ONNX file, such as squeezenet.onnx. "
            "Networks are not fetched here: download or export the file and name its path."
        )
    with path.open("rb") as file:
        head = file.read(256)
    try:
        model = onnx.load(str(path))
    except Exception as error:
        raise InputError(_unreadable(path, head)) from error
    if not model.graph.node or not model.graph.output:
        raise InputError(_unreadable(path, head))
    return model


def entry(model: Any, path: Path) -> Entry:
    """Find where pictures go in."""
    weights = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in weights]
    shapes = [_shape(value) for value in inputs]
    if len(inputs) == 1 and len(shapes[0]) == 4 and _kind(inputs[0]) in _FLOATS:
        _, *sides = shapes[0]
        for channels, last in ((sides[0], False), (sides[2], True)):
            if channels in {1, 3}:
                high, wide = sides[:2] if last else sides[1:]
                size = (high, wide) if high and wide else None
                half = _kind(inputs[0]) == 10
                return Entry(inputs[0].name, channels, size, last=last, half=half)
    stated = ", ".join(
        f"{value.name} {[side or '?' for side in shape]}"
        for value, shape in zip(inputs, shapes, strict=True)
    )
    raise InputError(
        f"{path} takes {stated or 'no input'}: expected one input of floating-point pictures, "
        "(images, 3, height, width). Export the part of the network that sees the picture."
    )


def layers(model: Any) -> pd.DataFrame:
    """List what each node of a network gives out."""
    from onnx import shape_inference

    inferred = shape_inference.infer_shapes(model).graph
    shapes = {v.name: _shape(v) for v in (*inferred.value_info, *inferred.output)}
    rows = [
        (name, node.op_type, tuple(shapes[name][1:]) if name in shapes else None)
        for node in model.graph.node
        for name in node.output[:1]
    ]
    return pd.DataFrame(rows, columns=["layer", "kind", "shape"])


def known_layer(model: Any, layer: str, path: Path) -> str:
    """Find a layer by the name of its output or of its node."""
    names: dict[str, str] = {node.name: node.output[0] for node in model.graph.node if node.name}
    names |= {output: output for node in model.graph.node for output in node.output}
    if layer not in names:
        close = difflib.get_close_matches(layer, names, 3, 0) or list(names)[-3:]
        raise InputError(
            f"layer={layer!r}: {path.name} has no layer of that name; expected one of its "
            f"{len(names)}, such as {', '.join(close)}. OnnxNetwork(...).layers() lists them."
        )
    return names[layer]


def before_classes(model: Any) -> str:
    """Find the layer whose numbers describe a picture: what the classifier at the end is fed."""
    weights = {tensor.name for tensor in model.graph.initializer}
    for node in model.graph.node:
        if weights.issuperset(node.input):
            weights.update(node.output)
    made_by = {output: node for node in model.graph.node for output in node.output}
    name: str = model.graph.output[0].name
    last = name
    while name in made_by:
        node = made_by[name]
        fed = [source for source in node.input if source and source not in weights]
        if node.op_type in _WEIGHTED and len(fed) == 1:
            return str(fed[0]) if fed[0] in made_by else last
        if node.op_type not in _AFTER_CLASSES or len(fed) != 1:
            break
        name = fed[0]
    return last


def channels_last(model: Any, layer: str, entry: Entry) -> bool:
    """Tell whether the maps of a layer have their channels as the last axis."""
    made_by = {output: node for node in model.graph.node for output in node.output}
    waiting, seen = deque([layer]), {layer}
    while waiting:
        node = made_by.get(waiting.popleft())
        if node is None:
            continue
        if node.op_type in _CHANNELS_FIRST:
            return False
        order = next(
            (list(option.ints) for option in node.attribute if option.name == "perm"), None
        )
        if node.op_type == "Transpose" and order in (_TO_FIRST, _TO_LAST):
            return order == _TO_LAST
        waiting.extend(source for source in node.input if source not in seen)
        seen.update(node.input)
    return entry.last


def with_output(model: Any, layer: str, *, free: bool) -> bytes:
    """Write a network that gives out one of its layers, and computes nothing beyond."""
    import onnx

    cut = onnx.ModelProto()
    cut.CopyFrom(model)
    del cut.graph.value_info[:]
    del cut.graph.output[:]
    cut.graph.output.append(onnx.helper.make_empty_tensor_value_info(layer))
    kept = list(_needed(cut, layer))
    del cut.graph.node[:]
    cut.graph.node.extend(kept)
    if free:
        _free(cut)
    written: bytes = cut.SerializeToString()
    return written


def _needed(model: Any, layer: str) -> Iterator[Any]:
    """Leave out what comes after a layer; nodes stand in the order of computation."""
    wanted = {layer}
    kept: list[Any] = []
    for node in reversed(model.graph.node):
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(node.input)
    return iter(kept[::-1])


def _free(model: Any) -> None:
    weights = {tensor.name for tensor in model.graph.initializer}
    for value in model.graph.input:
        if value.name not in weights:
            for axis, side in enumerate(value.type.tensor_type.shape.dim):
                if axis == 0 or side.dim_value not in {1, 3}:
                    side.dim_param = f"axis{axis}"


def _shape(value: Any) -> list[int]:
    return [int(side.dim_value) for side in value.type.tensor_type.shape.dim]


def _kind(value: Any) -> int:
    return int(value.type.tensor_type.elem_type)


def _unreadable(path: Path, head: bytes) -> str:
    size = path.stat().st_size
    if head.startswith(_PICKLES):
        return (
            f"{path}: a pickle, such as PyTorch writes; expected an ONNX file. Pickles can run "
            "any program and are never opened: export the network with torch.onnx.export."
        )
    if head.lstrip()[:1] in {b"<", b"{"} or head.startswith(b"version https"):
        return (
            f"{path}: text ({size:,} bytes), perhaps a web page or a pointer that was saved in "
            "the file's place; expected an ONNX file. Download the file itself."
        )
    return (
        f"{path}: not a complete ONNX file ({size:,} bytes). It may be truncated, "
        "or of another kind: download or export it again and compare its size."
    )
