"""Coders that train a network: what they learn, keep and say."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from torch import nn

from iconometrics import Corpus, stats
from iconometrics.coders import Coder, ImageClassifier, ImageRegressor, load
from iconometrics.coders.network.codings import fitted_temperature, probabilities
from iconometrics.coders.network.fit import hold_out
from iconometrics.coders.network.targets import weights_by_class
from iconometrics.errors import IconometricsWarning, InputError

QUICK: dict[str, Any] = {
    "channels": 1,
    "optimizer": "adam",
    "rate": 0.003,
    "options": {"dropout": 0.0, "fc": (32,), "filters": 8},
}


class Pixels(NamedTuple):
    X: NDArray[np.uint8]
    y: NDArray[np.int64]
    X_new: NDArray[np.uint8]
    y_new: NDArray[np.int64]


@pytest.fixture(scope="module", autouse=True)
def single() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def pixels() -> Pixels:
    """Real digits as pictures of 8 x 8 pixels."""
    found = load_digits()
    X, y = (found.images * 15).astype(np.uint8), found.target
    return Pixels(X[:600], y[:600], X[600:1200], y[600:1200])


@pytest.fixture(scope="module")
def trained(pixels: Pixels) -> ImageClassifier:
    return ImageClassifier("cnn", epochs=12, **QUICK).fit(pixels.X, pixels.y)


@pytest.fixture(scope="module")
def tinted(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Twenty reddish and twenty bluish pictures of various sizes, and a file that fails."""
    folder = tmp_path_factory.mktemp("tinted")
    random = np.random.default_rng(1)
    for number in range(40):
        picture = random.integers(0, 190, (20 + number, 30, 3), dtype=np.uint8)
        picture[..., 0 if number < 20 else 2] += 65
        Image.fromarray(picture).save(folder / f"{number:02d}.png")
    (folder / "zero.png").write_bytes(b"")
    return Corpus.from_folder(folder)


@pytest.fixture(scope="module")
def tint(tinted: Corpus) -> pd.Series:
    return pd.Series(["red"] * 20 + ["blue"] * 20, index=tinted.ids[:40], name="tint")


@pytest.fixture(scope="module")
def colors(tinted: Corpus, tint: pd.Series) -> ImageClassifier:
    coder = ImageClassifier("cnn", size=16, epochs=8, **{**QUICK, "channels": 3}, name="colors")
    return coder.fit(tinted.take(np.arange(40)), tint)


def test_both_coders_take_the_parameters_of_training() -> None:
    only_classes = {"class_weights", "label_smoothing", "multilabel", "ordinal"}
    classifier, regressor = ImageClassifier().get_params(), ImageRegressor().get_params()
    assert classifier.keys() - regressor.keys() == only_classes
    assert {name for name in regressor if regressor[name] != classifier[name]} == {"loss"}
    assert ImageRegressor("mlp", rate=0.1).set_params(epochs=2).get_params() == {
        **regressor,
        "architecture": "mlp",
        "rate": 0.1,
        "epochs": 2,
    }
    with pytest.raises(TypeError, match="epoch"):
        ImageClassifier(epoch=3)  # type: ignore[call-arg]


def test_it_learns_digits(trained: ImageClassifier, pixels: Pixels) -> None:
    assert trained.score(pixels.X_new, pixels.y_new) > 0.85
    assert trained.accuracy_ is not None
    assert trained.accuracy_["low"] < trained.accuracy_["value"] < trained.accuracy_["high"]
    assert trained.accuracy_["n"] == 120
    assert trained.classes_.tolist() == list(range(10))
    assert list(trained.history) == [
        "epoch",
        "train_loss",
        "validation_loss",
        "accuracy",
        "rate",
    ]


def test_confidence_is_calibrated(trained: ImageClassifier, pixels: Pixels) -> None:
    shares = trained.predict_proba(pixels.X_new)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    right = trained.predict(pixels.X_new) == pixels.y_new
    assert stats.expected_calibration_error(shares.max(axis=1), right) < 0.06
    scores = trained.scores(pixels.X_new)
    assert (scores.columns[scores.to_numpy().argmax(axis=1)] == trained.predict(pixels.X_new)).all()


def test_a_temperature_of_many_is_the_usual_one() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(size=(4000, 3)) * 3
    y = np.array([random.choice(3, p=p) for p in stats.softmax(scores, 2.0)])
    assert fitted_temperature(scores, y) == pytest.approx(
        stats.fit_temperature(scores, y), rel=0.01
    )
    assert fitted_temperature(scores, y) == pytest.approx(2, rel=0.1)
    labels = (random.random((4000, 3)) < 1 / (1 + np.exp(-scores / 1.5))).astype(int)
    assert fitted_temperature(scores, labels, several=True) == pytest.approx(1.5, rel=0.1)


