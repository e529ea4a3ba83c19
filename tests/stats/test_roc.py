"""ROC curves and DeLong: published values, scikit-learn, brute force."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from iconometrics.errors import InputError
from iconometrics.stats import area_components, auroc, delong_test, roc_curve, wilson

FOLDER = os.environ.get("ICONOMETRICS_TEST_DATA")


@pytest.fixture(scope="module")
def stroke():
    path = Path(FOLDER or "") / "reference" / "roc" / "aSAH.csv"
    if not FOLDER or not path.exists():
        pytest.skip("needs the reference data")
    table = pd.read_csv(path)
    return table["outcome"] == "Poor", table["s100b"], table["ndka"]


@pytest.mark.data
def test_published_areas(stroke):
    truth, s100b, ndka = stroke
    np.testing.assert_allclose(auroc(truth, s100b)[:3], [0.731369, 0.630118, 0.832619], atol=5e-7)
    np.testing.assert_allclose(auroc(truth, ndka)[:3], [0.611958, 0.501245, 0.722671], atol=5e-7)


@pytest.mark.data
def test_published_comparison(stroke):
    truth, s100b, ndka = stroke
    found = delong_test(truth, ndka, s100b)
    assert (round(found.z, 5), round(found.p, 6)) == (-1.39077, 0.164295)
    assert found.low < found.difference < found.high
    back = delong_test(truth, s100b, ndka)
    assert back.z == pytest.approx(-found.z) and back.p == pytest.approx(found.p)


def brute(truth, score):
    """The covariance by DeLong's own double sums."""
    inside, outside = score[truth], score[~truth]
    kernel = (inside[:, None] > outside) + 0.5 * (inside[:, None] == outside)
    first, second = kernel.mean(axis=1), kernel.mean(axis=0)
    return kernel.mean(), first, second


rows = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=4, max_size=40)


@given(rows)
def test_components_are_those_of_all_pairs(pairs):
    truth = np.array([one for one, _ in pairs])
    score = np.array([float(two) for _, two in pairs])
    if truth.sum() < 2 or (~truth).sum() < 2:
        return
    area, first, second = brute(truth, score)
    ours = area_components(truth, score)
    np.testing.assert_allclose(ours[0], first)
    np.testing.assert_allclose(ours[1], second)
    found = auroc(truth, score)
    assert found.value == pytest.approx(area)
    assert found.value == pytest.approx(metrics.roc_auc_score(truth, score))
    spread = first.var(ddof=1) / truth.sum() + second.var(ddof=1) / (~truth).sum()
    assert found.se == pytest.approx(np.sqrt(spread))


@given(rows, st.integers(0, 1000))
def test_the_curve_and_weighted_areas_are_those_of_scikit_learn(pairs, seed):
    truth = np.array([one for one, _ in pairs])
    score = np.array([float(two) for _, two in pairs])
    if truth.all() or not truth.any():
        return
    weights = np.random.default_rng(seed).uniform(0.5, 9, len(truth))
    found = auroc(truth, score, weights=weights, draws=2)
    assert found.value == pytest.approx(metrics.roc_auc_score(truth, score, sample_weight=weights))
    ours = roc_curve(truth, score, weights=weights)
    theirs = metrics.roc_curve(truth, score, sample_weight=weights, drop_intermediate=False)
    np.testing.assert_allclose(ours.false_positive_rate, theirs[0], atol=1e-12)
    np.testing.assert_allclose(ours.true_positive_rate, theirs[1], atol=1e-12)
    np.testing.assert_array_equal(ours.threshold[1:], theirs[2][1:])


@pytest.fixture
def ranked():
    random = np.random.default_rng(3)
    truth = random.random(150) < 0.4
    return truth, truth + random.normal(size=150)


def test_equal_weights_resample_to_delongs_error(ranked):
    plain = auroc(*ranked)
    weighted = auroc(*ranked, weights=np.full(150, 7.0), draws=4000)
    assert weighted.value == pytest.approx(plain.value)
    assert weighted.se == pytest.approx(plain.se, rel=0.06)
    logit = auroc(*ranked, scale="logit")
    np.testing.assert_allclose(weighted[1:3], logit[1:3], atol=0.01)
    assert 0 < logit.low < plain.value < logit.high < 1


