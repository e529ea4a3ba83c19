"""The classifier gives exactly what scikit-learn gives when it is called directly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectPercentile, VarianceThreshold
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedGroupKFold,
    StratifiedKFold,
    cross_val_predict,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from iconometrics import stats
from iconometrics.coders import FeatureClassifier

BY_HAND: dict[str, tuple[Any, str]] = {
    "bagging": (BaggingClassifier(n_estimators=50, random_state=3), "sigmoid"),
    "forest": (RandomForestClassifier(300, random_state=3, n_jobs=-1), "temperature"),
    "lasso": (
        OneVsRestClassifier(
            LogisticRegression(l1_ratio=1, C=0.1, solver="liblinear", random_state=3)
        ),
        "temperature",
    ),
    "lda": (LinearDiscriminantAnalysis(), "temperature"),
    "logistic": (LogisticRegression(max_iter=1000), "temperature"),
    "neighbors": (KNeighborsClassifier(5, weights="distance"), "sigmoid"),
    "polynomial": (OneVsRestClassifier(SVC(kernel="poly", degree=2, coef0=1)), "temperature"),
    "ridge": (RidgeClassifier(alpha=100), "temperature"),
    "svm": (OneVsRestClassifier(SVC(C=10)), "temperature"),
    "tree": (DecisionTreeClassifier(min_samples_leaf=5, random_state=3), "sigmoid"),
}


def folds(n: int = 3) -> StratifiedKFold:
    return StratifiedKFold(n, shuffle=True, random_state=3)


def two(digits: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Fours and nines only."""
    rows = np.isin(digits.y, ["d", "i"])
    return digits.X[rows], digits.y[rows], digits.X_new


@pytest.mark.filterwarnings("ignore:.*columns are constant.*")
@pytest.mark.parametrize("classes", ["two", "ten"])
@pytest.mark.parametrize("model", sorted(BY_HAND))
def test_every_model_calibrated(model: str, classes: str, digits: Any) -> None:
    X, y, X_new = two(digits) if classes == "two" else (digits.X, digits.y, digits.X_new)
    estimator, method = BY_HAND[model]
    theirs = CalibratedClassifierCV(
        make_pipeline(StandardScaler(), estimator), method=method, cv=folds(), ensemble=False
    ).fit(X, y)
    ours = FeatureClassifier(model, folds=3, seed=3).fit(X, y)
    np.testing.assert_array_equal(ours.classes_, theirs.classes_)
    # The order in which calibration adds up may differ in the last digits.
    np.testing.assert_allclose(
        ours.predict_proba(X_new), theirs.predict_proba(X_new), rtol=1e-9, atol=1e-12
    )
    np.testing.assert_array_equal(ours.predict(X_new), theirs.predict(X_new))


@pytest.mark.parametrize("model", ["svm", "polynomial", "lda", "forest", "ridge"])
def test_uncalibrated_without_folds(model: str, digits: Any) -> None:
    estimator = BY_HAND[model][0]
    if model in {"svm", "polynomial"}:
        estimator = estimator.estimator
    theirs = estimator.fit(digits.X, digits.y)
    ours = FeatureClassifier(model, scale=False, calibrate=None, folds=None, seed=3)
    ours.fit(digits.X, digits.y)
    np.testing.assert_array_equal(ours.predict(digits.X_new), theirs.predict(digits.X_new))
    assert ours.accuracy_ is None
    assert hasattr(ours, "predict_proba") == hasattr(theirs, "predict_proba")


@pytest.mark.parametrize(
    ("reduce", "steps"),
    [
        ("pca", [PCA(0.95, svd_solver="full", random_state=3)]),
        ("select", [VarianceThreshold(), SelectPercentile(percentile=25)]),
    ],
)
@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
def test_reduced_and_calibrated_in_every_way(
    reduce: str, steps: list[Any], method: str, digits: Any
) -> None:
    chain = make_pipeline(StandardScaler(), *steps, LinearDiscriminantAnalysis())
    theirs = CalibratedClassifierCV(chain, method=method, cv=folds(), ensemble=False)
    ours = FeatureClassifier("lda", reduce=reduce, calibrate=method, folds=3, seed=3)
    np.testing.assert_allclose(
        ours.fit(digits.X, digits.y).predict_proba(digits.X_new),
        theirs.fit(digits.X, digits.y).predict_proba(digits.X_new),
        rtol=1e-9,
        atol=1e-12,
    )


