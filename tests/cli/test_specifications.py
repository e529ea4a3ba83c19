"""What `ico specifications` lists and draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def test_specifications_are_listed_and_drawn(desk: Path, ico: Callable[..., Any]) -> None:
    ico("new", "photos", "--metadata", "posts.csv", "--out", "study")
    assert ico("specifications", "study").last_line.startswith("Nothing was estimated.")
    for errors in ((), ("--cluster", "account")):
        assert ico("estimate", "study", "--formula", "likes ~ followers", *errors).status == 0
    listed = ico("specifications", "study", "--json").json
    assert [row["options"] for row in listed["table"]] == ["", "cluster account"]
    drawn = ico("specifications", "study", "--term", "followers", "--json").json
    assert Path(drawn["figure"]).stat().st_size > 10_000
    assert {row["cluster"] for row in drawn["rows"]} == {"none", "account"}
    assert ico("specifications", "study", "--term", "smiles").status == 1
