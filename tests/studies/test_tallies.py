"""The study of the vote tallies: its parts, and what is written down of it."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def study(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "tallies_study", repository / "studies/tallies/run.py"
    )
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made  # dataclasses look themselves up there
    spec.loader.exec_module(made)
    return made


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_the_target_is_laid_out_as_mnist(study: ModuleType) -> None:
    parts = study.target()
    assert [len(parts[name][1]) for name in ("pool", "validation", "test")] == [1100, 197, 500]
    pixels = parts["test"][0]
    assert pixels.shape == (500, 28, 28)
    assert pixels[:, :4].max() == pixels[:, :, -4:].max() == 0
    assert pixels.max() == 255


def test_as_many_of_each_digit_are_drawn(study: ModuleType) -> None:
    pool = study.target()["pool"]
    pictures, labels = study.drawn(pool, 100, 1)
    assert np.bincount(labels).tolist() == [10] * 10
    assert pictures.shape == (100, 28, 28)
    assert not np.array_equal(labels, study.drawn(pool, 100, 2)[1])


def test_the_first_block_stays_as_it_is(study: ModuleType) -> None:
    options = {"blocks": 2, "filters": (4, 6), "dropout": 0.1, "fc": (8, 8)}
    scale = study.Scale(draws=1, epochs=1)
    few = study.drawn(study.target()["pool"], 40, 1)
    first = study.retrained(few, options, scale, seed=1, start=None)
    second = study.retrained(few, options, scale, seed=2, start=first.network)
    before, after = first.network.state_dict(), second.network.state_dict()
    same = {name for name, value in before.items() if torch.equal(value, after[name])}
    assert same == {"features.0.0.weight", "features.0.0.bias"}


def test_differences_are_paired(study: ModuleType) -> None:
    import pandas as pd

    rows = [
        {"n": 100, "seed": seed, "way": way, "accuracy": 0.5 + 0.1 * seed + gain}
        for seed in (1, 2, 3)
        for way, gain in (("transfer", 0.05), ("from scratch", 0.0))
    ]
    table = study.summed(pd.DataFrame(rows)).set_index("what")
    assert table.loc["difference", ["value", "low", "high"]].tolist() == pytest.approx([0.05] * 3)
    assert table.loc["transfer", "high"] - table.loc["transfer", "low"] > 0.4


def test_what_is_expected_is_told(study: ModuleType, repository: Path) -> None:
    if not study.EXPECTED.exists():
        pytest.skip("not run to the end yet")
    expected = json.loads(study.EXPECTED.read_text(encoding="utf-8"))
    assert {row["n"] for row in expected["table"]} == {100, 300, 1000}
    differences = [row for row in expected["table"] if row["what"] == "difference"]
    assert all(row["value"] > 0 for row in differences)
