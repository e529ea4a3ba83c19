"""Small networks in the ONNX format, made here: their weights are known, so is what comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

Shape = tuple[int | str, ...]


def _convolution(
    shape: Shape = (1, 3, 8, 8), *, half: bool = False, classes: int = 5
) -> onnx.ModelProto:
    """Conv 3x3 (4 maps, named "maps"), ReLU ("shown"), Conv 1x1, global average, softmax."""
    kind = TensorProto.FLOAT16 if half else TensorProto.FLOAT
    number = np.float16 if half else np.float32
    draw = np.random.default_rng(1)
    weights = {
        "w1": draw.normal(size=(4, shape[1], 3, 3)).astype(number) / 8,
        "w2": draw.normal(size=(classes, 4, 1, 1)).astype(number) / 8,
    }
    nodes = [
        helper.make_node("Conv", ["pixels", "w1"], ["maps"], name="first"),
        helper.make_node("Relu", ["maps"], ["shown"]),
        helper.make_node("Conv", ["shown", "w2"], ["scores"]),
        helper.make_node("GlobalAveragePool", ["scores"], ["means"]),
        helper.make_node("Softmax", ["means"], ["classes"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("pixels", kind, shape)],
        [helper.make_tensor_value_info("classes", kind, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return _model(graph)


def _by_hand(planes: np.ndarray) -> np.ndarray:
    """The maps of `_convolution` before the ReLU, one product and sum at a time."""
    weights = np.random.default_rng(1).normal(size=(4, planes.shape[0], 3, 3)) / 8
    high, wide = planes.shape[1] - 2, planes.shape[2] - 2
    maps = np.zeros((4, high, wide))
    for kernel in range(4):
        for row in range(high):
            for column in range(wide):
                patch = planes[:, row : row + 3, column : column + 3]
                maps[kernel, row, column] = (patch * weights[kernel]).sum()
    return maps


def _dense(*, residual: bool) -> onnx.ModelProto:
    """Flatten, MatMul, and either a classifier (MatMul, Add, Softmax) or a residual sum."""
    draw = np.random.default_rng(2)
    weights = {
        "w1": draw.normal(size=(48, 6)).astype(np.float32),
        "w2": draw.normal(size=(6, 6)).astype(np.float32),
        "b": np.ones(6, np.float32),
    }
    nodes = [
        helper.make_node("Flatten", ["pixels"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w1"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "w2"], ["scores"]),
        helper.make_node("Add", ["scores", "hidden" if residual else "b"], ["sum"]),
    ]
    if not residual:
        nodes.append(helper.make_node("Softmax", ["sum"], ["classes"]))
    out = nodes[-1].output[0]
    graph = helper.make_graph(
        nodes,
        "dense",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, (1, 3, 4, 4))],
        [helper.make_tensor_value_info(out, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return _model(graph)


def _model(graph: Any) -> onnx.ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


@pytest.fixture(scope="session")
def convolution() -> Callable[..., onnx.ModelProto]:
    return _convolution


@pytest.fixture(scope="session")
def dense() -> Callable[..., onnx.ModelProto]:
    return _dense


@pytest.fixture(scope="session")
def by_hand() -> Callable[[np.ndarray], np.ndarray]:
    return _by_hand


@pytest.fixture(scope="session")
def write(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Write a network to a file."""

    def written(model: onnx.ModelProto, name: str = "small_net.onnx") -> Path:
        path = tmp_path_factory.mktemp("networks") / name
        onnx.save(model, str(path))
        return path

    return written


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Twenty noisy pictures of several shapes."""
    draw = np.random.default_rng(3)
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(20):
        shape = (int(draw.integers(8, 30)), int(draw.integers(8, 30)), 3)
        Image.fromarray(draw.integers(0, 256, shape, np.uint8)).save(folder / f"{number:02}.png")
    return folder
