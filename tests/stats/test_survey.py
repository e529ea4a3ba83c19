"""Shares and ratios by design: R survey's figures, every sample enumerated, coverage."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, hypergeom, t
from statsmodels.stats.proportion import proportion_confint

from iconometrics.errors import InputError
from iconometrics.stats import (
    effective_n,
    grouped_mean,
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


def test_beyond_a_corpus_the_size_of_its_strata_is_chance_too():
    y = np.array([1.0, 0, 1, 1, 0, 0, 0, 1])
    stratum = np.repeat(["a", "b"], [3, 5])
    weights = np.where(stratum == "a", 2.0, 10.0)
    drawn = survey_design(weights, strata=stratum, corpus=weights)
    ratio = survey_ratio(y, np.ones(8), drawn)
    sizes, means = np.array([6, 50]), np.array([2 / 3, 2 / 5])
    spreads, part = np.array([1 / 3, 0.3]), sizes / 56
    within = (part**2 * spreads / [3, 5]).sum()
    between = (part * (means - part @ means) ** 2).sum() / 56
    assert ratio.value == pytest.approx(part @ means)
    assert ratio.se**2 == pytest.approx(within + between)
    known = survey_ratio(y, np.ones(8), survey_design(weights, strata=stratum))
    assert known.se**2 == pytest.approx(within)
    assert not survey_design(weights, corpus=weights).between.any()


def test_copies_within_clusters_add_nothing():
    random = np.random.default_rng(1)
    y, w = (random.random(30) < 0.4).astype(float), random.uniform(1, 5, 30)
    alone = survey_ratio(y, np.ones(30), survey_design(w))
    copied = survey_design(np.repeat(w, 3), clusters=np.repeat(np.arange(30), 3))
    found = survey_ratio(np.repeat(y, 3), np.ones(90), copied)
    assert found.value == pytest.approx(alone.value) and found.se == pytest.approx(alone.se)
    assert effective_n(copied) == pytest.approx(effective_n(survey_design(w)))


def test_unequal_clusters_are_left_out_in_turn():
    random = np.random.default_rng(8)
    sizes = np.array([3, 20, 1, 7, 9])
    cluster = np.repeat(np.arange(5), sizes)
    y = random.normal(size=40)
    ratio = survey_ratio(y, np.ones(40), survey_design(np.ones(40), clusters=cluster))
    without = np.array([y[cluster != own].mean() for own in range(5)])
    assert ratio.se == pytest.approx(np.sqrt(4 / 5 * ((without - y.mean()) ** 2).sum()))
    assert ratio.df == pytest.approx(40**2 / (sizes**2).sum() - 1)


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.05, 0.3])
def test_accounts_of_very_unequal_sizes_are_covered(share):
    random = np.random.default_rng(9)
    held = []
    for _ in range(600):
        sizes = np.maximum(1, np.round(5 * np.exp(1.2 * random.normal(size=25)))).astype(int)
        account = np.repeat(np.arange(25), sizes)
        rates = random.beta(8 * share, 8 * (1 - share), 25)
        y = (random.random(len(account)) < rates[account]).astype(float)
        mean = grouped_mean(y, groups=account)
        held.append(mean.low <= share <= mean.high)
    assert np.mean(held) > 0.92


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


@pytest.mark.parametrize(("n", "size"), [(30, 40), (60, 100), (120, 200), (180, 200)])
def test_shares_of_a_finite_population_are_held_exactly(n, size):
    """Over all shares there can be and all samples: the level on average, never far less."""
    covered = []
    for ones in range(size + 1):
        drawn = survey_design(np.full(n, size / n), finite=True)
        counts = np.arange(max(0, n - size + ones), min(n, ones) + 1)
        ends = [share_interval(survey_ratio(np.arange(n) < k, np.ones(n), drawn)) for k in counts]
        holds = [low - 1e-12 <= ones / size <= high + 1e-12 for low, high in ends]
        covered.append(hypergeom.pmf(counts, size, ones, n) @ np.array(holds))
    assert np.mean(covered) > 0.945
    assert np.min(covered) > 0.85


def test_everybody_drawn_has_an_interval_without_width():
    drawn = survey_design(np.ones(4), finite=True)
    assert share_interval(survey_ratio([1, 0, 1, 1], np.ones(4), drawn)) == (0.75, 0.75)
    assert share_interval(survey_ratio([0.5, 0.1, 0.2, 0], np.ones(4), drawn)) == (0.2, 0.2)


def test_a_stratum_with_one_unit_is_held_against_all():
    drawn = survey_design([1, 1, 1], strata=["a", "a", "b"])
    assert linearized_se(np.array([0.2, -0.2, 0.3]), drawn) > linearized_se(
        np.array([0.2, -0.2, 0.1]), drawn
    )
    assert np.isnan(linearized_se([0.0], survey_design([1])))


def test_intervals_one_sided_and_at_the_ends():
    drawn = survey_design(np.r_[np.ones(40), np.full(20, 3.0)])
    share = survey_ratio(np.arange(60) % 4 == 0, np.ones(60), drawn)
    for exact in (False, True):
        both = share_interval(share, level=0.9, exact=exact)
        assert share_interval(share, side="lower", exact=exact) == pytest.approx((both[0], 1))
        assert share_interval(share, side="upper", exact=exact) == pytest.approx((0, both[1]))
        assert 0 < both[0] < share.value < both[1] < 1
    none = survey_ratio(np.zeros(20), np.zeros(20), survey_design(np.ones(20)))
    assert np.isnan(none.value) and np.isnan(share_interval(none)).all()


@given(st.integers(1, 60), st.floats(0, 1), st.sampled_from([0.8, 0.95]))
def test_a_simple_random_sample_has_the_plain_interval(n, share, level):
    """Of all units, and of a domain of them, weights and all."""
    k = round(n * share)
    values, inside = np.arange(n + 5) < k, np.arange(n + 5) < n
    ratio = survey_ratio(values, inside, survey_design(np.full(n + 5, 3.0)))
    for exact, form in ((False, "wilson"), (True, "beta")):
        expected = np.nan_to_num(proportion_confint(k, n, 1 - level, form), nan=0)
        expected[1] = 1 if k == n else expected[1]
        np.testing.assert_allclose(
            share_interval(ratio, level=level, exact=exact), expected, atol=1e-9
        )


# The package survey's apiclus1 (15 school districts of California, drawn whole out of 757), by
# district: schools, those that met their target, students tested, students enrolled, sum of scores.
APICLUS1 = np.array(
    [
        [13, 34, 4, 13, 16, 2, 1, 4, 12, 21, 9, 11, 37, 2, 4],
        [11, 31, 3, 10, 15, 2, 1, 4, 12, 18, 7, 11, 32, 1, 2],
        [6047, 12618, 1461, 5935, 7573, 610, 199, 1184, 6431, 12292, 1877, 4895, 22452, 532, 1373],
        [6777, 15038, 1668, 6958, 9025, 683, 274, 1436, 7375, 14968, 2180, 6081, 25814, 680, 1641],
        [9372, 22508, 2077, 8593, 11369, 1116, 551, 1888, 9111, 13761, 6386, 7359, 20394, 905, 2493],  # noqa: E501
    ]
)  # fmt: skip


def test_published_figures_of_a_sample_of_clusters():
    """R survey's vignette: svyratio(~api.stu, ~enroll, dclus1) and svymean(~api00, dclus1)."""
    schools, _, tested, enrolled, scores = APICLUS1
    drawn = survey_design(np.full(15, 757 / 15), finite=True)
    share = survey_ratio(tested, enrolled, drawn)
    assert (round(share.value, 7), round(share.se, 9)) == (0.8497087, 0.008386297)
    mean = survey_ratio(scores, schools, drawn)
    assert (round(mean.value, 2), round(mean.se, 3), mean.df) == (644.17, 23.542, 14)


