"""The negative binomial: against statsmodels, sandwiches by hand, and the Poisson it ends in."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma
from scipy.stats import nbinom, t
from statsmodels.discrete.discrete_model import NegativeBinomial

from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, over_partitions, ppi
from iconometrics.inference.regression.negative_binomial import Likelihood, maximum

FORMULA = "likes ~ x + dummy"


def drawn(seed=0, theta=1.3, n=500):
    random = np.random.default_rng(seed)
    x, dummy = random.normal(size=n), (random.random(n) < 0.3).astype(float)
    mean = np.exp(1 + 0.5 * x - 0.4 * dummy)
    likes = random.poisson(mean * random.gamma(theta, 1 / theta, n))
    columns = {"likes": likes, "x": x, "dummy": dummy, "account": np.arange(n) % 50}
    return pd.DataFrame(columns).rename(index=str)


def matrix(table):
    return sm.add_constant(table[["x", "dummy"]].to_numpy())


def theirs(table):
    """The fit of statsmodels, climbed to its very top."""
    model = NegativeBinomial(table["likes"], matrix(table), loglike_method="nb2")
    near = model.fit(disp=0, maxiter=500).params
    return model.fit(start_params=near, method="newton", disp=0, maxiter=100)


def fitted(table, **options):
    rows = estimate(FORMULA, table, model="negbin", **options).rows
    return rows["estimate"].to_numpy(), rows["se"].to_numpy()


def scores(table, params):
    """Of each row, written out from the derivatives of the probability."""
    x, y = matrix(table), table["likes"].to_numpy()
    mean, alpha, theta = np.exp(x @ params[:-1]), params[-1], 1 / params[-1]
    of_theta = digamma(y + theta) - digamma(theta) + np.log(theta / (theta + mean))
    of_theta += 1 - (y + theta) / (mean + theta)
    beta = x * ((y - mean) / (1 + alpha * mean))[:, None]
    return np.column_stack([beta, -(theta**2) * of_theta])


@pytest.mark.parametrize("theta", [0.2, 1.3, 8.0])
def test_estimates_and_classical_errors_are_those_of_statsmodels(theta):
    table = drawn(theta=theta)
    beta, se = fitted(table, errors="classical")
    expected = theirs(table)
    np.testing.assert_allclose(beta, expected.params[:3], rtol=1e-6)
    np.testing.assert_allclose(se, expected.bse[:3], rtol=1e-6)
    result = estimate(FORMULA, table, model="negbin", errors="classical")
    assert result.quality == ("pseudo R2 (McFadden)", pytest.approx(expected.prsquared, rel=1e-6))
    alpha, error = expected.params.iloc[-1], expected.bse.iloc[-1]
    assert f"alpha {alpha:.3g} (standard error {error:.2g}; R's theta" in result.notes[-1]
    assert f"{1 / alpha:.3g})" in result.notes[-1]


def test_conditional_errors_are_those_of_a_glm_whose_alpha_is_known():
    """R's glm.nb: the weights of iterated least squares at the estimated theta."""
    table = drawn()
    family = sm.families.NegativeBinomial(alpha=theirs(table).params.iloc[-1])
    expected = sm.GLM(table["likes"], matrix(table), family=family).fit(scale=1.0, tol=1e-12)
    beta, se = fitted(table, errors="conditional")
    np.testing.assert_allclose(beta, expected.params, rtol=1e-6)
    np.testing.assert_allclose(se, expected.bse, rtol=1e-6)
    assert not np.allclose(se, fitted(table, errors="classical")[1], rtol=1e-5)


