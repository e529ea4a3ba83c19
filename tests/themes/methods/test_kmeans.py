"""K-means against scikit-learn, the lectures, brute force and its own invariances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, silhouette_score
from sklearn.preprocessing import StandardScaler

from iconometrics import themes
from iconometrics.errors import InputError
from iconometrics.themes.number.choice import elbow_at
from iconometrics.themes.partition import within_ss
from iconometrics.themes.preparation import prepare

_ROWS = ["000111", "110000", "000110", "111000", "000011", "011000", "110000", "000110"]
USERS = pd.DataFrame(
    [
        list(map(int, row))
        for row in ["000111", "110000", "000110", "111000", "000011", "011000", "110000", "000110"]
    ],
    index=list("ABCDEFGH"),
    columns=[f"artist {number}" for number in range(1, 7)],
)


def frame(matrix: np.ndarray, prefix: str = "x") -> pd.DataFrame:
    columns = [f"{prefix}_{number}" for number in range(matrix.shape[1])]
    return pd.DataFrame(matrix, [f"i{row:05d}" for row in range(len(matrix))], columns)


def blobs(k: int, each: int, seed: int, apart: float = 12) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    centers = apart * np.column_stack([np.arange(k), np.arange(k) ** 2 % 5])
    return frame(np.repeat(centers, each, axis=0) + random.normal(size=(k * each, 2)))


@pytest.fixture(scope="module")
def digits() -> pd.DataFrame:
    return frame(load_digits().data)


def test_users_and_artists_form_two_groups_each() -> None:
    users = themes.kmeans(USERS, 2, standardize=False)
    assert set(users.labels[list("ACEH")]) == {"1"} and set(users.labels[list("BDFG")]) == {"2"}
    artists = themes.kmeans(USERS.T, 2, standardize=False).labels
    assert artists.tolist() == ["1"] * 3 + ["2"] * 3


def test_two_groups_of_users_are_the_elbow() -> None:
    found = themes.kmeans(USERS, range(2, 6), standardize=False)
    assert found.reason.endswith("The elbow says k = 2.")
    assert found.selection["within_ss"].tolist() == [10.75, 3.5, 2.25, 1, 0.5]


def test_the_same_as_scikit_learn_on_digits(digits: pd.DataFrame) -> None:
    found = themes.kmeans(digits, 10, seed=3, standardize=False, components=None)
    matrix = prepare(digits, standardize=False, components=None).matrix
    plain = digits.loc[:, digits.std() > 0].to_numpy()
    assert cdist(matrix[:9], matrix) == pytest.approx(cdist(plain[:9], plain), abs=1e-4)
    model = KMeans(10, n_init=10, random_state=3).fit(matrix)
    assert adjusted_rand_score(found.labels, model.labels_) == 1
    chosen = found.selection.iloc[0]
    assert chosen["within_ss"] == pytest.approx(model.inertia_)
    assert chosen["silhouette"] == pytest.approx(silhouette_score(matrix, model.labels_))
    centers = pd.DataFrame(plain).groupby(found.labels.to_numpy()).mean()
    assert found.centers.to_numpy() == pytest.approx(centers.loc[found.centers.index].to_numpy())


def test_standardized_components_are_those_of_scikit_learn(digits: pd.DataFrame) -> None:
    varying = digits.loc[:, digits.std() > 0]
    made = prepare(digits, standardize=True, components=20)
    matrix = StandardScaler().fit_transform(varying) / np.sqrt(varying.shape[1])
    model = PCA(20, svd_solver="full").fit(matrix)
    scores = model.transform(matrix)
    signs = np.sign((scores * made.matrix).sum(axis=0))
    assert made.matrix * signs == pytest.approx(scores, abs=1e-5)
    kept = made.settings["variance_kept"]
    assert kept == pytest.approx(model.explained_variance_ratio_.sum(), abs=1e-4)
    assert made.settings["constant"] == ["x_0", "x_32", "x_39"]


def test_blocks_weigh_the_same_whatever_their_columns() -> None:
    random = np.random.default_rng(1)
    table = pd.DataFrame(random.normal(size=(50, 5)), columns=["a_1", "b_1", "b_2", "b_3", "b_4"])
    made = prepare(table, standardize=True, components=None)
    variances = made.matrix.var(axis=0)
    assert variances[0] == pytest.approx(1) and variances[1:].sum() == pytest.approx(1)
    assert made.settings["blocks"] == {"a": 1, "b": 4}


def test_the_objective_over_pairs_is_twice_the_within_sum_of_squares() -> None:
    matrix = np.random.default_rng(2).normal(size=(40, 3))
    codes = np.random.default_rng(3).integers(0, 4, 40)
    pairs = sum(
        cdist(matrix[codes == c], matrix[codes == c], "sqeuclidean").sum() / (codes == c).sum()
        for c in range(4)
    )
    assert pairs == pytest.approx(2 * within_ss(matrix, codes))


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_the_search_starts_at_one_and_falls(digits: pd.DataFrame) -> None:
    found = themes.kmeans(digits, range(2, 6), seed=1, restarts=3)
    table = found.selection
    assert table["k"].tolist() == [1, 2, 3, 4, 5]
    assert (np.diff(table["within_ss"]) < 0).all()
    assert table["within_ss"].iloc[0] == pytest.approx(len(digits), rel=0.2)
    assert np.isnan(table["silhouette"].iloc[0])
    said = found.criteria().set_index("criterion")["k"]
    assert said["silhouette"] == table.set_index("k")["silhouette"].idxmax()
    assert found.k == table.loc[table["chosen"], "k"].item()


@pytest.mark.parametrize("k", [2, 3, 5])
def test_well_parted_groups_are_found(k: int) -> None:
    found = themes.kmeans(blobs(k, 30, seed=k), seed=1)
    assert found.k == k
    truth = np.repeat(range(k), 30)
    assert adjusted_rand_score(truth, found.labels) == 1


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_more_restarts_are_never_worse(digits: pd.DataFrame) -> None:
    few, many = (
        themes.kmeans(digits, 12, seed=5, restarts=n).selection["within_ss"].iloc[0]
        for n in (1, 15)
    )
    assert many <= few


def test_very_many_images_are_searched_on_a_part_and_fitted_in_full() -> None:
    data = blobs(3, 7000, seed=1)
    found = themes.kmeans(data, range(2, 5), seed=1, restarts=2)
    assert found.k == 3 and len(found.labels) == 21_000
    assert found.settings["searched_on"] == 10_000
    assert found.settings["silhouette_on"] == 3_000
    assert adjusted_rand_score(np.repeat(range(3), 7000), found.labels) == 1
    again = themes.kmeans(data.sample(frac=1, random_state=1), range(2, 5), seed=1, restarts=2)
    assert again.labels.reindex(found.labels.index).equals(found.labels)


tables = st.tuples(st.integers(0, 1000), st.integers(6, 40), st.integers(1, 6))


def drawn(spec: tuple[int, int, int]) -> pd.DataFrame:
    seed, rows, columns = spec
    return frame(np.random.default_rng(seed).normal(size=(rows, columns)))


@settings(max_examples=15)
@given(tables, st.integers(0, 1000))
def test_the_order_of_rows_plays_no_role(spec: tuple[int, int, int], shuffle: int) -> None:
    data = drawn(spec)
    mixed = data.sample(frac=1, random_state=shuffle)
    one, other = (themes.kmeans(d, 3, seed=1, restarts=2) for d in (data, mixed))
    assert other.labels.index.tolist() == mixed.index.tolist()
    assert other.labels.reindex(data.index).equals(one.labels)
    for kind in ("central", "random", "borderline"):
        assert one.examples(kind, n=2) == other.examples(kind, n=2)
    pd.testing.assert_frame_equal(one.scores, other.scores.loc[one.scores.index])


@settings(max_examples=15)
@given(tables, st.floats(0.1, 100), st.floats(-100, 100))
def test_units_and_doubled_columns_play_no_role(
    spec: tuple[int, int, int], scale: float, shift: float
) -> None:
    data = drawn(spec).astype(np.float32)
    found = themes.kmeans(data, 2, seed=1).selection["within_ss"].item()
    other = themes.kmeans(data * scale + shift, 2, seed=1).selection["within_ss"].item()
    doubled = pd.concat([data, data.add_suffix("_again")], axis=1)
    twice = themes.kmeans(doubled, 2, seed=1).selection["within_ss"].item()
    assert [other, twice] == pytest.approx([found, found], rel=1e-3)


@settings(max_examples=15)
@given(tables)
def test_equal_images_share_a_theme(spec: tuple[int, int, int]) -> None:
    data = drawn(spec)
    copies = data.set_axis(data.index + "-copy")
    found = themes.kmeans(pd.concat([data, copies]), 3, seed=1, restarts=2).labels
    assert found[data.index].tolist() == found[copies.index].tolist()


def test_equally_large_themes_are_named_by_their_first_image() -> None:
    data = pd.DataFrame({"x": [9.0, 9.1, 0.0, 0.1]}, index=["b", "c", "a", "d"])
    for seed in range(5):
        labels = themes.kmeans(data, 2, seed=seed).labels
        assert labels.to_dict() == {"b": "2", "c": "2", "a": "1", "d": "1"}


def test_themes_are_named_by_size() -> None:
    sizes = themes.kmeans(drawn((1, 60, 3)), 5, seed=1).sizes()
    assert sizes["theme"].tolist() == list("12345")
    assert sizes["n"].is_monotonic_decreasing and sizes["n"].sum() == 60


def test_the_elbow_is_the_point_farthest_below_the_chord() -> None:
    sums = [100, 60, 30, 25, 21, 18]
    x, y = np.linspace(0, 1, 6), (np.array(sums) - 18) / 82
    ends = np.array([x[-1] - x[0], y[-1] - y[0]])
    heights = [ends[1] * (a - x[0]) - ends[0] * (b - y[0]) for a, b in zip(x, y, strict=True)]
    assert elbow_at(range(1, 7), sums) == 1 + int(np.argmax(np.abs(heights))) == 3
    assert elbow_at([1, 2], [9, 3]) is None
    assert elbow_at([1, 2, 3], [3, 2, 1]) is None


NAN = pd.DataFrame({"color_hue": [1, np.nan, 3], "b": [1, 2, 3]}, index=["x", "y", "z"])


@pytest.mark.parametrize(
    ("data", "k", "message"),
    [
        (NAN, 2, r"column 'color_hue': 1 of 3 values missing or infinite, the first in image 'y'"),
        (NAN.fillna(np.inf), 2, r"column 'color_hue': 1 of 3 values missing or infinite"),
        (pd.DataFrame({"a": [1, 1, 1]}), 2, r"a: constant in all 3 images"),
        (pd.DataFrame({"a": [0.1, 0.1, 0.1]}), 2, r"a: constant in all 3 images"),
        (pd.DataFrame({"a": []}), 2, r"a table of no images and 1 column"),
        (pd.DataFrame({"a": [1.0]}), 2, r"a table of 1 image and 1 column"),
        (pd.DataFrame(index=["a", "b"]), 2, r"a table of 2 images and no columns"),
        (pd.DataFrame({"a": ["u", "v"]}), 2, r"column 'a' holds str, not numbers"),
        (pd.DataFrame({"a": [1, 2]}, index=["i", "i"]), 2, r"image 'i' has more than one row"),
        (USERS, 9, r"k=9 with 8 images, of which 6 differ"),
        (USERS, 1, r"k=1 with 8 images"),
        (USERS, [], r"k=\[\]: expected numbers of themes"),
        (USERS, [0, 2], r"k=\[0, 2\]: expected numbers of themes"),
        (USERS, [7, 8], r"k=\[7, 8\] with 8 images, of which 6 differ: no number of themes"),
        (pd.DataFrame({"a": [1, 2]}), range(2, 5), r"with 2 images: no number of themes"),
    ],
)
def test_bad_input_is_told(data: pd.DataFrame, k: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        themes.kmeans(data, k)  # type: ignore[arg-type]


@pytest.mark.parametrize("option", [{"restarts": 0}, {"components": 0}, {"seed": -1}])
def test_bad_options_are_told(option: dict[str, int]) -> None:
    with pytest.raises(InputError, match=next(iter(option))):
        themes.kmeans(USERS, 2, **option)  # type: ignore[arg-type]


def test_constant_columns_are_left_out_and_told() -> None:
    data = USERS.assign(constant=3.3)
    found = themes.kmeans(data, 2)
    assert found.settings["constant"] == ["constant"]
    assert "constant" not in found.centers


def test_numbers_beyond_the_images_are_left_out_and_told() -> None:
    found = themes.kmeans(USERS, range(2, 20), standardize=False)
    assert found.selection["k"].max() == 6
    assert "k above 6 was not tried" in found.reason


def test_two_images_can_be_parted_when_asked() -> None:
    assert themes.kmeans(pd.DataFrame({"a": [1, 2]}), 2).k == 2


@pytest.mark.data
def test_the_released_partition_of_protest_pictures_is_a_local_optimum(shared_data: Path) -> None:
    stored = np.load(shared_data / "reference/image_clustering/protest_vgg_fc1_pca256.npz")
    matrix = next(stored[name] for name in stored.files if stored[name].ndim == 2)
    released = stored["kmeans_vgg_k6"]
    found = themes.kmeans(
        frame(matrix.astype(np.float32)), 6, seed=1, restarts=3, standardize=False, components=None
    )
    assert found.selection["within_ss"].item() < within_ss(matrix.astype(float), released)
    assert 0.25 < adjusted_rand_score(released, found.labels) < 0.6