def test_few_images_that_are_all_right_are_no_certainty() -> None:
    scores = np.array([[5.0, 0.0], [0.0, 5.0]] * 5)
    heat = fitted_temperature(scores, np.array([0, 1] * 5))
    shares = probabilities(scores, heat)
    assert shares.max(axis=1) == pytest.approx(10 / 11, abs=0.001)


def test_codings_of_a_corpus(colors: ImageClassifier, tinted: Corpus, tint: pd.Series) -> None:
    assert isinstance(colors, Coder)
    codes = colors.code(tinted)
    data = codes.data.set_index("image")
    assert data.index.tolist() == tinted.ids.tolist()
    assert (data["value"][:40] == tint.to_numpy()).mean() > 0.9
    assert pd.isna(data["value"]["zero.png"])
    assert data["reason"]["zero.png"]
    assert codes.variables == ("tint",) == colors.variables
    assert codes.probabilities is not None
    totals = codes.probabilities.groupby("image")["probability"].sum()
    np.testing.assert_allclose(totals, 1)
    assert codes.trained_on is not None
    assert len(codes.trained_on) == 40


def test_one_that_cannot_be_read_is_an_error_in_predict(
    colors: ImageClassifier, tinted: Corpus
) -> None:
    with pytest.raises(InputError, match=r"1 of 41 images cannot be read, such as 'zero.png'"):
        colors.predict(tinted)


def test_saved_and_loaded(colors: ImageClassifier, tinted: Corpus, tmp_path: Path) -> None:
    again = load(colors.save(tmp_path / "model"))
    assert sorted(p.name for p in (tmp_path / "model").iterdir()) == [
        "card.json",
        "model.safetensors",
        "training.parquet",
    ]
    left, right = colors.code(tinted), again.code(tinted)
    pd.testing.assert_frame_equal(left.data, right.data)
    assert left.trained_on == right.trained_on
    assert again.card() == colors.card()
    pd.testing.assert_frame_equal(again.history, colors.history)
    card = json.loads((tmp_path / "model" / "card.json").read_text())
    assert card["kind"] == "ImageClassifier"
    assert card["classes"] == ["blue", "red"]
    assert card["n_per_class"] == {"blue": 20, "red": 20}
    assert card["network"]["name"] == "cnn"


@pytest.mark.parametrize("name", ["model.safetensors", "training.parquet", "card.json"])
def test_cut_in_half(colors: ImageClassifier, tmp_path: Path, name: str) -> None:
    saved = colors.save(tmp_path)
    whole = (saved / name).read_bytes()
    (saved / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"damaged|not the file that its card"):
        load(saved)


def test_a_pickle_under_the_name_of_a_model(colors: ImageClassifier, tmp_path: Path) -> None:
    saved = colors.save(tmp_path)
    torch.save(colors.network, saved / "model.safetensors")
    with pytest.raises(InputError, match="not the file that its card names"):
        load(saved)


def test_a_module_of_your_own(pixels: Pixels, tmp_path: Path) -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    before = net[1].weight.detach().clone()
    coder = ImageClassifier(net, channels=1, epochs=8, rate=0.05).fit(pixels.X, pixels.y)
    assert torch.equal(net[1].weight, before)
    assert coder.score(pixels.X_new, pixels.y_new) > 0.7
    with pytest.raises(InputError, match="module of your own"):
        coder.save(tmp_path)


def test_it_is_a_scikit_learn_estimator(pixels: Pixels) -> None:
    coder = ImageClassifier("mlp", channels=1, epochs=3, seed=5)
    assert is_classifier(coder)
    assert is_regressor(ImageRegressor())
    assert clone(coder).get_params() == coder.get_params()
    assert "seed=5" in repr(coder)
    search = GridSearchCV(coder, {"rate": [1e-6, 0.05]}, cv=2).fit(pixels.X, pixels.y)
    assert search.best_params_ == {"rate": 0.05}


def test_the_same_seed_makes_the_same_model(pixels: Pixels) -> None:
    def shares(seed: int) -> Any:
        coder = ImageClassifier("mlp", channels=1, epochs=2, seed=seed)
        return coder.fit(pixels.X, pixels.y).predict_proba(pixels.X_new)

    np.testing.assert_array_equal(shares(1), shares(1))
    assert not np.array_equal(shares(1), shares(2))


