"""Searching settings of a network: every combination once, on the same images held out."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from scipy.stats import loguniform
from sklearn.datasets import load_digits

from iconometrics import stats
from iconometrics.coders import LECTURE_GRID, search
from iconometrics.errors import InputError

FIXED: dict[str, Any] = {"size": 8, "channels": 1, "epochs": 2, "blocks": 1, "rate": 0.05}
GRID = {"filters": [4, 8], "fc": [(16,), (16, 8)]}


class Digits(NamedTuple):
    pictures: np.ndarray
    labels: np.ndarray


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def digits() -> Digits:
    found = load_digits(n_class=3)
    return Digits((found.images * 15.9).astype(np.uint8)[:200], found.target[:200])


@pytest.fixture(scope="module")
def found(digits: Digits) -> Any:
    return search(GRID, *digits, **FIXED)


def test_every_combination_once_the_best_first(found: Any) -> None:
    table = found.table()
    assert sorted(map(str, zip(table["filters"], table["fc"], strict=True))) == sorted(
        map(str, [(f, c) for f in (4, 8) for c in ((16,), (16, 8))])
    )
    assert table["accuracy"].is_monotonic_decreasing
    assert table["n"].eq(40).all()
    row = table.iloc[0]
    expected = stats.wilson(round(row["accuracy"] * 40), 40)
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected))
    assert found.best == {"filters": row["filters"], "fc": row["fc"]}
    assert "best of 4 settings" in found.summary()


def test_the_accuracy_is_that_of_the_classifier_itself(digits: Digits, found: Any) -> None:
    """Trained anew on the same four fifths, with the settings told."""
    from iconometrics.coders.folds import make_folds

    counts = {label: int((digits.labels == label).sum()) for label in range(3)}
    train, test = make_folds(digits.labels, None, folds=5, counts=counts, seed=1)[0]
    model = found.classifier.fit(digits.pictures[train], digits.labels[train])
    assert model.score(digits.pictures[test], digits.labels[test]) == found.rows["accuracy"][0]
    assert model.network.settings["filters"] == found.best["filters"]


def test_scored_on_other_images(digits: Digits) -> None:
    other = 255 - digits.pictures[:50]
    made = search({"filters": [4]}, *digits, validation=(other, digits.labels[:50]), **FIXED)
    assert made.table()["n"].tolist() == [50]
    model = made.classifier.fit(*digits)
    assert model.score(other, digits.labels[:50]) == made.rows["accuracy"][0]


def test_cross_validated_on_all(digits: Digits) -> None:
    made = search({"filters": [4]}, *digits, folds=2, **FIXED)
    assert made.table()["n"].tolist() == [200]


def test_a_file_keeps_what_is_done(digits: Digits, tmp_path: Path, found: Any) -> None:
    file = tmp_path / "search.jsonl"
    search({"filters": [4], "fc": [(16,)]}, *digits, file=file, **FIXED)
    assert len(file.read_text().splitlines()) == 1
    file.write_text(file.read_text().replace('"loss": ', '"loss": 9000'))
    whole = search(GRID, *digits, file=file, **FIXED)
    assert len(file.read_text().splitlines()) == 4
    assert whole.rows["loss"].max() > 100


def test_any_executor_gives_the_same(digits: Digits, found: Any) -> None:
    with ThreadPoolExecutor(2) as threads:
        other = search(GRID, *digits, executor=threads, **FIXED)
    columns = ["filters", "fc", "accuracy", "loss"]
    pd.testing.assert_frame_equal(other.table()[columns], found.table()[columns])


@pytest.mark.slow
def test_processes_give_the_same(digits: Digits, found: Any) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        other = search(GRID, *digits, executor=processes, **FIXED)
    columns = ["filters", "fc", "accuracy", "loss"]
    pd.testing.assert_frame_equal(other.table()[columns], found.table()[columns])


def test_settings_that_cannot_be_trained_say_why(digits: Digits) -> None:
    made = search({"blocks": [1, 5]}, *digits, **{k: v for k, v in FIXED.items() if k != "blocks"})
    assert made.table()["accuracy"].notna().tolist() == [True, False]
    assert "5 blocks on 8 x 8" in made.table()["reason"].iloc[1]
    with pytest.raises(InputError, match="no setting can be trained"):
        search({"blocks": [5]}, *digits, **{k: v for k, v in FIXED.items() if k != "blocks"})


def test_random_draws_are_named_by_the_seed() -> None:
    from iconometrics.coders.compare.search import _combinations

    grid = {"rate": loguniform(1e-4, 1e-2), "batch": [16, 32]}
    one, again, other = (_combinations(grid, how="random", n=20, seed=s) for s in (1, 1, 2))
    assert one == again and one != other and len(one) == 20
    assert all(1e-4 <= row["rate"] <= 1e-2 for row in one)
    drawn = _combinations(LECTURE_GRID, how="random", n=300, seed=1)
    blocks = np.bincount([row["blocks"] for row in drawn])[1:]
    assert len(drawn) == 300 and blocks.min() > 70
    assert all(len(row["filters"]) == row["blocks"] for row in drawn)
    # what the authors selected is among what can be drawn
    grid = LECTURE_GRID[2]
    assert (64, 96, 112) in grid["filters"] and (150, 70) in grid["fc"] and 0.1 in grid["dropout"]


def test_what_cannot_be_searched_is_said(digits: Digits) -> None:
    with pytest.raises(InputError, match="without n"):
        search(GRID, *digits, n=3)
    with pytest.raises(InputError, match="expected a list of values"):
        search({"optimizer": "adam"}, *digits)
    with pytest.raises(InputError, match="no setting to try"):
        search({}, *digits)
    with pytest.raises(InputError, match="at once"):
        search(GRID, *digits, folds=2, validation=digits)


def test_figures(found: Any) -> None:
    assert len(found.plot().get_yticklabels()) == 4
    assert len(found.plot("filters").get_yticklabels()) == 2
    assert "accuracy" in found._repr_html_()