def test_grid_search(digits: Any) -> None:
    grid = {"C": [0.01, 1], "gamma": ["scale", 0.05]}
    chain = make_pipeline(StandardScaler(), SVC(C=10))
    search = GridSearchCV(chain, {f"svc__{k}": v for k, v in grid.items()}, cv=folds())
    search.fit(digits.X, digits.y)
    ours = FeatureClassifier("svm", grid=grid, calibrate=None, folds=3, seed=3)
    ours.fit(digits.X, digits.y)
    np.testing.assert_array_equal(ours.predict(digits.X_new), search.predict(digits.X_new))
    chosen = {k.removeprefix("model__"): v for k, v in ours.trained_.chosen.items()}
    assert chosen == {k.removeprefix("svc__"): v for k, v in search.best_params_.items()}
    assert ours.accuracy_ is not None
    assert ours.accuracy_["value"] == pytest.approx(search.best_score_, abs=0.005)
    assert "optimistic" in ours.accuracy_["method"]


def test_accuracy_is_that_of_images_held_out(digits: Any) -> None:
    chain = make_pipeline(StandardScaler(), LinearDiscriminantAnalysis())
    held_out = cross_val_predict(chain, digits.X, digits.y, cv=folds())
    correct = int((held_out == digits.y).sum())
    accuracy = FeatureClassifier("lda", folds=3, seed=3).fit(digits.X, digits.y).accuracy_
    assert accuracy is not None
    assert (accuracy["value"], accuracy["n"]) == (correct / 400, 400)
    assert (accuracy["low"], accuracy["high"]) == pytest.approx(stats.wilson(correct, 400))


def test_groups_stay_on_one_side(digits: Any) -> None:
    groups = np.arange(400) // 8
    splitter = StratifiedGroupKFold(4, shuffle=True, random_state=3)
    splits = list(splitter.split(digits.X, digits.y, groups))
    chain = make_pipeline(StandardScaler(), RidgeClassifier(alpha=100))
    theirs = CalibratedClassifierCV(chain, method="temperature", cv=splits, ensemble=False)
    ours = FeatureClassifier("ridge", folds=4, seed=3).fit(digits.X, digits.y, groups=groups)
    np.testing.assert_allclose(
        ours.predict_proba(digits.X_new),
        theirs.fit(digits.X, digits.y).predict_proba(digits.X_new),
        rtol=1e-9,
        atol=1e-12,
    )
    assert ours.accuracy_ is not None
    assert "by group" in ours.accuracy_["method"]


def test_a_table_gives_what_its_numbers_give(table: pd.DataFrame, faces: pd.Series) -> None:
    ours = FeatureClassifier("ridge").fit(table, faces)
    theirs = FeatureClassifier("ridge").fit(table.to_numpy(), faces.to_numpy())
    expected = theirs.predict_proba(table.to_numpy())
    np.testing.assert_array_equal(ours.predict_proba(table), expected)
    turned = table.iloc[:, ::-1].assign(further=1.0)
    np.testing.assert_array_equal(ours.predict_proba(turned), expected)


def test_confidence_tells_easy_from_hard(digits: Any) -> None:
    """Votes of classes by pairs would be about as sure of every image."""
    model = FeatureClassifier("svm").fit(digits.X, digits.y)
    shares = model.predict_proba(digits.X_new)
    confidence, correct = shares.max(axis=1), model.predict(digits.X_new) == digits.y_new
    assert stats.expected_calibration_error(confidence, correct) < 0.05
    assert confidence[correct].mean() - confidence[~correct].mean() > 0.2
