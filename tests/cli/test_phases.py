"""Experts in a second phase, from the drawing to the estimate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd


def test_a_second_phase_goes_through(desk: Path, ico: Callable[..., Any]) -> None:
    ico("new", "photos", "--metadata", "posts.csv", "--out", "study")
    words = ("train", "study", "--codes", "codes.csv", "--variable", "protest", "--out", "light")
    done = ico(*words)
    assert done.status == 0, done.err
    assert ico("sample", "study", "--n", "4", "--second-phase", "light").status == 1
    assert ico("measure", "study", "--coder", "light").status == 0
    drawn = ico("sample", "study", "--n", "40", "--name", "students", "--json").json
    bring(ico, desk / "ben.csv", drawn["images"], "--sample", "students")
    words = ("estimate", "study", "--formula", "likes ~ protest", "--first-phase", "students")
    told = ico(*words)
    assert told.status == 1
    assert "nobody coded a second phase" in told.err
    phase = ("--second-phase", "students", "--strata", "protest", "--allocation", "equal")
    drawn = ico("sample", "study", "--n", "20", *phase, "--json").json
    assert drawn["sample"] == "second-phase"
    bring(ico, desk / "dora.csv", drawn["images"])
    found = ico(*words, "--method", "first,gold", "--json").json["estimates"]
    assert {row["method"]: row["n"] for row in found} == {"first phase only": 40, "gold only": 20}


def bring(ico: Callable[..., Any], path: Path, images: list[str], *options: str) -> None:
    """Let somebody code images, of which those of the flower show the protest."""
    said = ["yes" if image.startswith("flower") else "no" for image in images]
    pd.DataFrame({"image": images, "protest": said}).to_csv(path, index=False)
    done = ico("codes", "import", "study", path.name, *options)
    assert done.status == 0, done.err