@pytest.mark.parametrize("kind", ["robust", "HC1", "cluster"])
def test_robust_errors_are_a_sandwich_of_the_full_likelihood(kind):
    table = drawn()
    params = theirs(table).params.to_numpy()
    contributions, factor = scores(table, params), 1.0
    np.testing.assert_allclose(contributions.sum(axis=0), 0, atol=1e-6)
    step = 1e-5 * np.eye(4)
    slope = [
        (scores(table, params + own) - scores(table, params - own)).sum(axis=0) / 2e-5
        for own in step
    ]
    if kind == "HC1":
        factor = 500 / (500 - 4)
    if kind == "cluster":
        contributions = pd.DataFrame(contributions).groupby(table["account"].to_numpy()).sum()
        contributions, factor = contributions.to_numpy(), 50 / 49 * 499 / (500 - 4)
    bread = np.linalg.inv(np.array(slope))
    cov = factor * bread @ contributions.T @ contributions @ bread.T
    options = {"cluster": "account"} if kind == "cluster" else {"errors": kind}
    np.testing.assert_allclose(fitted(table, **options)[1], np.sqrt(np.diag(cov))[:3], rtol=1e-5)


def test_robust_errors_are_those_of_statsmodels_and_the_default():
    table = drawn()
    near = theirs(table).params
    model = NegativeBinomial(table["likes"], matrix(table))
    by_account = {"cov_type": "cluster", "cov_kwds": {"groups": table["account"].to_numpy()}}
    for options, kind in [({}, {"cov_type": "HC0"}), ({"cluster": "account"}, by_account)]:
        expected = model.fit(start_params=near, method="newton", disp=0, **kind)
        np.testing.assert_allclose(fitted(table, **options)[1], expected.bse[:3], rtol=1e-5)


def test_intervals_by_cluster_are_of_student_with_one_degree_less_than_clusters():
    rows = estimate(FORMULA, drawn(), model="negbin", cluster="account").rows
    wide = (rows["high"] - rows["low"]) / (2 * rows["se"])
    np.testing.assert_allclose(wide, t.ppf(0.975, 49))
    rows = estimate(FORMULA, drawn(), model="negbin").rows
    np.testing.assert_allclose((rows["high"] - rows["low"]) / (2 * rows["se"]), 1.959964, rtol=1e-6)


def test_the_convention_of_the_errors_is_named():
    table = drawn()
    named = {
        "classical": "variance mean + alpha mean^2 (errors of the full likelihood)",
        "conditional": "variance mean + alpha mean^2 (errors given alpha, as R's glm.nb)",
        "robust": "rows independent (sandwich of the full likelihood)",
        None: "rows independent (sandwich of the full likelihood)",
    }
    for errors, text in named.items():
        assert text in estimate(FORMULA, table, model="negbin", errors=errors).rows["assumes"][0]
    by_account = estimate(FORMULA, table, model="negbin", cluster="account").rows["assumes"][0]
    assert "50 clusters of account" in by_account and "sandwich of the full" in by_account


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    level=st.sampled_from([-0.5, 1, 4, 9]),
    theta=st.floats(0.1, 1e5),
    skewed=st.booleans(),
)
def test_the_top_is_no_lower_than_any_point_beside_it(seed, level, theta, skewed):
    random = np.random.default_rng(seed)
    x = random.lognormal(0, 1.8, 120) if skewed else random.normal(size=120)
    x = np.column_stack([np.ones(120), x / np.abs(x).max()])
    mean = np.exp(level + 0.4 * x[:, 1])
    y = random.poisson(mean * random.gamma(theta, 1 / theta, 120)).astype(float)
    poisson = sm.GLM(y, x, family=sm.families.Poisson()).fit(tol=1e-12)
    top = maximum(x, y, poisson.params)
    if top is None:
        assert Likelihood(x, y).loglike(np.append(poisson.params, 1e-3)) < poisson.llf + 1e-3
        return
    model, params = top
    height = nbinom.logpmf(y, 1 / params[-1], 1 / (1 + params[-1] * np.exp(x @ params[:-1]))).sum()
    assert model.loglike(params) == pytest.approx(height, rel=1e-7)
    assert model.loglike(params) > poisson.llf
    for move in np.sqrt(np.diag(top.cov_params())) * np.eye(3) * 0.1:
        for beside in (params + move, params - move):
            assert beside[-1] <= 0 or model.loglike(beside) < model.loglike(params)


