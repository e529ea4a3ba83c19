"""What cannot be trained on is said before any training starts."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iconometrics import Corpus
from iconometrics.coders import FeatureClassifier, ImageClassifier
from iconometrics.errors import IconometricsWarning, InputError


@pytest.fixture
def untrainable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training itself is not reached."""
    from iconometrics.coders.classical import classifier

    def fail(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("training started")

    monkeypatch.setattr(classifier, "train", fail)


def frame(n: int = 8) -> pd.DataFrame:
    values = np.random.default_rng(0).normal(size=(n, 3))
    ids = pd.Index([f"{k}.jpg" for k in range(n)], name="image")
    return pd.DataFrame(values, ids, ["color_hue", "color_warm", "hog_strength"])


def series(labels: str, index: Any = None) -> pd.Series:
    return pd.Series(list(labels), frame(len(labels)).index if index is None else index)


@pytest.mark.usefixtures("untrainable")
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("aaaabbbc", "class 'c' has one example"),
        ("aaaaaaaa", "only one class, a, among 8"),
    ],
)
def test_classes_that_cannot_be_trained(labels: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        FeatureClassifier().fit(frame(), series(labels))


@pytest.mark.usefixtures("untrainable")
def test_blanks_and_case_twins_are_named_first() -> None:
    y = pd.Series(["yes", "Yes ", "no", "no", "yes", "Yes ", "no", "maybe "], frame().index)
    with (
        pytest.warns(IconometricsWarning, match="'Yes ' and 'yes'; 'maybe '") as told,
        pytest.raises(InputError, match="class 'maybe ' has one example"),
    ):
        FeatureClassifier().fit(frame(), y)
    assert len(told) == 1


@pytest.mark.usefixtures("untrainable")
def test_missing_and_infinite_values_name_their_columns() -> None:
    table = frame()
    table.iloc[2, 1] = np.nan
    table.iloc[5, 2] = np.inf
    with pytest.raises(InputError, match=r"column 'color_warm', 'hog_strength' has NaN or inf .*"):
        FeatureClassifier().fit(table, series("aabbaabb"))
    with pytest.raises(InputError, match=r"for 2 images, such as '2.jpg', '5.jpg'"):
        FeatureClassifier().fit(table, series("aabbaabb"))
    with pytest.raises(InputError, match="column '1', '2' has NaN"):
        FeatureClassifier().fit(table.to_numpy(), np.array(list("aabbaabb")))


def test_constant_columns_are_named() -> None:
    table = frame().assign(color_warm=1.0)
    with pytest.warns(IconometricsWarning, match="1 of 3 columns are constant .*: 'color_warm'"):
        model = FeatureClassifier("lda", folds=2).fit(table, series("aabbaabb"))
    assert np.isfinite(model.predict_proba(table)).all()
    with pytest.raises(InputError, match="'color_warm' is constant, and there is no other"):
        FeatureClassifier().fit(table[["color_warm"]], series("aabbaabb"))


@pytest.mark.usefixtures("untrainable")
def test_no_image_and_one_image(corpus: Corpus, faces: pd.Series) -> None:
    with pytest.raises(InputError, match="there is no image"):
        FeatureClassifier().fit(frame().iloc[:0], series(""))
    with pytest.raises(InputError, match="corpus is empty"):
        FeatureClassifier().fit(corpus.select([]), faces)
    with pytest.raises(InputError, match="only one class"):
        FeatureClassifier().fit(frame().iloc[:1], series("a"))
    with pytest.raises(InputError, match="only one class, face, among 1 labeled"):
        FeatureClassifier().fit(corpus.take([0]), faces)


@pytest.mark.usefixtures("untrainable")
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (list("aab"), r"labels of shape \(3,\) for 8 images"),
        (series("aabbaabb", index=[str(k) for k in range(8)]), r"no image has one of the ids"),
        (series("aabb", index=["0.jpg", "0.jpg", "1.jpg", "2.jpg"]), "name image '0.jpg' twice"),
        (pd.Series([None] * 8, frame().index), "none of 8 images has a label"),
        (None, "requires y to be passed"),
        (np.linspace(0, 1, 8), "labels are continuous numbers such as 0.0"),
    ],
)
def test_labels_that_do_not_fit(y: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        FeatureClassifier().fit(frame(), y)


@pytest.mark.usefixtures("untrainable")
def test_a_column_of_text_is_named() -> None:
    with pytest.raises(InputError, match="column 'place' is not numeric"):
        FeatureClassifier().fit(frame().assign(place="here"), series("aabbaabb"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "cnn"}, "model='cnn': expected \"bagging\""),
        ({"reduce": "umap"}, "reduce='umap'"),
        ({"calibrate": "platt"}, "calibrate='platt'"),
        ({"grid": "large"}, "grid='large'"),
        ({"grid": {"depth": [1]}}, "grid names 'depth'"),
        ({"grid": {"C": [-1]}}, "cannot be trained on 8 images with these settings: .*'C'"),
        ({"model": "neighbors", "grid": {"n_neighbors": [7]}}, "cannot be trained .*n_neighbors"),
        ({"folds": 1}, "folds=1"),
        ({"folds": None}, "both need folds"),
    ],
)
def test_settings_that_do_not_exist(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        FeatureClassifier(**{"folds": 4, **options}).fit(frame(), series("aabbaabb"))


def test_few_examples_make_fewer_folds() -> None:
    with pytest.warns(IconometricsWarning, match="class 'b' has only 3 examples: 3 folds"):
        model = FeatureClassifier("lda").fit(frame(), series("aabbaaba"))
    assert model.accuracy_ is not None
    assert "3 folds" in model.accuracy_["method"]


def test_a_class_in_one_group_only() -> None:
    with pytest.raises(InputError, match="class 'b' occurs in one group only"):
        FeatureClassifier().fit(frame(), series("aabbaaaa"), groups=list("11223344"))
    with pytest.raises(InputError, match="no group for 1 labeled image"):
        FeatureClassifier().fit(frame(), series("aabbaaaa"), groups=[*"1122334", None])


def test_images_without_a_label_are_not_used(digits: Any) -> None:
    ids = [str(k) for k in range(400)]
    table = pd.DataFrame(digits.X, ids)
    y = pd.Series(digits.y, ids).iloc[::-1].iloc[:150]
    table = table.loc[:, table.iloc[250:].std() > 0]
    with pytest.warns(IconometricsWarning, match="250 of 400 images have no label"):
        some = FeatureClassifier("lda", folds=3).fit(table, y)
    direct = FeatureClassifier("lda", folds=3).fit(table.iloc[250:], y.iloc[::-1])
    assert some.training_["image"].tolist() == ids[250:]
    np.testing.assert_array_equal(some.predict(table), direct.predict(table))
    assert some.data_hash_ == direct.data_hash_


def test_unreadable_training_images_are_left_out(broken: Corpus) -> None:
    y = np.array(["face"] * 5 + ["other"] * 5 + ["face", "other"])
    with pytest.warns(IconometricsWarning, match="2 of 12 images are left out"):
        model = FeatureClassifier("ridge", features=["hog"], folds=3).fit(broken, y)
    assert len(model.training_) == 10
    with pytest.raises(InputError, match=r"2 of 12 images cannot be read.*use code\(\)"):
        model.predict(broken)


def test_only_labeled_images_are_opened(broken: Corpus, faces: pd.Series) -> None:
    with pytest.warns(IconometricsWarning) as told:
        model = FeatureClassifier("ridge", features=["hog"], folds=3).fit(broken, faces)
    assert [str(one.message) for one in told] == ["2 of 12 images have no label and are not used."]
    assert model.training_["image"].tolist() == list(broken.ids[:10])


def test_missing_columns_at_prediction(table: pd.DataFrame, faces: pd.Series) -> None:
    model = FeatureClassifier("ridge").fit(table, faces)
    with pytest.raises(InputError, match="'hog_strength' was trained on and is missing"):
        model.predict(table.drop(columns="hog_strength"))
    with pytest.raises(InputError, match="has NaN or inf for 1 images"):
        model.predict(table.assign(hog_strength=[np.nan, *[1.0] * 199]))
    with (
        pytest.warns(UserWarning, match="valid feature names"),
        pytest.raises(ValueError, match="expecting 40 features"),
    ):
        model.predict(table.to_numpy()[:, :3])


def test_numbers_as_labels(digits: Any) -> None:
    y = np.array([ord(label) for label in digits.y])
    letters = FeatureClassifier("lda", folds=2).fit(digits.X, digits.y)
    expected = letters.predict_proba(digits.X_new)
    for labels in (y, y.astype(float), pd.Series(y, dtype="Int64"), y.astype(object)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = FeatureClassifier("lda", folds=2).fit(digits.X, labels)
        assert model.classes_.dtype.kind in "if"
        np.testing.assert_array_equal(model.predict_proba(digits.X_new), expected)
        assert model.accuracy_ == letters.accuracy_
        assert model.score(digits.X_new, [ord(label) for label in digits.y_new]) > 0.7


@pytest.mark.parametrize(
    ("scores", "settings", "message"),
    [
        (3, {}, r"gives \(3,\) scores per picture: expected 2"),
        (1, {}, r"gives \(1,\) scores per picture: expected 2"),
        (2, {"weights": "imagenet"}, "weights='imagenet' with a network of your own"),
        (2, {"options": {"blocks": 3}}, "with a network of your own"),
    ],
)
def test_a_network_of_your_own_that_does_not_fit(
    scores: int, settings: dict[str, Any], message: str
) -> None:
    from torch import nn

    pictures = np.random.default_rng(1).integers(0, 255, (20, 4, 4), dtype=np.uint8)
    net = nn.Sequential(nn.Flatten(), nn.Linear(16, scores))
    with pytest.raises(InputError, match=message):
        ImageClassifier(net, channels=1, **settings).fit(pictures, np.arange(20) % 2)
