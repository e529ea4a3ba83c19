"""Errors, statuses, notes and JSON: the same for every verb."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from iconometrics.cli import app
from iconometrics.cli.options import names, numbers
from iconometrics.cli.outcome import Outcome, near, show
from iconometrics.cli.verb import verb
from iconometrics.errors import IconometricsWarning, InputError


def test_an_error_is_one_sentence(desk: Path, ico: Callable[..., Any]) -> None:
    done = ico("new", "nowhere")
    assert (done.status, done.out) == (1, "")
    assert "nowhere" in done.err and "Traceback" not in done.err


def test_an_error_in_json(desk: Path, ico: Callable[..., Any]) -> None:
    done = ico("check", "photos", "--json")
    assert done.status == 1
    assert "is not a study" in done.json["error"]


def test_debugging_shows_the_traceback(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICO_DEBUG", "1")
    with pytest.raises(InputError):
        CliRunner().invoke(app, ["new", "nowhere"], catch_exceptions=False)


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["frobnicate"],
        ["new"],
        ["themes", "--k"],
        ["themes", "photos", "--seed", "-1"],
        ["check", "--frobnicate"],
    ],
)
def test_usage_errors_are_status_2(desk: Path, ico: Callable[..., Any], words: list[str]) -> None:
    done = ico(*words)
    assert (done.status, done.out) == (2, "")
    assert done.err


@pytest.mark.parametrize("text", ["x", "2:", ":3", "2:x", "-1", "2:3:4"])
def test_k_refuses_what_is_no_number(text: str, desk: Path, ico: Callable[..., Any]) -> None:
    ico("new", "photos", "--out", "study")
    assert ico("themes", "study", f"--k={text}").status == 2


def test_values_are_read() -> None:
    assert numbers("6") == 6
    assert list(numbers("2:4")) == [2, 3, 4]  # type: ignore[arg-type]
    assert names(" color,, hog ") == ["color", "hog"]


def run(function: Callable[[], Outcome]) -> tuple[int, str, str]:
    """Run a verb of our own."""
    import typer

    tiny = typer.Typer()
    tiny.command()(verb("try")(function))
    done = CliRunner().invoke(tiny, [])
    return done.exit_code, done.stdout, done.stderr


def test_an_interruption_says_how_to_go_on() -> None:
    def stop() -> Outcome:
        raise KeyboardInterrupt

    assert run(stop) == (1, "", "Stopped. Run the same command again to continue.\n")


def test_a_bug_is_told_as_one() -> None:
    def fail() -> Outcome:
        raise ZeroDivisionError("by zero")

    status, out, err = run(fail)
    assert (status, out) == (1, "")
    assert "ZeroDivisionError: by zero" in err and "ICO_DEBUG=1" in err


def test_a_full_disk_names_the_file() -> None:
    def fail() -> Outcome:
        raise OSError(28, "No space left on device", "a.parquet")

    assert run(fail)[2] == "a.parquet: No space left on device.\n"


def test_our_warnings_are_notes_and_others_are_left_out() -> None:
    def warn() -> Outcome:
        warnings.warn("three images look alike", IconometricsWarning, stacklevel=1)
        warnings.warn("old function", DeprecationWarning, stacklevel=1)
        return Outcome("Done")

    assert run(warn) == (0, "Done.\n", "Note: three images look alike\n")


def test_a_note_that_a_warning_has_said_is_not_repeated() -> None:
    def warn() -> Outcome:
        warnings.warn("two images are missing.", IconometricsWarning, stacklevel=1)
        return Outcome("Done", notes=("two images are missing.", "Few images."))

    told = "Note: two images are missing.\n"
    assert run(warn) == (0, "Few images.\nDone.\n", told)


def test_names_cannot_move_the_cursor_or_style(capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame({"image": ["a\nb\x1b[31m.jpg", "[red]c[/red].jpg"]})
    show(Outcome("Done", table=table), "try", as_json=False)
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "a\\nb\\x1b[31m.jpg" in out and "[red]c[/red].jpg" in out


def test_a_space_that_does_not_break_is_a_space(capsys: pytest.CaptureFixture[str]) -> None:
    show(Outcome("0.6\N{NO-BREAK SPACE}% wander"), "try", as_json=False)
    assert "0.6 % wander" in capsys.readouterr().out


def test_json_is_one_object_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame({"x": [1.5, float("nan"), float("inf")], "n": [1, 2, 3]})
    facts = {"path": Path("a"), "ids": pd.Index(["a", "b"])}
    show(Outcome("Done", table=table, facts=facts), "try", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["table"][0] == {"x": 1.5, "n": 1}
    assert told["table"][1]["x"] is None and told["table"][2]["x"] is None
    assert (told["path"], told["ids"]) == ("a", ["a", "b"])


def test_long_tables_are_cut_and_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    show(Outcome("Done", table=pd.DataFrame({"x": range(1000)})), "try", as_json=False)
    assert "976 more rows" in capsys.readouterr().out


def test_not_validated_stands_out(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    table = pd.DataFrame({"measure": ["svm"], "status": ["not validated"]})
    show(Outcome("Done", table=table, alarms=("not validated",)), "try", as_json=False)
    assert "\x1b[1;31mnot validated" in capsys.readouterr().out
    show(Outcome("Done", table=table), "try", as_json=False)
    assert "31m" not in capsys.readouterr().out


def test_paths_are_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert near(tmp_path / "study" / "report") == "study/report"
    assert near(tmp_path.parent) == str(tmp_path.parent)


def test_the_program_itself(tmp_path: Path) -> None:
    """As installed: the version, and a name that is not UTF-8 on a terminal that is ASCII."""
    command = Path(sys.executable).with_name("ico")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("iconometrics 0.")
    name = os.fsencode(tmp_path) + b"/caf\xe9.jpg"
    Path(os.fsdecode(name)).write_bytes(b"")
    done = subprocess.run(
        [command, "explore", "."],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
