"""log.jsonl survives interrupted writes and says which result is the newest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.study.disk import log
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.step import step


def test_a_half_written_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    log.append(path, {"step": "features", "name": "color", "key": "1"})
    log.append(path, {"step": "features", "name": "hog", "key": "2"})
    path.write_bytes(path.read_bytes()[:-10])
    log.append(path, {"step": "features", "name": "hog", "key": "3"})
    assert [entry["key"] for entry in log.entries(path)] == ["1", "3"]


@given(cut=st.integers(0, 400))
def test_a_cut_anywhere_leaves_a_log_that_goes_on(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    log.append(path, {"step": "themes", "name": "themes", "key": "ä"})
    path.write_bytes(path.read_bytes()[:cut])
    log.append(path, {"step": "themes", "name": "themes", "key": "z"})
    assert log.entries(path)[-1]["key"] == "z"


def test_every_line_is_json_with_time_and_versions(tmp_path: Path) -> None:
    log.append(tmp_path / "log.jsonl", {"step": "check", "options": {"k": range(2, 4)}})
    (line,) = (tmp_path / "log.jsonl").read_text().splitlines()
    entry = json.loads(line)
    assert entry["options"] == {"k": [2, 3]}
    assert entry["time"].endswith("+00:00")
    assert "numpy" in entry["versions"]


def test_newest_of_each_name(tmp_path: Path) -> None:
    entries = [
        {"step": "features", "name": name, "key": key}
        for name, key in [("color", "1"), ("hog", "2"), ("color", "3")]
    ]
    newest = log.latest([*entries, {"step": "themes", "name": "color", "key": "4"}], "features")
    assert {name: entry["key"] for name, entry in newest.items()} == {"hog": "2", "color": "3"}
    assert list(newest)[-1] == "color"


def test_a_result_is_logged_when_it_is_news(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    with step(layout, "themes") as under_way:
        assert under_way.done("themes", "k3", options={"k": 3}, result={"images": 5})
        assert not under_way.done("themes", "k3", options={"k": 3}, result={"images": 5})
        assert under_way.done("themes", "k5", options={"k": 5})
        assert under_way.done("themes", "k3", options={"k": 3}, result={"images": 5})
    assert [entry["key"] for entry in log.entries(layout.log)] == ["k3", "k5", "k3"]


def test_leftovers_of_steps_go_and_those_of_exports_stay(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    stale = [
        tmp_path / ".corpus.parquet.77.tmp",
        tmp_path / "features" / "color-1" / ".part-2.parquet.77.tmp",
        tmp_path / "themes" / ".themes-1.77.tmp" / "labels.parquet",
    ]
    others = [tmp_path / ".data.csv.77.tmp", tmp_path / "report" / ".index.html.77.tmp"]
    for path in [*stale, *others]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    with step(layout, "check"):
        pass
    assert not any(path.exists() for path in stale)
    assert not (tmp_path / "themes" / ".themes-1.77.tmp").exists()
    assert all(path.exists() for path in others)
