"""Weighted shares: every sample enumerated, formulas by hand, one-sided intervals."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.errors import InputError
from iconometrics.stats import (
    effective_n,
    linearized_se,
    share_interval,
    survey_design,
    survey_ratio,
    wilson,
)


def test_over_all_stratified_samples_the_variance_is_right():
    """With strata of known size the weighted mean is linear: its variance estimate is unbiased."""
    values = [np.array([0, 1, 1, 0, 1]), np.array([1, 0, 0, 0])]
    means, variances = [], []
    for first, second in product(combinations(range(5), 3), combinations(range(4), 2)):
        y = np.concatenate([values[0][list(first)], values[1][list(second)]])
        weights = [5 / 3] * 3 + [2] * 2
        drawn = survey_design(weights, strata=[0] * 3 + [1] * 2, finite=True)
        found = survey_ratio(y, np.ones(5), drawn)
        means.append(found.value)
        variances.append(found.se**2)
    assert np.mean(means) == pytest.approx(np.concatenate(values).mean())
    assert np.mean(variances) == pytest.approx(np.var(means))


def test_over_all_samples_of_clusters_the_variance_is_right():
    clusters = np.array([[1, 1, 0], [0, 0, 0], [1, 0, 1], [1, 1, 1], [0, 1, 0]])
    means, variances = [], []
    for chosen in combinations(range(5), 3):
        y = clusters[list(chosen)].ravel()
        drawn = survey_design(np.full(9, 5 / 3), clusters=np.repeat(chosen, 3), finite=True)
        found = survey_ratio(y, np.ones(9), drawn)
        means.append(found.value)
        variances.append(found.se**2)
    assert np.mean(means) == pytest.approx(clusters.mean())
    assert np.mean(variances) == pytest.approx(np.var(means))


def test_without_a_design_it_is_the_textbook_ratio():
    """Cochran (1977), equation 6.9: the variance of a ratio of a simple random sample."""
    random = np.random.default_rng(0)
    x = random.uniform(1, 3, 40)
    y = 0.4 * x + random.normal(scale=0.1, size=40)
    found = survey_ratio(y, x, survey_design(np.ones(40)))
    value = y.mean() / x.mean()
    variance = ((y - value * x) ** 2).sum() / 39 / 40 / x.mean() ** 2
    assert found.value == pytest.approx(value)
    assert found.se == pytest.approx(np.sqrt(variance)) and found.df == 39


def test_two_strata_by_hand():
    """Shares .5 of 4 and .25 of 4, standing for 100 and 300 units."""
    y = [1, 1, 0, 0, 1, 0, 0, 0]
    weights = [25] * 4 + [75] * 4
    drawn = survey_design(weights, strata=list("aaaabbbb"))
    found = survey_ratio(y, np.ones(8), drawn)
    assert found.value == pytest.approx(0.25 * 0.5 + 0.75 * 0.25)
    parts = np.array([0.25**2 * 0.25 / 3, 0.75**2 * 0.1875 / 3])
    assert found.se == pytest.approx(np.sqrt(parts.sum()))
    assert found.df == pytest.approx(parts.sum() ** 2 / (parts**2 / 3).sum())
    finite = survey_design(weights, strata=list("aaaabbbb"), finite=True)
    left = np.array([1 - 4 / 100, 1 - 4 / 300])
    assert survey_ratio(y, np.ones(8), finite).se == pytest.approx(np.sqrt((left * parts).sum()))


def test_copies_within_clusters_add_nothing():
    random = np.random.default_rng(1)
    y, w = (random.random(30) < 0.4).astype(float), random.uniform(1, 5, 30)
    alone = survey_ratio(y, np.ones(30), survey_design(w))
    copied = survey_design(np.repeat(w, 3), clusters=np.repeat(np.arange(30), 3))
    found = survey_ratio(np.repeat(y, 3), np.ones(90), copied)
    assert found.value == pytest.approx(alone.value) and found.se == pytest.approx(alone.se)
    assert effective_n(copied) == pytest.approx(effective_n(survey_design(w)))


def test_a_domain_counts_its_own_units():
    y = np.array([1, 0, 1, 0, 0, 0])
    inside = np.array([1, 1, 1, 0, 0, 0])
    drawn = survey_design(np.ones(6))
    found = survey_ratio(y * inside, inside, drawn)
    assert found.value == pytest.approx(2 / 3) and found.df == 4
    assert effective_n(drawn, inside) == 3


@given(st.integers(0, 1000), st.floats(0.5, 100))
def test_the_scale_of_weights_and_the_order_of_units_do_not_matter(seed, scale):
    random = np.random.default_rng(seed)
    y, w = (random.random(25) < 0.5).astype(float), random.uniform(1, 9, 25)
    strata, clusters = random.integers(0, 3, 25), random.integers(0, 8, 25)
    order = random.permutation(25)
    one = survey_ratio(y, np.ones(25), survey_design(w, strata=strata, clusters=clusters))
    two = survey_ratio(
        y[order],
        np.ones(25),
        survey_design(scale * w[order], strata=strata[order], clusters=clusters[order]),
    )
    np.testing.assert_allclose(one[:3], two[:3], rtol=1e-9)
    assert one.influence.sum() == pytest.approx(0, abs=1e-12)


def test_everybody_drawn_leaves_nothing_open():
    found = survey_ratio([1, 0, 1], np.ones(3), survey_design(np.ones(3), finite=True))
    assert found.se == 0


def test_a_stratum_with_one_unit_is_held_against_all():
    drawn = survey_design([1, 1, 1], strata=["a", "a", "b"])
    assert linearized_se(np.array([0.2, -0.2, 0.3]), drawn) > linearized_se(
        np.array([0.2, -0.2, 0.1]), drawn
    )
    assert np.isnan(linearized_se([0.0], survey_design([1])))


def test_intervals_one_sided_and_at_the_ends():
    drawn = survey_design(np.r_[np.ones(40), np.full(20, 3.0)])
    share = survey_ratio(np.arange(60) % 4 == 0, np.ones(60), drawn)
    most = effective_n(drawn)
    both = share_interval(share, most=most, level=0.9)
    assert share_interval(share, most=most, side="lower") == pytest.approx((both[0], 1))
    assert share_interval(share, most=most, side="upper") == pytest.approx((0, both[1]))
    assert 0 < both[0] < share.value < both[1] < 1
    plain = survey_design(np.ones(20))
    nothing = survey_ratio(np.zeros(20), np.ones(20), plain)
    assert share_interval(nothing, most=20) == pytest.approx(tuple(wilson(0, 20)))
    every = survey_ratio(np.ones(20), np.ones(20), plain)
    assert share_interval(every, most=20) == pytest.approx(tuple(wilson(20, 20)))
    none = survey_ratio(np.zeros(20), np.zeros(20), plain)
    assert np.isnan(none.value) and np.isnan(share_interval(none, most=0)).all()


@pytest.mark.parametrize("weights", [[1, 0], [1, -2], [1, np.nan], []])
def test_what_could_not_be_drawn_is_refused(weights):
    with pytest.raises(InputError, match="not above 0"):
        survey_design(weights)


def test_lengths_must_fit():
    with pytest.raises(InputError, match="3 strata or clusters for 2"):
        survey_design([1, 1], strata=["a", "b", "c"])
