"""Permutation importance and partial dependence against scikit-learn and known effects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import partial_dependence, permutation_importance

from iconometrics.coders import FeatureClassifier
from iconometrics.errors import InputError


@pytest.fixture(scope="module")
def known() -> tuple[pd.DataFrame, pd.Series]:
    """The label follows from the first column; the second is its copy in another set."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        rng.normal(size=(300, 4)), columns=["color_hue", "hog_a", "hog_b", "color_warm"]
    )
    table.index = table.index.map(str)
    label = np.where(table["color_hue"] + 0.3 * rng.normal(size=300) > 0, "yes", "no")
    return table, pd.Series(label, table.index, name="answer")


@pytest.fixture(scope="module")
def model(known: Any) -> FeatureClassifier:
    return FeatureClassifier("logistic").fit(*known)


def test_importance_is_scikit_learns(model: FeatureClassifier, known: Any) -> None:
    table, y = known
    ours = model.importance(table, y, repeats=40)
    theirs = permutation_importance(model, table, y, n_repeats=40, random_state=0)
    np.testing.assert_allclose(ours.drops[table.columns].mean(), theirs.importances_mean, atol=0.03)
    assert ours.accuracy == pytest.approx(model.score(table, y))
    assert ours.table()["feature"].iloc[0] == "color_hue"
    assert (ours.table()["low"] <= ours.table()["high"]).all()


def test_sets_are_shuffled_together(model: FeatureClassifier, known: Any) -> None:
    table = model.importance(*known, by="set", repeats=10).table().set_index("feature")
    assert sorted(table.index) == ["color", "hog"]
    assert table.loc["color", "drop"] > 0.3
    assert abs(table.loc["hog", "drop"]) < 0.02


def test_the_same_seed_shuffles_the_same(model: FeatureClassifier, known: Any) -> None:
    one, two, other = (model.importance(*known, seed=seed).drops for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(other)


def test_partial_dependence_is_scikit_learns(digits: Any) -> None:
    model = FeatureClassifier("tree", folds=2).fit(digits.X, digits.y)
    X = digits.X_new[:60]
    ours = model.partial_dependence(X, 20).probability
    theirs = partial_dependence(
        model, X, [20], custom_values={20: ours.index.to_numpy()}, kind="average"
    )
    np.testing.assert_allclose(ours.to_numpy().T, theirs["average"], rtol=1e-9)
    assert ours.columns.tolist() == list(model.classes_)


def test_partial_dependence_rises_where_the_effect_does(
    model: FeatureClassifier, known: Any
) -> None:
    table, _ = known
    found = model.partial_dependence(table, "color_hue", points=9)
    curve = found.probability["yes"].to_numpy()
    assert len(curve) == 9
    assert (np.diff(curve) > 0).all()
    flat = model.partial_dependence(table, "hog_b").probability["yes"]
    assert flat.max() - flat.min() < 0.2 < curve[-1] - curve[0]
    np.testing.assert_allclose(found.probability.sum(axis=1), 1)
    tidy = found.table()
    assert tidy.columns.tolist() == ["value", "category", "probability"]
    assert len(tidy) == 18


def test_plots(model: FeatureClassifier, known: Any) -> None:
    assert model.importance(*known, repeats=2).plot(top=2).has_data()
    ax = model.partial_dependence(known[0], "color_hue").plot()
    assert "yes" in ax.get_ylabel()


def test_wrong_names(model: FeatureClassifier, known: Any) -> None:
    with pytest.raises(InputError, match="by='row'"):
        model.importance(*known, by="row")
    for column in ("color_cold", 4, -1):
        with pytest.raises(InputError, match="was not trained on: 'color_hue'"):
            model.partial_dependence(known[0], column)


def test_whole_numbers_are_not_cut_off() -> None:
    X = np.random.default_rng(1).integers(0, 100, (60, 2))
    model = FeatureClassifier("logistic").fit(X, X[:, 0] > 50)
    whole, real = (
        model.partial_dependence(data, 0, points=10).probability for data in (X, X.astype(float))
    )
    pd.testing.assert_frame_equal(whole, real)