def test_means_next_to_zero_have_a_likelihood():
    """Of one account with a million followers a mean of 1e-30; statsmodels' likelihood is nan."""
    random = np.random.default_rng(252)
    followers = np.round(random.lognormal(9, 1.8, 400))
    likes = random.poisson(np.exp(1 - followers / 5000) * random.gamma(0.5, 2, 400))
    table = pd.DataFrame({"likes": likes, "followers": followers})
    result = estimate("likes ~ followers", table, model="negbin", errors="classical")
    row = result.rows.iloc[1]
    assert row["low"] < -1 / 5000 < row["high"] and row["se"] < 1 / 10_000


@pytest.mark.parametrize("errors", ["robust", "classical", "conditional", "HC1"])
def test_underdispersed_counts_have_the_fit_of_the_poisson(errors):
    table = drawn()
    chance = np.minimum(np.exp(0.5 + 0.3 * table["x"]) / 12, 1)
    table["likes"] = np.random.default_rng(1).binomial(12, chance)
    result = estimate(FORMULA, table, model="negbin", errors=errors)
    kind = "classical" if errors == "conditional" else errors
    poisson = estimate(FORMULA, table, model="poisson", errors=kind)
    pd.testing.assert_frame_equal(result.rows, poisson.rows)
    pd.testing.assert_frame_equal(result.marginal().rows, poisson.marginal().rows)
    assert "No overdispersion" in result.notes[0] and result.quality == poisson.quality


def test_counts_of_a_poisson_have_its_fit_or_one_beside_it():
    """By chance about half of them spread a little wider than their means."""
    limits = 0
    for seed in range(30):
        table = drawn(seed)
        mean = np.exp(1 + 0.5 * table["x"])
        table["likes"] = np.random.default_rng(seed).poisson(mean)
        result = estimate(FORMULA, table, model="negbin")
        poisson = estimate(FORMULA, table, model="poisson").rows
        limits += "No overdispersion" in result.notes[0]
        apart = np.abs(result.rows["estimate"] - poisson["estimate"]) / poisson["se"]
        assert apart.max() < 0.2
        np.testing.assert_allclose(result.rows["se"], poisson["se"], rtol=0.05)
    assert 8 <= limits <= 22


def test_with_a_rising_theta_it_nears_the_poisson():
    apart = []
    for theta in (1.0, 30.0, 1000.0):
        table = drawn(theta=theta, n=4000)
        poisson = estimate(FORMULA, table, model="poisson").rows
        apart.append(np.abs(fitted(table)[0] - poisson["estimate"]).max())
    assert apart[0] > 10 * apart[2] and apart[2] < 1e-3


def test_average_marginal_effects_are_those_of_statsmodels():
    table = drawn()
    expected = theirs(table).get_margeff(dummy=False, at="overall")
    rows = estimate(FORMULA, table, model="negbin", errors="classical").marginal().rows
    np.testing.assert_allclose(rows["estimate"], expected.margeff[:2], rtol=1e-5)
    np.testing.assert_allclose(rows["se"], expected.margeff_se[:2], rtol=1e-4)


def test_counts_of_millions_and_followers_of_millions_have_a_fit():
    random = np.random.default_rng(3)
    followers = np.round(random.lognormal(9, 1.8, 800))
    views = random.poisson(2e6 * random.gamma(0.6, 1 / 0.6, 800))
    table = pd.DataFrame({"views": views, "followers": followers})
    rows = estimate("views ~ followers", table, model="negbin").rows
    columns = sm.add_constant(followers / 1e5)
    expected = sm.NegativeBinomial(views, columns).fit(disp=0, maxiter=500, warn_convergence=False)
    np.testing.assert_allclose(rows["estimate"] * [1, 1e5], expected.params[:2], rtol=1e-3)