def test_transfer_from_a_saved_model(
    trained: ImageClassifier, pixels: Pixels, tmp_path: Path
) -> None:
    weights = trained.save(tmp_path) / "model.safetensors"
    quick = {**QUICK, "rate": 0.01}
    y = np.where(pixels.y_new > 4, "big", "small")
    with pytest.warns(IconometricsWarning, match="its 10 classes are not the 2 wanted"):
        coder = ImageClassifier("cnn", weights=weights, train="frozen", epochs=20, **quick).fit(
            pixels.X_new, y
        )
    body = trained.network.state_dict()
    moved = [
        name
        for name, value in coder.network.state_dict().items()
        if name not in body or not torch.equal(value, body[name])
    ]
    assert moved == ["output.weight", "output.bias"]
    assert coder.accuracy_ is not None
    assert coder.accuracy_["value"] > 0.8


def test_several_labels(pixels: Pixels, tinted: Corpus, tmp_path: Path) -> None:
    y = pd.DataFrame({"even": pixels.y % 2 == 0, "big": pixels.y > 4}).astype(int)
    coder = ImageClassifier("cnn", multilabel=True, epochs=12, **QUICK).fit(pixels.X, y)
    truth = np.column_stack([pixels.y_new % 2 == 0, pixels.y_new > 4])
    assert coder.score(pixels.X_new, truth) > 0.85
    codes = load(coder.save(tmp_path)).code(tinted)
    assert codes.variables == ("even", "big") == coder.variables
    assert len(codes.data) == 2 * len(tinted)
    assert set(codes.data["value"].dropna()) <= {"0", "1"}


