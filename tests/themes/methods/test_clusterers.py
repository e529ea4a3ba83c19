"""Each clusterer against scikit-learn, scipy or faiss on the same data, and the lectures."""

from __future__ import annotations

import faiss
import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import cut_tree, linkage
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

from iconometrics import themes
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.themes.methods.lloyd import fit
from iconometrics.themes.preparation import prepare

USERS = pd.DataFrame(
    [list(map(int, row)) for row in
     ["000111", "110000", "000110", "111000", "000011", "011000", "110000", "000110"]],
    index=list("ABCDEFGH"),
    columns=[f"artist {number}" for number in range(1, 7)],
)  # fmt: skip
PLAIN = {"standardize": False, "components": None}


@pytest.fixture(scope="module")
def digits() -> pd.DataFrame:
    pixels = load_digits().data[:500]
    return pd.DataFrame(pixels, [f"d{n:04d}" for n in range(500)], [f"p_{n}" for n in range(64)])


@pytest.fixture(scope="module")
def matrix(digits: pd.DataFrame) -> np.ndarray:
    return prepare(digits, **PLAIN).matrix


@pytest.mark.parametrize("link", ["ward", "average", "complete", "single"])
def test_users_form_two_groups_in_every_tree(link: str) -> None:
    labels = themes.hierarchical(USERS, 2, linkage=link, standardize=False).labels
    assert set(labels[list("ACEH")]) == {"1"} and set(labels[list("BDFG")]) == {"2"}


@pytest.mark.parametrize("start", ["random", "k-means++"])
def test_users_form_two_groups_from_every_start(start: str) -> None:
    labels = themes.kmeans(USERS, 2, start=start, standardize=False).labels
    assert set(labels[list("ACEH")]) == {"1"} and set(labels[list("BDFG")]) == {"2"}


@pytest.mark.parametrize("link", ["ward", "average"])
def test_hierarchical_is_that_of_scipy_and_scikit_learn(
    digits: pd.DataFrame, matrix: np.ndarray, link: str
) -> None:
    found = themes.hierarchical(digits, 7, linkage=link, **PLAIN)
    model = AgglomerativeClustering(7, linkage=link).fit(digits)
    assert adjusted_rand_score(found.labels, model.labels_) == 1
    tree = linkage(matrix, link)
    assert found.tree is not None and found.tree.to_numpy() == pytest.approx(tree)
    assert adjusted_rand_score(found.labels, cut_tree(tree, 7)[:, 0]) == 1


def test_themes_of_a_tree_lie_inside_each_other(digits: pd.DataFrame) -> None:
    few, many = (themes.hierarchical(digits, k, **PLAIN).labels for k in (4, 9))
    assert (pd.crosstab(many, few) > 0).sum(axis=1).eq(1).all()


def test_the_dendrogram_names_groups_by_their_central_image(digits: pd.DataFrame) -> None:
    found = themes.hierarchical(digits, 4, **PLAIN)
    ax = found.dendrogram(leaves=12)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) == 12
    assert sum(int(name.split("(")[1].rstrip(")")) for name in names) == 500
    assert {name.split(" ")[0] for name in names} <= set(digits.index)
    assert sorted(t.get_text() for t in ax.texts) == [f"theme {n}" for n in range(1, 5)]
    with pytest.raises(InputError, match="only hierarchical ones have a tree"):
        themes.kmeans(USERS, 2).dendrogram()


def test_too_many_images_for_a_tree_are_told() -> None:
    data = pd.DataFrame({"x": np.arange(20_001.0)})
    with pytest.raises(InputError, match=r"20,001 images: .* at most 20,000"):
        themes.hierarchical(data, 2)


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_mixtures_are_those_of_scikit_learn(digits: pd.DataFrame, kind: str) -> None:
    found = themes.mixture(digits, 4, covariance=kind, standardize=False, components=5, restarts=2)
    positions = prepare(digits, standardize=False, components=5).matrix
    floor = 1e-4 * positions.var(axis=0).mean()
    model = GaussianMixture(
        4, covariance_type=kind, n_init=2, random_state=1, reg_covar=floor, max_iter=300
    ).fit(positions)
    assert adjusted_rand_score(found.labels, model.predict(positions)) == 1
    assert found.selection["bic"].item() == pytest.approx(model.bic(positions))
    soft = np.sort(model.predict_proba(positions), axis=1)
    assert found.membership is not None
    assert np.sort(found.membership, axis=1) == pytest.approx(soft, abs=1e-6)


def test_the_number_in_a_mixture_is_that_of_the_lowest_bic() -> None:
    points, truth = make_blobs([60, 90, 150], n_features=2, random_state=3, cluster_std=0.8)
    data = pd.DataFrame(points, columns=["x", "y"])
    found = themes.mixture(data, range(1, 6), covariance=["full", "spherical"])
    tried = found.selection.set_index("k")["bic"]
    assert found.k == tried.idxmin() == 3
    assert adjusted_rand_score(truth, found.labels) == 1
    assert "lowest BIC" in found.reason


