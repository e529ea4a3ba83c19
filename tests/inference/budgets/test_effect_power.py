"""Codes that detect an effect: textbook numbers, exact parts by hand, and what draws give."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct, t
from statsmodels.stats.power import TTestIndPower

from iconometrics.errors import InputError
from iconometrics.inference import power
from iconometrics.inference.budgets.effect_power import _Accounts, _phi


def test_codes_alone_are_those_of_the_t_test():
    """A difference of half a standard deviation takes 64 in each of two halves (Cohen 1988)."""
    found = power(0.5, spread=2)
    assert found.needed == {"gold only": 128}
    published = TTestIndPower().power(0.5, 64, 0.05)
    assert found.at(128)["gold only"] == pytest.approx(published, abs=1e-4)


def test_accounts_have_degrees_of_freedom():
    """Where a regressor is the account's, 10 accounts of very many codes are 10 rows."""
    style = {"accounts": 10, "errors_alike": 0.25, "regressor_alike": 1.0, "power": 0.5}
    found = power(1.0, spread=2.0, **style).at(10**6)["gold only"]
    # Ten means whose errors have a spread of 1, as has the regressor.
    end, shift = t.ppf(0.975, 9), math.sqrt(10)
    assert found == pytest.approx(1 - nct.cdf(end, 9, shift) + nct.cdf(-end, 9, shift), abs=1e-3)


@pytest.mark.parametrize("sizes", [(4, 4, 4), (1, 2, 9), (6, 6)])
def test_accounts_that_get_a_code_and_pairs_of_codes(sizes):
    accounts = np.repeat(np.arange(len(sizes)), sizes)
    held = _Accounts(np.array(sizes, float), float(len(accounts)))
    random = np.random.default_rng(1)
    n, kinds, pairs = 5, [], []
    for _ in range(4000):
        counts = np.bincount(random.permutation(accounts)[:n])
        kinds.append((counts > 0).sum())
        pairs.append((counts * (counts - 1)).sum() / n)
    assert held.coded(np.array([n]))[0] == pytest.approx(np.mean(kinds), rel=0.02)
    assert (n - 1) * held.shared() == pytest.approx(np.mean(pairs), rel=0.03)
    assert held.coded(np.array([len(accounts)]))[0] == len(sizes)


def test_a_measure_correlates_as_a_table_of_both_does():
    truth = np.repeat([1, 1, 0, 0], [18, 2, 8, 72])
    seen = np.repeat([1, 0, 1, 0], [18, 2, 8, 72])
    assert _phi((0.9, 0.9, 0.2)) == pytest.approx(np.corrcoef(truth, seen)[0, 1])


@given(
    correlation=st.floats(0.05, 0.95),
    errors_alike=st.floats(0, 0.6),
    regressor_alike=st.floats(0, 0.9),
    fixed_effects=st.booleans(),
    measured=st.sampled_from(["outcome", "regressor"]),
)
def test_more_codes_and_a_measure_never_cost_power(
    correlation, errors_alike, regressor_alike, fixed_effects, measured
):
    found = power(
        0.3, spread=2, correlation=correlation, images=3000, accounts=150, power=0.06,
        errors_alike=errors_alike, regressor_alike=regressor_alike, fixed_effects=fixed_effects,
        measured=measured,
    )  # fmt: skip
    table = found.table()
    assert (table["corrected"] >= table["gold only"] - 1e-9).all()
    assert (np.diff(table["gold only"]) > -1e-9).all()
    whole = found.at(3000)
    assert whole["corrected"] == pytest.approx(whole["gold only"], abs=0.05)


def test_the_number_of_codes_is_the_least_that_is_enough():
    found = power(0.1, spread=0.9, rates=(0.9, 0.95, 0.2), images=5000)
    for method, codes in found.needed.items():
        assert found.at(codes)[method] >= 0.8 > found.at(codes - 1)[method]
    assert (
        "power .80" in found.summary() and f"{found.needed['corrected']} codes" in found.summary()
    )


def test_out_of_reach_is_said_of_one_method_or_of_all():
    few = {"images": 450, "accounts": [2] * 225, "fixed_effects": True, "spread": 1.0}
    found = power(0.13, correlation=0.95, errors_alike=0.5, regressor_alike=0.0, **few)
    assert found.needed["corrected"] < 450
    assert found.needed["gold only"] is None
    assert "out of reach by gold only" in found.summary()
    with pytest.raises(InputError, match=r"out of reach: 900 codes give 0\.\d\d"):
        power(0.05, spread=1.2, correlation=0.9, images=900)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"effect": 0}, r"effect=0: expected a coefficient other than 0"),
        ({"correlation": 0.5}, r"counts only where images="),
        ({"correlation": 0.5, "rates": (0.9, 0.9, 0.2)}, r"say the same thing"),
        ({"rates": (0.9, 0.9)}, r"sensitivity, specificity and prevalence"),
        ({"errors_alike": 0.1}, r"all are about accounts"),
        ({"accounts": 1}, r"expected at least 2"),
        ({"accounts": [5, 5], "images": 11}, r"accounts= hold 10 images, images=11"),
        (
            {"accounts": 50, "regressor_alike": 1.0, "fixed_effects": True},
            r"does not vary within accounts",
        ),
        ({"measured": "both"}, r"expected 'outcome' or 'regressor'"),
        ({"power": 0.01}, r"the power above one minus the level"),
        ({"spread": 0}, r"spread=0"),
    ],
)
def test_impossible_expectations_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        power(**({"effect": 0.2, "spread": 2.0} | options))
