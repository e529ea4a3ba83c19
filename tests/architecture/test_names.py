"""`__all__` is exactly what a module makes public; few positional parameters; short pieces."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from typing import Any


def assigned(node: ast.stmt) -> set[str]:
    """Names that a statement binds by assignment."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def public(tree: ast.Module) -> set[str]:
    """Names a module defines at its top and does not hide."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        found |= assigned(node)
    return {name for name in found if not name.startswith("_")}


def aliases(tree: ast.Module) -> set[str]:
    """Type aliases: a module may keep them to itself."""
    names = {name for node in tree.body for name in assigned(node)}
    return {name for name in names if name[0].isupper() and not name.isupper()}


def brought_in(tree: ast.Module, package: str) -> set[str]:
    """Names a package takes from its own modules at its top."""
    return {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package)
        for alias in node.names
        if not alias.name.startswith("_")
    }


def order(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions, as the linter sorts them."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1 if name[0].isupper() else 2), name


def functions(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, ast.FunctionDef, bool]]:
    """Public functions and the methods of public classes: dotted name, node, is a method."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from functions(node, f"{inside}{node.name}.")
        elif isinstance(node, ast.FunctionDef) and (
            not node.name.startswith("_") or node.name in {"__init__", "__call__"}
        ):
            yield f"{inside}{node.name}", node, bool(inside)


def positional(node: ast.FunctionDef, *, method: bool) -> int:
    static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
    return len(node.args.posonlyargs + node.args.args) - (method and not static)


def test_all_is_exact_and_sorted(module: Any) -> None:
    assert module.exported is not None, "no __all__"
    if module.name != "iconometrics":
        expected = public(module.tree)
        if module.is_package:
            expected |= brought_in(module.tree, module.name)
        kept = aliases(module.tree) - set(module.exported)
        assert set(module.exported) == expected - kept
    assert module.exported == sorted(set(module.exported), key=order)


def test_completion_shows_the_public_names_only(module: Any) -> None:
    if module.is_package and module.exported:
        assert sorted(dir(importlib.import_module(module.name))) == sorted(
            {*module.exported} | ({"__version__"} if module.name == "iconometrics" else set())
        )


def test_at_most_three_positional_parameters(module: Any) -> None:
    counts = {n: positional(f, method=m) for n, f, m in functions(module.tree)}
    assert {name: count for name, count in counts.items() if count > 3} == {}


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring, which may be as long as its users need."""
    total = (node.end_lineno or 0) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return total
    return total - ((node.body[0].end_lineno or 0) - node.body[0].lineno + 1)


def test_functions_are_short(module: Any) -> None:
    lengths = {
        node.name: code_lines(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > 60} == {}


def test_the_rules_see_what_they_should() -> None:
    tree = ast.parse(
        "from iconometrics.images.read import open, _draft\n"
        "import numpy\n"
        "A: int = 1\n"
        "_B = 2\n"
        "Pair: TypeAlias = tuple[int, int]\n"
        "def f(a, b, c, d): ...\n"
        "class K:\n"
        "    def g(self, a, b, c): ...\n"
        "    @staticmethod\n"
        "    def h(a, b, c, d): ...\n"
    )
    assert public(tree) == {"A", "Pair", "f", "K"}
    assert aliases(tree) == {"Pair"}
    assert brought_in(tree, "iconometrics.images") == {"open"}
    assert [positional(f, method=m) for _, f, m in functions(tree)] == [4, 3, 4]
