"""What the pages and the README show runs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from iconometrics.cli import app

_NOT_RUN = "# not run"
# Readers see what a page warns of; tests of the warnings are elsewhere.
_quietly = pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")


@_quietly
def test_python_runs(
    page: Any, tmp_path: Path, make_desk: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Python blocks of a page, in order, in one namespace.

    The README speaks of a folder of one's own, so it gets one; pages begin with nothing.
    """
    if page.name == "README.md":
        make_desk(tmp_path / "desk", side=50, coded=1)
    monkeypatch.chdir(next(tmp_path.iterdir(), tmp_path))
    namespace: dict[str, Any] = {"__name__": "page"}
    for number, block in enumerate(page.blocks("python"), 1):
        code = compile(block, f"{page.name}, block {number}", "exec")
        if not block.startswith(_NOT_RUN):
            exec(code, namespace)


@_quietly
def test_the_tutorial_says_what_comes_out(
    pages: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = next(page for page in pages if page.name == "docs/tutorials/first-study.md")
    namespace: dict[str, Any] = {}
    for block in page.blocks("python"):
        exec(block, namespace)
    right = namespace["accuracy"].accuracy
    assert [round(100 * value) for value in right] == [74, 59, 84]
    rows = [namespace[name].table().set_index("term") for name in ("naive", "by_hand")]
    naive, by_hand = (row.loc["flower", ["estimate", "low", "high"]] for row in rows)
    assert naive.round().tolist() == [22, 18, 26]
    assert by_hand.round().tolist() == [28, 25, 31]


def commands(text: str) -> list[list[str]]:
    """Every `ico` command that stands in a console block or between backticks."""
    found = re.findall(r"^\s*\$ (ico .+?)(?:\s+#.*)?$|`(ico .+?)`", text, flags=re.MULTILINE)
    return [shlex.split(shown or named) for shown, named in found]


def test_commands_exist(page: Any) -> None:
    """Verbs and options that a page names are those that there are."""
    group = typer.main.get_command(app)
    for _, verb, *rest in commands(page.text):
        if verb.startswith("-") or verb == "VERB":
            continue
        assert verb in group.commands, f"{page.name}: ico {verb}"
        command = group.commands[verb]
        if rest:
            command = getattr(command, "commands", {}).get(rest[0], command)
        known = {name for option in command.params for name in option.opts}
        unknown = {word for word in rest if word.startswith("--")} - known - {"--help"}
        assert unknown == set(), f"{page.name}: ico {verb}"


def test_commands_are_found() -> None:
    text = "```console\n$ ico check study --json   # says why\n```\nThen `ico themes --k 3`."
    assert commands(text) == [["ico", "check", "study", "--json"], ["ico", "themes", "--k", "3"]]
