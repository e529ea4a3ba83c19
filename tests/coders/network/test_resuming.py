"""What was trained before is taken only where nothing that it depends on has changed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from iconometrics import Corpus
from iconometrics.coders import HybridClassifier, ImageClassifier, compare, search
from iconometrics.coders.compare.trials import estimator_key, images_key
from iconometrics.errors import InputError

QUICK: dict[str, Any] = {"size": 8, "channels": 1, "epochs": 2, "rate": 0.1}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def some(tmp_path: Path, pictures: Path) -> Corpus:
    """Twenty faces and twenty other patches with a column of a table."""
    folder = tmp_path / "some"
    folder.mkdir()
    names = [f"{number:03d}.png" for number in range(80, 120)]
    for name in names:
        shutil.copy(pictures / name, folder / name)
    table = pd.DataFrame({"file": names, "likes": np.arange(40) % 9})
    return Corpus.from_table(table, root=folder)


@pytest.fixture
def labels(some: Corpus) -> pd.Series:
    return pd.Series(np.arange(40) < 20, index=some.ids, name="face").astype(int)


def numbers() -> tuple[Any, Any]:
    draw = np.random.default_rng(1)
    y = np.arange(60) % 2
    return np.column_stack([y + draw.normal(size=60), draw.normal(size=60)]), np.array([2, 10])[y]


def test_the_same_labels_as_text_are_sorted_otherwise(tmp_path: Path) -> None:
    X, y = numbers()
    models, file = {"logistic": LogisticRegression()}, tmp_path / "done.jsonl"
    first = compare(models, X, y, folds=3, file=file).table()
    again = compare(models, X, y.astype(str), folds=3, file=file).table()
    assert first["accuracy"][0] == again["accuracy"][0] > 0.6
    assert images_key(X, y) != images_key(X, y.astype(str))


def test_steps_of_a_pipeline_get_the_seed_of_each_repeat() -> None:
    X, y = numbers()
    models = {"forest": make_pipeline(StandardScaler(), RandomForestClassifier(5))}
    once = compare(models, X, y, folds=3, seed=4)
    same = compare(models, X, y, folds=3, seed=4)
    np.testing.assert_array_equal(once.probabilities, same.probabilities)
    both = compare(models, X, y, folds=3, seed=4, repeats=2)
    assert not np.array_equal(both.probabilities, once.probabilities)


def test_changed_files_and_names_of_columns(some: Corpus, tmp_path: Path) -> None:
    y = np.zeros(40)
    before = images_key(some, y)
    path = tmp_path / "some" / "080.png"
    os.utime(path, ns=(1, 1))
    later = Corpus.from_folder(tmp_path / "some")
    assert images_key(later, y) != before
    checked = later.check().corpus
    os.utime(path, ns=(2, 2))
    again = Corpus.from_folder(tmp_path / "some").check().corpus
    assert images_key(again, y) == images_key(checked, y)
    table = pd.DataFrame({"rule_a": [1.0, 2.0], "network_a": [3.0, 4.0]})
    renamed = table.set_axis(["network_a", "rule_a"], axis=1)
    assert images_key(table, y[:2]) != images_key(renamed, y[:2])


def test_settings_that_are_no_plain_values(tmp_path: Path) -> None:
    vectors = pd.DataFrame(np.zeros((200, 40)))
    other = vectors.copy()
    other.iloc[100, 20] = 1
    assert repr(vectors) == repr(other)
    hybrids = [HybridClassifier(network=one) for one in (vectors, other, vectors.copy())]
    keys = [estimator_key(one) for one in hybrids]
    assert keys[0] == keys[2] != keys[1]
    nets = [nn.Sequential(nn.Flatten(), nn.Linear(64, 2)) for _ in range(2)]
    assert len({estimator_key(ImageClassifier(net)) for net in nets}) == 2
    file = tmp_path / "base.safetensors"
    file.write_bytes(b"one")
    before = estimator_key(ImageClassifier(weights=file))
    file.write_bytes(b"another")
    assert estimator_key(ImageClassifier(weights=file)) != before


def test_changed_metadata_of_a_hybrid(some: Corpus, labels: pd.Series, tmp_path: Path) -> None:
    plain: dict[str, Any] = {"calibrate": None, "folds": None}
    hybrid = HybridClassifier(rule=["hog:size=32:cell=16"], metadata=["likes"], **plain)
    file = tmp_path / "done.jsonl"
    first = compare({"hybrid": hybrid}, some, labels, folds=2, file=file)
    assert first.table()["n"].tolist() == [40]
    told = pd.DataFrame({"file": some.ids, "likes": labels.to_numpy()})
    knows = Corpus.from_table(told, root=tmp_path / "some")
    again = compare({"hybrid": hybrid}, knows, labels, folds=2, file=file)
    assert not np.allclose(first.probabilities, again.probabilities)


def test_a_checkpoint_is_of_its_pictures(some: Corpus, labels: pd.Series, tmp_path: Path) -> None:
    coder = ImageClassifier("mlp", **QUICK)
    coder.fit(some, labels, checkpoint=tmp_path / "state")
    coder.fit(some, labels, checkpoint=tmp_path / "state")
    shutil.copy(tmp_path / "some" / "081.png", tmp_path / "some" / "080.png")
    os.utime(tmp_path / "some" / "080.png", ns=(1, 1))
    changed = Corpus.from_folder(tmp_path / "some")
    with pytest.raises(InputError, match="belongs to another training"):
        coder.fit(changed, labels, checkpoint=tmp_path / "state")


def test_a_checkpoint_is_of_its_order_of_classes(some: Corpus, tmp_path: Path) -> None:
    def sizes(*order: str) -> pd.Series:
        values = pd.Categorical(np.array(list("abc"))[np.arange(40) % 3], order, ordered=True)
        return pd.Series(values, index=some.ids, name="size")

    coder = ImageClassifier("mlp", ordinal=True, **QUICK)
    coder.fit(some, sizes("a", "b", "c"), checkpoint=tmp_path / "state")
    with pytest.raises(InputError, match="belongs to another training"):
        coder.fit(some, sizes("b", "a", "c"), checkpoint=tmp_path / "state")


@pytest.mark.parametrize("kind", [float, bool])
def test_labels_that_are_numbers_on_a_corpus(kind: type, some: Corpus, labels: pd.Series) -> None:
    found = compare(["mlp"], some, labels.astype(kind), folds=2, **QUICK)
    assert found.table()["n"].tolist() == [40]
    text = compare(["mlp"], some, labels.astype(str), folds=2, **QUICK)
    np.testing.assert_array_equal(found.probabilities, text.probabilities)


def test_a_model_without_probabilities_is_named(some: Corpus, labels: pd.Series) -> None:
    from sklearn.svm import LinearSVC

    with pytest.raises(InputError, match=r"margin \(LinearSVC\) gives no probabilities"):
        compare({"margin": LinearSVC()}, *numbers())


def test_settings_of_several_grids() -> None:
    draw = np.random.default_rng(1)
    pictures = draw.integers(0, 255, (40, 8, 8), dtype=np.uint8)
    y = np.arange(40) % 2
    grids: list[dict[str, list[Any]]] = [
        {"architecture": ["mlp"], "hidden": [(4,)], "train": ["all", 1]},
        {"architecture": ["cnn"], "filters": [4], "blocks": [1]},
    ]
    found = search(grids, pictures, y, epochs=1, channels=1)
    for best in found.best, found.classifier.get_params():
        assert not any(isinstance(value, float) and np.isnan(value) for value in best.values())
    assert set(found.best) - {"architecture"} in ({"hidden", "train"}, {"filters", "blocks"})
    assert 4 in [value for value in found.table()["filters"] if isinstance(value, int)]
    labels = [text.get_text() for text in found.plot("train").get_yticklabels()]
    assert sorted(labels) == ["train 1", "train None", "train all"]
    with pytest.raises(InputError, match="no label for validation, such as 0, is one to train"):
        search({"rate": [0.1]}, pictures, y.astype(str), validation=(pictures, y), epochs=1)
