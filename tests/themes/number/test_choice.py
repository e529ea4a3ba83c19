"""How many themes: each criterion against its definition, and the rule of the recommendation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import adjusted_rand_score, silhouette_score

from iconometrics import themes
from iconometrics.errors import InputError
from iconometrics.themes.methods.hierarchical import method as tree_method
from iconometrics.themes.methods.k_means import method
from iconometrics.themes.number.choice import choose, criteria
from iconometrics.themes.number.evidence import collect, found_again, silhouettes
from iconometrics.themes.number.gap import gaps, one_error_rule
from iconometrics.themes.overlap import adjusted_rand, best_jaccard, crossed, kept_together


def blobs(k: int, n: int = 150, apart: float = 1) -> np.ndarray:
    return make_blobs(n, centers=k, n_features=2, random_state=4, cluster_std=apart)[0]


def test_silhouettes_are_those_of_scikit_learn() -> None:
    points = blobs(3)
    codes = KMeans(4, n_init=2, random_state=1).fit(points).labels_
    assert silhouettes(points, [codes]) == pytest.approx([silhouette_score(points, codes)])
    noisy = np.where(np.arange(len(points)) < 20, -1, codes)
    inside = silhouette_score(points[20:], codes[20:])
    assert silhouettes(points, [noisy]) == pytest.approx([inside])


def test_gaps_follow_the_paper() -> None:
    """Tibshirani, Walther & Hastie 2001, computed anew with scikit-learn's k-means."""
    points = blobs(3, 90)
    gap, error = gaps(points, [1, 2, 3], method=method(), seed=5, references=4)
    centered = points - points.mean(axis=0)
    turned = centered @ np.linalg.eigh(centered.T @ centered)[1]
    random = np.random.default_rng(5)

    def logs(table: np.ndarray) -> np.ndarray:
        return np.log([KMeans(k, n_init=3, random_state=5).fit(table).inertia_ for k in (1, 2, 3)])

    draws = []
    for _ in range(4):
        even = random.uniform(turned.min(axis=0), turned.max(axis=0), turned.shape)
        draws.append(logs(even))
    assert gap == pytest.approx(np.mean(draws, axis=0) - logs(points), abs=1e-6)
    assert error == pytest.approx(np.std(draws, axis=0) * np.sqrt(1 + 1 / 4), abs=1e-6)


def test_even_data_have_no_gap_and_groups_do() -> None:
    even = np.random.default_rng(3).uniform(size=(200, 2))
    assert one_error_rule([1, 2, 3, 4], *gaps(even, [1, 2, 3, 4], method=method(), seed=1)) == 1
    points, numbers = blobs(3, 200), list(range(1, 7))
    assert one_error_rule(numbers, *gaps(points, numbers, method=method(), seed=1)) == 3
    assert one_error_rule([1, 2, 3], [0.1, 0.2, 0.3], [0.01] * 3) is None


def test_stability_is_the_agreement_where_two_samples_overlap() -> None:
    points = load_digits().data[:120]
    random = np.random.default_rng(2)
    one, other = (np.sort(random.permutation(120)[:80]) for _ in range(2))
    _, at, there = np.intersect1d(one, other, return_indices=True)
    codes = [tree_method().one(points[part], 6, seed=1).codes for part in (one, other)]
    truth = adjusted_rand_score(codes[0][at], codes[1][there])
    found = found_again(points, [6], method=tree_method(), seed=2, draws=1)
    assert found.item() == pytest.approx(truth)


def test_overlaps_are_those_of_brute_force() -> None:
    random = np.random.default_rng(1)
    one, other = random.integers(4, size=60), random.integers(5, size=60)
    table = crossed(one, other)
    assert adjusted_rand(table) == pytest.approx(adjusted_rand_score(one, other))
    sets = [[set(np.flatnonzero(codes == c)) for c in range(6)] for codes in (one, other)]
    best = [max(len(a & b) / len(a | b) for b in sets[1] if b) for a in sets[0] if a]
    assert best_jaccard(table) == pytest.approx(best)
    mates = [set(np.flatnonzero(one == one[i])) - {i} for i in range(60)]
    kept = [np.mean([other[j] == other[i] for j in mates[i]]) for i in range(60)]
    assert kept_together(one, other) == pytest.approx(kept)