def clustered():
    schools, met = APICLUS1[:2]
    district = np.repeat(np.arange(15), schools)
    values = np.concatenate([np.arange(n) < k for n, k in zip(schools, met, strict=True)])
    drawn = survey_design(np.full(183, 757 / 15), clusters=district, finite=True)
    return survey_ratio(values, np.ones(183), drawn)


def test_a_share_of_clusters_as_samplics_and_r_give_it():
    """Made once with samplics 0.6.1 on apiclus1; the intervals by the formulas of svyciprop.

    TaylorEstimator(PopParam.prop).estimate(y=sch.wide == "Yes", samp_weight=pw, psu=dnum,
    fpc=1 - 15 / 757)
    """
    share = clustered()
    assert share.value == pytest.approx(0.8743169398907104)
    assert share.se == pytest.approx(0.020359477244627423)
    assert share.df == 14
    for exact in (False, True):
        expected = svyciprop(share.value, 0.020359477244627423, 14, 183, exact=exact)
        assert share_interval(share, exact=exact) == pytest.approx(expected)


def test_a_share_of_strata_as_samplics_gives_it():
    """Made once with samplics 0.6.1 on R survey's apistrat, sch.wide == "Yes" by stype.

    TaylorEstimator(PopParam.prop).estimate(y, samp_weight=pw, stratum=stype,
    fpc={"E": 1 - 100 / 4421, "H": 1 - 50 / 755, "M": 1 - 50 / 1018})
    """
    drawn = survey_design(
        np.repeat([44.21, 15.1, 20.36], [100, 50, 50]),
        strata=np.repeat(list("EHM"), [100, 50, 50]),
        finite=True,
    )
    values = np.concatenate([np.arange(n) < k for n, k in ((100, 91), (50, 26), (50, 35))])
    share = survey_ratio(values, np.ones(200), drawn)
    assert share.value == pytest.approx(0.8279480114158234)
    assert share.se == pytest.approx(0.024344780113074803)
    assert 100 < share.df < 197
    low, high = svyciprop(share.value, share.se, share.df, 200, exact=False)
    assert share_interval(share) == pytest.approx((low, high))
    # R's own interval, with 197 degrees of freedom, is nearly the same.
    assert svyciprop(share.value, share.se, 197, 200, exact=False) == pytest.approx(
        (low, high), abs=3e-4
    )


