"""A module imports only from layers below its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LAYERS = (
    ("errors", "options", "wording", "syntax", "progress", "engine"),
    ("images", "stats", "figures"),
    ("corpus",),
    ("features", "networks", "coding"),
    ("themes", "coders"),
    ("validity",),
    ("inference",),
    ("study", "report"),
    ("pipeline", "lessons", "app"),
    ("cli",),
)
LAYER = {room: number for number, rooms in enumerate(LAYERS) for room in rooms}


def room(name: str) -> str:
    """`images` for `iconometrics.images.read`; empty for the root."""
    return [*name.split("."), ""][1]


def imports(tree: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    """Every name that is imported anywhere, in functions and under TYPE_CHECKING too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".") + ([""] if is_package else [])
                base = ".".join([*parts[: -node.level], *filter(None, [node.module])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def violations(module: str, tree: ast.AST, *, is_package: bool = False) -> list[str]:
    own = room(module)
    found = []
    for name in imports(tree, module, is_package):
        other = room(name)
        if not name.startswith("iconometrics") or other in {own, "__version__"}:
            continue
        if other not in LAYER:
            found.append(f"{name}: no layer is known for {other!r}")
        elif LAYER[other] >= LAYER[own] and not LAYER[other] == LAYER[own] == 0:
            found.append(f"{name}: layer {LAYER[other]} from layer {LAYER[own]}")
        elif any(part.startswith("_") for part in name.split(".")):
            found.append(f"{name}: a private name of another room")
    return found


def test_every_room_has_a_layer(module: Any) -> None:
    assert room(module.name) in {"", *LAYER}, "add the room to LAYERS and to CONTRIBUTING.md"


def test_imports_go_down(module: Any) -> None:
    if room(module.name):
        assert violations(module.name, module.tree, is_package=module.is_package) == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("images.read", "from iconometrics import corpus"),
        ("images.read", "def f():\n    import iconometrics.corpus.table"),
        ("images.read", "from ..corpus import Corpus"),
        ("images.read", "if TYPE_CHECKING:\n    from iconometrics.stats import wilson"),
        ("errors", "from iconometrics.images import open"),
        ("report.page", "from iconometrics.study import Study"),
        ("corpus.check", "from iconometrics.images.read import _draft"),
        ("corpus.check", "from iconometrics import Study"),
    ],
)
def test_upward_imports_are_seen(source: str, line: str) -> None:
    assert len(violations(f"iconometrics.{source}", ast.parse(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from iconometrics.images import open",
        "from iconometrics.corpus.table import read_table",
        "from .table import _sniff",
        "from iconometrics import __version__, images",
        "import numpy",
    ],
)
def test_downward_imports_pass(line: str) -> None:
    assert violations("iconometrics.corpus.check", ast.parse(line)) == []


def test_contributing_has_the_same_layers(repository: Path) -> None:
    text = (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (.+?) \|", text, flags=re.MULTILINE)
    told = [tuple(re.findall(r"`(\w+)(?:\.py|/)`", rooms)) for _, rooms in rows]
    assert [number for number, _ in rows] == [str(n) for n in range(len(LAYERS))]
    assert told == list(LAYERS)


def test_contributing_names_every_folder(repository: Path) -> None:
    text = (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")
    source = repository / "src/iconometrics"
    folders = {
        path.parent.relative_to(source).as_posix() for path in source.glob("*/*/__init__.py")
    }
    assert set(re.findall(r"`([a-z_]+/[a-z_]+)/`", text)) == folders