def test_a_unit_of_weight_two_is_two_units(ranked):
    truth, score = (side[:60] for side in ranked)
    doubled = auroc(np.repeat(truth, 2), np.repeat(score, 2))
    weighted = auroc(truth, score, weights=np.full(60, 2.0), draws=2)
    assert doubled.value == pytest.approx(weighted.value)


def test_groups_that_agree_widen_the_interval(ranked):
    truth, score = ranked
    copies = np.repeat(truth, 4), np.repeat(score, 4)
    grouped = auroc(*copies, groups=np.arange(150).repeat(4), draws=4000)
    assert grouped.se == pytest.approx(auroc(truth, score).se, rel=0.08)
    assert grouped.se > 1.7 * auroc(*copies).se


def test_independent_samples(ranked):
    truth, score = ranked
    one, two = (truth[:70], score[:70]), (truth[70:], score[70:])
    found = delong_test(one[0], one[1], two[1], second_truth=two[0])
    areas = auroc(*one), auroc(*two)
    assert found.difference == pytest.approx(areas[0].value - areas[1].value)
    z = found.difference / np.hypot(areas[0].se, areas[1].se)
    assert found.z == pytest.approx(z)


@pytest.mark.parametrize("options", [{}, {"scale": "logit"}, {"weights": np.arange(1, 151)}])
def test_one_sided_comes_back_one_sided(ranked, options):
    lower, upper, both = (
        auroc(*ranked, side=side, level=level, **options)
        for side, level in (("lower", 0.95), ("upper", 0.95), ("two", 0.9))
    )
    assert lower.high == 1 and upper.low == 0
    assert lower.low == pytest.approx(both.low) and upper.high == pytest.approx(both.high)


def test_perfect_ranking_is_still_uncertain():
    truth = np.array([0] * 30 + [1] * 12, dtype=bool)
    found = auroc(truth, np.arange(42))
    assert (found.value, found.low, found.high) == (1, wilson(12, 12).low, 1)
    worst = auroc(~truth, np.arange(42))
    assert worst.value == 0 and worst.low == 0 and worst.high == wilson(0, 12).high
    groups = np.repeat(np.arange(6), 7)
    assert auroc(truth, np.arange(42), groups=groups).low == wilson(2, 2).low


@pytest.mark.parametrize(
    ("truth", "score", "message"),
    [
        ([1, 1], [0.1, 0.2], "2 of 2 units are of the category"),
        ([0, 1], [0.1, np.nan], "1 of 2 scores are missing"),
        ([0, 1, 1], [0.1, 0.2], "3 units with 2 scores"),
        ([0, 1, np.nan], [0.1, 0.2, 0.3], "1 of 3 units have no truth value"),
    ],
)
def test_what_cannot_be_ranked_says_why(truth, score, message):
    with pytest.raises(InputError, match=message):
        auroc(truth, score)


@pytest.mark.parametrize("weights", [None, np.ones(41)])
def test_one_unit_of_a_category_tells_next_to_nothing(weights):
    truth, score = np.arange(41) == 0, np.r_[31.5, np.arange(40)]
    found = auroc(truth, score, weights=weights, draws=50)
    assert found.value == 0.8 and np.isnan(found.se)
    assert (found.low, found.high) == tuple(wilson(0.8, 1))
    test = delong_test(truth, score, score[::-1])
    assert np.isnan([test.low, test.high, test.p]).all()


def test_infinite_scores_are_ties():
    truth, score = [1, 0, 1, 0], np.array([np.inf, np.inf, -np.inf, -np.inf])
    curve = roc_curve(truth, score)
    assert curve.true_positive_rate.tolist() == curve.false_positive_rate.tolist() == [0, 0.5, 1]
    assert auroc(truth, score, weights=np.ones(4), draws=5).value == 0.5


def test_odd_options_are_refused(ranked):
    for options in ({"side": "left"}, {"level": 95}, {"scale": "probit"}, {"groups": [1] * 150}):
        with pytest.raises(InputError):
            auroc(*ranked, **options)
    with pytest.raises(InputError, match="not above 0"):
        auroc(*ranked, weights=np.zeros(150))
