"""The source as syntax trees, one a module."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

_SOURCE = Path(__file__).resolve().parents[2] / "src"


@dataclass(frozen=True)
class Module:
    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def exported(self) -> list[str] | None:
        for node in self.tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and _names(node) == ["__all__"]:
                return list(ast.literal_eval(node.value or ast.List([])))
        return None


def _names(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _module(path: Path) -> Module:
    parts = path.relative_to(_SOURCE).with_suffix("").parts
    text = path.read_text(encoding="utf-8")
    name = ".".join(part for part in parts if part != "__init__")
    return Module(name, path, text, ast.parse(text))


@cache
def _modules() -> list[Module]:
    return [_module(path) for path in sorted(_SOURCE.rglob("*.py"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, modules in (
        ("module", _modules()),
        ("explained", [module for module in _modules() if ">>>" in module.text]),
    ):
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, modules, ids=[module.name for module in modules])


@pytest.fixture(scope="session")
def modules() -> list[Module]:
    return _modules()