REFUSED = {
    "fixed effects": ({"fixed_effects": "account"}, r"Use model='poisson' with C\(column\)"),
    "HC3": ({"errors": "HC3"}, "use 'HC1'"),
    "half counts": ({"likes": 2.5}, "value 2.5: negbin needs whole counts. Use model='poisson'"),
    "counts below zero": ({"likes": -1}, "value -1: negbin needs counts"),
    "nobody liked it": ({"dummy": 0}, "what does not vary"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_it_is_not_made_for_is_refused(options, message):
    changes = {name: value for name, value in options.items() if name in ("likes", "dummy")}
    table = drawn()
    for name, value in changes.items():
        rows = table.index[:1] if name == "likes" else table.index
        table[name] = table[name].astype(float).where(~table.index.isin(rows), value)
    options = {name: value for name, value in options.items() if name not in changes}
    with pytest.raises(InputError, match=message):
        estimate(FORMULA, table, model="negbin", **options)


@pytest.mark.parametrize("model", ["ols", "poisson"])
def test_conditional_errors_are_of_this_model_alone(model):
    with pytest.raises(InputError, match="which only model='negbin' estimates"):
        estimate(FORMULA, drawn(), model=model, errors="conditional")


def test_a_category_without_any_count_has_no_fit():
    table = drawn()
    table["likes"] = table["likes"].where(table["dummy"] == 0, 0)
    with pytest.raises(InputError, match="the negbin of 'likes' did not converge"):
        estimate(FORMULA, table, model="negbin")


def coded(table, names, *, coder, sample=None):
    values = table["dummy"].map({0.0: "no", 1.0: "yes"})[names]
    return Codings.from_series(values, variable="smile", coder=coder, sample=sample)


def test_measures_are_taken_as_they_are_or_refused():
    table = drawn()
    measure = coded(table, table.index, coder="svm")
    gold = coded(table, table.index[:150], coder="anna")
    options = {"model": "negbin", "measure": measure, "gold": gold}
    for methods in (None, ["naive", "dsl"], ["ppi"]):
        with pytest.raises(InputError, match=r"Use model='poisson'.*methods=\['naive'\]"):
            estimate("likes ~ x + smile", table, methods=methods, **options)
    naive = estimate("likes ~ x + smile", table, methods=["naive"], **options)
    assert set(naive.rows["method"]) == {"naive"}
    np.testing.assert_allclose(naive.rows["estimate"], fitted(table)[0], rtol=1e-9)
    both = estimate("likes ~ x + smile", table, methods=["naive", "gold"], **options).rows
    own = both[both["method"] == "gold only"]["estimate"]
    np.testing.assert_allclose(own, fitted(table.iloc[:150])[0], rtol=1e-9)


def test_weights_of_a_sample_are_refused():
    table = drawn()
    probabilities = pd.DataFrame({"image": table.index[:200], "probability": [0.2, 0.6] * 100})
    gold = coded(table, table.index[:200], coder="anna", sample=Sample("s", probabilities))
    with pytest.raises(InputError, match="neither weighted by the design of a sample"):
        estimate("likes ~ x + smile", table, model="negbin", gold=gold)


@pytest.mark.parametrize("method", [dsl, ppi])
def test_corrected_methods_name_the_poisson(method):
    table = drawn().assign(guess=0.0)
    with pytest.raises(InputError, match="Use model='poisson': it has the same mean"):
        method(FORMULA, table, predicted=["dummy"], prediction=["guess"], model="negbin")


def test_partitions_are_averaged_on_the_log_scale():
    table = drawn()
    themes = [pd.Series(np.where(table["x"] > cut, "a", "b"), table.index) for cut in (0, 0.1)]
    result = over_partitions("likes ~ theme", table, themes, model="negbin")
    own = [estimate("likes ~ theme", table, themes=k, model="negbin").rows for k in themes]
    mean = np.mean([rows["estimate"] for rows in own], axis=0)
    np.testing.assert_allclose(result.rows["estimate"].iloc[2:], mean)
