"""Imports inside a room run one way: no circles, between files or between folders."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

import networkx as nx


def imported(tree: ast.AST, known: Iterable[str]) -> set[str]:
    """Modules of ours that a module imports anywhere, for types only too."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            paths = [f"{node.module}.{alias.name}" for alias in node.names]
            names |= {path if path in known else node.module for path in paths}
    return names & set(known)


def arrows(modules: list[Any]) -> nx.DiGraph:
    """From each file to those that it imports; packages' own files only gather names."""
    trees = {module.name: module.tree for module in modules if not module.is_package}
    graph = nx.DiGraph()
    graph.add_nodes_from(trees)
    for name, tree in trees.items():
        graph.add_edges_from((name, other) for other in imported(tree, trees) - {name})
    return graph


def folder(name: str) -> str:
    """`iconometrics.coders.network` for its files; empty for files that lie in the room itself."""
    parts = name.split(".")[:-1]
    return ".".join(parts) if len(parts) > 2 else ""


def circles(graph: nx.DiGraph) -> list[list[str]]:
    return [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]


def test_no_circle_between_files(modules: list[Any]) -> None:
    assert circles(arrows(modules)) == []


def test_no_circle_between_folders_of_a_room(modules: list[Any]) -> None:
    between = nx.DiGraph(
        (folder(name), folder(other))
        for name, other in arrows(modules).edges
        if folder(name) and folder(other) and folder(name) != folder(other)
    )
    assert circles(between) == []


def test_circles_are_seen() -> None:
    known = {"iconometrics.corpus.check": "from iconometrics.corpus.corpus import Corpus"}
    known["iconometrics.corpus.corpus"] = (
        "def check(self):\n    from iconometrics.corpus import check\n    return check.check(self)"
    )
    graph = nx.DiGraph(
        (name, other) for name, text in known.items() for other in imported(ast.parse(text), known)
    )
    assert circles(graph) == [sorted(known)]
