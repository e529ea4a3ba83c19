"""Every verb, option and public name has its place in the pages."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from iconometrics.cli import app


def sections(text: str) -> dict[str, str]:
    parts = re.split(r"^## `ico ([\w-]+(?: \w+)?)`$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_verb_and_option_is_documented(repository: Path) -> None:
    text = (repository / "docs/reference/cli.md").read_text(encoding="utf-8")
    told = sections(text)
    commands = {
        f"{name} {own}".strip(): command
        for name, verb in typer.main.get_command(app).commands.items()
        for own, command in getattr(verb, "commands", {"": verb}).items()
    }
    assert list(told) == list(commands)
    for verb, command in commands.items():
        options = {name for option in command.params for name in option.opts if "--" in name}
        missing = {name for name in options if f"`{name}" not in told[verb]} - {"--json"}
        assert missing == set(), verb


def test_every_package_is_in_the_reference(repository: Path) -> None:
    import iconometrics

    shown = shown_paths(repository)
    rooms = {path.parent.name for path in (repository / "src/iconometrics").glob("*/__init__.py")}
    assert {f"iconometrics.{room}" for room in rooms - {"cli", "lessons"}} <= shown
    for name in iconometrics.__all__:
        value = getattr(iconometrics, name)
        home = getattr(value, "__module__", None) or value.__name__
        assert any(home == s or home.startswith(f"{s}.") for s in shown), name


def shown_paths(repository: Path) -> set[str]:
    pages = (repository / "docs/reference").glob("*.md")
    return {path for page in pages for path in re.findall(r"^::: (\S+)$", page.read_text(), re.M)}


def value_at(path: str) -> Any:
    """What a dotted path names, whether a module or something in one."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        module, _, name = path.rpartition(".")
        return getattr(value_at(module), name)


def home_of(package: str, name: str) -> tuple[str, bool]:
    """The path where a package's name is defined; whether a file of that name hides it."""
    hidden = False
    while (path := Path(str(importlib.import_module(package).__file__))).name == "__init__.py":
        hidden |= (path.parent / f"{name}.py").exists() or (path.parent / name).is_dir()
        sources = {
            alias.name: str(node.module)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        if name not in sources:
            break
        package = sources[name]
    return f"{package}.{name}", hidden


def test_every_reference_leads_somewhere(repository: Path, pages: list[Any]) -> None:
    links = {
        path for page in pages for path in re.findall(r"\]\[(iconometrics[\w.]*)\]", page.text)
    }
    for path in shown_paths(repository) | links:
        assert value_at(path) is not None, path


def test_names_that_files_hide_are_shown_by_their_own_path(repository: Path) -> None:
    """mkdocstrings takes `coding.draw` for the file, so the function needs a line of its own."""
    shown = shown_paths(repository)
    hidden = set()
    for package in (value_at(path) for path in shown):
        if isinstance(package, ModuleType) and hasattr(package, "__path__"):
            names = [n for n in package.__all__ if not isinstance(getattr(package, n), ModuleType)]
            homes = [home_of(package.__name__, name) for name in names]
            hidden |= {path for path, is_hidden in homes if is_hidden}
    assert {path for path in shown if re.search(r"\.(\w+)\.\1$", path)} == hidden


def test_every_page_is_in_the_navigation(repository: Path, pages: list[Any]) -> None:
    navigation = (repository / "mkdocs.yml").read_text(encoding="utf-8")
    for page in pages:
        if page.name.startswith("docs/"):
            assert page.name.removeprefix("docs/") in navigation, page.name


def test_nothing_comes_from_other_hosts(repository: Path) -> None:
    settings = (repository / "mkdocs.yml").read_text(encoding="utf-8")
    assert re.search(r"^  font: false$", settings, flags=re.MULTILINE)
    assert not re.search(r"extra_(css|javascript):.*http", settings, flags=re.DOTALL)


def test_citation_has_the_version(repository: Path) -> None:
    import iconometrics

    text = (repository / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {iconometrics.__version__}\n" in text


@pytest.mark.slow
def test_the_site_is_whole(repository: Path, tmp_path: Path) -> None:
    """Built without a warning, with every public name, and with nothing from other hosts."""
    pytest.importorskip("mkdocs", reason="the extra docs is not installed")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(build, cwd=repository, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    pages = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")}
    text = "".join(pages.values())
    for path in (repository / "src/iconometrics").glob("*/__init__.py"):
        package = f"iconometrics.{path.parent.name}"
        if package not in {"iconometrics.cli", "iconometrics.lessons"}:
            for name in importlib.import_module(package).__all__:
                # A name that is also its module's is shown under the module's full name.
                shown = rf'id="{package}(\.\w+)*\.{name}"'
                assert re.search(shown, text), f"{package}.{name}"
    loaded = re.findall(r"<(?:script|img|link|iframe)[^>]+(?:src|href)=\"(https?://[^\"]+)", text)
    assert loaded == []
