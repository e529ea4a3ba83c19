"""`ico train --network`: a network trained, measured with and shown in the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from iconometrics.cli.train import network_settings


def test_what_is_typed_becomes_settings() -> None:
    typed = {"weights": None, "epochs": 3, "size": 64, "augment": "flip, rotate:10"}
    assert network_settings(train="2", **typed) == {  # type: ignore[arg-type]
        "train": 2,
        "epochs": 3,
        "augment": ("flip", "rotate:10"),
        "size": 64,
    }


def test_from_codes_to_the_report(
    ico: Callable[..., Any],
    tmp_path: Path,
    make_desk: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(make_desk(tmp_path / "desk"))
    ico("new", "photos", "--out", "study")
    options = ("--network", "cnn", "--size", "16", "--epochs", "2", "--out", "net")
    done = ico("train", "study", "--codes", "codes.csv", "--variable", "protest", *options)
    assert done.status == 0
    assert "Model net: cnn, trained on" in done.out
    assert ico("measure", "study", "--coder", "net").status == 0
    assert ico("report", "study").status == 0
    page = (Path("study") / "report" / "index.html").read_text(encoding="utf-8")
    assert "How it learned" in page
    assert "a network (cnn" in page
    wrong = ico("train", "study", "--variable", "protest", "--network", "resnet19")
    assert wrong.status == 1
    assert "resnet19" in wrong.err
