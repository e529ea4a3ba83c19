"""Commands as a user types them, in a folder as a user has one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
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


@pytest.fixture
def desk(make_desk: Callable[..., Path], tmp_path: Path, monkeypatch: Any) -> Path:
    """A fresh desk, and the current folder."""
    monkeypatch.chdir(make_desk(tmp_path / "desk"))
    return tmp_path / "desk"
