"""K-means step by step: the same as scikit-learn from the same start."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from iconometrics import themes
from iconometrics.errors import InputError

PIXELS = load_digits().data[:300]
DIGITS = pd.DataFrame(PIXELS[:, PIXELS.std(axis=0) > 0], [f"d{n:03d}" for n in range(300)])


@pytest.mark.parametrize("start", ["random", "k-means++"])
def test_the_end_is_that_of_scikit_learn(start: str) -> None:
    steps = themes.kmeans_steps(DIGITS, 8, start=start, seed=2)
    first = steps.centers.loc[1].to_numpy()
    positions = steps.positions.to_numpy()
    model = KMeans(8, init=first, n_init=1, tol=0, max_iter=1000).fit(positions)
    last = steps.assignments.iloc[:, -1].to_numpy() - 1
    assert (last == model.labels_).all()
    assert steps.table()["within_ss"].iloc[-1] == pytest.approx(model.inertia_)
    assert steps.centers.loc[len(steps.centers) // 8].to_numpy() == pytest.approx(
        model.cluster_centers_
    )


@pytest.mark.parametrize("rounds", [1, 2, 4])
def test_every_iteration_is_that_of_scikit_learn(rounds: int) -> None:
    centers = DIGITS.iloc[:5].to_numpy()
    steps = themes.kmeans_steps(DIGITS, 5, start=centers)
    model = KMeans(5, init=centers, n_init=1, tol=0, max_iter=rounds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(DIGITS.to_numpy())
    places = steps.centers.loc[rounds + 1].to_numpy()
    assert places == pytest.approx(model.cluster_centers_)


def test_the_objective_over_pairs_is_twice_the_sum_within() -> None:
    steps = themes.kmeans_steps(DIGITS, 4, seed=1)
    table = steps.table().set_index("iteration")
    matrix = steps.positions.to_numpy()
    for iteration, codes in steps.assignments.items():
        groups = [matrix[codes.to_numpy() == c] for c in range(1, 5)]
        pairs = sum(cdist(group, group, "sqeuclidean").sum() / len(group) for group in groups)
        assert table.loc[iteration, "over_pairs"] == pytest.approx(pairs)
        assert table.loc[iteration, "within_ss"] == pytest.approx(pairs / 2)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(2, 5))
def test_the_sum_never_rises_and_the_end_stands_still(seed: int, k: int) -> None:
    data = pd.DataFrame(np.random.default_rng(seed).normal(size=(30, 2)))
    steps = themes.kmeans_steps(data, k, seed=seed)
    table = steps.table()
    assert (np.diff(table["within_ss"]) <= 1e-9).all()
    assert table["moved"].iloc[-1] == 0
    again = themes.kmeans_steps(data, k, start=steps.assignments.iloc[:, -1])
    assert again.table()["moved"].iloc[1:].eq(0).all()


def test_a_random_start_is_a_random_assignment() -> None:
    steps = themes.kmeans_steps(DIGITS, 6, start="random", seed=1)
    sizes = steps.assignments[0].value_counts()
    assert len(sizes) == 6 and sizes.min() > 25
    means = steps.positions.groupby(steps.assignments[0].to_numpy()).mean()
    assert steps.centers.loc[1].to_numpy() == pytest.approx(means.to_numpy())
    assert 0 not in themes.kmeans_steps(DIGITS, 6, start="k-means++").assignments


def test_the_steps_can_be_drawn() -> None:
    steps = themes.kmeans_steps(DIGITS, 3, seed=1)
    titles = [ax.get_title(loc="left") for ax in steps.plot(most=4).axes]
    assert titles[0] == "Start" and titles[-1].endswith("no image moves") and len(titles) == 4


@pytest.mark.parametrize(
    ("k", "start", "message"),
    [
        (1, "random", "k=1 with 300 images: expected at least 2 clusters"),
        (3, "first", "start='first': expected one of k-means"),
        (3, np.zeros((2, 5)), r"start: centers of shape \(2, 5\); expected \(3, 55\)"),
        (3, pd.Series(1, DIGITS.index), "start: 1 clusters for 300 of 300 images; expected 3"),
        (2, pd.Series([1, 2], DIGITS.index[:2]), "start: 2 clusters for 2 of 300 images"),
    ],
)
def test_bad_starts_are_told(k: int, start: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        themes.kmeans_steps(DIGITS, k, start=start)  # type: ignore[arg-type]
