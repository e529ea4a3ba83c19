"""Comparing classifiers: each image held out once, intervals that know groups, and resuming."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from iconometrics import stats
from iconometrics.coders import FeatureClassifier, compare
from iconometrics.coders.compare.comparison import shares_of
from iconometrics.coders.folds import make_folds
from iconometrics.errors import InputError


class Digits(NamedTuple):
    X: np.ndarray
    y: np.ndarray


def models() -> dict[str, Any]:
    plain = {"calibrate": None, "folds": None}
    return {
        "lda": FeatureClassifier("lda", **plain),
        "logistic": LogisticRegression(max_iter=500, C=0.01),
    }


@pytest.fixture(scope="module")
def digits() -> Any:
    """Pixels that vary in every fold."""
    X, y = load_digits(return_X_y=True)
    return Digits(X[:300, X[:300].std(axis=0) > 3.5], np.array(list("zabcdefghi"))[y[:300]])


@pytest.fixture(scope="module")
def found(digits: Any) -> Any:
    return compare(models(), digits.X, digits.y, folds=3, seed=4)


def test_each_image_is_predicted_once_by_a_model_that_has_not_seen_it(
    digits: Any, found: Any
) -> None:
    X, y = digits.X, digits.y
    counts = dict(zip(*(part.tolist() for part in np.unique(y, return_counts=True)), strict=True))
    splits = make_folds(y, None, folds=3, counts=counts, seed=4)
    expected = cross_val_predict(
        clone(models()["logistic"]).set_params(random_state=4),
        X, y, cv=splits, method="predict_proba",
    )  # fmt: skip
    np.testing.assert_allclose(found.probabilities[1], expected, atol=1e-9)
    rows = found.predictions()
    assert len(rows) == 600 and rows.groupby(["network", "image"]).size().eq(1).all()
    assert sorted(rows["fold"].unique()) == [0, 1, 2]


def test_rates_are_those_of_the_confusion_matrix(digits: Any, found: Any) -> None:
    y = digits.y
    classes = list(np.unique(y))
    rates = stats.per_class(stats.confusion(y, found.predicted[0], classes))
    rows = found.by_class()[found.by_class()["network"] == "lda"]
    np.testing.assert_allclose(rows["sensitivity"], rates.sensitivity)
    np.testing.assert_allclose(rows["specificity"], rates.specificity)
    low, high = stats.clopper_pearson(rates.hits, rates.hits + rates.misses)
    np.testing.assert_allclose(rows[["sensitivity_low", "sensitivity_high"]].T, [low, high])
    truth = y == classes[2]
    area = stats.auroc(truth, found.probabilities[0][:, 2])
    np.testing.assert_allclose(
        rows.iloc[2][["auroc", "auroc_low", "auroc_high"]].astype(float), area[:3]
    )


def test_the_form_of_published_tables(found: Any) -> None:
    table = found.printed()
    assert table.columns.tolist()[:2] == [("a", "Sensitivity"), ("a", "Specificity")]
    first = found.by_class().iloc[0]
    assert table.iloc[0, 0] == (
        f"{first['sensitivity']:.2f} ({first['sensitivity_low']:.2f}\u2013"
        f"{first['sensitivity_high']:.2f})"
    )
    assert table.index.tolist() == ["lda", "logistic"]


def test_pairs_are_tested_image_by_image(digits: Any, found: Any) -> None:
    row = found.tests().iloc[0]
    right = found.predicted == digits.y
    share = stats.mcnemar(*right)
    assert row["accuracy_p"] == share.p and row["accuracy"] == share.difference
    truth = digits.y[:, None] == found.classes
    assert row["auroc_p"] == stats.mean_area_test(truth, *found.probabilities).p
    assert "each held out once" in found.summary()


def test_repeats_never_enter_n(digits: Any) -> None:
    one = {"forest": FeatureClassifier("forest", calibrate=None, folds=None)}
    X, y = digits.X[:120], digits.y[:120]
    single = compare(one, X, y, folds=2)
    several = compare(one, X, y, folds=2, repeats=2)
    again = compare(one, X, y, folds=2, seed=1)
    np.testing.assert_array_equal(single.probabilities, again.probabilities)
    assert several.table()["n"].tolist() == [120]
    assert not np.allclose(several.probabilities, single.probabilities)
    np.testing.assert_allclose(several.probabilities.sum(axis=2), 1)


def test_patients_stay_on_one_side_and_widen_intervals(digits: Any) -> None:
    """Every image four times: as if there were four times as many, unless patients are named."""
    draw = np.random.default_rng(1)
    X = np.repeat(digits.X[:200], 4, axis=0)
    y = np.repeat(np.where(digits.y[:200] < "e", "low", "high"), 4)
    patient = np.repeat(np.arange(200), 4)
    order = draw.permutation(800)
    X, y, patient = X[order], y[order], patient[order]
    one = {"lda": FeatureClassifier("lda", calibrate=None, folds=None)}
    by_patient = compare(one, X, y, groups=patient, folds=3)
    blind = compare(one, X, y, folds=3)
    rows = by_patient.predictions()
    assert rows.assign(patient=patient).groupby("patient")["fold"].nunique().eq(1).all()
    width = [c.table().eval("accuracy_high - accuracy_low").item() for c in (by_patient, blind)]
    assert width[0] > 1.5 * width[1]
    assert by_patient.table()["accuracy"].item() < blind.table()["accuracy"].item()
    alone = compare(one, digits.X[:200], digits.y[:200] < "e", groups=np.arange(200), folds=3)
    assert alone.groups is None


def test_shares_without_and_with_groups() -> None:
    hits = np.array([[True, True]] * 14 + [[False, True]])
    of = np.ones_like(hits)
    value, low, high = shares_of(hits, of, groups=None)
    assert (round(low[0], 4), round(high[0], 4)) == (0.6805, 0.9983)
    groups = np.repeat(np.arange(5), 3)
    grouped = shares_of(hits, of, groups=groups)
    assert grouped[0].tolist() == value.tolist()
    assert grouped[1][1] == stats.clopper_pearson(5, 5).low and grouped[2][1] == 1
    drawn = stats.survey_design(np.ones(15), clusters=groups)
    share = stats.survey_ratio(hits[:, 0], of[:, 0], drawn)
    np.testing.assert_allclose(grouped[1:, 0], stats.share_interval(share, exact=True))


def test_an_interrupted_comparison_goes_on(digits: Any, tmp_path: Path) -> None:
    X, y, file = digits.X[:120], digits.y[:120], tmp_path / "trials.jsonl"
    whole = compare(models(), X, y, folds=2, file=file)
    lines = file.read_text().splitlines()
    assert len(lines) == 4
    changed = json.loads(lines[0])
    changed["seconds"] = 99.0
    file.write_text("\n".join([json.dumps(changed), lines[1], lines[2][:50]]))
    again = compare(models(), X, y, folds=2, file=file)
    np.testing.assert_array_equal(again.probabilities, whole.probabilities)
    assert again.table()["seconds"].iloc[0] > 40
    assert len(file.read_text().splitlines()) == 5
    other = compare(models(), X, np.roll(y, 1), folds=2, file=file)
    assert other.table()["accuracy"].max() < 0.5


def test_any_executor_gives_the_same(digits: Any) -> None:
    X, y = digits.X[:120], digits.y[:120]
    with ThreadPoolExecutor(2) as threads:
        found = compare(models(), X, y, folds=2, executor=threads)
    np.testing.assert_array_equal(
        found.probabilities, compare(models(), X, y, folds=2).probabilities
    )


def test_labels_are_aligned_by_id_and_images_without_one_left_out(digits: Any) -> None:
    table = pd.DataFrame(digits.X[:120], index=[f"i{n}" for n in range(120)])
    values = pd.Series(digits.y[:120], index=table.index, name="digit")
    straight = compare(models(), table, values, folds=2)
    shuffled = compare(models(), table, values.sample(frac=1, random_state=1), folds=2)
    np.testing.assert_array_equal(straight.probabilities, shuffled.probabilities)
    with pytest.warns(UserWarning, match="20 of 120 images have no label"):
        part = compare(models(), table, values.iloc[:100], folds=2)
    assert part.table()["n"].tolist() == [100, 100]


def test_what_cannot_be_compared_is_said(digits: Any) -> None:
    with pytest.raises(InputError, match="0 models"):
        compare([], digits.X, digits.y)
    with pytest.raises(InputError, match="which have their own"):
        compare(models(), digits.X, digits.y, epochs=3)
    with pytest.raises(InputError, match="has one example"):
        compare(models(), digits.X[:40], np.array(["a"] * 39 + ["b"]))
    with pytest.raises(InputError, match="column='price'"):
        compare(models(), digits.X[:60], digits.y[:60], folds=2).plot_against("price")


def test_figures(found: Any) -> None:
    assert found.plot().get_xlabel() == "AUROC"
    assert found.plot_against("seconds").get_xlabel() == "seconds of training"
    assert len(found.forest().axes) == 10
    assert "lda" in found._repr_html_()


@pytest.fixture(scope="module")
def marked() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Noisy pictures; half of the class "ad" has a watermark in a corner, nothing else differs."""
    draw = np.random.default_rng(3)
    pictures = draw.integers(60, 190, (240, 32, 32, 3), np.uint8)
    labels = np.repeat(["ad", "post"], 120)
    watermark = np.arange(240) < 60
    pictures[watermark, 22:30, 20:31] = 245
    pictures[watermark, 24:28, 22:29] = 10
    return pictures, labels, watermark


