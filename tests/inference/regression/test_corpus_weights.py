"""Weights of the corpus: each row stands for so many of a wider whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi

BOTH = {"predicted": ["t"], "prediction": ["m"], "sample_prob": "p"}


def corpus(*, n: int = 600) -> pd.DataFrame:
    random = np.random.default_rng(3)
    truth = (random.random(n) < 0.4).astype(float)
    table = pd.DataFrame({"truth": truth, "w": random.integers(1, 4, n), "g": np.arange(n) % 30})
    table["m"] = np.abs(truth - (random.random(n) < 0.15))
    table["x"] = random.normal(size=n)
    table["y"] = truth + table["x"] + random.normal(size=n) * (1 + truth)
    table["v"] = (random.random(n) < 0.3 + 0.3 * truth).astype(float)
    table["p"] = np.where(table["m"] == 1, 0.5, 0.2)
    table["t"] = table["truth"].where(random.random(n) < table["p"])
    table["row"] = np.arange(n).astype(str)
    return table


def copied(table: pd.DataFrame) -> pd.DataFrame:
    """Repeat each row as often as its weight says."""
    return table.loc[table.index.repeat(table["w"])].reset_index(drop=True)


@pytest.mark.parametrize(("formula", "model"), [("y ~ t + x", "ols"), ("v ~ t", "logit")])
@pytest.mark.parametrize("tune", [0.0, 0.7, "each"])
def test_a_row_of_weight_three_is_three_rows_of_one_cluster(formula, model, tune):
    table = corpus()
    options = {**BOTH, "model": model, "cluster": "row", "tune": tune}
    once = ppi(formula, table, weights="w", **options).rows
    thrice = ppi(formula, copied(table), **options).rows
    for column in ("estimate", "se"):
        np.testing.assert_allclose(once[column], thrice[column], rtol=1e-6)


def test_fixed_effects_of_a_measured_outcome_are_weighted_too():
    table = corpus()
    options = {**BOTH, "cluster": "g", "fixed_effects": "g", "tune": 1.0}
    once = ppi("t ~ x", table, weights="w", **options).rows
    thrice = ppi("t ~ x", copied(table), **options).rows
    np.testing.assert_allclose(once["estimate"], thrice["estimate"], rtol=1e-8)


def test_the_plain_regression_is_that_of_weighted_least_squares():
    import statsmodels.api as sm

    table = corpus()
    rows = estimate("y ~ x", table, weights="w").rows
    oracle = sm.WLS(table["y"], sm.add_constant(table[["x"]]), table["w"]).fit(cov_type="HC1")
    np.testing.assert_allclose(rows["estimate"], oracle.params, rtol=1e-8)
    np.testing.assert_allclose(rows["se"], oracle.bse, rtol=1e-8)


def test_a_share_is_the_weighted_mean_of_the_codes():
    table = corpus()
    coded = table.dropna()
    rows = ppi("t ~ 1", table, weights="w", tune=0.0, **BOTH).rows
    mean = np.average(coded["t"], weights=coded["w"] / coded["p"])
    assert rows["estimate"][0] == pytest.approx(mean)


def test_equal_weights_change_nothing():
    table = corpus().assign(w=7.0)
    for method, options in ((dsl, {"repeats": 1}), (ppi, {"tune": 0.5})):
        plain = method("y ~ t + x", table, **BOTH, **options).rows
        weighted = method("y ~ t + x", table, weights="w", **BOTH, **options).rows
        for column in ("estimate", "se"):
            np.testing.assert_allclose(weighted[column], plain[column], rtol=1e-8)


def test_the_table_says_what_the_rows_are_worth():
    table = corpus()
    worth = table["w"].sum() ** 2 / (table["w"] ** 2).sum()
    for estimates in (
        estimate("y ~ x", table, weights="w"),
        dsl("y ~ t", table, weights="w", repeats=1, **BOTH),
    ):
        assert any(f"worth {worth:,.0f} of equal weight" in note for note in estimates.notes)


def test_rows_without_a_weight_are_left_out_with_a_note():
    table = corpus()
    table.loc[[0, 1], "w"] = None
    estimates = dsl("y ~ t", table, weights="w", repeats=1, **BOTH)
    assert any("2 without w" in note for note in estimates.notes)


@pytest.mark.parametrize("value", [0, -1, np.inf])
def test_a_weight_that_is_none_is_refused(value):
    table = corpus().astype({"w": float})
    table.loc[5, "w"] = value
    for fit in (
        lambda: dsl("y ~ t", table, weights="w", **BOTH),
        lambda: estimate("y ~ x", table, weights="w"),
    ):
        with pytest.raises(InputError, match=r"weights='w' is .* in 1 row \(5\)"):
            fit()


def test_what_weights_do_not_go_with_is_refused():
    table = corpus()
    with pytest.raises(InputError, match="target='corpus'"):
        ppi("t ~ 1", table, weights="w", target="corpus", **BOTH)
    with pytest.raises(InputError, match="target='corpus'"):
        estimate("y ~ x", table, weights="w", target="corpus")
    with pytest.raises(InputError, match=r"measured regressor with weights="):
        ppi("y ~ t", table, weights="w", fixed_effects="g", **BOTH)
    with pytest.raises(InputError, match=r"errors='classical' with weights='w'"):
        estimate("y ~ x", table, weights="w", errors="classical")
    with pytest.raises(InputError, match="no such column"):
        estimate("y ~ x", table, weights="reach")
    table["first"] = table["truth"]
    with pytest.raises(InputError, match=r"first_phase= with weights="):
        dsl("y ~ t", table, weights="w", first_phase=["first"], **BOTH)
