"""What `ico plan` freezes and shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_a_plan_is_made_shown_and_amended(desk: Path, ico: Callable[..., Any]) -> None:
    ico("new", "photos", "--metadata", "posts.csv", "--out", "study")
    assert ico("plan", "study").last_line.startswith("There is no plan.")
    words = ("plan", "study", "--formula", "likes ~ followers", "--k", "2:4")
    made = ico(*words)
    assert made.status == 0, made.err
    sha256 = hashlib.sha256((desk / "study/plans/plan-1.json").read_bytes()).hexdigest()
    assert f"SHA-256 {sha256}" in made.out
    assert ico(*words, "--bar", ".7").status == 1
    told = ico(*words, "--bar", ".7", "--amend", "--json").json
    assert told["plan"] == 2
    shown = ico("plan", "study", "--json").json["table"]
    assert {row["status"] for row in shown} == {"as planned", "not done", "amended"}