def test_networks_are_crossed_with_batch_sizes(
    marked: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    import torch

    torch.set_num_threads(1)
    pictures, labels, _ = marked
    some = np.r_[:40, 120:160]
    found = compare(
        ["cnn", "mlp"], pictures[some], labels[some], batches=(8, 16), folds=2, size=32, epochs=2
    )
    table = found.table()
    assert list(zip(table["network"], table["batch"], strict=True)) == [
        ("cnn", 8), ("cnn", 16), ("mlp", 8), ("mlp", 16),
    ]  # fmt: skip
    assert table["depth"].tolist() == [5, 5, 3, 3]
    assert table["parameters"].gt(1000).all() and table["n"].eq(80).all()
    assert "cnn, batch 8" in found.summary() + found.tests()["first"].iloc[0]
    assert found.plot_against("depth").get_xlabel() == "layers with weights"


def test_the_watermark_that_half_of_a_class_carries_is_found(
    marked: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    import torch

    from iconometrics.coders import ImageClassifier
    from iconometrics.networks import inside

    torch.set_num_threads(1)
    pictures, labels, watermark = marked
    net = ImageClassifier(
        "cnn", size=32, epochs=12, rate=0.003, optimizer="adam", batch=16, seed=1,
        early_stopping=False, options={"blocks": 2, "filters": 8, "fc": [16], "dropout": 0.0},
    ).fit(pictures, labels)  # fmt: skip
    where = {"watermark": (20 / 32, 22 / 32, 31 / 32, 30 / 32)}
    has = np.where(watermark, "marked", "plain")[:120]
    with pytest.warns(UserWarning, match="maps are empty"):
        maps = inside.grad_cam(net, pictures[:120], target="ad")
    assert maps.classes == ["ad"] * 120
    shares = inside.attention_share(maps, where, by=has).table().set_index("class")
    assert shares.loc["marked", "low"] > 3 * shares.loc["marked", "area"]
    at = maps.table()[:60]
    assert at["x"].between(20 / 32, 31 / 32).all() and at["y"].between(22 / 32, 30 / 32).all()
    placed = inside.grad_cam(net, pictures[:120], target="ad", average=False)
    by_place = inside.attention_share(placed, where, by=has).table().set_index("class")
    assert by_place.loc["marked", "low"] > by_place.loc["plain", "high"]
    covered = inside.occlusion(net, pictures[:3], target="ad", patch=8, stride=4)
    assert inside.attention_share(covered, where).table()["share"].item() > 0.6
