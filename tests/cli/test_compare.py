"""`ico compare`: networks on the same folds, and a second run that trains nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest


def test_networks_are_compared_once(
    ico: Callable[..., Any],
    make_desk: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    torch.set_num_threads(1)
    monkeypatch.chdir(make_desk(tmp_path / "desk", side=160, coded=1))
    ico("new", "photos", "--metadata", "posts.csv", "--out", "study")
    words = ("compare", "study", "--variable", "protest", "--networks", "cnn,mlp", "--size", 16)
    words = (*words, "--epochs", 1, "--folds", 2, "--codes", "codes.csv", "--json")
    first = ico(*words)
    assert first.status == 0, first.err
    told = first.json
    assert [row["network"] for row in told["table"]] == ["cnn", "mlp"]
    assert len(told["classes"]) == 4 and len(told["tests"]) == 1
    assert "each held out once" in told["made"]
    folder = Path("study/comparisons/protest")
    assert {path.name for path in folder.iterdir()} == {
        "trainings.jsonl", "models.parquet", "classes.parquet", "tests.parquet",
        "predictions.parquet", "auroc.png", "auroc.pdf", "classes.png", "classes.pdf",
    }  # fmt: skip
    assert len(pd.read_parquet(folder / "predictions.parquet")) == 2 * told["n"]
    trained = (folder / "trainings.jsonl").read_text()
    again = ico(*words)
    assert again.json["table"] == told["table"]
    assert (folder / "trainings.jsonl").read_text() == trained


def test_batches_that_are_no_numbers_end_with_usage(ico: Callable[..., Any]) -> None:
    done = ico("compare", "--variable", "x", "--networks", "cnn", "--batches", "16;32", "nowhere")
    assert done.status != 0