def svyciprop(p, se, df, units, *, exact):
    """The formulas of svyciprop in R survey 4.4, methods "wilson" and "beta"."""
    n = p * (1 - p) / se**2
    if exact:
        n *= (t.ppf(0.025, units - 1) / t.ppf(0.025, df)) ** 2
        return (
            beta.ppf(0.025, n * p, n * (1 - p) + 1),
            beta.ppf(0.975, n * p + 1, n * (1 - p)),
        )
    q = t.ppf(0.975, df)
    root = np.sqrt(4 * n * p * (1 - p) + q**2)
    ends = (p + q**2 / (2 * n) + sign * q / (2 * n) * root for sign in (-1, 1))
    return tuple(end / (1 + q**2 / n) for end in ends)


@pytest.mark.parametrize("exact", [False, True])
def test_intervals_of_clusters_are_those_of_svyciprop(exact):
    """Accounts whose images are alike; share and error of samplics 0.6.1 for these counts."""
    hits = np.array([4, 0, 1, 4, 0, 2, 0, 3, 0, 1])
    values = np.concatenate([np.arange(4) < k for k in hits])
    drawn = survey_design(np.ones(40), clusters=np.repeat(np.arange(10), 4))
    share = survey_ratio(values, np.ones(40), drawn)
    expected = svyciprop(0.375, 0.13043729868748774, 9, 40, exact=exact)
    assert share_interval(share, exact=exact) == pytest.approx(expected)
    mean = grouped_mean(values, groups=np.repeat(np.arange(10), 4))
    assert (mean.low, mean.high) == pytest.approx(share_interval(share))


def test_where_nothing_varies_a_cluster_counts_once():
    clusters = np.repeat(np.arange(10), 4)
    drawn = survey_design(np.ones(40), clusters=clusters)
    for values, hits in ((np.zeros(40), 0), (np.ones(40), 10)):
        share = survey_ratio(values, np.ones(40), drawn)
        assert share.n == pytest.approx(10)
        assert share_interval(share) == pytest.approx(tuple(wilson(hits, 10)))
    alone = survey_ratio([1, 0, 1], np.ones(3), survey_design(np.ones(3), clusters=[0, 0, 0]))
    assert share_interval(alone) == pytest.approx(tuple(wilson(2 / 3, 1)))
    equal = survey_ratio(np.arange(40) % 2, np.ones(40), drawn)
    assert share_interval(equal) == pytest.approx(tuple(wilson(5, 10)))
    pure = survey_design([1, 1, 3, 3], strata=list("aabb"))
    share = survey_ratio([1, 1, 0, 0], np.ones(4), pure)
    assert share.se == 0 and share.n == pytest.approx(64 / 20)
    assert share_interval(share) == pytest.approx(tuple(wilson(share.value * 3.2, 3.2)))


def test_the_interval_holds_the_share_of_images_that_accounts_post():
    """A short version of benchmarks/places.py: 25 accounts of 2 to 8 images."""
    random = np.random.default_rng(20_240_315)
    held = 0
    for _ in range(400):
        sizes = random.integers(2, 9, 25)
        own = np.repeat(random.beta(1.2, 2.8, 25), sizes)
        share = grouped_mean(random.random(len(own)) < own, groups=np.repeat(range(25), sizes))
        held += share.low <= 0.3 <= share.high
    assert 0.92 <= held / 400 <= 0.98


@pytest.mark.parametrize("weights", [[1, 0], [1, -2], [1, np.nan], []])
def test_what_could_not_be_drawn_is_refused(weights):
    with pytest.raises(InputError, match="not above 0"):
        survey_design(weights)


def test_lengths_must_fit():
    with pytest.raises(InputError, match="3 strata or clusters for 2"):
        survey_design([1, 1], strata=["a", "b", "c"])
