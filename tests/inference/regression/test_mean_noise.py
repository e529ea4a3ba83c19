"""Measured regressors held against groups: the noise of means is no part of what varies within."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi
from iconometrics.inference.regression.fixed_effects import centered
from iconometrics.inference.regression.mean_noise import without_mean_noise
from iconometrics.inference.regression.moments import LINKS, PairedRows, jacobian
from iconometrics.inference.regression.prepared import prepare
from iconometrics.stats.demeaning import effect_leverage

ACCOUNTS = {"predicted": ["x"], "prediction": ["machine"], "fixed_effects": "account"}


def drawn(seed, *, accounts=100, rows=5, coded=250, whole=False):
    """Draw posts of accounts; the coefficient of x is 1, and the machine is right in 85 %."""
    random = np.random.default_rng([20261129, seed])
    account = np.repeat(np.arange(accounts), rows)
    style = random.normal(size=accounts)[account]
    x = (random.random(len(account)) < 1 / (1 + np.exp(-0.7 * style))).astype(float)
    table = pd.DataFrame({"account": account, "day": np.tile(np.arange(rows), accounts)})
    table["y"] = x + style + random.normal(size=len(account))
    table["machine"] = np.where(random.random(len(account)) < 0.85, x, 1 - x)
    if whole:
        inside = np.isin(account, random.permutation(accounts)[: coded // rows])
    else:
        inside = np.isin(np.arange(len(account)), random.permutation(len(account))[:coded])
    return table.assign(x=np.where(inside, x, np.nan))


@pytest.mark.parametrize("sizes", [[7], [7, 4], [4, 7]])
def test_leverage_of_effects_is_that_of_dummies(sizes):
    random = np.random.default_rng(3)
    groups = [random.integers(0, size, 60) for size in sizes]
    dummies = np.hstack([np.eye(size)[codes] for size, codes in zip(sizes, groups, strict=True)])
    rows = np.array([0, 5, 59])
    expected = np.diag(dummies @ np.linalg.pinv(dummies))[rows]
    np.testing.assert_allclose(effect_leverage(groups, rows), expected, atol=1e-12)


@pytest.mark.parametrize("effects", ["account", ["account", "day"], None])
@pytest.mark.parametrize("whole", [False, True])
def test_products_are_right_on_average_over_who_is_coded(effects, whole):
    """The products of one population, over many drawings, are those of the codes of all rows."""
    if whole and effects == ["account", "day"]:
        pytest.skip("refused")
    random = np.random.default_rng(1)
    accounts, rows = 12, 4
    account = np.repeat(np.arange(accounts), rows)
    table = pd.DataFrame({"account": account, "day": np.tile(np.arange(rows), accounts)})
    x, x_hat = random.normal(size=(2, accounts * rows, 1))
    y = random.normal(size=accounts * rows)
    known = np.eye(accounts)[account] if effects is None else np.zeros((len(table), 0))
    table["y"], table["machine"] = y, x_hat[:, 0]

    def products(inside, x_hat, weight):
        data = table.assign(x=np.where(inside, x[:, 0], np.nan))
        prepared = prepare(
            "y ~ x", data, predicted=["x"], prediction=["machine"], sample_prob=None,
            cluster="account" if whole else None, fixed_effects=effects,
        )  # fmt: skip
        versions = (np.hstack([x, known]), y, np.hstack([x_hat, known]), y, weight)
        paired = PairedRows(*versions, np.eye(1 + known.shape[1]))
        paired = centered(["x", *map(str, range(known.shape[1]))], paired, prepared.effects)[1]
        paired = without_mean_noise(prepared, paired)
        total = jacobian(paired, LINKS["ols"], np.zeros(paired.x.shape[1]))
        return 1 / np.linalg.pinv(total, hermitian=True)[0, 0]

    everyone = np.ones(len(table))
    truth = products(np.arange(len(table)) > 0, x, everyone)
    sums = []
    for _ in range(400):
        if whole:
            inside = (random.random(accounts) < 0.4)[account]
        else:
            inside = random.random(len(table)) < 0.4
        if 0 < inside.sum() < len(table) and len(set(account[inside])) > 1:
            sums.append(products(inside, x_hat, np.where(inside, 2.5, 0.0)))
    assert abs(np.mean(sums) - truth) < 3 * np.std(sums) / np.sqrt(len(sums))


@pytest.mark.parametrize("method", [dsl, ppi])
@pytest.mark.parametrize("effects", ["account", ["account", "day"]])
def test_a_measured_regressor_within_accounts_is_covered(method, effects):
    """The former products made it too large."""
    options = {"repeats": 1} if method is dsl else {"tune": "x"}
    options |= ACCOUNTS | {"fixed_effects": effects}
    rows = pd.concat([method("y ~ x", drawn(seed), **options).rows for seed in range(50)])
    assert abs(rows["estimate"].median() - 1) < 0.06
    assert ((rows["low"] <= 1) & (rows["high"] >= 1)).mean() >= 0.88


def test_accounts_drawn_whole_are_covered():
    options = ACCOUNTS | {"cluster": "account", "repeats": 1}
    rows = pd.concat([dsl("y ~ x", drawn(seed, whole=True), **options).rows for seed in range(40)])
    assert abs(rows["estimate"].mean() - 1) < 0.06
    assert ((rows["low"] <= 1) & (rows["high"] >= 1)).mean() >= 0.87


def test_rows_share_the_chance_of_their_account_unless_another_cluster_is_named():
    table = drawn(1)
    options = ACCOUNTS | {"repeats": 1}
    own, named = (
        dsl("y ~ x", table, **options, cluster=cluster).rows for cluster in (None, "account")
    )
    pd.testing.assert_frame_equal(own, named)
    assert "100 clusters of account" in own["assumes"][0]
    outcome = table.rename(columns={"x": "y", "y": "x"})
    assumes = dsl("y ~ x", outcome, **options | {"predicted": ["y"]}).rows["assumes"][0]
    assert assumes.endswith("rows independent")


def test_a_useless_measure_costs_next_to_nothing_against_coded_rows():
    random = np.random.default_rng(4)
    table = drawn(2, accounts=200).assign(machine=random.integers(0, 2, 1000).astype(float))
    tuned, coded = (ppi("y ~ x", table, tune=tune, **ACCOUNTS).rows for tune in ("each", 0.0))
    assert tuned["se"][0] < 1.02 * coded["se"][0]
    share = ppi("y ~ x", drawn(2), tune="each", **ACCOUNTS).rows["assumes"][0]
    assert float(share.split("lambda ")[1]) > 0.5


def test_codes_that_do_not_tell_what_varies_within_accounts_are_refused():
    table = drawn(3, accounts=300, rows=2, coded=20)
    table["machine"] = np.where(table["x"].isna(), 0.0, 1 - table["x"])
    with pytest.raises(InputError, match=r"the 20 coded rows do not tell how much x varies"):
        ppi("y ~ x", table, tune=1.0, **ACCOUNTS)


@pytest.mark.parametrize("method", [dsl, ppi])
def test_few_large_clusters_are_no_reason_to_refuse(method):
    """Each holds much of all that a regressor varies, which was taken for how unsure that is."""
    table = drawn(6, accounts=10, rows=60, coded=300)
    table = table[table["day"] < np.linspace(20, 60, 10).astype(int)[table["account"]]]
    options = {"predicted": ["x"], "prediction": ["machine"], "cluster": "account"}
    row = method("y ~ x", table, **options).rows.set_index("term").loc["x"]
    coded = estimate("y ~ x", table[["y", "x", "account"]].dropna(), cluster="account").rows
    assert row["estimate"] == pytest.approx(coded["estimate"][1], abs=0.3)
    assert row["low"] < row["estimate"] < row["high"]


def test_many_dummies_are_as_fixed_effects():
    table = drawn(5, accounts=20, rows=25)
    dummies, effects = (
        dsl(formula, table, **ACCOUNTS | {"fixed_effects": effect, "cluster": "account"}).rows
        for formula, effect in (("y ~ x + C(account)", None), ("y ~ x", "account"))
    )
    term = dummies.set_index("term").loc["x"]
    assert term["estimate"] == pytest.approx(effects["estimate"][0], abs=1e-6)
