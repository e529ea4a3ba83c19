"""The corpus as a value: slicing, immutability, reading, showing."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GroupKFold, KFold, cross_val_score, train_test_split
from sklearn.utils import _safe_indexing, shuffle
from sklearn.utils.validation import _num_samples, check_consistent_length, indexable

from iconometrics.corpus import Corpus, Source
from iconometrics.corpus.schema import DTYPES
from iconometrics.errors import InputError, ReadError


@pytest.fixture
def corpus() -> Corpus:
    ids = [f"{i}.jpg" for i in range(20)]
    metadata = pd.DataFrame({"label": ["x", "y"] * 10, "n": range(20)}, index=ids)
    images = pd.DataFrame({"file": ids, "bytes": 1, "parent": None}, index=ids)
    return Corpus(Path("photos"), images, metadata)


class ByNumber(ClassifierMixin, BaseEstimator):
    """Knows the label from the metadata of the corpus that it is given."""

    def fit(self, X: Corpus, y: np.ndarray) -> ByNumber:
        assert isinstance(X, Corpus)
        self.classes_ = np.unique(y)
        self.even_ = pd.Series(np.asarray(y))[(X.metadata["n"] % 2 == 0).to_numpy()].mode()[0]
        return self

    def predict(self, X: Corpus) -> np.ndarray:
        other = next(label for label in self.classes_ if label != self.even_)
        return np.where(X.metadata["n"] % 2 == 0, self.even_, other)


def test_scikit_learn_slices_a_corpus(corpus):
    assert _num_samples(corpus) == 20
    check_consistent_length(corpus, np.zeros(20))
    assert indexable(corpus)[0] is corpus
    for key in ([3, 1], np.array([3, 1]), (3, 1)):
        assert list(_safe_indexing(corpus, key)) == ["3.jpg", "1.jpg"]
    mask = np.arange(20) < 2
    for key in (mask, mask.tolist(), slice(0, 2), slice(None, 2)):
        assert list(_safe_indexing(corpus, key)) == ["0.jpg", "1.jpg"]
    assert list(_safe_indexing(corpus, 4)) == ["4.jpg"]


def test_train_test_split_and_cross_validation(corpus):
    label = corpus.metadata["label"]
    train, test, y_train, y_test = train_test_split(corpus, label, random_state=1, stratify=label)
    assert isinstance(train, Corpus)
    assert sorted([*train, *test]) == sorted(corpus)
    assert list(test) == list(y_test.index)
    assert (train.metadata["label"] == y_train).all()
    for folds, groups in (
        (KFold(4, shuffle=True, random_state=1), None),
        (GroupKFold(4), corpus.groups),
    ):
        scores = cross_val_score(ByNumber(), corpus, label, groups=groups, cv=folds)
        assert scores.tolist() == [1.0] * 4
    assert sorted(shuffle(corpus, random_state=1)) == sorted(corpus)


def test_positions_and_ids(corpus):
    assert list(corpus.iloc[-1]) == ["19.jpg"]
    assert list(corpus.iloc[[2, 0]]) == ["2.jpg", "0.jpg"]
    assert list(corpus.iloc[5:7]) == list(corpus.loc[["5.jpg", "6.jpg"]]) == ["5.jpg", "6.jpg"]
    assert list(corpus.loc["7.jpg"]) == ["7.jpg"]
    assert list(corpus.take([-1])) == ["19.jpg"]
    assert len(corpus.take([])) == len(corpus.iloc[:0]) == 0
    assert corpus.shape == (20,)
    with pytest.raises(InputError, match=r"these occur more than once: 3\.jpg"):
        corpus.take([3, 3])
    with pytest.raises(IndexError):
        corpus.take([20])
    with pytest.raises(InputError, match="axis=1"):
        corpus.take([0], axis=1)


def test_select(corpus):
    assert list(corpus.select(["3.jpg", "1.jpg"])) == ["3.jpg", "1.jpg"]
    assert list(corpus.select(corpus.ids[:2])) == ["0.jpg", "1.jpg"]
    assert list(corpus.select(pd.Series(["4.jpg"]))) == ["4.jpg"]
    assert list(corpus.select(corpus.metadata["n"] > 17)) == ["18.jpg", "19.jpg"]
    assert list(corpus.select((corpus.metadata["n"] > 17).to_numpy())) == ["18.jpg", "19.jpg"]
    assert list(corpus.select("n > 16 and label == 'x'")) == ["18.jpg"]
    some = pd.Series([True, False, pd.NA], index=["9.jpg", "2.jpg", "3.jpg"], dtype="boolean")
    assert list(corpus.select(some)) == ["9.jpg"]
    assert len(corpus.select([])) == 0
    with pytest.raises(InputError, match=r"1 id not in the corpus: 'nine'; .* '0\.jpg'"):
        corpus.select(["nine"])
    with pytest.raises(InputError, match="1 id not in the corpus: 'z'"):
        corpus.select(pd.Series([True], index=["z"]))
    with pytest.raises(InputError, match="2 true or false values for 20 images"):
        corpus.select([True, False])


def test_numbers_are_taken_as_ids_in_text(photos):
    table = pd.DataFrame({"file": ["a.jpg", "b.jpg"], "post": [7, 8]})
    corpus = Corpus.from_folder(photos, metadata=table, id="post")
    assert list(corpus.select([8])) == ["8"]
    assert list(corpus.select(pd.Series([True], index=[7]))) == ["7"]


def test_nothing_alters_a_corpus(corpus):
    images, metadata = corpus.images.copy(), corpus.metadata.copy()
    for table in (corpus.images, corpus.metadata):
        table.iloc[0, 0] = "altered"
        table["new"] = 1
        table.drop(index="0.jpg", inplace=True)
        table.index.name = "altered"
    assert_frame_equal(corpus.images, images)
    assert_frame_equal(corpus.metadata, metadata)
    assert corpus.ids.name == "image"
    with pytest.raises(FrozenInstanceError):
        corpus.images = images
    with pytest.raises(ValueError, match="read-only"):
        corpus.metadata["n"].to_numpy()[0] = 5


def test_a_corpus_does_not_follow_the_tables_it_was_made_from():
    table = pd.DataFrame({"n": [1, 2]}, index=["a", "b"])
    corpus = Corpus(Path(), table[[]], table)
    table.loc["a", "n"] = 99
    assert corpus.metadata["n"].tolist() == [1, 2]


def test_all_columns_are_there_with_their_kinds(corpus):
    kinds = {name: str(kind) for name, kind in corpus.images.dtypes.items()}
    assert kinds == DTYPES
    assert corpus.images["status"].eq("new").all()


def test_what_is_no_corpus_is_refused():
    table = pd.DataFrame(index=["a", "b"])
    with pytest.raises(InputError, match="these occur more than once: a"):
        Corpus(Path(), table.iloc[[0, 0]], table)
    with pytest.raises(InputError, match="same ids"):
        Corpus(Path(), table, table.iloc[::-1])
    with pytest.raises(InputError, match="images: expected a pandas DataFrame, not list"):
        Corpus(Path(), [], table)


def test_a_corpus_can_be_sent_and_stored(corpus, tmp_path):
    again = pickle.loads(pickle.dumps(corpus))
    assert_frame_equal(again.images, corpus.images)
    assert_frame_equal(again.metadata, corpus.metadata)
    corpus.images.to_parquet(tmp_path / "corpus.parquet")
    stored = replace(corpus, images=pd.read_parquet(tmp_path / "corpus.parquet"))
    assert_frame_equal(stored.images, corpus.images)
    assert pickle.loads(pickle.dumps(corpus.sources())) == corpus.sources()


def test_reading_images(photos, write):
    corpus = Corpus.from_folder(photos)
    assert corpus.path("more/d.jpg") == photos / "more" / "d.jpg"
    assert corpus.pixels("a.jpg").shape == (48, 64, 3)
    assert corpus.pixels("a.jpg", 16).shape == (12, 16, 3)
    assert (corpus.open("c.png").width, corpus.open("c.png").height) == (64, 48)
    assert corpus.sources()[0] == Source("a.jpg", str(photos / "a.jpg"))
    with pytest.raises(InputError, match=r"'e\.jpg' is not an id of this corpus; .* 'a\.jpg'"):
        corpus.pixels("e.jpg")
    (photos / "a.jpg").write_bytes(b"<html>")
    with pytest.raises(ReadError, match=r"^a\.jpg: "):
        corpus.pixels("a.jpg")


def test_groups_are_the_column_the_parent_or_the_image(corpus):
    assert corpus.groups.tolist() == list(corpus)
    assert replace(corpus, group="label").groups.tolist() == ["x", "y"] * 10
    images = corpus.images
    images["parent"] = "p"
    assert replace(corpus, images=images).groups.unique().tolist() == ["p"]


def test_showing_is_short(corpus):
    assert repr(corpus) == "Corpus(20 images: 20 new; 2 columns of metadata)"
    assert repr(corpus.iloc[:0]) == "Corpus(0 images: none; 2 columns of metadata)"
    assert corpus._repr_html_().count("<tr") < 8


def test_empty_folders_are_empty_corpora(tmp_path):
    corpus = Corpus.from_folder(tmp_path)
    assert len(corpus) == len(corpus.readable) == 0
    check = corpus.check()
    assert check.summary()["files"] == 0
    assert check.table().empty
    assert check.groups.empty
    assert len(check.corpus.regions(grid=(2, 2))) == 0
    assert Corpus.from_folder(tmp_path, metadata=pd.DataFrame({"file": []})).ids.tolist() == []


def test_folders_that_are_none_are_errors(tmp_path):
    with pytest.raises(InputError, match=r"nowhere does not exist; expected the folder"):
        Corpus.from_folder(tmp_path / "nowhere")
    (tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(InputError, match=r"a\.jpg is a file"):
        Corpus.from_folder(tmp_path / "a.jpg")


@pytest.mark.parametrize("kind", ["object", "boolean", "bool[pyarrow]"])
def test_true_and_false_go_by_ids_whatever_their_kind(corpus, kind):
    """A missing value makes objects of booleans; they are no less indexed by id."""
    some = pd.Series([True, None, False], index=["9.jpg", "2.jpg", "3.jpg"], dtype=kind)
    assert list(corpus.select(some)) == ["9.jpg"]
    turned = pd.Series(corpus.ids == "1.jpg", index=corpus.ids)[::-1].astype(kind)
    assert list(corpus.select(turned)) == ["1.jpg"]
