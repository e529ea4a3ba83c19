"""Choosing a threshold: against brute force, and never on the images that judge."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.stats import wilson
from iconometrics.validity import accuracy, threshold


def codes(values, *, coder="svm", **options):
    series = pd.Series(values, name="protest", dtype="str")
    return Codings.from_series(series, coder=coder, **options)


@pytest.fixture
def scored():
    random = np.random.default_rng(0)
    ids = [f"{number}" for number in range(240)]
    truth = random.random(240) < 0.25
    score = pd.Series(np.clip(0.3 * truth + random.beta(2, 5, 240), 0, 1).round(3), ids)
    both = pd.DataFrame({"no": 1 - score, "yes": score})
    gold = pd.Series(np.where(truth, "yes", "no"), ids)
    read = both.idxmax(axis=1)
    return codes(read, probabilities=both, trained_on=[]), codes(gold, coder="anna"), score


def test_no_other_threshold_has_a_better_f1(scored):
    measure, gold, score = scored
    found = threshold(measure, gold)
    truth = gold["protest"] == "yes"
    best = max(metrics.f1_score(truth, score >= at) for at in np.unique(score))
    assert metrics.f1_score(truth, score >= found.value) == pytest.approx(best)
    assert found.value not in set(score)
    read = found.apply(measure)["protest"]
    assert (read == "yes").equals((score >= found.value).rename_axis("image"))


def test_costs_and_what_must_be_reached(scored):
    measure, gold, score = scored
    truth = gold["protest"] == "yes"

    def cost(at):
        read = score >= at
        return (read & ~truth).sum() + 8 * (~read & truth).sum()

    found = threshold(measure, gold, aim="cost", costs=(1, 8))
    assert cost(found.value) == min(cost(at) for at in np.unique(score))
    exact = threshold(measure, gold, aim="precision", least=0.8)
    read = score >= exact.value
    assert metrics.precision_score(truth, read) >= 0.8
    others = [at for at in np.unique(score) if metrics.precision_score(truth, score >= at) >= 0.8]
    best = max(metrics.recall_score(truth, score >= at) for at in others)
    assert metrics.recall_score(truth, read) == pytest.approx(best)
    wide = threshold(measure, gold, aim="recall", least=0.95)
    assert wide.value < exact.value


def test_the_curve_has_intervals(scored):
    measure, gold, score = scored
    rows = threshold(measure, gold).table()
    row = rows.iloc[len(rows) // 2]
    read, truth = score >= row["threshold"], gold["protest"] == "yes"
    hits = (read & truth).sum()
    ends = tuple(wilson(hits, read.sum()))
    assert (row["precision_low"], row["precision_high"]) == pytest.approx(ends)
    assert row["recall"] == pytest.approx(hits / truth.sum())
    assert (rows["f1_low"] <= rows["f1"]).all() and (rows["f1"] <= rows["f1_high"]).all()
    assert rows["threshold"].is_monotonic_increasing


def test_the_images_that_chose_it_cannot_judge_it(scored):
    measure, gold, _ = scored
    half, other = gold.split(share=0.5, seed=1)
    found = threshold(measure, half)
    again = found.apply(measure)
    with pytest.raises(InputError, match="nothing is left to judge it by"):
        accuracy(again, gold=half)
    with pytest.warns(IconometricsWarning, match="used to train"):
        assert accuracy(again, gold=gold).n == 120
    assert accuracy(again, gold=other).n == 120
    assert "judge it on others" in found.summary()


def test_training_images_choose_nothing(scored):
    measure, gold, _ = scored
    known = Codings(measure.data, measure.probabilities, trained_on=tuple(gold.images[:40]))
    with pytest.warns(IconometricsWarning, match="40 gold images used to train"):
        assert len(threshold(known, gold).images) == 200


def test_confidence_alone_will_do_for_two_categories(scored):
    measure, gold, _ = scored
    alone = codes(measure["protest"], confidence=measure.confidence("protest"), trained_on=[])
    assert threshold(alone, gold).value == pytest.approx(threshold(measure, gold).value)
    read = threshold(alone, gold).apply(alone)
    same = threshold(measure, gold).apply(measure)
    pd.testing.assert_series_equal(read["protest"], same["protest"])
    np.testing.assert_allclose(read.confidence("protest"), same.confidence("protest"))


def test_below_the_threshold_the_likeliest_other_is_read():
    shares = pd.DataFrame({"a": [0.5, 0.3], "b": [0.2, 0.25], "c": [0.3, 0.45]}, index=["1", "2"])
    measure = codes(pd.Series(["a", "c"], shares.index), probabilities=shares, trained_on=[])
    gold = codes({"1": "c", "2": "a"}, coder="anna")
    with pytest.raises(InputError, match="choose category= of a, c"):
        threshold(measure, gold, category="z")
    from iconometrics.validity.threshold import reread

    read = reread(measure, "protest", "a", at=0.6)
    assert read["protest"].tolist() == ["c", "c"]
    assert read.confidence("protest").tolist() == [0.3, 0.45]


def test_it_is_drawn(scored):
    measure, gold, _ = scored
    ax = threshold(measure, gold).plot()
    assert {"precision", "recall", "F1"} <= {text.get_text() for text in ax.texts}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"aim": "auc"}, "aim='auc'"),
        ({"aim": "precision"}, "needs least="),
        ({"aim": "precision", "least": 1.5}, "needs least="),
        ({"costs": (0, 0)}, "costs="),
        ({"level": 95}, "level=95"),
        ({"category": "maybe"}, "no category 'maybe'"),
    ],
)
def test_odd_options_are_refused(scored, options, message):
    with pytest.raises(InputError, match=message):
        threshold(*scored[:2], **options)


def test_what_cannot_be_reached_or_read_says_why(scored):
    measure, gold, _ = scored
    silent = codes(measure["protest"], trained_on=[])
    with pytest.raises(InputError, match="gives no probability of 'yes'"):
        threshold(silent, gold)
    noise = pd.DataFrame({"no": 0.5, "yes": 0.5}, index=gold.images)
    flat = codes(measure["protest"], probabilities=noise, trained_on=[])
    with pytest.raises(InputError, match="reaches"):
        threshold(flat, gold, aim="precision", least=0.9)
    from iconometrics.validity.threshold import reread

    with pytest.raises(InputError, match="from 0 to 1"):
        reread(measure, "protest", "yes", at=2)
