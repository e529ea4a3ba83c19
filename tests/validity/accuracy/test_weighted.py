"""Accuracy of images drawn unequally: by hand, against scikit-learn, over redrawn samples."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from iconometrics.coding import Codings, Sample
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.stats import wilson
from iconometrics.validity import accuracy


def codes(values, *, coder="svm", **options):
    series = pd.Series(values, name="protest", dtype="str")
    return Codings.from_series(series, coder=coder, **options)


@pytest.fixture(scope="module")
def corpus():
    """6,000 images in three strata, of which a measure errs differently in each."""
    random = np.random.default_rng(1)
    stratum = np.repeat(["low", "middle", "high"], [4000, 1500, 500])
    chance = pd.Series({"low": 0.05, "middle": 0.5, "high": 0.9})[stratum].to_numpy()
    wrong = pd.Series({"low": 0.03, "middle": 0.3, "high": 0.1})[stratum].to_numpy()
    gold = random.random(6000) < chance
    read = np.where(random.random(6000) < wrong, ~gold, gold)
    score = np.clip(0.6 * read + 0.4 * random.random(6000), 0, 1)
    table = pd.DataFrame({"stratum": stratum, "gold": gold, "measure": read, "score": score})
    table[["gold", "measure"]] = np.where(table[["gold", "measure"]], "yes", "no")
    return table.set_index(pd.Index([f"{n}.jpg" for n in range(6000)]))


def drawn(corpus, per_stratum, seed):
    random = np.random.default_rng(seed)
    rows = [
        part.iloc[random.choice(len(part), per_stratum, replace=False)].assign(
            probability=per_stratum / len(part)
        )
        for _, part in corpus.groupby("stratum")
    ]
    table = pd.concat(rows)
    told = {"image": table.index, "stratum": table["stratum"], "probability": table["probability"]}
    sample = Sample("strata", pd.DataFrame(told))
    gold = codes(table["gold"], coder="anna", sample=sample)
    both = pd.DataFrame({"no": 1 - table["score"], "yes": table["score"]})
    return codes(table["measure"], probabilities=both, trained_on=[]), gold, table


def test_the_rates_are_those_of_scikit_learn_with_weights(corpus):
    measure, gold, table = drawn(corpus, 100, 0)
    result = accuracy(measure, gold=gold)
    w = 1 / table["probability"]
    row, truth, read = result.classes.loc["yes"], table["gold"], table["measure"]
    options = {"sample_weight": w, "pos_label": "yes"}
    assert result.weighted
    assert result.accuracy.value == pytest.approx(
        metrics.accuracy_score(truth, read, sample_weight=w)
    )
    assert row["sensitivity"] == pytest.approx(metrics.recall_score(truth, read, **options))
    assert row["precision"] == pytest.approx(metrics.precision_score(truth, read, **options))
    assert row["f1"] == pytest.approx(metrics.f1_score(truth, read, **options))
    assert result.macro_f1.value == pytest.approx(
        metrics.f1_score(truth, read, sample_weight=w, average="macro")
    )
    assert result.kappa.value == pytest.approx(
        metrics.cohen_kappa_score(truth, read, sample_weight=w)
    )
    assert row["prevalence"] == pytest.approx(np.average(truth == "yes", weights=w))
    other = result.classes.loc["no"]
    assert row["npv"] == pytest.approx(other["precision"])
    assert row["specificity"] == pytest.approx(other["sensitivity"])
    area = metrics.roc_auc_score(truth == "yes", table["score"], sample_weight=w)
    assert result.auroc.loc["yes", "auroc"] == pytest.approx(area)
    sure = measure.confidence("protest").reindex(truth.index)
    squares = (sure - (truth == read)) ** 2
    assert result.brier == pytest.approx(np.average(squares, weights=w))
    assert row["n"] == (truth == "yes").sum()


def test_it_says_so(corpus):
    measure, gold, _ = drawn(corpus, 100, 0)
    result = accuracy(measure, gold=gold)
    told = " ".join(result.notes)
    assert "unequal probabilities (0.025 to 0.2)" in told and "3 strata" in told
    assert "weighted" in result.summary()


def test_over_redrawn_samples_it_holds_what_the_corpus_says(corpus):
    """A short version of benchmarks/intervals.py; the unweighted figures are beside the truth."""
    truth = metrics.recall_score(corpus["gold"], corpus["measure"], pos_label="yes")
    prevalence = (corpus["gold"] == "yes").mean()
    found = []
    for seed in range(80):
        _, _, table = drawn(corpus, 60, seed)
        items = pd.DataFrame({"gold": table["gold"], "measure": table["measure"]})
        row = weighted(items, table).classes.loc["yes"]
        found.append(
            [
                row["sensitivity_low"] <= truth <= row["sensitivity_high"],
                row["prevalence_low"] <= prevalence <= row["prevalence_high"],
                row["prevalence"],
                (table["gold"] == "yes").mean(),
            ]
        )
    inside_one, inside_two, mean, naive = np.mean(found, axis=0)
    assert inside_one > 0.9 and inside_two > 0.9
    assert abs(mean - prevalence) < 0.01 < 0.2 < naive - prevalence


def weighted(items, table):
    from iconometrics.stats import survey_design
    from iconometrics.validity.accuracy.rates import rates

    design = survey_design(1 / table["probability"], strata=table["stratum"], finite=True)
    return rates(items, ["no", "yes"], design)


def test_nothing_wrong_is_still_uncertain(corpus):
    _, gold, table = drawn(corpus, 30, 0)
    result = accuracy(codes(table["gold"], trained_on=[]), gold=gold)
    assert result.accuracy.value == result.kappa.value == 1
    assert result.accuracy.low < 0.97 and result.kappa.low < result.accuracy.low
    assert result.classes.loc["yes", "sensitivity_low"] < 1 == result.macro_f1.high


def test_clusters_of_the_sample_widen_the_interval(corpus):
    table = corpus.iloc[:400].assign(cluster=np.arange(400) // 20)
    right = table["cluster"] % 2 == 0
    read = table["gold"].where(right, table["gold"].map({"yes": "no", "no": "yes"}))
    told = {"image": table.index, "probability": 0.1, "cluster": table["cluster"].astype(str)}
    sample = Sample("accounts", pd.DataFrame(told))
    gold = codes(table["gold"], coder="anna", sample=sample)
    result = accuracy(codes(read, trained_on=[]), gold=gold)
    plain = wilson(right.sum(), 400)
    assert result.weighted and result.accuracy.value == 0.5
    assert result.accuracy.high - result.accuracy.low > 3.5 * (plain.high - plain.low)
    assert "drawn in clusters" in " ".join(result.notes)


def test_groups_that_cross_strata_are_one(corpus):
    measure, gold, table = drawn(corpus, 60, 1)
    groups = pd.Series(np.arange(180) % 60, table.index).astype(str)
    alone = accuracy(measure, gold=gold)
    grouped = accuracy(measure, gold=gold, groups=groups)
    assert grouped.groups == 60 and grouped.accuracy.value == alone.accuracy.value
    assert "linearized over 60 groups" in grouped.summary()
    assert grouped.accuracy.low != alone.accuracy.low


def test_images_that_nobody_coded_make_weights_no_different(corpus):
    measure, gold, table = drawn(corpus, 60, 1)
    kept = gold.select(table.index[::2])
    result = accuracy(measure, gold=kept)
    assert result.items["weight"].sum() == pytest.approx(6000, rel=0.1)


def test_images_without_a_code_are_spoken_for_by_their_own_stratum(corpus):
    _, gold, table = drawn(corpus, 60, 1)
    few = (table["stratum"] == "high") & (np.arange(180) % 60 >= 12)
    table = table[~few]
    result = accuracy(codes(table["measure"], trained_on=[]), gold=gold.select(table.index))
    weights = result.items.set_index("image")["weight"]
    by_stratum = weights.groupby(table["stratum"]).sum()
    assert by_stratum.to_dict() == pytest.approx({"low": 4000, "middle": 1500, "high": 500})
    share = np.average(table["gold"] == "yes", weights=weights[table.index])
    assert result.classes.loc["yes", "prevalence"] == pytest.approx(share)


def test_a_stratum_that_nobody_coded_is_told(corpus):
    _, gold, table = drawn(corpus, 60, 1)
    table = table[table["stratum"] != "high"]
    result = accuracy(codes(table["measure"], trained_on=[]), gold=gold.select(table.index))
    assert result.items["weight"].sum() == pytest.approx(5500)
    assert "60 images of the sample 'strata' (stratum 'high')" in " ".join(result.notes)


def test_gold_outside_the_sample_is_left_out(corpus):
    measure, gold, _ = drawn(corpus, 60, 1)
    partly = Codings(gold.data, sample=Sample("strata", gold.sample.table.iloc[10:]))
    with pytest.warns(IconometricsWarning, match="10 gold images outside the sample 'strata'"):
        result = accuracy(measure, gold=partly)
    assert result.n == 170
    other = gold.sample.table.assign(image=[f"other {n}" for n in range(180)])
    with pytest.raises(InputError, match="none of the 180 gold images"):
        accuracy(measure, gold=Codings(gold.data, sample=Sample("strata", other)))


def test_all_coded_none_coded_and_probabilities_of_0(corpus):
    table = corpus.iloc[:50]
    every = Sample("all", pd.DataFrame({"image": table.index, "probability": 1.0}))
    gold = codes(table["gold"], coder="anna", sample=every)
    result = accuracy(codes(table["measure"], trained_on=[]), gold=gold)
    assert not result.weighted and "Every image that could be drawn was coded" in result.notes[0]
    nothing = codes(table["gold"].where(table["gold"] == "maybe"), coder="anna", sample=every)
    with pytest.raises(InputError, match="no value of 'protest'; code some images"):
        accuracy(codes(table["measure"], trained_on=[]), gold=nothing)
    with pytest.raises(InputError, match="could not be drawn belongs to no sample"):
        Sample("none", pd.DataFrame({"image": table.index, "probability": 0.0}))


def test_one_category_once_those_outside_are_gone(corpus):
    measure, gold, table = drawn(corpus, 40, 2)
    rows = gold.sample.table.set_index("image")
    kept = rows[(table["gold"] == "no").to_numpy()].reset_index()
    only = Codings(gold.data, sample=Sample("no", kept))
    with pytest.warns(IconometricsWarning), pytest.raises(InputError, match="at least two"):
        accuracy(measure, gold=only)


@pytest.mark.parametrize("uneven", [True, False])
def test_one_sided_comes_back_one_sided(corpus, uneven):
    measure, gold, _ = drawn(corpus, 60, 3)
    if not uneven:
        gold = Codings(gold.data)
    lower, upper, both = (
        accuracy(measure, gold=gold, side=side, level=level)
        for side, level in (("lower", 0.95), ("upper", 0.95), ("two", 0.9))
    )
    for name in ("accuracy", "macro_f1", "kappa"):
        assert getattr(lower, name).high == 1 and getattr(upper, name).low <= 0
        assert getattr(lower, name).low == pytest.approx(getattr(both, name).low, abs=0.006)
        assert getattr(upper, name).high == pytest.approx(getattr(both, name).high, abs=0.006)
    for name in ("sensitivity", "specificity", "precision", "npv", "prevalence"):
        assert (lower.classes[f"{name}_high"] == 1).all()
        assert (upper.classes[f"{name}_low"] == 0).all()
        pd.testing.assert_series_equal(lower.classes[f"{name}_low"], both.classes[f"{name}_low"])
    assert (lower.auroc["auroc_high"] == 1).all() and (upper.auroc["auroc_low"] == 0).all()
    assert "bound: at least" in lower.summary() and "at most" in upper.summary()


def test_confidences_that_are_missing_are_left_out_of_calibration(corpus):
    measure, gold, table = drawn(corpus, 60, 3)
    sure = measure.confidence("protest").copy()
    sure.iloc[:30] = np.nan
    partly = codes(table["measure"], confidence=sure, trained_on=[])
    result = accuracy(partly, gold=gold)
    assert result.n == 180 and result.calibration()["n"].sum() == 150
    assert result.auroc.loc["yes", "n"] == (table["gold"].iloc[30:] == "yes").sum()
    none = codes(table["measure"], trained_on=[])
    assert accuracy(none, gold=gold).auroc is None
    with pytest.raises(InputError, match="no ROC curve to draw"):
        accuracy(none, gold=gold).plot_roc()
    with pytest.raises(InputError, match="no probability of 'yes'"):
        accuracy(none, gold=gold).roc("yes")


def test_calibration_is_weighted(corpus):
    measure, gold, table = drawn(corpus, 100, 4)
    result = accuracy(measure, gold=gold)
    rows = result.calibration()
    sure = measure.confidence("protest").reindex(table.index)
    inside = (sure >= rows["low"].iloc[-1]).to_numpy()
    right = (table["gold"] == table["measure"])[inside]
    share = np.average(right, weights=1 / table["probability"][inside])
    assert rows["correct"].iloc[-1] == pytest.approx(share)
    assert (rows["correct_low"] <= rows["correct"]).all()
    assert list(result.overall().index) == ["accuracy", "macro F1", "kappa", "Brier score"]
    assert (result.overall()["low"] < result.overall()["value"]).all()


def test_the_curve_is_drawn_with_its_interval(corpus):
    measure, gold, _ = drawn(corpus, 100, 4)
    result = accuracy(measure, gold=gold)
    curve = result.roc("yes")
    assert curve.true_positive_rate[-1] == curve.false_positive_rate[-1] == 1
    ax = result.plot_roc()
    told = [text.get_text() for text in ax.texts]
    assert told[0] == "yes" and told[1].startswith("area .") and " to ." in told[1]
