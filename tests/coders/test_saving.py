"""A model on disk: the same predictions, nothing that could run code, the training images."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io

from iconometrics import Corpus
from iconometrics.coders import FeatureClassifier, load
from iconometrics.coders.classical.models import MODELS
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.features import get


class Stranger:
    """What has no place in a model."""


@pytest.mark.filterwarnings("ignore:.*columns are constant")
@pytest.mark.parametrize(
    ("model", "reduce"),
    [*((model, None) for model in sorted(MODELS)), ("lda", "pca"), ("lda", "select")],
)
def test_every_model_comes_back(
    model: str, reduce: str | None, tmp_path: Path, digits: Any
) -> None:
    fitted = FeatureClassifier(model, reduce=reduce, folds=2).fit(digits.X[:150], digits.y[:150])
    again = load(fitted.save(tmp_path / "model"))
    np.testing.assert_array_equal(
        again.predict_proba(digits.X_new), fitted.predict_proba(digits.X_new)
    )
    assert again.card() == fitted.card()
    assert sorted(p.name for p in (tmp_path / "model").iterdir()) == [
        "card.json",
        "model.skops",
        "training.parquet",
    ]


@pytest.mark.parametrize("calibrate", ["sigmoid", "isotonic", "temperature", None])
@pytest.mark.parametrize("model", ["neighbors", "lda"])
def test_few_columns_and_every_calibration(
    model: str, calibrate: str | None, tmp_path: Path, digits: Any
) -> None:
    """Neighbors of few columns are kept in a tree."""
    X, X_new = digits.X[:, :6].astype(np.float32), digits.X_new[:, :6].astype(np.float32)
    fitted = FeatureClassifier(model, calibrate=calibrate, grid="default", folds=2)
    fitted.fit(X, digits.y)
    again = load(fitted.save(tmp_path))
    np.testing.assert_array_equal(again.predict(X_new), fitted.predict(X_new))
    assert again.accuracy_ == fitted.accuracy_


def test_a_model_of_a_corpus_codes_the_same(
    tmp_path: Path, corpus: Corpus, faces: pd.Series
) -> None:
    extractor = get("hog", size=32, cell=16)
    fitted = FeatureClassifier("ridge", features=[extractor], name="faces").fit(corpus, faces)
    again = load(fitted.save(tmp_path))
    assert again.features == ["hog:size=32"]
    assert (again.name, again.variables) == ("faces", ("content",))
    few = corpus.take([0, 1, 198, 199])
    left, right = fitted.code(few), again.code(few)
    pd.testing.assert_frame_equal(left.data, right.data)
    assert left.trained_on == right.trained_on


def test_the_card_says_what_was_done(table: pd.DataFrame, faces: pd.Series, tmp_path: Path) -> None:
    model = FeatureClassifier("lda", features=["hog:size=32"], grid="default", seed=4)
    card = json.loads((model.fit(table, faces).save(tmp_path) / "card.json").read_text())
    assert card["kind"] == "FeatureClassifier"
    assert card["variable"] == "content"
    assert card["classes"] == ["face", "other"]
    assert card["n_per_class"] == {"face": 100, "other": 100}
    assert card["settings"]["seed"] == 4
    assert card["features"] == {"hog:size=32": 1}
    assert card["columns"] == table.columns.tolist()
    assert card["accuracy"]["low"] < card["accuracy"]["value"] < card["accuracy"]["high"]
    assert set(card["versions"]) >= {"iconometrics", "scikit-learn", "numpy"}
    assert card["chosen"]["model__solver"] in {"svd", "lsqr"}
    training = pd.read_parquet(tmp_path / "training.parquet")
    assert training["image"].tolist() == list(table.index)
    assert training["label"].tolist() == faces.tolist()


def test_hashes_of_training_images_are_kept(corpus: Corpus, faces: pd.Series) -> None:
    checked = corpus.check().corpus
    model = FeatureClassifier("ridge", features=["hog:size=32"]).fit(checked, faces)
    assert model.training_["sha256"].tolist() == checked.images["sha256"].tolist()


def test_the_data_hash_follows_the_data(digits: Any) -> None:
    def hashed(X: Any, y: Any) -> str:
        model = FeatureClassifier("lda", calibrate=None, folds=None)
        return model.fit(X, y).data_hash_

    other = digits.X.copy()
    other[0, 0] += 1
    assert hashed(digits.X, digits.y) == hashed(digits.X.copy(), digits.y)
    assert len({hashed(digits.X, digits.y), hashed(other, digits.y)}) == 2


def test_the_same_seed_makes_the_same_model(digits: Any) -> None:
    def shares(seed: int) -> Any:
        model = FeatureClassifier("tree", folds=2, seed=seed)
        return model.fit(digits.X, digits.y).predict_proba(digits.X_new)

    np.testing.assert_array_equal(shares(1), shares(1))
    assert not np.array_equal(shares(1), shares(2))


@pytest.fixture
def saved(tmp_path: Path, digits: Any) -> Path:
    return FeatureClassifier("lda").fit(digits.X, digits.y).save(tmp_path / "model")


def test_unexpected_types_are_named_and_not_loaded(saved: Path) -> None:
    skops.io.dump({"pipeline": Stranger(), "calibrator": None}, saved / "model.skops")
    with pytest.raises(InputError, match=r"holds types .*Stranger\. It is not loaded"):
        load(saved)


def test_another_model_under_the_card(saved: Path, tmp_path: Path, digits: Any) -> None:
    other = FeatureClassifier("ridge").fit(digits.X, digits.y).save(tmp_path / "other")
    (saved / "model.skops").write_bytes((other / "model.skops").read_bytes())
    with pytest.raises(InputError, match="not the file that its card names"):
        load(saved)


@pytest.mark.parametrize("name", ["model.skops", "training.parquet", "card.json"])
def test_cut_in_half(saved: Path, name: str) -> None:
    whole = (saved / name).read_bytes()
    (saved / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="damaged"):
        load(saved)


def test_folders_without_a_model(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no model there"):
        load(tmp_path)
    (saved / "card.json").write_text('{"kind": "Oracle"}')
    with pytest.raises(InputError, match="kind 'Oracle'"):
        load(saved)
    (saved / "card.json").write_text("[]")
    with pytest.raises(InputError, match="not the card of a model"):
        load(saved)


def test_changes_since_training_are_told(saved: Path) -> None:
    card = json.loads((saved / "card.json").read_text())
    card["versions"]["scikit-learn"] = "1.0"
    card["features"]["hog"] = 0
    (saved / "card.json").write_text(json.dumps(card))
    with pytest.warns(IconometricsWarning, match=r"scikit-learn 1\.0, now .*'hog' version 0, now"):
        load(saved)


def test_loading_warns_of_nothing_else(saved: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(saved)
