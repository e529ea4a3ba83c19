"""What every clusterer must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from iconometrics import themes
from iconometrics.errors import InputError
from iconometrics.themes.methods.find import METHODS

Find = Callable[..., themes.Themes]
FEW: dict[str, dict[str, Any]] = {"density": {"smallest": 4}, "mixture": {"components": 3}}


@pytest.fixture(params=sorted(METHODS))
def method(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def numbered(method: str) -> str:
    if not METHODS[method].numbered:
        pytest.skip("finds its own number")
    return method


def find(data: pd.DataFrame, k: Any, method: str, **options: Any) -> themes.Themes:
    return themes.find(data, k, method=method, **{"seed": 1, **FEW.get(method, {}), **options})


def groups(k: int = 3, each: int = 15, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    angles = 2 * np.pi * np.arange(k) / k
    centers = 20 * np.column_stack([np.cos(angles), np.sin(angles), np.zeros(k)])
    matrix = np.repeat(centers, each, axis=0) + random.normal(size=(k * each, 3))
    return pd.DataFrame(matrix, [f"i{row:03d}" for row in range(k * each)], ["a_x", "b_y", "c_z"])


def test_groups_that_are_apart_are_found(method: str) -> None:
    data = groups()
    found = find(data, range(2, 6), method, standardize=False)
    assert found.k == 3
    assert adjusted_rand_score(np.repeat(range(3), 15), found.labels) == 1
    assert found.labels.index.equals(data.index)
    assert found.settings["method"] and found.reason


def test_the_parts_fit_together(method: str) -> None:
    data = groups(4, 12)
    found = find(data, 3, method)
    names = [str(number + 1) for number in range(found.k)]
    assert found.centers.index.tolist() == names
    assert set(found.labels) <= {*names, "none"}
    sizes = found.sizes()
    assert sizes["n"].sum() == len(data) and sizes["n"][: found.k].is_monotonic_decreasing
    assert found.selection.loc[found.selection["chosen"], "k"].item() == found.k
    assert (found.scores["distance"] >= 0).all()
    own = data.groupby(found.labels.to_numpy()).mean().loc[names, found.centers.columns]
    assert found.centers.to_numpy() == pytest.approx(own.to_numpy())
    assert len(found.table()) == found.k and found.summary()
    if found.membership is not None:
        assert found.membership.index.equals(data.index)
        assert found.membership.sum(axis=1).to_numpy() == pytest.approx(1)
        assert (found.membership.idxmax(axis=1) == found.labels).all()


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 500), shuffle=st.integers(0, 500))
def test_the_order_of_images_plays_no_role(method: str, seed: int, shuffle: int) -> None:
    data = groups(3, 9, seed)
    mixed = data.sample(frac=1, random_state=shuffle)
    one, other = find(data, 3, method), find(mixed, 3, method)
    assert other.labels.index.equals(mixed.index)
    assert other.labels.reindex(data.index).equals(one.labels)


def test_the_same_seed_gives_the_same_themes(method: str) -> None:
    data = groups(5, 8).add(np.random.default_rng(5).normal(size=(40, 3)) * 6)
    once, again = (find(data, 4, method, seed=7) for _ in range(2))
    assert once.labels.equals(again.labels)
    pd.testing.assert_frame_equal(once.scores, again.scores)


def test_themes_can_be_written_and_read(method: str, tmp_path: Any) -> None:
    found = find(groups(), 3, method)
    found.write(tmp_path / "themes")
    again = themes.read(tmp_path / "themes")
    assert again.labels.equals(found.labels) and again.reason == found.reason
    for name in ("centers", "scores", "selection", "membership", "tree"):
        kept, made = getattr(again, name), getattr(found, name)
        assert (kept is None) == (made is None)
        if made is not None:
            pd.testing.assert_frame_equal(kept, made)


GAP = pd.DataFrame({"color_hue": [1, np.nan, 3, 4, 5], "b": range(5)}, index=list("vwxyz"))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (GAP, "column 'color_hue': 1 of 5 values missing or infinite, the first in image 'w'"),
        (pd.DataFrame({"a": [2.0] * 6}), "a: constant in all 6 images"),
        (pd.DataFrame({"a": ["x", "y", "z", "u", "v"]}), "column 'a' holds str, not numbers"),
        (groups().set_axis(["same"] * 45), "image 'same' has more than one row"),
    ],
)
def test_bad_tables_are_told(method: str, data: pd.DataFrame, message: str) -> None:
    with pytest.raises(InputError, match=message):
        find(data, 2, method)


def test_one_image_is_told(method: str) -> None:
    with pytest.raises(InputError, match=r"a table of 1 image |with 1 image:"):
        find(groups().iloc[:1], 2, method)


def test_more_themes_than_different_images_are_told(numbered: str) -> None:
    data = pd.DataFrame({"a": [0.0, 0, 0, 1, 1, 1]}, index=list("abcdef"))
    with pytest.raises(InputError, match=r"k=3 with 6 images, of which 2 differ"):
        find(data, 3, numbered)
    found = find(data, 2, numbered, standardize=False)
    assert sorted(found.labels[["a", "d"]]) == ["1", "2"]


def test_constant_columns_are_left_out(method: str) -> None:
    found = find(groups().assign(same=4.5), 3, method)
    assert found.settings["constant"] == ["same"] and "same" not in found.centers


def test_unknown_methods_are_told() -> None:
    with pytest.raises(InputError, match="method='kmedoids': expected one of kmeans"):
        find(groups(), 3, "kmedoids")
