"""Estimates in any unit: timestamps, squared views and millionths of a column give the same p."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi

UNITS = {
    "milliseconds": lambda days: 1.7e12 + days * 86_400e3,
    "nanoseconds of a minute": lambda days: 1.7e18 + days * 2e9,
    "millionths": lambda days: days * 1e-6,
    "negative and huge": lambda days: -days * 1e15 - 3e17,
}
FORMULA = "y ~ x + column"


def drawn(model="ols"):
    random = np.random.default_rng(8)
    x, days = random.normal(size=400), random.uniform(0, 30, 400)
    mean = 0.4 + 0.5 * x + 0.01 * days
    y = {
        "logit": random.random(400) < 1 / (1 + np.exp(-mean)),
        "poisson": random.poisson(np.exp(mean)),
        "negbin": random.poisson(np.exp(mean) * random.gamma(1.5, 1 / 1.5, 400)),
    }.get(model, mean + random.normal(size=400))
    place = np.arange(400) % 25
    return pd.DataFrame({"y": np.asarray(y, float), "x": x, "column": days, "place": place})


def partly(table):
    random = np.random.default_rng(9)
    guess = table["y"] + random.normal(size=len(table))
    return table.assign(guess=guess, y=table["y"].where(np.arange(len(table)) % 3 == 0))


METHODS = {
    "ols": lambda table: estimate(FORMULA, table),
    "ols, classical": lambda table: estimate(FORMULA, table, errors="classical"),
    "ols by cluster": lambda table: estimate(FORMULA, table, cluster="place"),
    "fixed effects": lambda table: estimate(FORMULA, table, fixed_effects="place"),
    "logit": lambda table: estimate(FORMULA, table, model="logit"),
    "poisson": lambda table: estimate(FORMULA, table, model="poisson"),
    "poisson, HC1": lambda table: estimate(FORMULA, table, model="poisson", errors="HC1"),
    "negbin": lambda table: estimate(FORMULA, table, model="negbin"),
    "negbin, classical": lambda table: estimate(
        FORMULA, table, model="negbin", errors="classical"
    ),
    "negbin, conditional": lambda table: estimate(
        FORMULA, table, model="negbin", errors="conditional"
    ),
    "dsl": lambda table: dsl(
        FORMULA, partly(table), predicted=["y"], prediction=["guess"], repeats=1
    ),
    "ppi": lambda table: ppi(
        FORMULA, partly(table), predicted=["y"], prediction=["guess"], tune="each"
    ),
    "ppi, fixed effects": lambda table: ppi(
        FORMULA, partly(table), predicted=["y"], prediction=["guess"], tune="each",
        fixed_effects="place",
    ),
}  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("method", METHODS)
def test_p_does_not_depend_on_the_unit_of_a_column(method, unit):
    table = drawn(method.split(",")[0].split()[0])
    plain = METHODS[method](table).rows.set_index("term")
    other = METHODS[method](table.assign(column=UNITS[unit](table["column"])))
    rows = other.rows.set_index("term")
    for term in ("x", "column"):
        assert rows.loc[term, "p"] == pytest.approx(plain.loc[term, "p"], abs=1e-5)
    assert rows.loc["x", "estimate"] == pytest.approx(plain.loc["x", "estimate"], rel=1e-5)
    assert rows.loc["x", "se"] == pytest.approx(plain.loc["x", "se"], rel=1e-5)


@pytest.mark.parametrize("model", ["poisson", "logit", "negbin"])
def test_average_effects_are_in_the_unit_of_the_column(model):
    table = drawn(model)
    plain = estimate(FORMULA, table, model=model).marginal().rows.set_index("term")
    late = table.assign(column=1.7e12 + table["column"] * 1000)
    rows = estimate(FORMULA, late, model=model).marginal().rows.set_index("term")
    for name in ("estimate", "se", "low", "high"):
        assert rows.loc["column", name] * 1000 == pytest.approx(plain.loc["column", name], rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_counts_on_a_skewed_column_are_those_of_iterated_least_squares(seed):
    """Followers up to a million: statsmodels' GLM, by another algorithm, on the column over 1e5."""
    random = np.random.default_rng(seed)
    followers = np.round(random.lognormal(9, 1.8, 800))
    protest = (random.random(800) < 0.3).astype(float)
    likes = random.poisson(np.exp(1 + 0.4 * protest))
    table = pd.DataFrame({"likes": likes, "protest": protest, "followers": followers})
    rows = estimate("likes ~ protest + followers", table, model="poisson").rows
    design = sm.add_constant(np.column_stack([protest, followers / 1e5]))
    expected = sm.GLM(likes, design, family=sm.families.Poisson()).fit(cov_type="HC0")
    unit = [1, 1, 1e5]
    np.testing.assert_allclose(rows["estimate"] * unit, expected.params, rtol=1e-6)
    np.testing.assert_allclose(rows["se"] * unit, expected.bse, rtol=1e-6)


def test_counts_of_millions_have_a_finite_fit():
    random = np.random.default_rng(3)
    x = random.normal(size=300)
    table = pd.DataFrame({"views": random.poisson(np.exp(14 + 1.5 * x)), "x": x})
    rows = estimate("views ~ x", table, model="poisson").rows
    np.testing.assert_allclose(rows["estimate"], [14, 1.5], atol=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_counts_of_thousands_and_many_zeros_have_a_fit(seed):
    """Half of the counts are zero, so their logarithms lie far below the mean."""
    random = np.random.default_rng(seed)
    x = random.normal(size=400)
    views = random.poisson(np.exp(9 + 0.5 * x) * random.gamma(0.07, 1 / 0.07, 400))
    rows = estimate("views ~ x", pd.DataFrame({"views": views, "x": x}), model="poisson").rows
    expected = sm.GLM(views, sm.add_constant(x), family=sm.families.Poisson()).fit()
    np.testing.assert_allclose(rows["estimate"], expected.params, rtol=1e-5)


def test_a_column_that_varies_by_rounding_only_is_refused():
    table = drawn().assign(column=np.where(np.arange(400) % 2, 0.3, 0.1 + 0.2))
    with pytest.raises(InputError, match="does not vary"):
        estimate(FORMULA, table)


def test_seconds_and_milliseconds_of_one_time_follow_from_each_other():
    table = drawn()
    table = table.assign(ms=1.7e12 + table["column"] * 1e4, s=1.7e9 + table["column"] * 10)
    with pytest.raises(InputError, match="follow from each other"):
        estimate("y ~ ms + s", table)
