"""Labels in another order, form or kind than the images: what is scored is what was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iconometrics import Corpus
from iconometrics.coders import FeatureClassifier, ImageClassifier, ImageRegressor, load
from iconometrics.errors import IconometricsWarning, InputError

QUICK: dict[str, Any] = {
    "architecture": "mlp", "size": 8, "channels": 1, "epochs": 4, "rate": 0.1,
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def some(corpus: Corpus) -> Corpus:
    """Twenty faces and twenty other patches."""
    return corpus.take(np.r_[80:120])


@pytest.fixture(scope="module")
def told(some: Corpus) -> pd.DataFrame:
    face = pd.Series(np.arange(40) < 20, index=some.ids)
    return pd.DataFrame({"face": face, "even": np.arange(40) % 2 == 0}).astype(int)


def mixed(table: Any) -> Any:
    return table.sample(frac=1, random_state=1)


def test_a_table_of_one_column_is_aligned(table: pd.DataFrame, faces: pd.Series) -> None:
    model = FeatureClassifier("lda").fit(table, faces)
    again = FeatureClassifier("lda").fit(table, mixed(faces.to_frame()))
    assert again.data_hash_ == model.data_hash_
    assert model.score(table, mixed(faces.to_frame())) == model.score(table, faces)


def test_images_without_a_label_are_not_scored(table: pd.DataFrame, faces: pd.Series) -> None:
    model = FeatureClassifier("lda").fit(table, faces)
    part = mixed(faces)[:60]
    expected = (model.predict(table.loc[part.index]) == part.to_numpy()).mean()
    with pytest.warns(IconometricsWarning, match="140 of 200 images have no label"):
        assert model.score(table, part) == pytest.approx(expected)
    with pytest.warns(IconometricsWarning, match="140 of 200"):
        importance = model.importance(table, part, repeats=1)
    assert importance.n == 60 and importance.accuracy == pytest.approx(expected)


def test_weights_are_aligned(table: pd.DataFrame, faces: pd.Series) -> None:
    model = FeatureClassifier("lda").fit(table, faces)
    weights = pd.Series(np.arange(200) % 7 + 1.0, index=table.index)
    some_wrong = faces.where(np.arange(200) % 5 > 0, "other")
    right = model.predict(table) == some_wrong.to_numpy()
    expected = np.average(right, weights=weights)
    assert model.score(table, some_wrong, mixed(weights)) == pytest.approx(expected)


def test_several_labels_are_aligned_by_image_and_name(some: Corpus, told: pd.DataFrame) -> None:
    coder = ImageClassifier(multilabel=True, **QUICK).fit(some, told)
    expected = (coder.predict(some) == told.to_numpy()).mean()
    assert coder.score(some, told) == pytest.approx(expected)
    assert coder.score(some, mixed(told)[["even", "face"]]) == pytest.approx(expected)
    with pytest.raises(InputError, match="'face' was trained on and is missing"):
        coder.score(some, told[["even"]])
    with pytest.raises(InputError, match="1 column of labels: expected 2"):
        coder.score(some, told[["even"]].to_numpy())
    as_array = ImageClassifier(multilabel=True, **QUICK).fit(some, told.to_numpy())
    assert as_array.variables == ("label0", "label1")
    np.testing.assert_array_equal(as_array.predict(some), coder.predict(some))


def test_numbers_are_scored_where_they_are_known(some: Corpus) -> None:
    y = pd.Series(np.arange(40.0), index=some.ids, name="size")
    coder = ImageRegressor(**QUICK).fit(some, y)
    expected = coder.score(some.take(np.arange(10, 30)), y[10:30])
    with pytest.warns(IconometricsWarning, match="20 of 40"):
        assert coder.score(some, mixed(y[10:30])) == pytest.approx(expected)


@pytest.mark.parametrize("kind", [int, float, bool])
def test_weights_of_classes_come_back_by_class(
    kind: type, some: Corpus, told: pd.DataFrame, tmp_path: Path
) -> None:
    coder = ImageClassifier(class_weights={0: 1, 1: 3}, **QUICK)
    coder.fit(some, told["face"].astype(kind))
    again = load(coder.save(tmp_path))
    assert again.class_weights == {kind(0): 1, kind(1): 3}
    assert again.card() == coder.card()
    np.testing.assert_array_equal(again.fit(some, told["face"]).predict(some), coder.predict(some))


def test_one_group_held_out_has_no_interval(some: Corpus, told: pd.DataFrame) -> None:
    groups = pd.Series(np.arange(40) % 4, index=some.ids)
    with pytest.warns(IconometricsWarning, match="held out are of one group"):
        coder = ImageClassifier(**QUICK).fit(some, told["face"], groups=groups)
    assert coder.accuracy_ is None and coder.temperature_ is not None
    with pytest.warns(IconometricsWarning, match="held out are of one group"):
        numbers = ImageRegressor(**QUICK).fit(some, pd.Series(np.arange(40.0)).to_numpy(),
                                              groups=groups)  # fmt: skip
    assert numbers.accuracy_ is None