def test_dense_regions_are_those_of_scikit_learn() -> None:
    points, _ = make_blobs(240, centers=3, random_state=2, cluster_std=0.7)
    far = np.random.default_rng(1).uniform(-15, 15, size=(30, 2))
    data = pd.DataFrame(np.r_[points, far], [f"i{n:03d}" for n in range(270)], ["x", "y"])
    found = themes.density(data, 15, **PLAIN)
    codes = HDBSCAN(min_cluster_size=15, copy=True).fit(data).labels_
    noise = codes < 0
    assert ((found.labels == "none") == noise).all() and 0 < noise.sum() < 60
    assert adjusted_rand_score(codes[~noise], found.labels[~noise]) == 1
    assert found.sizes()["theme"].tolist() == [*map(str, range(1, found.k + 1)), "none"]
    assert "none" not in found.examples() and found.sizes()["n"].iloc[-1] == noise.sum()
    assert f"{noise.sum()} of 270 images lie in none" in found.reason


def test_no_dense_region_is_told() -> None:
    data = pd.DataFrame({"x": np.arange(12.0)})
    with pytest.raises(InputError, match="no region is dense enough"):
        themes.density(data, 9, neighbors=2)
    with pytest.raises(InputError, match="smallest=13 with 12 images"):
        themes.density(data, 13)


def test_spherical_themes_are_those_of_faiss(digits: pd.DataFrame) -> None:
    found = themes.spherical(digits, 6, seed=3, restarts=20, **PLAIN)
    rows = digits.to_numpy(np.float32)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    model = faiss.Kmeans(64, 6, niter=60, nredo=20, spherical=True, seed=1)
    model.train(rows)
    codes = found.labels.astype(int).to_numpy() - 1
    sums = [np.linalg.norm(rows[codes == code].sum(axis=0)) for code in range(6)]
    assert sum(sums) >= 0.999 * float((rows @ model.centroids.T).max(axis=1).sum())
    assert adjusted_rand_score(codes, (rows @ model.centroids.T).argmax(axis=1)) > 0.9


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_spherical_themes_do_not_see_lengths(digits: pd.DataFrame) -> None:
    scale = np.random.default_rng(1).uniform(0.1, 9, len(digits))
    stretched = digits.mul(scale, axis=0)
    one, other = (themes.spherical(table, 5, **PLAIN).labels for table in (digits, stretched))
    assert adjusted_rand_score(one, other) > 0.98
    assert not themes.kmeans(stretched, 5, **PLAIN).labels.equals(one)


def test_many_numbers_go_to_faiss_and_reach_what_scikit_learn_does() -> None:
    points, _ = make_blobs(60_000, centers=8, n_features=6, random_state=1, cluster_std=2)
    found = fit(points, 8, seed=1, restarts=3)
    model = KMeans(8, n_init=3, random_state=1).fit(points)
    assert found.within_ss == pytest.approx(model.inertia_, rel=1e-3)
    assert adjusted_rand_score(found.codes, model.labels_) > 0.99
    again = fit(points, 8, seed=1, restarts=3)
    assert (again.codes == found.codes).all()
    assert fit(points, 8, seed=1, restarts=1, start="random").within_ss >= 0.999 * model.inertia_


def test_random_starts_reach_the_same_sum_of_squares(digits: pd.DataFrame) -> None:
    taught = themes.kmeans(digits, 3, start="random", restarts=20, **PLAIN)
    usual = themes.kmeans(digits, 3, **PLAIN)
    one, other = (found.selection["within_ss"].item() for found in (taught, usual))
    assert one == pytest.approx(other, rel=1e-3)
    with pytest.raises(InputError, match="start='first': expected one of k-means"):
        themes.kmeans(digits, 3, start="first")


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_images_far_from_all_others_are_warned_of() -> None:
    random = np.random.default_rng(1)
    points = np.r_[random.normal(size=(500, 2)), [[90, 90]]]
    with pytest.warns(IconometricsWarning, match="1 theme holds fewer than one image in 200"):
        found = themes.kmeans(pd.DataFrame(points), 2)
    assert len(found.settings["cautions"]) == 1
    heavy = np.r_[random.normal(size=(400, 2)), 9 * random.standard_cauchy(size=(40, 2))]
    with pytest.warns(IconometricsWarning, match="lie far from every center"):
        themes.kmeans(pd.DataFrame(heavy), 2, standardize=False)


def test_unequal_spread_is_warned_of() -> None:
    random = np.random.default_rng(1)
    points = np.r_[random.normal(size=(200, 2)), [40, 0] + 5 * random.normal(size=(200, 2))]
    with pytest.warns(IconometricsWarning, match=r"5\.\d times as wide as the narrowest"):
        themes.kmeans(pd.DataFrame(points), 2, standardize=False)
