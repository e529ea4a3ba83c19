"""Few clusters: intervals and p by the wild cluster bootstrap, or none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from iconometrics.inference import dsl, estimate, ppi
from iconometrics.stats.wild_bootstrap import wild_bootstrap

MEASURED = {"predicted": ["t"], "prediction": ["m"], "cluster": "account"}


def table(groups=12, *, per=25, seed=1, effect=0.4):
    random = np.random.default_rng(seed)
    sizes = np.linspace(per / 2, 1.5 * per, groups).round().astype(int)
    account = np.repeat(np.arange(groups), sizes)
    n = len(account)
    shared = random.normal(size=groups)[account]
    x = random.normal(size=groups)[account] + random.normal(size=n)
    truth = (random.random(n) < 0.4).astype(float)
    rows = pd.DataFrame({"account": account, "x": x, "m": np.abs(truth - (random.random(n) < 0.1))})
    rows["y"] = effect * x + 0.5 * shared + random.normal(size=n)
    rows["v"] = (random.random(n) < 1 / (1 + np.exp(-effect * x - 0.5 * shared))).astype(float)
    rows["c"] = random.poisson(np.exp(0.3 * effect * x + 0.3 * shared))
    rows["day"] = random.integers(0, 4, n)
    rows["w"] = random.uniform(1, 3, n)
    return rows.assign(t=np.where(random.random(n) < 0.6, truth, np.nan))


def of(result, term="x"):
    rows = result.rows
    return rows[rows["term"] == term].iloc[0]


def test_least_squares_has_the_interval_of_the_restricted_bootstrap():
    rows = table()
    X, y, code = np.column_stack([np.ones(len(rows)), rows["x"]]), rows["y"], rows["account"]
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    scores, slopes = np.zeros((12, 2)), np.zeros((12, 2, 2))
    np.add.at(scores, code, X * (y - X @ beta).to_numpy()[:, None])
    np.add.at(slopes, code, X[:, :, None] * X[:, None, :])
    n = len(rows)
    factor = 12 / 11 * (n - 1) / (n - 2)
    null = wild_bootstrap(scores, slopes, np.eye(2), factor=factor)[1]
    below, above = null.reach(0.95)
    found = of(estimate("y ~ x", rows, cluster="account"))
    assert found["estimate"] == pytest.approx(beta[1])
    assert found["low"] == pytest.approx(beta[1] - below * found["se"], rel=1e-6)
    assert found["high"] == pytest.approx(beta[1] + above * found["se"], rel=1e-6)
    assert found["p"] == null.p(beta[1] / found["se"])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "run",
    [
        lambda rows: estimate("y ~ x", rows, cluster="account"),
        lambda rows: estimate("v ~ x", rows, model="logit", cluster="account"),
        lambda rows: estimate("c ~ x", rows, model="poisson", cluster="account"),
        lambda rows: estimate("c ~ x", rows, model="negbin", cluster="account"),
        lambda rows: estimate("y ~ x", rows, cluster="account", weights="w"),
        lambda rows: estimate("y ~ x", rows, cluster="account", fixed_effects="day"),
        lambda rows: ppi("y ~ x + t", rows, tune=0.0, **MEASURED),
        lambda rows: ppi("y ~ x + t", rows, tune="each", **MEASURED),
        lambda rows: ppi("t ~ x", rows, model="logit", **MEASURED),
        lambda rows: dsl("t ~ x", rows, model="lpm", repeats=2, folds=3, **MEASURED),
    ],
)
def test_zero_is_outside_the_interval_where_p_is_small(run, seed):
    result = run(table(seed=seed, effect=0.25))
    for row in result.rows.to_dict("records"):
        assert (row["p"] > 0.05) == (row["low"] <= 0 <= row["high"])
        assert row["low"] < row["estimate"] < row["high"]
    assert any("12 clusters of account" in note for note in result.notes)


def test_average_marginal_effects_are_as_sure_as_the_coefficients():
    result = estimate("v ~ x", table(), model="logit", cluster="account")
    effect, found = of(result.marginal()), of(result)
    for row in (effect, found):
        assert (row["p"] > 0.05) == (row["low"] <= 0 <= row["high"])
    assert effect["p"] == pytest.approx(found["p"], abs=0.01)


def test_fixed_effects_of_the_clusters_are_dummies():
    """Their rows lie within clusters, so that no draw changes what is taken out."""
    rows = table()
    taken = of(estimate("y ~ x", rows, cluster="account", fixed_effects="account"))
    dummies = of(estimate("y ~ x + C(account)", rows, cluster="account"))
    assert taken["p"] == dummies["p"]


def test_thirty_clusters_have_students_t():
    result = estimate("y ~ x", table(30), cluster="account")
    row = of(result)
    assert row["high"] == pytest.approx(row["estimate"] + stdtrit(29, 0.975) * row["se"])
    assert not any("bootstrap" in note for note in result.notes)
    assert any(
        "bootstrap" in note for note in estimate("y ~ x", table(29), cluster="account").notes
    )


@pytest.mark.parametrize("method", [None, ppi])
def test_under_six_clusters_there_is_no_interval(method):
    rows = table(5)
    if method is None:
        result = estimate("y ~ x", rows, cluster="account")
    else:
        result = method("y ~ x + t", rows, **MEASURED)
    row = of(result)
    assert row[["low", "high", "p"]].isna().all()
    assert row["se"] > 0
    assert any("5 clusters of account: too few for intervals" in note for note in result.notes)
    assert "95% interval" in result.to_text()


def whole(groups, coded):
    """Of so many clusters, code a few whole."""
    rows = table(groups)
    truth = np.abs(rows["m"] - (np.arange(len(rows)) % 9 == 0))
    return rows.assign(t=truth.where(rows["account"] < coded))


def test_where_few_clusters_have_codes_the_wider_interval_counts():
    rows = whole(20, 12)
    result = dsl("t ~ x", rows, model="lpm", repeats=1, **MEASURED)
    row = of(result)
    half = stdtrit(11, 0.975) * row["se"]
    assert row["low"] <= row["estimate"] - half
    assert row["high"] >= row["estimate"] + half
    assert any("20 clusters of account, 12 of them with codes" in note for note in result.notes)


def test_ppi_gives_no_interval_where_it_tunes_on_few_clusters():
    result = ppi("t ~ x", whole(40, 12), model="lpm", **MEASURED)
    assert of(result)[["low", "high", "p"]].isna().all()
    assert any("12 of them with codes: PPI++ chooses" in note for note in result.notes)
    alone = of(ppi("t ~ x", whole(40, 12), model="lpm", tune=0.0, **MEASURED))
    assert alone["low"] < alone["high"]


def test_five_coded_clusters_of_many_are_too_few():
    result = ppi("t ~ x", whole(40, 5), model="lpm", tune=0.0, **MEASURED)
    assert of(result)[["low", "high", "p"]].isna().all()
    assert any("5 of them with codes: too few" in note for note in result.notes)


def test_what_no_value_is_refuted_of_is_written_as_such():
    result = estimate("y ~ x", table(6), cluster="account", level=0.99)
    assert np.isinf(of(result)[["low", "high"]].astype(float)).all()
    assert "any value" in result.to_text()
    result.plot()


def test_one_sided_bounds_have_one_end():
    row = of(estimate("y ~ x", table(), cluster="account", side="lower"))
    two = of(estimate("y ~ x", table(), cluster="account"))
    assert np.isinf(row["high"])
    assert two["low"] < row["low"] < row["estimate"]


def test_within_the_corpus_clusters_are_no_draw():
    rows = ppi("t ~ x", table(), model="lpm", target="corpus", **MEASURED)
    assert not any("bootstrap" in note for note in rows.notes)


def test_a_term_of_one_cluster_alone_is_not_claimed():
    """Its residuals add up to nothing there, so that its standard error is far too small."""
    rows = table(effect=0.0)
    rows["x"] = (rows["account"] == 3).astype(float)
    row = of(estimate("y ~ x", rows, cluster="account"))
    assert abs(row["estimate"] / row["se"]) > 2
    assert row["p"] > 0.05


def test_the_same_call_gives_the_same_interval():
    first, second = (of(estimate("y ~ x", table(20), cluster="account")) for _ in range(2))
    assert first["low"] == second["low"]
    assert first["p"] == second["p"]