def test_noise_counts_as_a_group_of_its_own() -> None:
    assert crossed(np.array([0, -1, -1]), np.array([0, 0, 1])).tolist() == [[1, 0], [1, 1]]
    assert adjusted_rand(np.array([[3]])) == 1


def table(**columns: list[float]) -> pd.DataFrame:
    made = {"k": [1, 2, 3, 4, 5, 6], "within_ss": [100, 60, 40, 30, 27, 25],
            "silhouette": [np.nan, 0.3, 0.2, 0.2, 0.1, 0.1]}  # fmt: skip
    return pd.DataFrame(made | columns)


def test_groups_that_are_apart_decide() -> None:
    apart = table(silhouette=[np.nan, 0.5, 0.7, 0.4, 0.3, 0.2], stability=[np.nan, 1, 1, 1, 1, 1])
    k, reason = choose(apart)
    assert k == 3 and "clearly apart (mean silhouette .70)" in reason
    assert "stability says k = 6" in reason


def test_in_a_continuum_the_elbow_is_the_least() -> None:
    said = criteria(table()).set_index("criterion")["k"]
    assert said["silhouette"] == 2 and said["elbow"] == 3
    assert choose(table())[0] == 3
    again = table(stability=[np.nan, 0.95, 0.9, 0.6, 0.5, 0.4])
    assert choose(again)[0] == 3
    more = table(stability=[np.nan, 0.95, 0.7, 0.81, 0.5, 0.4])
    k, reason = choose(more)
    assert k == 4 and "found again in other samples" in reason and "The elbow says k = 3" in reason
    most = table(stability=[np.nan, 0.95, 0.9, 0.9, 0.9, 0.9])
    assert choose(most)[0] == 6 and "more might be, none were tried" in choose(most)[1]


def test_a_model_goes_by_its_bic() -> None:
    k, reason = choose(table(bic=[np.nan, 9, 8, 7, 7.5, 8]))
    assert k == 4 and reason.startswith("k = 4: the model fits best for its size")


def test_each_criterion_says_its_number() -> None:
    full = table(gap=[0.1, 0.2, 0.4, 0.39, 0.5, 0.6], gap_se=[0.02] * 6,
                 stability=[np.nan, 0.9, 0.7, 0.5, 0.4, 0.3])  # fmt: skip
    said = criteria(full).set_index("criterion")
    assert said["k"].to_dict() == {"silhouette": 2, "elbow": 3, "gap statistic": 3, "stability": 2}
    assert said.loc["elbow", "value"] == pytest.approx(0.4)
    rising = criteria(full.assign(gap=[1, 2, 3, 4, 5, 6])).set_index("criterion")
    assert pd.isna(rising.loc["gap statistic", "k"])


@pytest.mark.parametrize("k", [2, 3, 4])
def test_groups_that_are_apart_are_counted(k: int) -> None:
    angles = 2 * np.pi * np.arange(k) / k
    centers = 15 * np.column_stack([np.cos(angles), np.sin(angles)])
    points, _ = make_blobs([60] * k, centers=centers, random_state=1)
    made = collect(points, range(2, 8), method=method(), seed=1)
    *others, stability = criteria(made)["k"].tolist()
    assert others == [k] * 3 and stability >= k
    assert made.set_index("k").loc[k, "stability"] == 1
    assert choose(made)[0] == k


def test_evidence_can_be_left_out_or_is_told() -> None:
    data = pd.DataFrame(blobs(3))
    found = themes.kmeans(data, range(2, 5), evidence=["gap"])
    assert "gap" in found.selection and "stability" not in found.selection
    with pytest.raises(InputError, match=r"evidence=\['luck'\]: expected some of gap, stability"):
        themes.kmeans(data, range(2, 5), evidence=["luck"])


def test_gaps_of_directions_are_measured_where_directions_are() -> None:
    """One group or several: all sums are those of rows of length one, so that none stands out."""
    random = np.random.default_rng(1)
    even = pd.DataFrame(random.normal(size=(120, 8)), columns=[f"x_{n}" for n in range(8)])
    three = even + 6 * np.repeat(np.eye(8)[:3], 40, axis=0)
    none, some = (
        themes.spherical(data, range(2, 6), evidence=["gap"]).selection["gap"].to_numpy()
        for data in (even, three)
    )
    assert np.abs(none).max() < 0.1
    assert some[0] < some[1] < some[2]
