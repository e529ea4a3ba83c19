"""Stability: what persists by construction persists, what does not is told, files keep it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import adjusted_rand_score

from iconometrics import themes
from iconometrics.errors import InputError
from iconometrics.themes.methods.find import METHODS
from iconometrics.themes.partition import within_ss
from iconometrics.themes.stability import stability as stability_module
from iconometrics.themes.stability.stability import Run, _compared

QUICK = {"runs": 6, "restarts": 2}


@pytest.fixture(scope="module")
def mixed() -> pd.DataFrame:
    """Two groups far apart, and a wide cloud that three themes must share out."""
    random = np.random.default_rng(1)
    far = [random.normal(center, 0.5, size=(60, 2)) for center in ([60, 0], [0, 60])]
    points = np.r_[*far, random.uniform(-12, 12, size=(240, 2))]
    return pd.DataFrame(points, [f"i{n:03d}" for n in range(360)], ["a_x", "b_y"])


@pytest.fixture(scope="module")
def studied(mixed: pd.DataFrame) -> themes.Stability:
    over = ["seeds", "bootstrap", "k"]
    return themes.stability(mixed, 5, over=over, standardize=False, runs=8, restarts=1)


def test_groups_persist_and_a_cloud_does_not(
    studied: themes.Stability, mixed: pd.DataFrame
) -> None:
    groups = studied.images["theme"].loc[["i000", "i060"]].tolist()
    assert set(groups) <= set(studied.persisting(0.99))
    own = studied.by_theme().set_index("theme")["again_jaccard"]
    assert (own[groups] > 0.99).all() and (own.drop(groups) < 0.9).all()
    assert studied.images["kept"].iloc[:120].min() > 0.99
    assert studied.images["kept"].iloc[120:].mean() < 0.85
    assert set(studied.wandering()) <= set(mixed.index[120:])


def test_the_agreement_is_that_of_scikit_learn() -> None:
    data = pd.DataFrame(load_digits().data[:200])
    found = themes.stability(data, 6, over=["seeds"], standardize=False, components=None, **QUICK)
    matrix = data.sort_index(key=lambda index: index.astype(str)).to_numpy()
    for run in found.runs.itertuples():
        model = KMeans(6, n_init=2, random_state=int(run.run)).fit(matrix - matrix.mean(axis=0))
        labels = found.images["theme"]
        assert run.ari == pytest.approx(adjusted_rand_score(labels, model.labels_))
        assert run.within_ss == pytest.approx(model.inertia_, rel=1e-4)


def test_a_reference_that_is_no_optimum_is_told(mixed: pd.DataFrame) -> None:
    poor = pd.Series(np.where(mixed["a_x"] > 0, "a", "b"), mixed.index)
    found = themes.stability(mixed, 2, over=["seeds"], reference=poor, standardize=False, **QUICK)
    assert found.settings["within_ss"] == pytest.approx(
        within_ss(mixed.to_numpy(), (poor == "a").to_numpy(np.intp)), rel=1e-4
    )
    assert found.table()["lower"].tolist() == [6]
    assert "6 of 6 other starts reach a lower sum of squares" in found.summary()
    assert found.themes["theme"].tolist() == ["a", "b"] and found.word == "poor"


def test_another_table_is_another_representation(mixed: pd.DataFrame) -> None:
    noise = pd.DataFrame(np.random.default_rng(2).normal(size=(360, 2)), mixed.index)
    tables = {"the same": mixed, "noise": noise}
    found = themes.stability(
        mixed, 3, over=["representations"], representations=tables, standardize=False
    )
    ari = found.runs.set_index("run")["ari"]
    assert ari["the same"] == 1 and abs(ari["noise"]) < 0.1
    assert found.source == "representations" and found.images["kept"].isna().all()
    with pytest.raises(InputError, match="representation 'other': it has 0 of the 360 images"):
        other = {"other": noise.set_axis(range(360))}
        themes.stability(mixed, 3, over=["representations"], representations=other)


def test_blocks_of_columns_are_representations_of_their_own() -> None:
    random = np.random.default_rng(1)
    names = [f"{block}_{n}" for block in ("color", "hog") for n in range(9)]
    data = pd.DataFrame(random.normal(size=(60, 18)), columns=names)
    found = themes.stability(data, 3, over=["representations"], runs=2)
    assert found.runs["run"].tolist() == ["color only", "hog only", "10 components"]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_every_method_can_be_studied(method: str) -> None:
    centers = [[0, 0], [12, 0], [0, 12]]
    points, _ = make_blobs(180, centers=centers, random_state=4, cluster_std=0.6)
    data = pd.DataFrame(points, [f"i{n:03d}" for n in range(180)])
    options = {"smallest": 10} if method == "density" else {}
    found = themes.stability(data, 3, method=method, runs=3, **options)
    assert found.number > 0.9 and found.word == "excellent"
    assert len(found.persisting()) == 3
    varied = set(found.runs["over"])
    assert ("seeds" in varied) == METHODS[method].chance
    assert ("k" in varied) == METHODS[method].numbered
    assert len(found.plot().get_yticklabels()) == 3
    assert len(found.overview().get_yticklabels()) == len(varied)


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_it_is_kept_with_the_themes(mixed: pd.DataFrame, tmp_path: Path) -> None:
    from dataclasses import replace

    found = themes.kmeans(mixed, 3, standardize=False)
    stability = themes.stability(mixed, 3, reference=found.labels, standardize=False, **QUICK)
    replace(found, stability=stability).write(tmp_path)
    again = themes.read(tmp_path).stability
    assert again is not None and again.summary() == stability.summary()
    pd.testing.assert_frame_equal(again.runs, stability.runs)
    pd.testing.assert_frame_equal(again.images, stability.images)


def test_order_and_seed(mixed: pd.DataFrame) -> None:
    shuffled = mixed.sample(frac=1, random_state=3)
    one, other = (themes.stability(d, 4, over=["bootstrap"], **QUICK) for d in (mixed, shuffled))
    pd.testing.assert_frame_equal(one.runs, other.runs)
    third = themes.stability(mixed, 4, over=["bootstrap"], seed=2, **QUICK)
    assert not third.runs.equals(one.runs)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"over": ["luck"]}, r"over=\['luck'\]: expected some of seeds, bootstrap, k"),
        ({"over": []}, r"over=\[\]: expected some of"),
        ({"over": ["seeds"], "method": "hierarchical"}, "hierarchical has none of these to vary"),
        ({"method": "magic"}, "method='magic': expected one of"),
        ({"runs": 0}, "runs=0: expected a whole number"),
        ({"reference": pd.Series(["1"], ["i000"])}, "359 of 360 images have no theme there"),
    ],
)
def test_bad_options_are_told(
    mixed: pd.DataFrame, options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        themes.stability(mixed, 3, **options)  # type: ignore[arg-type]


def test_density_needs_no_options(mixed: pd.DataFrame) -> None:
    made = themes.stability(mixed, 3, method="density", over=["bootstrap"], runs=2)
    assert made.runs["ari"].notna().all()


def test_images_without_a_theme_in_the_reference_are_told(mixed: pd.DataFrame) -> None:
    known = pd.Series("1", mixed.index).where(mixed.index != "i007")
    with pytest.raises(InputError, match=r"1 of 360 images have no theme there.*'i007'"):
        themes.stability(mixed, 2, reference=known, over=["seeds"], runs=2)


@pytest.mark.parametrize("method", ["mixture", "spherical"])
def test_only_k_means_is_held_against_its_sum_of_squares(mixed: pd.DataFrame, method: str) -> None:
    bad = pd.Series(np.where(np.arange(360) % 2, "1", "2"), mixed.index)
    made = themes.stability(
        mixed, 2, method=method, reference=bad, over=["seeds"], runs=2, restarts=1
    )
    assert made.table()["lower"].isna().all()
    assert "lower sum of squares" not in made.summary()


def test_images_in_no_theme_never_stand_for_a_theme() -> None:
    """A sample lacks the last theme: what lies in no theme must not be taken for it."""
    codes = np.array([0, 0, 0, 1, 1, -1, -1])
    labels = pd.Series(["1", "1", "1", "2", "2", "none", "none"], list("abcdefg"))
    run = Run("bootstrap", "1", np.array([0, 1, 2, 5, 6]), np.array([0, 0, 0, 1, 1]), 2, np.nan)
    themes_found = _compared([run], codes, labels, ["1", "2"], {}).themes.set_index("theme")
    assert themes_found.loc["1", "jaccard"] == 1
    assert np.isnan(themes_found.loc["2", "jaccard"])


@pytest.mark.data
@pytest.mark.slow
def test_the_released_partition_of_protest_pictures(shared_data: Path) -> None:
    """Zhang & Peng 2022: a local optimum that re-runs improve on, and agree with at about .4."""
    stored = np.load(shared_data / "reference/image_clustering/protest_vgg_fc1_pca256.npz")
    matrix = next(stored[name] for name in stored.files if stored[name].ndim == 2)
    data = pd.DataFrame(matrix.astype(np.float32), columns=[f"pc_{n}" for n in range(256)])
    released = pd.Series(stored["kmeans_vgg_k6"], data.index)
    plain = {"standardize": False, "components": None}
    steps = themes.kmeans_steps(data, 6, start=released, **plain)
    assert steps.table()["moved"].iloc[1:].max() < 0.06 * len(data)
    found = themes.stability(
        data, 6, over=["seeds"], runs=3, reference=released, restarts=2, **plain
    )
    assert found.table()["lower"].item() == 3
    assert 0.3 < found.number < 0.5


def found_again(study: themes.Stability) -> pd.Series:
    return study.by_theme().set_index("theme")["again_jaccard"]


def accounts_of(mixed: pd.DataFrame, n: int) -> pd.Series:
    return pd.Series(np.arange(len(mixed)) % n, mixed.index, name="account")


@pytest.mark.parametrize("method", ["kmeans", "density"])
def test_whole_accounts_are_drawn(
    mixed: pd.DataFrame, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[np.ndarray] = []
    compared = stability_module._compared

    def seen(runs: object, *rest: object) -> object:
        listed = list(runs)  # type: ignore[call-overload]
        rows.extend(run.rows for run in listed if run.over == "bootstrap")
        return compared(iter(listed), *rest)

    monkeypatch.setattr(stability_module, "_compared", seen)
    accounts = accounts_of(mixed, 12)
    options = {"smallest": 10} if method == "density" else {"restarts": 1}
    themes.stability(
        mixed, 3, method=method, over=["bootstrap"], runs=4, groups=accounts, standardize=False,
        **options,
    )  # fmt: skip
    assert len(rows) == 4
    for kept in rows:
        codes, sizes = np.unique(accounts.to_numpy()[kept], return_counts=True)
        assert 1 < len(codes) < 12 and (sizes == 30).all()


def test_a_theme_of_few_accounts_hangs_on_which_are_drawn() -> None:
    """Four themes, one of them of a single account out of 20: other accounts would not show it."""
    random = np.random.default_rng(1)
    centers = np.array([[0, 0], [30, 0], [0, 30], [30, 30]])
    place = np.r_[np.arange(380) % 3, np.full(20, 3)]
    data = pd.DataFrame(centers[place] + random.normal(size=(400, 2)))
    accounts = pd.Series(np.r_[np.arange(380) // 20, np.full(20, 19)], name="account")
    options = {"over": ["bootstrap"], "runs": 40, "standardize": False, "restarts": 2}
    alone = themes.stability(data, 4, **options)
    together = themes.stability(data, 4, groups=accounts, **options)
    single = found_again(alone)["4"], found_again(together)["4"]
    assert single[0] == pytest.approx(1) and single[1] < 0.8
    assert found_again(together)[["1", "2", "3"]].min() > 0.9
    assert "4" in alone.persisting(0.9) and "4" not in together.persisting(0.9)
    assert "with another sample of images" in alone.summary()
    assert "with another sample by account (20)" in together.summary()
    assert together.settings["of_groups"] == 20
    with pytest.raises(InputError, match="4 groups: samples of whole groups need at least 5"):
        themes.stability(data, 4, groups=accounts % 4, **options)


def test_partitions_are_redrawn_by_account() -> None:
    random = np.random.default_rng(1)
    data = pd.DataFrame(random.normal(size=(60, 2)), [f"i{n:02d}" for n in range(60)])
    found = themes.kmeans(data, 3, seed=1)
    accounts = pd.Series(np.arange(60) // 10, data.index)
    again = themes.redrawn(found, 3, groups=accounts)
    assert all(labels.index.equals(found.labels.index) for labels in again)
    assert not again[1].equals(themes.redrawn(found, 3)[1])


@pytest.mark.parametrize("by_account", [False, True])
def test_every_redrawn_partition_is_of_the_images_or_accounts(by_account: bool) -> None:
    """Each draw holds all of four themes far apart, however often themes are found again."""
    random = np.random.default_rng(2)
    theme = np.arange(80) % 4
    data = pd.DataFrame(
        {"x": 10 * theme + random.normal(size=80)}, [f"i{n:02d}" for n in range(80)]
    )
    found = themes.kmeans(data, 4, seed=1)
    groups = pd.Series(np.arange(80) // 8, data.index) if by_account else None
    again = themes.redrawn(found, 12, groups=groups, seed=1)
    assert min(adjusted_rand_score(theme, labels) for labels in again) == 1
