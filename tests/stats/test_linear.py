"""Weighted least squares: covariances against statsmodels, and against leaving clusters out."""

import numpy as np
import pytest
import statsmodels.api as sm

from iconometrics.stats.linear import (
    classical,
    clustered,
    coefficient_intervals,
    jackknife,
    least_squares,
    leverage_adjusted,
    sandwich,
)


def drawn(kind):
    random = np.random.default_rng(7)
    X = sm.add_constant(random.normal(size=(120, 3)))
    y = X @ [1, 0.5, -1, 0] + random.normal(size=120) * (1 + X[:, 1] ** 2)
    weights = np.ones(120) if kind == "plain" else random.uniform(0.5, 4, 120)
    if kind == "units":
        X = X * [1, 1e7, 1, 1e-6]
    return X, y, weights, np.arange(120) % 13


@pytest.mark.parametrize("kind", ["weighted", "plain", "units"])
def test_covariances_are_those_of_statsmodels(kind):
    X, y, weights, clusters = drawn(kind)
    ours, theirs = least_squares(X, y, weights), sm.WLS(y, X, weights=weights)
    lost = X.shape[1]
    np.testing.assert_allclose(ours.coefficients, theirs.fit().params, rtol=1e-9)
    expected = {
        "nonrobust": classical(ours, lost),
        "HC0": sandwich(ours.scores, ours.bread),
        "HC1": clustered(ours.scores, ours.bread, None, lost=lost),
        "HC2": leverage_adjusted(ours, ours.leverage, power=0.5),
        "HC3": leverage_adjusted(ours, ours.leverage),
    }
    for name, covariance in expected.items():
        np.testing.assert_allclose(covariance, theirs.fit(cov_type=name).cov_params(), rtol=1e-6)
    by_cluster = theirs.fit(cov_type="cluster", cov_kwds={"groups": clusters}, use_t=True)
    covariance = clustered(ours.scores, ours.bread, clusters, lost=lost)
    np.testing.assert_allclose(covariance, by_cluster.cov_params(), rtol=1e-6)
    se = np.sqrt(np.diag(covariance))
    low, high, p = coefficient_intervals(ours.coefficients, se, df=12)
    np.testing.assert_allclose(np.column_stack([low, high]), by_cluster.conf_int(), rtol=1e-6)
    np.testing.assert_allclose(p, by_cluster.pvalues, rtol=1e-6)


@pytest.mark.parametrize("kind", ["weighted", "plain"])
def test_the_jackknife_leaves_one_cluster_after_the_other_out(kind):
    X, y, weights, clusters = drawn(kind)
    whole = least_squares(X, y, weights)
    moved = [
        sm.WLS(y[keep], X[keep], weights=weights[keep]).fit().params - whole.coefficients
        for keep in (clusters != cluster for cluster in range(13))
    ]
    expected = 12 / 13 * np.sum([np.outer(step, step) for step in moved], axis=0)
    np.testing.assert_allclose(jackknife(whole, clusters), expected, rtol=1e-5)


def test_columns_that_follow_from_each_other_share_a_coefficient():
    x = np.random.default_rng(1).normal(size=30)
    found = least_squares(np.column_stack([x, x]), 3 * x)
    np.testing.assert_allclose(found.coefficients, [1.5, 1.5])


def test_one_sided_intervals_are_open_and_certain_ones_are_points():
    estimates, se = np.array([1.0, 2.0]), np.array([0.5, 0.0])
    low, high, p = coefficient_intervals(estimates, se, df=np.inf, side="lower")
    np.testing.assert_allclose(low, [1 - 1.6448536 * 0.5, 2])
    assert high.tolist() == [np.inf, 2]
    np.testing.assert_allclose(p, [0.0227501, 0], atol=1e-7)
