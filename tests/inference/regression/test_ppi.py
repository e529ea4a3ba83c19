"""Prediction-powered inference: the figures of its authors' software, and its ends."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from iconometrics.inference import ppi

BY = {"predicted": ["y"], "prediction": ["guess"]}


@pytest.fixture(scope="module")
def table():
    random, n, others = np.random.default_rng(0), 500, 20_000
    x = random.standard_normal(n + others)
    p = 1 / (1 + np.exp(-(0.5 * x - 0.3)))
    y = random.binomial(1, p).astype(float)
    guess = np.clip(0.8 * p + 0.1 + 0.05 * random.standard_normal(n + others), 0, 1)
    return pd.DataFrame(
        {"y": np.where(np.arange(n + others) < n, y, np.nan), "x": x, "guess": guess}
    )


def test_figures_of_the_authors_software(table):
    mean = ppi("y ~ 1", table, **BY).table().iloc[0]
    np.testing.assert_allclose(
        mean[["estimate", "low", "high"]].astype(float), [0.441024, 0.398613, 0.483435], atol=6e-7
    )
    linear = ppi("y ~ x", table, **BY).table()
    np.testing.assert_allclose(linear["estimate"], [0.441480, 0.128918], atol=6e-7)
    np.testing.assert_allclose(
        linear.loc[1, ["low", "high"]].astype(float), [0.087589, 0.170231], atol=6e-7
    )
    logit = ppi("y ~ x", table, model="logit", **BY).table()
    np.testing.assert_allclose(
        logit.loc[1, ["low", "high"]].astype(float), [0.364529, 0.777489], atol=6e-7
    )


@pytest.mark.parametrize("model", ["ols", "logit", "poisson"])
def test_lambda_0_is_the_coded_rows_alone(table, model):
    coded = table.dropna()
    kind = {"ols": sm.OLS, "logit": sm.Logit, "poisson": sm.Poisson}[model]
    theirs = kind(coded["y"], sm.add_constant(coded["x"])).fit(
        cov_type="HC0", **({} if model == "ols" else {"disp": 0})
    )
    ours = ppi("y ~ x", table, model=model, tune=0.0, **BY).table()
    np.testing.assert_allclose(ours["estimate"], theirs.params, rtol=1e-6)
    np.testing.assert_allclose(ours["se"], theirs.bse, rtol=3e-3)


@pytest.mark.parametrize("cluster", [None, "g"])
def test_lambda_0_with_probabilities_is_the_weighted_regression(table, cluster):
    small = table.iloc[:3000].assign(g=np.arange(3000) // 5, p=np.linspace(0.1, 0.233, 3000))
    coded = small.dropna()
    kind = {"cov_type": "HC0"}
    if cluster:
        kind = {"cov_type": "cluster", "cov_kwds": {"groups": coded["g"], "use_correction": False}}
    theirs = sm.WLS(coded["y"], sm.add_constant(coded["x"]), weights=1 / coded["p"]).fit(**kind)
    ours = ppi("y ~ x", small, tune=0.0, sample_prob="p", cluster=cluster, **BY).table()
    np.testing.assert_allclose(ours["estimate"], theirs.params, rtol=1e-6)
    np.testing.assert_allclose(ours["se"], theirs.bse, rtol=3e-3)


def test_each_coefficient_is_as_narrow_as_when_tuned_for(table):
    each = ppi("y ~ x", table, model="logit", tune="each", **BY).table().set_index("term")
    for term in ("intercept", "x"):
        own = ppi("y ~ x", table, model="logit", tune=term, **BY).table().set_index("term")
        assert each.loc[term, "se"] == pytest.approx(own.loc[term, "se"])


def test_tuned_intervals_are_no_wider_than_the_coded_rows_alone():
    """Whatever the measure is worth: good, useless, or misleading."""
    for quality in (0.9, 0.0, -0.5):
        widths = np.zeros(2)
        for seed in range(40):
            random = np.random.default_rng(seed)
            x = random.normal(size=1500)
            y = 1 + 0.5 * x + random.normal(size=1500)
            guess = quality * y + random.normal(size=1500) * 0.7
            coded = np.where(np.arange(1500) < 200, y, np.nan)
            data = pd.DataFrame({"y": coded, "x": x, "guess": guess})
            for place, tune in enumerate((0.0, "x")):
                row = ppi("y ~ x", data, tune=tune, **BY).table().iloc[1]
                widths[place] += row["high"] - row["low"]
        assert widths[1] <= 1.05 * widths[0]


def test_fixed_effects_and_one_side(table):
    small = table.iloc[:2000].assign(g=np.arange(2000) % 20)
    found = ppi("y ~ x", small, fixed_effects="g", side="upper", **BY).table()
    assert list(found["term"]) == ["x"] and np.isneginf(found["low"]).all()


def test_numbered_categories_may_be_predicted_by_floats():
    random = np.random.default_rng(3)
    level = pd.Series(random.integers(0, 3, 300))
    data = pd.DataFrame({"kind": level.where(np.arange(300) < 120), "y": random.normal(size=300)})
    by = {"predicted": ["kind"], "prediction": ["seen"]}
    found = [
        ppi("y ~ C(kind)", data.assign(seen=seen), **by).rows
        for seen in (level, level.astype(float), level.astype("str"))
    ]
    assert found[0].equals(found[1]) and found[0].equals(found[2])
