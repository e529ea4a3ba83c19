"""Intervals of proportions and their difference: published values, oracles, coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from iconometrics.errors import InputError
from iconometrics.stats import clopper_pearson, difference_interval, wilson

PUBLISHED = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0, 0.1611), (0, 0.1684)),
]


@pytest.mark.parametrize(("k", "n", "score", "exact"), PUBLISHED)
def test_published_intervals(k, n, score, exact):
    assert tuple(np.round(wilson(k, n), 4)) == score
    assert tuple(np.round(clopper_pearson(k, n), 4)) == exact


def test_sensitivity_of_a_covid_network():
    assert tuple(np.round(clopper_pearson(14, 15), 4)) == (0.6805, 0.9983)


@given(n=st.integers(1, 400), share=st.floats(0, 1), level=st.sampled_from([0.8, 0.95, 0.99]))
def test_the_same_as_statsmodels(n, share, level):
    k = round(n * share)
    for ours, theirs in ((wilson, "wilson"), (clopper_pearson, "beta")):
        expected = np.nan_to_num(proportion_confint(k, n, 1 - level, theirs), nan=0)
        expected[1] = 1 if k == n else expected[1]
        np.testing.assert_allclose(ours(k, n, level), expected, atol=1e-9)


def test_arrays_and_no_trials():
    low, high = wilson([0, 5, 0], [10, 10, 0])
    assert low.shape == high.shape == (3,)
    assert (low[2], high[2]) == (0, 1)
    assert tuple(clopper_pearson(0, 0)) == (0, 1)


def mean_coverage(interval, n, p):
    low, high = interval(np.arange(n + 1), n)
    inside = (low <= p[:, None]) & (p[:, None] <= high)
    return (binom.pmf(np.arange(n + 1), n, p[:, None]) * inside).sum(axis=1)


@pytest.mark.parametrize("n", [10, 50, 200])
def test_wilson_covers_its_level_on_average_and_clopper_pearson_everywhere(n):
    p = (np.arange(2000) + 0.5) / 2000
    assert abs(mean_coverage(wilson, n, p).mean() - 0.95) < 0.01
    assert mean_coverage(clopper_pearson, n, p).min() >= 0.95


@pytest.mark.parametrize(
    ("k", "n", "level"), [(5, 4, 0.95), (-1, 4, 0.95), (float("nan"), 4, 0.95), (1, 4, 95)]
)
def test_impossible_counts_are_refused(k, n, level):
    for interval in (wilson, clopper_pearson):
        with pytest.raises(InputError):
            interval(k, n, level)


@given(n=st.integers(1, 200), share=st.floats(0, 1))
def test_one_sided_comes_back_one_sided(n, share):
    k = round(n * share)
    for interval in (wilson, clopper_pearson):
        lower, upper, both = (
            interval(k, n, 0.95, side="lower"),
            interval(k, n, 0.95, side="upper"),
            interval(k, n, 0.9),
        )
        assert lower.high == 1 and upper.low == 0
        assert lower.low == pytest.approx(both.low) and upper.high == pytest.approx(both.high)


def test_a_one_sided_clopper_pearson_bound_holds_everywhere():
    p = (np.arange(2000) + 0.5) / 2000
    for side in ("lower", "upper"):
        low, high = clopper_pearson(np.arange(31), 30, side=side)
        inside = (low <= p[:, None]) & (p[:, None] <= high)
        assert (binom.pmf(np.arange(31), 30, p[:, None]) * inside).sum(axis=1).min() >= 0.95


def test_other_sides_are_refused():
    with pytest.raises(InputError, match="side='left'"):
        wilson(1, 4, side="left")


def share(k, n):
    return k / n, *wilson(k, n)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((10, 10), (0, 10), (0.6075, 1)),
    ],
)
def test_newcombes_method_ten(first, second, expected):
    found = difference_interval(share(*first), share(*second))
    np.testing.assert_allclose(found, expected, atol=6e-5)
    theirs = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    np.testing.assert_allclose(found, theirs, atol=1e-9)


def test_what_moves_together_differs_less():
    one, two = share(60, 100), share(50, 100)
    wide, narrow = (difference_interval(one, two, correlation=r) for r in (0, 0.8))
    assert narrow.high - narrow.low < 0.6 * (wide.high - wide.low)
    assert np.isnan(difference_interval((np.nan,) * 3, two)).all()
    with pytest.raises(InputError, match="from -1 to 1"):
        difference_interval(one, two, correlation=2)
