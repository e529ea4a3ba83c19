"""Accuracy: against scikit-learn, its intervals, and all that it must tell."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from iconometrics.coding import Codings, Sample
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.stats import wilson
from iconometrics.validity import accuracy


def codes(values, *, coder="svm", name="protest", **options):
    series = pd.Series(values, name=name, dtype="str")
    return Codings.from_series(series, coder=coder, **options)


def test_the_figures_are_those_of_scikit_learn(measure, gold, truth, measured):
    result = accuracy(measure, gold=gold)
    names = ["march", "none", "riot"]
    report = metrics.classification_report(truth, measured, labels=names, output_dict=True)
    table = result.table()
    assert list(table.index) == names and result.n == 200
    assert result.accuracy.value == pytest.approx(metrics.accuracy_score(truth, measured))
    assert result.macro_f1.value == pytest.approx(report["macro avg"]["f1-score"])
    for name in names:
        assert table.loc[name, "sensitivity"] == pytest.approx(report[name]["recall"])
        assert table.loc[name, "precision"] == pytest.approx(report[name]["precision"])
        assert table.loc[name, "f1"] == pytest.approx(report[name]["f1-score"])
        assert table.loc[name, "n"] == report[name]["support"]
        others = truth != name
        assert table.loc[name, "specificity"] == pytest.approx((measured[others] != name).mean())
    np.testing.assert_array_equal(
        result.confusion, metrics.confusion_matrix(truth, measured, labels=names)
    )


def test_shares_have_wilson_intervals(measure, gold, truth, measured):
    result = accuracy(measure, gold=gold, target="beyond")
    riots = truth == "riot"
    hits = (measured[riots] == "riot").sum()
    row = result.classes.loc["riot"]
    assert (row["sensitivity_low"], row["sensitivity_high"]) == wilson(hits, riots.sum())
    right = (truth == measured).sum()
    assert tuple(result.accuracy[1:]) == wilson(right, 200)
    wider = accuracy(measure, gold=gold, level=0.99, target="beyond")
    assert wider.accuracy.high > result.accuracy.high
    assert wider.classes.loc["riot", "f1_low"] < row["f1_low"]


def test_every_interval_holds_its_value_and_none_hangs_on_chance(measure, gold):
    one, two = (accuracy(measure, gold=gold, seed=seed) for seed in (1, 2))
    for name in ("sensitivity", "specificity", "precision", "f1"):
        assert (one.classes[f"{name}_low"] < one.classes[name]).all()
        assert (one.classes[name] < one.classes[f"{name}_high"]).all()
    pd.testing.assert_frame_equal(one.classes, two.classes)
    assert one.macro_f1 == two.macro_f1


def test_the_order_of_rows_does_not_matter(measure, gold, truth, confidence, measured):
    turned = truth.index[::-1]
    other = accuracy(
        codes(measured[turned], confidence=confidence, trained_on=[]),
        gold=Codings(gold.data.iloc[::-1], sample=gold.sample),
    )
    straight = accuracy(measure, gold=gold)
    pd.testing.assert_frame_equal(straight.confusion, other.confusion)
    pd.testing.assert_frame_equal(straight.misclassified(), other.misclassified())
    pd.testing.assert_frame_equal(straight.calibration(), other.calibration())


def test_one_group_alone_is_refused(measure, gold):
    with pytest.raises(InputError, match="one group \\(x\\): intervals by group need at least two"):
        accuracy(measure, gold=gold, groups=dict.fromkeys(gold.images, "x"))


def test_groups_widen_the_intervals_where_their_images_agree():
    ids = [f"{number}" for number in range(400)]
    group = pd.Series([f"g{number // 20}" for number in range(400)], index=ids)
    right = group.isin([f"g{number}" for number in range(12)])
    truth = pd.Series(["yes", "no"] * 200, index=ids)
    turned = truth.where(right, truth.map({"yes": "no", "no": "yes"}))
    arguments = {"gold": codes(truth, coder="anna")}
    measure = codes(turned, trained_on=[])
    plain, grouped = accuracy(measure, **arguments), accuracy(measure, groups=group, **arguments)
    assert grouped.accuracy.value == plain.accuracy.value == 0.6
    assert grouped.accuracy.high - grouped.accuracy.low > 3 * (
        plain.accuracy.high - plain.accuracy.low
    )
    assert grouped.groups == 20 and "linearized over 20 groups" in grouped.summary()
    with pytest.raises(InputError, match="no group"):
        accuracy(measure, groups=group.iloc[1:], **arguments)


@pytest.mark.parametrize("groups", [None, 10])
def test_nothing_wrong_is_still_uncertain(groups):
    truth = pd.Series(["yes", "no"] * 10, index=[str(number) for number in range(20)])
    member = None if groups is None else {name: f"g{int(name) % 10}" for name in truth.index}
    result = accuracy(codes(truth, trained_on=[]), gold=codes(truth, coder="a"), groups=member)
    n = 20 if groups is None else 10
    np.testing.assert_allclose(result.accuracy, (1, *wilson(n, n)))
    low = wilson(10 if groups is None else 5, 10 if groups is None else 5).low
    row = result.classes.loc["yes"]
    np.testing.assert_allclose(row[["f1_low", "f1_high"]], [2 * low / (1 + low), 1])
    assert result.macro_f1.low == pytest.approx(row["f1_low"])
    assert row["sensitivity_low"] == pytest.approx(low)


def test_a_category_only_the_measure_has(gold, truth):
    measure = codes(truth.where(truth != "riot", "fire"), trained_on=[])
    table = accuracy(measure, gold=gold).table()
    assert list(table.index) == ["fire", "march", "none", "riot"]
    assert table.loc["fire", "n"] == 0 and np.isnan(table.loc["fire", "sensitivity_low"])
    assert table.loc["riot", "sensitivity"] == 0 and np.isnan(table.loc["riot", "precision_high"])
    assert 0 < table.loc["riot", "f1_high"] < 0.5


def test_digits_are_in_the_order_of_numbers():
    truth = pd.Series(["10", "9", "0"] * 5, index=[str(number) for number in range(15)])
    result = accuracy(codes(truth, trained_on=[]), gold=codes(truth, coder="a"))
    assert list(result.classes.index) == ["0", "9", "10"]


def test_images_without_a_measured_value_are_counted(gold, measured):
    values = measured.copy()
    values.iloc[:3] = None
    reason = pd.Series("truncated", index=measured.index[:2])
    with pytest.warns(IconometricsWarning, match="5 gold images without a measured value"):
        result = accuracy(codes(values.iloc[:198], reason=reason, trained_on=[]), gold=gold)
    assert result.n == 195
    told = " ".join(result.notes)
    assert "2 truncated" in told and "2 not measured" in told and "1 left empty" in told


def test_training_images_and_their_copies_are_left_out(gold, measured):
    sha = pd.Series([str(number) for number in range(200)], index=measured.index)
    sha.iloc[150] = sha.iloc[0]
    known = codes(measured, sha256=sha, trained_on=list(measured.index[:40]))
    with pytest.warns(IconometricsWarning, match="41 gold images used to train svm"):
        result = accuracy(known, gold=gold)
    assert result.n == 159 and "150.jpg" not in set(result.items["image"])
    with pytest.raises(InputError, match=r"gold\.split"):
        accuracy(codes(measured, trained_on=list(measured.index)), gold=gold)


def test_what_is_not_known_is_said(gold, measure, measured):
    assert accuracy(measure, gold=gold).notes == ()
    assert "leakage was not checked" in " ".join(accuracy(codes(measured), gold=gold).notes)
    unsampled = Codings(gold.data)
    assert "names no sample" in " ".join(accuracy(measure, gold=unsampled).notes)


def test_gold_outside_an_equal_sample_is_said(measure, gold, truth):
    table = pd.DataFrame({"image": truth.index, "probability": 0.1})
    partly = Codings(gold.data, sample=Sample("part", table.iloc[::2]))
    told = " ".join(accuracy(measure, gold=partly).notes)
    assert "100 gold images outside the sample 'part'" in told and "count like the others" in told


def test_misclassified_start_with_the_surest_and_ties_are_stable():
    truth = dict.fromkeys("abcde", "yes") | {"f": "no"}
    confidence = pd.Series({"a": 0.6, "b": 0.9, "c": 0.6, "d": None, "e": 0.99, "f": 1})
    measure = codes(dict.fromkeys("abcd", "no") | {"e": "yes", "f": "no"}, confidence=confidence)
    wrong = accuracy(measure, gold=codes(truth, coder="anna")).misclassified()
    assert wrong["image"].tolist() == ["b", "a", "c", "d"]
    assert list(wrong.columns) == ["image", "gold", "measure", "confidence"]


def test_calibration_by_hand(measure, gold, truth, measured, confidence):
    result = accuracy(measure, gold=gold, target="beyond")
    table = result.calibration()
    inside = (confidence >= 0.8) & (confidence < 0.9)
    row = table[np.isclose(table["low"], 0.8)].iloc[0]
    right = (truth == measured)[inside]
    assert row["n"] == inside.sum()
    assert row["correct"] == pytest.approx(right.mean())
    assert (row["correct_low"], row["correct_high"]) == wilson(right.sum(), len(right))
    error = (table["n"] * (table["confidence"] - table["correct"]).abs()).sum() / 200
    assert result.calibration_error == pytest.approx(error)
    assert result.brier == pytest.approx(((confidence - (truth == measured)) ** 2).mean())


def test_without_confidence_there_is_no_calibration(gold, measured):
    result = accuracy(codes(measured), gold=gold)
    assert result.calibration_error is None and result.brier is None
    with pytest.raises(InputError, match="gives no confidence"):
        result.calibration()


def test_a_person_can_be_judged_too(gold, measured):
    assert accuracy(codes(measured, coder="ben"), gold=gold).coder == "ben"


@pytest.mark.parametrize(
    ("measured", "truth", "options", "message"),
    [
        ({"x": "yes"}, {"a": "yes", "b": "no"}, {}, "written the same way"),
        ({"a": "yes", "b": "no"}, {"a": "yes", "b": "yes"}, {}, "at least two categories"),
        ({"a": "yes"}, {"a": "yes"}, {"variable": "riot"}, "'riot' is not in both"),
        ({"a": "yes"}, {}, {}, "no variable in both"),
        ({"a": "yes"}, {"a": None}, {}, "no value of 'protest'"),
        ({"a": "1", "b": "0"}, {"a": "yes", "b": "no"}, {}, "no category in common"),
    ],
)
def test_what_cannot_be_compared_says_why(measured, truth, options, message):
    with pytest.raises(InputError, match=message):
        accuracy(codes(measured), gold=codes(truth, coder="anna"), **options)


def test_several_variables_ask_for_one():
    both = Codings.read(pd.DataFrame({"image": list("ab"), "u": list("12"), "v": list("12")}))
    with pytest.raises(InputError, match="choose variable="):
        accuracy(both, gold=both)
    assert accuracy(both, gold=both, variable="v").variable == "v"


def test_an_unsettled_gold_standard_asks_for_adjudication(measure, gold):
    other = codes({"0.jpg": "fire"}, coder="ben")
    with pytest.raises(InputError, match="adjudicate"):
        accuracy(measure, gold=Codings(pd.concat([gold.data, other.data])))


def test_case_twins_across_sides_are_told():
    truth = {"a": "yes", "b": "no", "c": "Yes"}
    with pytest.warns(IconometricsWarning, match="'Yes', 'yes'"):
        accuracy(codes({"a": "yes", "b": "no", "c": "yes"}), gold=codes(truth, coder="anna"))
