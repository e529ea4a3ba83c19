"""Themes of one half, and where the other half falls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, make_blobs

from iconometrics import themes
from iconometrics.errors import InputError
from iconometrics.themes.preparation import prepare


def test_the_other_half_lies_where_scikit_learn_puts_it() -> None:
    digits = load_digits()
    data = pd.DataFrame(digits.data[:600], [f"d{n:04d}" for n in range(600)])
    halves = themes.split_half(data, 8, seed=1, standardize=False, components=None)
    inside = halves.themes.labels.index
    assert len(inside) == 300 and not inside.intersection(halves.labels.index).size
    centers = data.loc[inside].groupby(halves.themes.labels).mean()
    model = KMeans(8, init=centers.to_numpy(), n_init=1, max_iter=1).fit(data.loc[inside])
    model.cluster_centers_ = centers.to_numpy()
    nearest = centers.index[model.predict(data.loc[halves.labels.index])]
    assert halves.labels.tolist() == nearest.tolist()


@pytest.mark.parametrize("components", [None, 3])
@pytest.mark.parametrize("standardize", [True, False])
def test_images_are_placed_as_those_that_themes_were_found_in(
    standardize: bool, components: int | None
) -> None:
    random = np.random.default_rng(1)
    data = pd.DataFrame(
        random.normal(3, [1, 5, 2, 9, 0], (50, 5)), columns=["a_1", "a_2", "b_1", "b_2", "c_1"]
    )
    prepared = prepare(data, standardize=standardize, components=components)
    again = prepared.placement.matrix(data.loc[prepared.ids])
    np.testing.assert_allclose(again, prepared.matrix, atol=1e-4)


def test_whole_accounts_lie_on_one_side() -> None:
    rows, kind = make_blobs(200, centers=3, cluster_std=0.2, random_state=1)
    data = pd.DataFrame(rows, [f"i{n:03d}" for n in range(200)])
    groups = pd.Series(np.arange(200) // 10, data.index, name="account")
    halves = themes.split_half(data, 3, groups=groups, share=0.4, seed=2)
    assert set(groups[halves.labels.index]).isdisjoint(groups[halves.themes.labels.index])
    assert groups[halves.themes.labels.index].nunique() == 8
    both = pd.crosstab(halves.labels, kind[data.index.get_indexer(halves.labels.index)])
    assert (both > 0).to_numpy().sum() == 3
    with pytest.raises(InputError, match="share=1 of 20 images or accounts"):
        themes.split_half(data, 3, groups=groups, share=1)
