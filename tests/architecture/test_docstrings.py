"""Every public name is explained in full, and types stand in signatures only."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

_HEADING = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)


def sections(docstring: str) -> dict[str, str]:
    """The numpydoc sections of a docstring; the text before the first is ''."""
    parts = _HEADING.split(docstring)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def entries(section: str) -> list[str]:
    """The names a Parameters section explains."""
    lines = [line for line in section.splitlines() if line and not line.startswith(" ")]
    return [name.strip() for line in lines for name in line.split(",")]


def parameters(node: ast.FunctionDef, *, method: bool) -> list[str]:
    args = node.args
    names = [a.arg for a in args.posonlyargs + args.args]
    static = "staticmethod" in {d.id for d in node.decorator_list if isinstance(d, ast.Name)}
    if method and not static:
        names = names[1:]
    names += [f"*{args.vararg.arg}"] if args.vararg else []
    names += [a.arg for a in args.kwonlyargs]
    return names + ([f"**{args.kwarg.arg}"] if args.kwarg else [])


def decorators(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    return {ast.unparse(d).split("(")[0].split(".")[-1] for d in node.decorator_list}


def returns_something(node: ast.FunctionDef) -> bool:
    silent = {"None", "NoReturn", "Never"}
    return node.returns is not None and ast.unparse(node.returns) not in silent


def gaps(
    node: ast.FunctionDef | ast.ClassDef, names: list[str], *, full: bool, example: bool
) -> list[str]:
    """What a docstring lacks."""
    text = ast.get_docstring(node)
    if text is None:
        return ["no docstring"] if full else []
    found = sections(text)
    missing = [] if text.split("\n")[0].endswith(".") else ["the first line is no sentence"]
    told = entries(found.get("Parameters", "") + found.get("Attributes", ""))
    missing += [f"type in the docstring: {name}" for name in told if " : " in name]
    if full or "Parameters" in found:
        missing += [f"parameter {name} not explained" for name in names if name not in told]
    returns = isinstance(node, ast.FunctionDef) and returns_something(node)
    if full and returns and not {"Returns", "Yields"} & found.keys():
        missing.append("no Returns")
    if example and ">>>" not in found.get("Examples", ""):
        missing.append("no example that runs")
    return missing


def fields(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[str]:
    """What a class is made with: the fields of a dataclass or tuple, or __init__'s parameters."""
    tuples = "NamedTuple" in {ast.unparse(base) for base in node.bases}
    if tuples or "dataclass" in decorators(node):
        lines = [n for n in node.body if isinstance(n, ast.AnnAssign)]
        names = [n.target.id for n in lines if isinstance(n.target, ast.Name)]
        own = [name for name in names if not name.startswith("_")]
        bases = [classes.get(ast.unparse(base)) for base in node.bases]
        made = [base for base in bases if base is not None and "dataclass" in decorators(base)]
        return [*own, *(name for base in made for name in fields(base, classes))]
    for child in node.body:
        if isinstance(child, ast.FunctionDef) and child.name == "__init__":
            return parameters(child, method=True)
    return []


def inherited(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> set[str]:
    """Names of the methods that its bases explain, which it need not explain again."""
    bases = [classes.get(ast.unparse(base).split("[")[0].split(".")[-1]) for base in node.bases]
    known = [base for base in bases if base is not None and base is not node]
    own = {
        child.name
        for base in known
        for child in base.body
        if isinstance(child, ast.FunctionDef) and ast.get_docstring(child)
    }
    return own.union(*(inherited(base, classes) for base in known))


def class_gaps(node: ast.ClassDef, *, full: bool, classes: dict[str, ast.ClassDef]) -> list[str]:
    bases = {ast.unparse(base).split("[")[0] for base in node.bases}
    full = full and "Protocol" not in bases
    example = full and not any(base.endswith(("Error", "Warning", "Exception")) for base in bases)
    names = fields(node, classes)
    found = [f"{node.name}: {gap}" for gap in gaps(node, names, full=full, example=example)]
    for child in node.body:
        if isinstance(child, ast.FunctionDef) and not child.name.startswith("_"):
            is_value = decorators(child) & {"property", "cached_property", "setter"}
            names = [] if is_value else parameters(child, method=True)
            explained = child.name in inherited(node, classes) and not ast.get_docstring(child)
            own = full and not is_value and not explained
            lacks = gaps(child, names, full=own, example=False)
            found += [f"{node.name}.{child.name}: {gap}" for gap in lacks]
    return found


@pytest.fixture(scope="session")
def exported(modules: list[Any]) -> set[tuple[str, str]]:
    """Module and name of everything that a package hands to its users."""
    return {
        (node.module, alias.name)
        for module in modules
        if module.is_package
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


@pytest.fixture(scope="session")
def classes(modules: list[Any]) -> dict[str, ast.ClassDef]:
    nodes = (node for module in modules for node in module.tree.body)
    return {node.name: node for node in nodes if isinstance(node, ast.ClassDef)}


def test_docstrings_are_complete(
    module: Any, exported: set[tuple[str, str]], classes: dict[str, ast.ClassDef]
) -> None:
    """In full where a package exports the name, inside at will; a base explains its overrides."""
    assert ast.get_docstring(module.tree), "no docstring"
    missing: list[str] = []
    for node in module.tree.body:
        full = (module.name, getattr(node, "name", "")) in exported
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            missing += class_gaps(node, full=full, classes=classes)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            lacks = gaps(node, parameters(node, method=False), full=full, example=full)
            missing += [f"{node.name}: {gap}" for gap in lacks]
    assert missing == []


def test_gaps_are_seen() -> None:
    tree = ast.parse('''
def f(a, *, b=1, **c) -> int:
    """Do it

    Parameters
    ----------
    a : int
        A number.
    """
''')
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    lacks = gaps(function, parameters(function, method=False), full=True, example=True)
    assert lacks == [
        "the first line is no sentence",
        "type in the docstring: a : int",
        "parameter a not explained",
        "parameter b not explained",
        "parameter **c not explained",
        "no Returns",
        "no example that runs",
    ]
