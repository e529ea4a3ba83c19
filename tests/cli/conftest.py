"""Commands as a user types them, in a folder as a user has one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from typer.testing import CliRunner

from iconometrics.cli import app


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.out)
        return told

    @property
    def last_line(self) -> str:
        return self.out.rstrip("\n").split("\n")[-1]


@pytest.fixture(scope="session")
def ico() -> Callable[..., Ran]:
    """Run a command in this process."""

    def run(*words: object) -> Ran:
        done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return Ran(done.exit_code, done.stdout, done.stderr)

    return run


def _write_network(path: Path) -> None:
    """Four kernels, a ReLU and nothing else, by the name of a network that people have."""
    weights = np.random.default_rng(1).exponential(size=(4, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["pixels", "kernels"], ["maps"]),
        helper.make_node("Relu", ["maps"], ["shown"]),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, (1, 3, 16, 16))],
        [helper.make_tensor_value_info("shown", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weights, "kernels")],
    )
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))


@pytest.fixture
def desk(make_desk: Callable[..., Path], tmp_path: Path, monkeypatch: Any) -> Path:
    """A fresh desk, and the current folder."""
    monkeypatch.chdir(make_desk(tmp_path / "desk"))
    _write_network(tmp_path / "desk/squeezenet.onnx")
    return tmp_path / "desk"
