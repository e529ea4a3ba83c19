"""Shares corrected for error: the published point, limits, coverage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.errors import InputError
from iconometrics.stats import rogan_gladen, wilson


def test_published_point():
    assert round(rogan_gladen(0.10, 0.90, 0.95).value, 7) == 0.0588235
    assert np.isnan(rogan_gladen(0.10, 0.90, 0.95).low)


@given(st.floats(0, 1), st.floats(0.6, 1), st.floats(0.6, 1))
def test_it_undoes_the_errors(share, sensitivity, specificity):
    observed = share * sensitivity + (1 - share) * (1 - specificity)
    assert rogan_gladen(observed, sensitivity, specificity).value == pytest.approx(share, abs=1e-9)


def test_a_perfect_measure_gives_the_agresti_coull_center():
    """With error rates known to be nil the interval is Agresti and Coull's."""
    found = rogan_gladen(0.3, 1, 1, n=200, n_positive=np.inf, n_negative=np.inf)
    z = 1.959964
    center = (60 + z**2 / 2) / (200 + z**2)
    half = z * np.sqrt(center * (1 - center) / (200 + z**2))
    np.testing.assert_allclose(found, (0.3, center - half, center + half), atol=1e-6)
    assert abs(found.low - wilson(60, 200).low) < 0.002


def test_delta_by_hand():
    found = rogan_gladen(0.1, 0.9, 0.95, n=1000, n_positive=100, n_negative=100, method="delta")
    p = 0.05 / 0.85
    se = np.sqrt(0.09 / 1000 + p**2 * 0.09 / 100 + (1 - p) ** 2 * 0.0475 / 100) / 0.85
    assert found.high == pytest.approx(p + 1.959964 * se, abs=1e-7)
    assert found.low == pytest.approx(p - 1.959964 * se, abs=1e-7)


def test_less_is_known_with_fewer_gold_units_and_nothing_leaves_the_range():
    many, few = (rogan_gladen(0.3, 0.8, 0.9, n=500, n_positive=n, n_negative=n) for n in (1000, 40))
    assert few.high - few.low > 1.5 * (many.high - many.low)
    low = rogan_gladen(0.02, 0.9, 0.9, n=50, n_positive=20, n_negative=20)
    assert low.value == 0 and low.low == 0 and 0 < low.high < 1
    assert rogan_gladen(0.99, 0.9, 0.9).value == 1


@pytest.mark.parametrize("method", ["lang-reiczigel", "delta"])
def test_one_sided_comes_back_one_sided(method):
    options = {"n": 500, "n_positive": 80, "n_negative": 80, "method": method}
    lower, upper = (
        rogan_gladen(0.3, 0.8, 0.9, side=side, **options) for side in ("lower", "upper")
    )
    both = rogan_gladen(0.3, 0.8, 0.9, level=0.9, **options)
    assert (lower.high, upper.low) == (1, 0)
    assert (lower.low, upper.high) == pytest.approx((both.low, both.high))


def test_coverage_with_few_gold_units():
    random = np.random.default_rng(11)
    inside = {"lang-reiczigel": 0, "delta": 0}
    for _ in range(1000):
        se, sp = random.binomial(30, 0.85) / 30, random.binomial(60, 0.98) / 60
        observed = random.binomial(400, 0.02 * 0.85 + 0.98 * 0.02) / 400
        for method in inside:
            found = rogan_gladen(
                observed, se, sp, n=400, n_positive=30, n_negative=60, method=method
            )
            inside[method] += found.low <= 0.02 <= found.high
    assert inside["lang-reiczigel"] >= 940 > inside["delta"]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((0.1, 0.4, 0.6), {}, "no more than chance"),
        ((1.1, 0.9, 0.9), {}, "from 0 to 1"),
        ((0.1, 0.9, 0.9), {"n": 100}, "all three or none"),
        ((0.1, 0.9, 0.9), {"n": 0, "n_positive": 1, "n_negative": 1}, "above 0"),
        ((0.1, 0.9, 0.9), {"method": "exact"}, "method='exact'"),
        ((0.1, 0.9, 0.9), {"side": "both"}, "side='both'"),
    ],
)
def test_what_cannot_be_corrected_says_why(arguments, options, message):
    with pytest.raises(InputError, match=message):
        rogan_gladen(*arguments, **options)
