"""`--help` teaches: it ends with an example, and the example runs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from iconometrics.cli import app


def verbs(group: Any, before: str = "") -> list[str]:
    """All verbs, those of a group with the group's name before them."""
    return [
        name
        for own, command in group.commands.items()
        for name in (
            verbs(command, f"{own} ") if hasattr(command, "commands") else [f"{before}{own}"]
        )
    ]


VERBS = verbs(typer.main.get_command(app))


def example(ico: Callable[..., Any], verb: str) -> list[str]:
    """The words of the example that a verb's help ends with."""
    last = ico(*verb.split(), "--help").out.rstrip().splitlines()[-1].strip()
    assert last.startswith(f"Example: ico {verb}"), last
    return shlex.split(last.removeprefix("Example: ico "))


def test_the_verbs() -> None:
    stages = ["explore", "new", "check", "features", "themes", "embed", "map", "neighbors"]
    stages += ["show-network"]
    stages += ["plan", "budget", "sample", "train", "measure", "validate", "compare", "agreement"]
    stages += ["estimate", "specifications", "report", "export", "demo", "doctor"]
    stages += ["codes book", "codes import", "codes export"]
    assert stages == VERBS


def test_examples_run_one_after_the_other(desk: Path, ico: Callable[..., Any]) -> None:
    for verb in VERBS:
        if verb == "agreement":
            assert ico("codes", "import", "study", "codes.csv", "--coder", "ben").status == 0
        if verb != "demo":
            done = ico(*example(ico, verb))
            assert done.status == 0, f"ico {verb}: {done.err}"
            assert done.last_line


@pytest.mark.slow
def test_the_demo_runs(desk: Path, ico: Callable[..., Any]) -> None:
    done = ico(*example(ico, "demo"))
    assert done.status == 0, done.err
    told = done.out.rstrip().splitlines()
    page = re.search(r"Report: (\S+)\.", told[-1])
    assert len(told) == 6 and page is not None
    assert (desk / page.group(1)).stat().st_size > 100_000


@pytest.mark.parametrize("verb", VERBS)
def test_help_is_short_and_says_every_option(ico: Callable[..., Any], verb: str) -> None:
    told = ico(*verb.split(), "--help").out
    assert len(told.splitlines()) < 45
    assert max(map(len, told.splitlines())) <= 80
    for option in re.findall(r"^  (--[\w-]+)[^\n]*", told, flags=re.MULTILINE):
        line = re.search(rf"^  {option}\b[ A-Z]*(.*)$", told, flags=re.MULTILINE)
        assert line is not None and line.group(1), f"{option} is not explained"


def test_start_lists_the_verbs(ico: Callable[..., Any]) -> None:
    told = ico("--help").out
    assert all(re.search(rf"^  {verb.split()[0]} ", told, flags=re.MULTILINE) for verb in VERBS)
