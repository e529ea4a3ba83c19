"""People err, too: estimates that hold if they are wrong in a known share of images."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi, share

IMAGES = 3000
MEASURED = {"predicted": ["t"], "prediction": ["machine"]}


def drawn(seed, *, error=0.05, coded=600):
    """A fifth of images show it, the effect is 1, the machine is right in 85 %."""
    random = np.random.default_rng([20261202, seed])
    truth = (random.random(IMAGES) < 0.2).astype(float)
    table = pd.DataFrame({"y": truth + random.normal(size=IMAGES)})
    table["machine"] = np.where(random.random(IMAGES) < 0.85, truth, 1 - truth)
    said = np.where(random.random(IMAGES) < error, 1 - truth, truth)
    return table.assign(t=np.where(np.arange(IMAGES) < coded, said, np.nan), truth=truth)


@pytest.mark.parametrize(("formula", "model", "true"), [
    ("y ~ t", "ols", 1.0), ("t ~ 1", "lpm", 0.2), ("t ~ y", "logit", 1.0),
])  # fmt: skip
def test_errors_of_coders_are_taken_out(formula, model, true):
    """With 5 % of wrong codes coefficients are too small, and shares of rare things too large."""
    inside, means = {}, {}
    for seed in range(25):
        table = drawn(seed)
        for error in (0.0, 0.05):
            options = MEASURED | {"model": model, "coder_error": error}
            for method in (
                dsl(formula, table, repeats=1, **options),
                ppi(formula, table, tune=0.0, **options),
                ppi(formula, table, tune="each", **options),
            ):
                row = method.rows.iloc[-1]
                inside.setdefault(error, []).append(row["low"] <= true <= row["high"])
                means.setdefault(error, []).append(row["estimate"])
    assert np.mean(means[0.05]) == pytest.approx(true, rel=0.06)
    assert np.mean(inside[0.05]) >= 0.9 > 0.75 > np.mean(inside[0.0])


def test_without_error_nothing_changes_and_all_rows_agree_with_the_formula():
    table = drawn(1)
    for method in (dsl, ppi):
        plain = method("y ~ t", table, **MEASURED).rows
        pd.testing.assert_frame_equal(
            method("y ~ t", table, coder_error=0.0, **MEASURED).rows, plain
        )
    value = ppi("t ~ 1", table, tune=0.0, **MEASURED).rows["estimate"][0]
    taken = ppi("t ~ 1", table, tune=0.0, coder_error=0.05, **MEASURED).rows["estimate"][0]
    assert taken == pytest.approx((value - 0.05) / 0.9)


@pytest.fixture(scope="module")
def codes():
    table = drawn(2, coded=400)[:1500].set_axis(pd.Index(range(1500)).astype(str))
    words = {0.0: "no", 1.0: "yes"}
    measure = Codings.from_series(table["machine"].map(words), variable="t", coder="svm",
                                  trained_on=[])  # fmt: skip
    gold = Codings.from_series(table["t"].dropna().map(words), variable="t", coder="anna")
    return table[["y"]], measure, gold


def test_several_shares_of_error_make_one_table(codes):
    data, measure, gold = codes
    options = {"measure": measure, "gold": gold, "repeats": 2}
    rows = estimate("y ~ t", data, coder_error=[0, 0.03], **options).rows
    assert rows["method"].unique().tolist() == [
        "naive", "gold only, coders err in 0.0%", "DSL, coders err in 0.0%",
        "PPI++, coders err in 0.0%", "gold only, coders err in 3.0%", "DSL, coders err in 3.0%",
        "PPI++, coders err in 3.0%",
    ]  # fmt: skip
    own = estimate("y ~ t", data, coder_error=0.03, **options).rows
    shown = rows[rows["method"] == "DSL, coders err in 3.0%"]["estimate"].tolist()
    assert shown == own[own["method"] == "DSL"]["estimate"].tolist()
    assert own[own["method"] != "naive"]["assumes"].str.contains("people err in 0.03 of rows").all()


def test_shares_are_corrected_alike(codes):
    _, measure, gold = codes
    # Within a corpus the plain share has less chance than one with errors of coders.
    options = {"category": "yes", "repeats": 2, "target": "beyond"}
    rows = share(measure, gold, coder_error=0.03, **options).rows
    plain = share(measure, gold, **options).rows.set_index("method")
    rows = rows.set_index("method")
    moved = (plain.loc["gold only", ["estimate", "low", "high"]] - 0.03) / 0.94
    assert rows.loc["gold only", ["estimate", "low", "high"]].tolist() == pytest.approx(
        moved.tolist()
    )
    ppi_value = (plain.loc["PPI++", "estimate"] - 0.03) / 0.94
    assert rows.loc["PPI++", "estimate"] == pytest.approx(ppi_value, abs=0.005)
    assert np.isnan(rows.loc["Rogan-Gladen", "estimate"])
    assert rows.loc["naive", "estimate"] == plain.loc["naive", "estimate"]


@pytest.mark.parametrize(("options", "message"), [
    ({"coder_error": 0.5}, "from 0 to less than 0.5"),
    ({"coder_error": -0.1}, "from 0 to less than 0.5"),
    ({"coder_error": 0.03, "fixed_effects": "account"}, "move the means of groups is not known"),
])  # fmt: skip
def test_refusals(options, message):
    table = drawn(3).assign(account=np.arange(IMAGES) // 10)
    with pytest.raises(InputError, match=message):
        dsl("y ~ t", table, **MEASURED, **options)
    numbers = table.assign(t=table["t"] + 2 * (table.index % 2))
    with pytest.raises(InputError, match="expected one variable of two values"):
        ppi("y ~ t", numbers, coder_error=0.03, **MEASURED)


def test_codes_without_a_measure_are_refused(codes):
    data, _, gold = codes
    with pytest.raises(InputError, match="there is no measure that codes of people correct"):
        estimate("y ~ t", data, gold=gold, coder_error=0.03)
    with pytest.raises(InputError, match="at least one share of images"):
        estimate("y ~ t", data, gold=gold, coder_error=[])
