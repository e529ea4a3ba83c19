"""The verbs as a user types them: what they make, say and return."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest


@pytest.fixture
def study(desk: Path, ico: Callable[..., Any]) -> Path:
    """A new study in a fresh desk's folder `study`."""
    assert ico("new", "photos", "--metadata", "posts.csv", "--out", "study").status == 0
    return desk / "study"


def test_new_says_what_it_made_and_what_is_next(desk: Path, ico: Callable[..., Any]) -> None:
    done = ico("new", "photos", "--metadata", "posts.csv")
    assert done.status == 0
    assert done.last_line.startswith("Study photos-study: 48 images")
    assert done.last_line.endswith("Next: ico check photos-study")
    assert len(pd.read_parquet(desk / "photos-study/metadata.parquet")) == 48


def test_a_study_may_be_left_out_inside_it(
    study: Path, ico: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study)
    done = ico("check", "--json")
    assert done.status == 0
    assert done.json["files"] == done.json["ok"] == 48
    assert done.json["next"] == "ico features"


def test_failed_images_make_status_3(study: Path, ico: Callable[..., Any]) -> None:
    photos = study.parent / "photos"
    whole = (photos / "china-00.png").read_bytes()
    (photos / "china-00.png").write_bytes(whole[: len(whole) // 2])
    (photos / "page.jpg").write_text("<!doctype html>")
    done = ico("check", study)
    assert done.status == 3
    assert "2 failed" in done.last_line
    assert "truncated" in done.out and "HTML" in done.out
    done = ico("features", study, "--set", "color")
    assert done.status == 3
    assert "47 images; 2 images failed (why: ico check study)" in done.last_line
    words = ("explore", "photos", "--out", "other", "--set", "color", "--k", 2, "--json")
    assert ico(*words).json["failed"] == 2


def test_check_counts_each_finding(study: Path, ico: Callable[..., Any]) -> None:
    photos = study.parent / "photos"
    (photos / "copy.png").write_bytes((photos / "flower-00.png").read_bytes())
    (photos / "notes.txt").write_text("no image")
    found = {row["finding"]: row["images"] for row in ico("check", study, "--json").json["table"]}
    assert found["exact copies"] == 2
    assert found["in the folder, not in the table"] == 1
    assert sum(count for name, count in found.items() if name.startswith("skipped")) == 1


def test_features_lists_the_sets(desk: Path, ico: Callable[..., Any]) -> None:
    done = ico("features", "--list", "--json")
    assert done.status == 0
    assert {"color", "hog"} <= {row["set"] for row in done.json["table"]}
    assert all(row["ms an image"] > 0 for row in done.json["table"])


def test_features_tells_what_columns_mean(desk: Path, ico: Callable[..., Any]) -> None:
    done = ico("features", "--columns", "texture,edges", "--json")
    assert done.status == 0
    entries = {row["column"]: row for row in done.json["dictionary"]}
    assert len(entries) == 27 + 14
    assert "log2" in entries["texture_entropy_1"]["formula"]
    assert entries["edges_density"]["source"].startswith("Canny (1986)")


def test_k_is_a_number_or_a_span_with_both_ends(study: Path, ico: Callable[..., Any]) -> None:
    assert ico("themes", study, "--set", "color", "--k", 3, "--json").json["k"] == 3
    done = ico("themes", study, "--set", "color", "--k", "2:3", "--seed", 2)
    assert done.status == 0
    tried = [
        [k for k in pd.read_parquet(path)["k"] if k > 1]
        for path in (study / "themes").rglob("selection.parquet")
    ]
    assert sorted(tried) == [[2, 3], [3]]


def test_explore_again_is_the_same_report(desk: Path, ico: Callable[..., Any]) -> None:
    words = ("explore", "photos", "--metadata", "posts.csv", "--set", "color", "--k", "2:3")
    done = ico(*words)
    page = desk / "photos-study/report/index.html"
    assert done.status == 0
    assert done.last_line.startswith("photos-study/report/index.html: 48 images")
    before = page.stat().st_mtime_ns
    assert ico(*words).status == 0
    assert page.stat().st_mtime_ns == before
    (desk / "photos/new.png").write_bytes((desk / "photos/china-00.png").read_bytes())
    assert ico(*words, "--anonymize", "--json").json["images"] == 49
    assert page.stat().st_mtime_ns != before


def test_other_inputs_need_replace(desk: Path, ico: Callable[..., Any]) -> None:
    assert ico("new", "photos", "--out", "study").status == 0
    refused = ico("new", "photos", "--metadata", "posts.csv", "--out", "study")
    assert refused.status == 1
    assert "--replace" in refused.err and refused.out == ""
    again = ico("new", "photos", "--metadata", "posts.csv", "--out", "study", "--replace")
    assert again.status == 0
