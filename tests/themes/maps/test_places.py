"""Projections, maps, neighbors, groups of columns, themes across representations."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from iconometrics import Corpus, themes
from iconometrics.errors import InputError
from iconometrics.themes.maps.picture_map import cells


@pytest.fixture(scope="module")
def digits() -> pd.DataFrame:
    """300 handwritten digits of 64 pixels."""
    pixels = load_digits().data[:300]
    names = [f"pixel_{i}" for i in range(64)]
    return pd.DataFrame(pixels, index=[f"d{i:03}" for i in range(300)], columns=names)


@pytest.fixture(scope="module")
def artists() -> pd.DataFrame:
    """The users and artists of the lecture."""
    rows = ["000111", "110000", "000110", "111000", "000011", "011000", "110000", "000110"]
    table = pd.DataFrame([[int(cell) for cell in row] for row in rows], index=list("ABCDEFGH"))
    return table.set_axis([f"artist {i}" for i in range(1, 7)], axis=1)


def test_components_equal_scikit_learn(digits: pd.DataFrame) -> None:
    table = digits.loc[:, digits.std() > 0]
    made = themes.project(table, "pca", axes=5, standardize=True)
    scaled = (table - table.mean()) / table.std(ddof=0)
    expected = PCA(5).fit(scaled)
    assert made.scree is not None
    assert made.loadings is not None
    assert np.allclose(made.scree["variance"][:5], expected.explained_variance_ratio_, atol=1e-5)
    scores = expected.transform(scaled) / np.sqrt(table.shape[1])
    assert np.allclose(np.abs(made.points), np.abs(scores), atol=1e-4)
    correlations = np.corrcoef(scaled.T, scores.T)[:-5, -5:]
    assert np.allclose(np.abs(made.loadings), np.abs(correlations), atol=1e-4)
    assert made.scree["cumulated"].iloc[-1] == pytest.approx(1)
    made.plot()
    made.plot_scree()
    made.plot_loadings()


def test_the_order_of_rows_plays_no_role(digits: pd.DataFrame) -> None:
    mixed = digits.sample(frac=1, random_state=3)
    first, second = (themes.project(table, "pca", seed=1).points for table in (digits, mixed))
    assert np.allclose(first, second.loc[first.index], atol=1e-6)


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_the_same_seed_gives_the_same_map(digits: pd.DataFrame, method: str) -> None:
    table = digits.iloc[:150]
    first, again = (themes.project(table, method, seed=2).points for _ in range(2))
    assert first.equals(again)
    assert first.index.equals(table.index)


def test_umap_keeps_neighbors_together(digits: pd.DataFrame) -> None:
    from sklearn.manifold import trustworthiness

    unit = digits.div(np.linalg.norm(digits, axis=1), axis=0)
    made = themes.project(digits, "umap", seed=1)
    assert made.settings["rows_of_length_one"]
    assert trustworthiness(unit, made.points, n_neighbors=10) > 0.9


def test_projections_that_cannot_be(digits: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="expected one of pca, umap, tsne"):
        themes.project(digits, "lda")
    with pytest.raises(InputError, match="axes=70"):
        themes.project(digits, axes=70)
    umap = themes.Projection(digits.iloc[:, :2], {"method": "umap"})
    with pytest.raises(InputError, match="only principal components"):
        umap.plot_scree()


@given(
    arrays(np.float64, st.tuples(st.integers(1, 60), st.just(2)), elements=st.floats(0, 1)),
    st.integers(4, 9),
    st.integers(4, 9),
)
def test_no_two_pictures_share_a_cell(points: np.ndarray, across: int, down: int) -> None:
    found = cells(points, across, down)
    shown = found[found[:, 0] >= 0]
    assert len({tuple(cell) for cell in shown.tolist()}) == len(shown)
    assert ((shown >= 0) & (shown < [across, down])).all()
    wanted = np.minimum((points * [across, down]).astype(int), [across - 1, down - 1])
    moved = np.hypot(*(found - wanted)[found[:, 0] >= 0].T)
    assert (moved <= 2.5).all()
    assert len(shown) >= len({tuple(cell) for cell in wanted.tolist()})


def test_a_picture_map_is_drawn(tmp_path: Path) -> None:
    draw = np.random.default_rng(1)
    for number in range(30):
        pixels = draw.integers(0, 256, (12, 8 + number % 9, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number:02}.png")
    (tmp_path / "30.png").write_bytes(b"")
    corpus = Corpus.from_folder(tmp_path)
    points = pd.DataFrame(draw.normal(size=(31, 2)), index=corpus.ids)
    made = themes.Projection(points, {"method": "umap", "seed": 1})
    groups = pd.Series("one", index=corpus.ids)
    with pytest.warns(UserWarning, match="1 image that cannot be opened"):
        figure = made.picture_map(corpus, groups=groups, across=9)
    boxes = [image.get_extent() for image in figure.axes[0].images]
    for i, (left, right, bottom, top) in enumerate(boxes):
        for other_left, other_right, other_bottom, other_top in boxes[:i]:
            apart = (
                right <= other_left or other_right <= left or top <= other_bottom
                or other_top <= bottom
            )  # fmt: skip
            assert apart
    told = made.data({"theme": groups})
    assert told["images"] == corpus.ids.tolist()
    assert min(told["x"]) == 0
    assert max(told["y"]) == 1
    assert told["groups"]["theme"][0] == "one"


@given(arrays(np.float32, (12, 3), elements=st.floats(-9, 9, width=16)), st.integers(1, 11))
def test_neighbors_equal_brute_force(values: np.ndarray, n: int) -> None:
    values = values + np.float32(0.01)
    table = pd.DataFrame(values, index=[f"i{k:02}" for k in range(12)])
    unit = values / np.linalg.norm(values, axis=1, keepdims=True)
    alike = unit @ unit.T
    np.fill_diagonal(alike, -np.inf)
    found = themes.Neighbors(table).table(n)
    assert (found["image"] != found["neighbor"]).all()
    best = -np.sort(-alike, axis=1)[:, :n]
    assert np.allclose(found["similarity"].to_numpy().reshape(12, n), best, atol=1e-4)
    one = themes.neighbors(table, "i03", n=n)
    assert np.allclose(one["similarity"], best[3], atol=1e-4)


def test_a_row_of_numbers_is_looked_up(digits: pd.DataFrame) -> None:
    made = themes.Neighbors(digits)
    assert made.of(3 * digits.loc["d007"].to_numpy(), n=1)["image"].tolist() == ["d007"]
    assert made.recall == (1.0, 1.0, 1.0)


def test_the_search_by_graph_finds_nearly_all(digits: pd.DataFrame) -> None:
    made = themes.Neighbors(digits, exact=False)
    share, low, high = made.recall
    assert low <= share <= high
    assert share > 0.95
    exact = themes.Neighbors(digits).table(5)
    found = made.table(5)
    assert (exact["neighbor"].to_numpy() == found["neighbor"].to_numpy()).mean() > 0.95


@pytest.mark.parametrize("exact", [True, False])
def test_near_copies_are_grouped(digits: pd.DataFrame, exact: bool) -> None:
    draw = np.random.default_rng(1)
    noise = draw.normal(scale=0.05, size=(4, 64))
    copies = pd.DataFrame(
        digits.iloc[[0, 0, 0, 9]].to_numpy() + noise, ["c1", "c2", "c3", "c9"], digits.columns
    )
    table = pd.concat([digits, copies])
    found = themes.Neighbors(table, exact=exact).near_duplicates(0.9995)
    groups = found.groupby("group")["image"].agg(set)
    assert groups[1] == {"d000", "c1", "c2", "c3"}
    assert groups[2] == {"d009", "c9"}
    assert len(groups) == 2
    assert (found["similarity"] >= 0.9995).all()


def test_neighbors_that_cannot_be(digits: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no such image"):
        themes.neighbors(digits, "x")
    with pytest.raises(InputError, match="expected 64 finite ones"):
        themes.neighbors(digits, [1, 2])
    with pytest.raises(InputError, match="has no number in column 'pixel_3'"):
        themes.Neighbors(digits.assign(pixel_3=np.nan))
    with pytest.raises(InputError, match="more than one row"):
        themes.Neighbors(pd.concat([digits, digits]))
    with pytest.raises(InputError, match="a table of no images"):
        themes.Neighbors(digits.iloc[:0])


def test_artists_fall_into_two_groups(artists: pd.DataFrame) -> None:
    found = themes.columns(artists)
    groups = {frozenset(g.index) for _, g in found.labels.groupby(found.labels)}
    first = {f"artist {i}" for i in (1, 2, 3)}
    assert groups == {frozenset(first), frozenset(set(artists.columns) - first)}
    table = found.table()
    assert (table["inside"] > 0.4).all()
    assert (table["outside"] < -0.5).all()
    found.plot()
    found.plot(rows=False)


def test_users_fall_into_two_groups(artists: pd.DataFrame) -> None:
    found = themes.columns(artists.T, k=2)
    groups = {frozenset(g.index) for _, g in found.labels.groupby(found.labels)}
    assert groups == {frozenset("ACEH"), frozenset("BDFG")}


def test_column_groups_equal_scipy(digits: pd.DataFrame) -> None:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist
    from sklearn.metrics import adjusted_rand_score

    table = digits.loc[:, digits.std() > 0]
    found = themes.columns(table, k=6)
    expected = fcluster(linkage(pdist(table.T, "correlation"), "average"), 6, "maxclust")
    assert adjusted_rand_score(expected, found.labels[table.columns]) == 1
    assert found.labels.value_counts()["1"] == found.labels.value_counts().max()


def test_columns_that_cannot_be_grouped(artists: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="'artist 2' is the same in all rows"):
        themes.columns(artists.assign(**{"artist 2": 1}))
    with pytest.raises(InputError, match="at least three"):
        themes.columns(artists.iloc[:, :2])
    with pytest.raises(InputError, match="k=9"):
        themes.columns(artists, k=9)
    with pytest.raises(InputError, match="holds no numbers"):
        themes.columns(artists.assign(name="x"))


def test_the_representation_the_others_agree_with_is_taken() -> None:
    """Two see the groups, one with more noise; two see nothing."""
    draw = np.random.default_rng(1)
    truth = np.repeat([0, 1, 2], 30)
    ids = [f"i{k:02}" for k in range(90)]

    def seen(strength: float) -> pd.DataFrame:
        places = strength * np.eye(3)[truth] + draw.normal(size=(90, 3))
        return pd.DataFrame(places, ids, ["a_0", "a_1", "a_2"])

    tables = {"clear": seen(9), "also clear": seen(8), "blind": seen(0), "blind too": seen(0)}
    found = themes.across(tables, 3, seed=1)
    assert found.chosen in {"clear", "also clear"}
    assert found.agreements.loc["clear", "also clear"] > 0.9
    assert abs(found.agreements.loc["clear", "blind"]) < 0.2
    assert found.table()["chosen"].sum() == 1
    assert found.themes.data is tables[found.chosen]
    assert list(found.themes.centers.columns) == ["a_0", "a_1", "a_2"]
    assert found.chosen in found.summary()
    found.plot()
    with pytest.raises(InputError, match="of two neither agrees more"):
        themes.across({"a": tables["clear"], "b": tables["blind"]}, 3)
    with pytest.raises(InputError, match="other images"):
        themes.across({**tables, "short": tables["clear"].iloc[:50]}, 3)


def test_dummies_fall_into_the_number_of_groups_asked_for() -> None:
    """All pairs are equally far apart, and no height of the tree parts some of them."""
    dummies = pd.get_dummies(pd.Series(list("wxyz") * 5), dtype=float)
    assert themes.columns(dummies).k == 2
    assert [themes.columns(dummies, k=k).k for k in (1, 2, 3, 4)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([0.1] * 8, "'new' is the same in all rows"),
        ([np.nan] * 8, "'new' has no value"),
        ([np.inf, *range(7)], "infinite"),
        ([1.0, 2.0, *[np.nan] * 6], "no correlation in the rows that have both"),
    ],
)
def test_columns_without_correlations_are_told(
    artists: pd.DataFrame, column: list[float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        themes.columns(artists.assign(new=column))


def test_the_recall_counts_others_only() -> None:
    """Found are the image itself and 5 of the 10 true neighbors: half, not six of eleven."""
    random = np.random.default_rng(1)
    found = themes.Neighbors(pd.DataFrame(random.normal(size=(40, 4))), exact=False)
    places, _ = themes.Neighbors(found.data)._search(found._rows, 6)
    half = replace(found)
    object.__setattr__(half, "_search", lambda rows, n: (places[_which(found._rows, rows)], None))
    assert half.recall[0] == 0.5


def _which(rows: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.array([int((rows == row).all(axis=1).argmax()) for row in wanted])


def test_one_axis_cannot_be_drawn(digits: pd.DataFrame) -> None:
    line = themes.project(digits.iloc[:50], "pca", axes=1)
    for draw in (line.plot, line.data):
        with pytest.raises(InputError, match="expected two to draw"):
            draw()


def test_themes_across_representations_are_not_drawn_anew(digits: pd.DataFrame) -> None:
    """They were found on axes of UMAP: their table would give themes of another kind."""
    tables = {f"from {n}": digits.iloc[:60, n : n + 20] for n in (0, 20, 40)}
    found = themes.across(tables, 2).themes
    with pytest.raises(InputError, match="UMAP and k-means"):
        themes.redrawn(found, 3)
