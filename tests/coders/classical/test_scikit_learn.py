"""The classifier inside scikit-learn: clones, cross-validation, grid search, its own checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import estimator_checks_generator

from iconometrics import Corpus
from iconometrics.coders import FeatureClassifier
from iconometrics.features import HOG

SETS = ("hog:size=32:cell=16",)

CHECKS = list(estimator_checks_generator(FeatureClassifier("lda", folds=2)))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("estimator", "check"), CHECKS, ids=[check.func.__name__ for _, check in CHECKS]
)
def test_scikit_learns_own_checks(estimator: Any, check: Any) -> None:
    check(estimator)


def test_clone_and_parameters() -> None:
    model = FeatureClassifier("forest", features=SETS, grid={"max_depth": [2]}, seed=7)
    again = clone(model)
    assert again.get_params() == model.get_params()
    assert again is not model
    assert is_classifier(model)
    assert "seed=7" in repr(model)


def test_cross_validation_on_a_corpus(
    corpus: Corpus, table: pd.DataFrame, faces: pd.Series
) -> None:
    model = FeatureClassifier("ridge", features=SETS, folds=2)
    on_corpus = cross_val_score(model, corpus, faces, cv=3)
    np.testing.assert_array_equal(on_corpus, cross_val_score(model, table, faces, cv=3))
    assert on_corpus.mean() > 0.85


def test_grid_search_on_a_corpus(corpus: Corpus, faces: pd.Series) -> None:
    model = FeatureClassifier("ridge", features=SETS, folds=2)
    search = GridSearchCV(model, {"model": ["ridge", "lda"], "reduce": [None, "pca"]}, cv=2)
    search.fit(corpus.take(np.arange(0, 200, 4)), faces.iloc[::4])
    assert search.best_score_ > 0.7
    assert search.score(corpus.take(np.arange(1, 200, 4)), faces.iloc[1::4]) > 0.7


def test_groups_go_through_scikit_learn(table: pd.DataFrame, faces: pd.Series) -> None:
    groups = np.arange(200) // 5
    model = FeatureClassifier("ridge", folds=2)
    found = cross_val_predict(model, table, faces, cv=GroupKFold(3), groups=groups)
    assert (found == faces).mean() > 0.85


def test_behind_an_extractor_in_a_pipeline(corpus: Corpus, faces: pd.Series) -> None:
    few = corpus.take(np.arange(0, 200, 4))
    chain = make_pipeline(HOG(size=32, cell=16), FeatureClassifier("ridge", folds=2))
    chain.fit(few, faces.iloc[::4])
    direct = FeatureClassifier("ridge", features=SETS, folds=2).fit(few, faces)
    np.testing.assert_array_equal(chain.predict(few), direct.predict(few))


def test_score_aligns_labels_by_id(table: pd.DataFrame, faces: pd.Series) -> None:
    model = FeatureClassifier("ridge").fit(table, faces)
    assert model.score(table, faces.iloc[::-1]) == model.score(table, faces)
    weights = np.r_[np.ones(100), np.zeros(100)]
    first = model.score(table.iloc[:100], faces.iloc[:100])
    assert model.score(table, faces, sample_weight=weights) == pytest.approx(first)
