"""Few codes: errors and degrees of freedom that allow for what so few rows may have missed."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import t as student

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi

BY = {"predicted": ["y"], "prediction": ["score"]}


def rare(seed, *, intercept=-3.2, design="unsure", coded=80, rows=1000):
    """A rare outcome, a score that is not calibrated, probabilities of coding over 1:50."""
    random = np.random.default_rng([12, seed])
    x = random.normal(size=rows)
    y = (random.random(rows) < 1 / (1 + np.exp(-(intercept + 0.6 * x)))).astype(float)
    score = 1 / (1 + np.exp(-1.5 * (2 * y - 1.2 + 0.3 * x + random.normal(size=rows))))
    wanted = 0.02 + 0.98 * (4 * score * (1 - score) if design == "unsure" else np.ones(rows))
    chance = np.minimum(1, wanted * coded / wanted.sum())
    kept = np.where(random.random(rows) < chance, y, np.nan)
    return pd.DataFrame({"y": kept, "x": x, "score": score, "chance": chance})


def few_ones(ones, zeros=72):
    """Exactly so many ones and zeros coded, of 1,000 rows."""
    random = np.random.default_rng(5)
    y = np.full(1000, np.nan)
    y[: ones + zeros] = np.arange(ones + zeros) < ones
    x = random.normal(size=1000) + 0.5 * np.nan_to_num(y)
    score = np.clip(0.2 + 0.5 * np.nan_to_num(y) + 0.1 * random.normal(size=1000), 0, 1)
    return pd.DataFrame({"y": y, "x": x, "score": score})


def test_numbers_have_hc3_errors_and_satterthwaite_degrees_of_freedom():
    random = np.random.default_rng(3)
    x = random.exponential(size=600) ** 2
    y = x + random.normal(size=600) * (1 + x)
    table = pd.DataFrame({"y": y, "x": x, "score": y + random.normal(size=600)})
    table.loc[45:, "y"] = None
    coded = sm.add_constant(x[:45])
    theirs = sm.OLS(y[:45], coded).fit(cov_type="HC3")
    ours = ppi("y ~ x", table, tune=0.0, **BY).table()
    np.testing.assert_allclose(ours["se"], theirs.bse * np.sqrt(45 / 44), rtol=1e-6)
    leverage = np.diag(coded @ np.linalg.inv(coded.T @ coded) @ coded.T)
    moves = (coded * (theirs.resid / (1 - leverage))[:, None]) @ np.linalg.inv(coded.T @ coded)
    df = 2 * (moves**2).sum(axis=0) ** 2 / (moves**4).sum(axis=0)
    width = (ours["high"] - ours["low"]) / ours["se"]
    np.testing.assert_allclose(width, 2 * student.ppf(0.975, df), rtol=1e-6)


@pytest.mark.parametrize("method", [dsl, ppi])
@pytest.mark.parametrize("model", ["lpm", "logit"])
def test_eight_ones_of_eighty_have_an_interval_and_a_note(method, model):
    found = method("y ~ x", few_ones(8), model=model, **BY)
    table = found.table()
    assert (table["low"] < table["estimate"]).all() and (table["estimate"] < table["high"]).all()
    assert np.isfinite(table[["low", "high"]]).all(axis=None)
    assert (table["high"] - table["low"] > 2 * 1.97 * table["se"]).all()
    assert any("y = 1 in 8 rows" in note for note in found.notes)


def test_ones_that_no_residual_shows_are_expected_all_the_same():
    """The measure is right on all coded rows; the interval must not shrink to nothing."""
    table = few_ones(8)
    table["score"] = table["y"].fillna(0.0)
    row = dsl("y ~ 1", table, model="lpm", **BY).table().iloc[0]
    at_least = np.sqrt(0.5 / 80 * (1 - 0.5 / 80) / 80)
    assert row["se"] >= at_least


def test_many_codes_are_judged_by_the_normal_distribution():
    found = ppi("y ~ x", few_ones(60, 100), model="logit", **BY)
    table = found.table()
    np.testing.assert_allclose(table["high"] - table["low"], 2 * 1.959964 * table["se"], rtol=1e-6)
    assert not any("Few codes" in note for note in found.notes)


def test_unequal_weights_count_as_fewer_rows():
    table = few_ones(80, 200).assign(chance=0.5)
    table.loc[:9, "chance"] = 0.02
    found = ppi("y ~ 1", table.iloc[:450], sample_prob="chance", tune=0.0, **BY)
    assert any("in 80 rows, worth 1" in note for note in found.notes)


def test_the_table_of_methods_holds_gold_only_alike():
    table = few_ones(8)
    images = pd.Index([f"{number}.jpg" for number in range(1000)], name="image")
    words = {0.0: "no", 1.0: "yes"}
    truth = pd.Series(table["y"].to_numpy(), images).dropna().map(words)
    seen = pd.Series(np.where(table["score"] > 0.5, "yes", "no"), images)
    data = pd.DataFrame({"x": table["x"].to_numpy()}, index=images)
    found = estimate(
        "smile ~ x", data, model="lpm", repeats=2,
        measure=Codings.from_series(seen, variable="smile", coder="svm"),
        gold=Codings.from_series(truth, variable="smile", coder="anna"),
    )  # fmt: skip
    gold = found.rows[found.rows["method"] == "gold only"]
    alone = ppi(
        "y ~ x", table.assign(score=(table["score"] > 0.5) * 1.0), model="lpm", tune=0.0, **BY
    ).rows
    np.testing.assert_allclose(gold["high"] - gold["low"], alone["high"] - alone["low"], rtol=1e-6)
    assert (gold["n"] == 80).all() and not gold["assumes"].str.contains("lambda").any()


def test_ones_that_a_column_separates_are_refused_but_not_a_column_of_long_tail():
    random = np.random.default_rng(11)
    table = few_ones(8)
    separated = table.assign(x=table["x"].mask(table["y"] == 1, 10.0))
    with pytest.raises(InputError, match="separation"):
        ppi("y ~ x", separated, model="logit", tune=0.0, **BY)
    x = np.append(400.0, random.normal(size=999))
    y = np.append(1.0, random.random(999) < 1 / (1 + np.exp(-x[1:])))
    long = pd.DataFrame({"x": x, "score": 0.2 + 0.6 * y, "y": y})
    long.loc[200:, "y"] = None
    rows = ppi("y ~ x", long, model="logit", tune=0.0, **BY).table()
    assert 400 * rows["estimate"][1] > 200 and abs(rows["estimate"][1] - 1) < 3 * rows["se"][1]


def test_few_numbers_are_counted_whole():
    random = np.random.default_rng(2)
    y = random.normal(size=300)
    table = pd.DataFrame({"y": y, "score": y + random.normal(size=300)})
    table.loc[40:, "y"] = None
    assert any("Few codes (y in 40 rows)" in note for note in ppi("y ~ 1", table, **BY).notes)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["lpm", "logit"])
def test_intervals_hold_with_four_ones_among_eighty_labels(model):
    """A short version of benchmarks/few_codes.py: of 200 draws 95 % are 190; 179 is .895."""
    true = (-3.2, 0.6) if model == "logit" else (0.0463, 0.0245)
    options = {**BY, "model": model, "sample_prob": "chance"}
    held, draws = {}, 0
    for seed in range(200):
        table = rare(seed)
        try:
            methods = {
                "gold only": ppi("y ~ x", table, tune=0.0, **options).rows,
                "DSL": dsl("y ~ x", table, repeats=1, **options).rows,
                "PPI++": ppi("y ~ x", table, tune="each", **options).rows,
            }
        except InputError:  # nobody coded a one, or the ones are separated
            continue
        draws += 1
        for method, rows in methods.items():
            inside = (rows["low"] <= true) & (true <= rows["high"])
            held[method] = held.get(method, 0) + inside.to_numpy()
    assert draws > 180
    assert all((inside >= 0.895 * draws).all() for inside in held.values()), held