def test_an_order_of_classes(pixels: Pixels, tmp_path: Path) -> None:
    names = pd.Categorical.from_codes(pixels.y // 4, ["low", "middle", "high"], ordered=True)
    coder = ImageClassifier("cnn", ordinal=True, epochs=12, **QUICK)
    coder.fit(pixels.X, pd.Series(names, name="size"))
    assert coder.classes_.tolist() == ["low", "middle", "high"]
    truth = np.array(["low", "middle", "high"])[pixels.y_new // 4]
    assert (coder.predict(pixels.X_new) == truth).mean() > 0.7
    again = load(coder.save(tmp_path))
    np.testing.assert_allclose(
        again.predict_proba(pixels.X_new), coder.predict_proba(pixels.X_new), rtol=1e-6
    )
    with pytest.raises(InputError, match="ordered categorical"):
        coder.fit(pixels.X, truth)


def test_numbers(pixels: Pixels, tinted: Corpus, tmp_path: Path) -> None:
    truth = pixels.X.mean(axis=(1, 2)) * 1000 + 5e5
    coder = ImageRegressor("cnn", epochs=15, **QUICK).fit(pixels.X, truth)
    assert coder.score(pixels.X_new, pixels.X_new.mean(axis=(1, 2)) * 1000 + 5e5) > 0.8
    assert coder.accuracy_ is not None
    assert coder.accuracy_["low"] < coder.accuracy_["value"] < coder.accuracy_["high"]
    again = load(coder.save(tmp_path))
    np.testing.assert_array_equal(again.predict(pixels.X_new), coder.predict(pixels.X_new))
    codes = again.code(tinted)
    assert pd.to_numeric(codes.data["value"][:40]).between(3e5, 7e5).all()
    assert codes.data["confidence"].isna().all()


def test_balanced_classes(pixels: Pixels) -> None:
    at = np.flatnonzero((pixels.y == 1) | ((pixels.y == 8) & (np.arange(600) < 80)))
    coder = ImageClassifier("mlp", channels=1, epochs=1, class_weights="balanced")
    coder.fit(pixels.X[at], pixels.y[at])
    weights = weights_by_class("balanced", np.array([0, 0, 0, 1]), np.array([1, 8]))
    assert weights == (pytest.approx(2 / 3), 2)
    with pytest.raises(InputError, match="a weight above 0 for each of 1, 8"):
        clone(coder).set_params(class_weights={1: 2}).fit(pixels.X[at], pixels.y[at])


def test_groups_are_on_one_side() -> None:
    groups = np.arange(100) // 5
    y = np.array(["a", "b"])[np.arange(100) // 5 % 2]
    train, held = hold_out(y, groups, share=0.2, seed=1)
    assert set(groups[train]) & set(groups[held]) == set()
    assert len(held) == 20
    assert sorted([*train, *held]) == list(range(100))


def test_learning_curves_and_augmentation_can_be_seen(
    trained: ImageClassifier, pixels: Pixels
) -> None:
    ax = trained.plot_history()
    assert [t.get_text() for t in ax.texts][:2] == ["training", "validation"] or len(ax.texts) >= 3
    coder = ImageClassifier("cnn", augment=("flip", "rotate:20"), channels=1)
    figure = coder.show_augmentation(pixels.X, n=4)
    assert len(figure.axes[0].images) == 20
    with pytest.raises(InputError, match="nothing is changed"):
        ImageClassifier("cnn").show_augmentation(pixels.X)


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    from iconometrics.networks import training

    def fail(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("training started")

    monkeypatch.setattr(training, "learn", fail)


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("settings", "X", "y", "message"),
    [
        ({}, "gray", ["a"] * 7 + ["b"], "class 'b' has one example"),
        ({}, "gray", ["a"] * 8, "only one class, a, among 8"),
        ({}, "gray", [0.1 * k for k in range(8)], "labels are continuous"),
        ({}, "empty", [], "there is no image"),
        ({}, "one", ["a"], "only one class"),
        ({}, "flat", ["a", "b"] * 4, "expected a corpus, or an array"),
        ({}, "gray", ["a", "b"] * 3, "labels of shape"),
        ({"architecture": "resnet17"}, "gray", ["a", "b"] * 4, "resnet17"),
        ({"optimizer": "magic"}, "gray", ["a", "b"] * 4, "optimizer='magic'"),
        ({"validation": 1.5}, "gray", ["a", "b"] * 4, "validation=1.5"),
        ({"multilabel": True}, "gray", [[2, 0]] * 8, "expected 0 or 1"),
        ({"multilabel": True}, "gray", [[1, 0]] * 8, "occurs in 8 of 8"),
        ({"ordinal": True}, "gray", [0, 1] * 4, "expected three or more"),
        ({"class_weights": "equal"}, "gray", ["a", "b"] * 4, "class_weights='equal'"),
        ({"train": 9}, "gray", ["a", "b"] * 4, "train=9: the network has 3 blocks"),
    ],
)
def test_what_cannot_be_trained(settings: dict[str, Any], X: str, y: Any, message: str) -> None:
    gray = np.random.default_rng(1).integers(0, 255, (8, 8, 8), dtype=np.uint8)
    given = {"gray": gray, "empty": gray[:0], "one": gray[:1], "flat": gray.reshape(8, -1)}[X]
    coder = ImageClassifier(**{"architecture": "mlp", "channels": 1, **settings})
    with pytest.raises(InputError, match=message):
        coder.fit(given, np.array(y))


@pytest.mark.usefixtures("no_training")
@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([1.0, 2, np.inf, 4], "1 value cannot be used as a number, such as inf"),
        ([1.0, "2", "many", 4], "1 value cannot be used as a number, such as 'many'"),
        ([3.0] * 4, "4 images with 1 different values"),
    ],
)
def test_numbers_that_cannot_be_learned(y: Any, message: str) -> None:
    X = np.zeros((4, 8, 8), np.uint8)
    with pytest.raises(InputError, match=message):
        ImageRegressor("mlp", channels=1).fit(X, np.array(y, dtype=object))


def test_copies_on_both_sides_are_told(pixels: Pixels) -> None:
    X, y = np.repeat(pixels.X[:40], 2, axis=0), np.repeat(pixels.y[:40], 2)
    coder = ImageClassifier("mlp", channels=1, epochs=1)
    with pytest.warns(IconometricsWarning, match=r"leakage: \d+ of \d+ validation images"):
        coder.fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        coder.fit(X, y, groups=np.arange(80) // 2)


def test_case_twins_are_told(pixels: Pixels) -> None:
    y = np.array(["yes", "Yes ", "no", "no"] * 10)
    with pytest.warns(IconometricsWarning, match="look like mistakes"):
        ImageClassifier("mlp", channels=1, epochs=1).fit(pixels.X[:40], y)


def test_unreadable_images_are_left_out_and_told(tinted: Corpus) -> None:
    y = pd.Series(["red"] * 20 + ["blue"] * 21, index=tinted.ids, name="tint")
    coder = ImageClassifier("mlp", size=8, epochs=1)
    with pytest.warns(IconometricsWarning, match=r"1 of 41 labeled images cannot be read"):
        coder.fit(tinted, y)
    assert len(coder.training_) == 40
    with pytest.warns(IconometricsWarning, match="left out, as they cannot be read: 'zero.png'"):
        coder.fit(tinted.check().corpus, y)
    assert len(coder.training_) == 40


def test_without_validation_nothing_is_calibrated(pixels: Pixels) -> None:
    coder = ImageClassifier("mlp", channels=1, epochs=3, validation=0).fit(pixels.X, pixels.y)
    assert coder.temperature_ is None
    assert coder.accuracy_ is None
    assert len(coder.history) == 3
    assert coder.card()["accuracy"] is None
