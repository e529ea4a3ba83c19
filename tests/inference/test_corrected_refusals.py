"""Bad input to the corrected estimators: the message names the column and the next step."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.inference import dsl, estimate, label_power, ppi, share

BY = {"predicted": ["t"], "prediction": ["machine"]}


@pytest.fixture
def table():
    random = np.random.default_rng(1)
    n = 200
    t = (random.random(n) < 0.5).astype(float)
    data = pd.DataFrame(
        {"t": t, "x": random.normal(size=n), "machine": 1 - t, "g": np.arange(n) % 40}
    )
    data["y"] = t + random.normal(size=n)
    data["t"] = data["t"].where(np.arange(n) < 60)
    return data


@pytest.mark.parametrize("method", [dsl, ppi])
@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"t": 1.0}, {}, "coded t in all 200 rows used, so there is nothing to correct"),
        ({"t": np.nan}, {}, "no row used has a value of t that people coded"),
        ({"p": 0.0}, {"sample_prob": "p"}, "sample_prob='p' is 0 in 200 rows"),
        ({"p": 1.4}, {"sample_prob": "p"}, "above 0 and at most 1"),
        ({"p": 0.95}, {"sample_prob": "p"}, "adds up to 190 rows, but people coded 60"),
        ({}, {"sample_prob": "chance"}, "no column 'chance'"),
        ({}, {"cluster": "account"}, "no column 'account'"),
        ({"one": 1}, {"cluster": "one"}, "one cluster only"),
        ({}, {"fixed_effects": "state"}, "no column 'state'"),
        ({}, {"fixed_effects": "g", "model": "logit"}, "only linear models"),
        ({}, {"model": "probit"}, "'logit'"),
        ({}, {"level": 95}, "level=95"),
        ({}, {"side": "left"}, "side='left'"),
        ({"y": np.inf}, {}, "'y' is inf"),
        ({"y": 3.0}, {}, "the outcome 'y' is 3 in all"),
        ({"x": 3.0}, {}, "'x' is 3 in all"),
        ({"x": np.nan}, {}, "200 of 200 rows left out: 200 without x"),
        ({"machine": np.r_[np.inf, np.ones(199)]}, {}, "'machine' is infinite in 1 row"),
        ({}, {"model": "logit"}, "the outcome 'y' has the value .*: logit needs 0 and 1"),
        ({}, {"model": "lpm"}, "lpm needs 0 and 1"),
        ({}, {"model": "poisson"}, "poisson needs counts"),
    ],
)
def test_the_message_names_the_column(table, method, change, options, message):
    with pytest.raises(InputError, match=message):
        method("y ~ t + x", table.assign(**change), **BY, **options)


@pytest.mark.parametrize("method", [dsl, ppi])
def test_what_people_coded_must_vary_and_be_written_one_way(table, method):
    same = table.assign(t=table["t"].where(table["t"].isna(), 1.0))
    with pytest.raises(InputError, match=r"coded 't' as '1.0' in all 60 rows"):
        method("y ~ t", same, **BY)
    words = table["t"].map({0.0: "no riot", 1.0: "riot"}).mask(table.index == 3, "Riot ")
    with pytest.raises(InputError, match=r"'t' has '.iot ?' and '.iot ?': write each"):
        method("y ~ t", table.assign(t=words), **BY)


def test_names_must_fit_the_formula(table):
    with pytest.raises(InputError, match="prediction='machine' is in the formula"):
        dsl("y ~ t + machine", table, **BY)
    with pytest.raises(InputError, match="predicted='x' is not in the formula"):
        dsl("y ~ t", table, predicted=["x"], prediction=["machine"])
    with pytest.raises(InputError, match="2 predicted and 1 predictions"):
        ppi("y ~ t", table, predicted=["t", "x"], prediction=["machine"])
    with pytest.raises(InputError, match=r"predicted=\[\]"):
        dsl("y ~ t", table, predicted=[], prediction=["machine"])
    with pytest.raises(InputError, match="no rows"):
        dsl("y ~ t", table.iloc[:0], **BY)
    with pytest.raises(InputError, match="no column 't'"):
        dsl("y ~ t", table.drop(columns="t"), **BY)


def test_what_people_coded_must_fit_the_model(table):
    counts = table.assign(t=table["t"] * 2, machine=table["machine"] / 2)
    for method in (dsl, ppi):
        with pytest.raises(InputError, match="'t' has the value 2: logit needs 0 and 1"):
            method("t ~ x", counts, **BY, model="logit")
        method("t ~ x", table.assign(machine=table["machine"] / 2), **BY, model="logit")


def test_a_column_called_intercept_is_no_constant(table):
    with pytest.raises(InputError, match="a column 'intercept'"):
        ppi("y ~ t + intercept", table.assign(intercept=table["x"]), **BY)


def test_names_may_be_single(table):
    one = ppi("y ~ t", table, predicted="t", prediction="machine").table()
    pd.testing.assert_frame_equal(one, ppi("y ~ t", table, **BY).table())


def test_too_few_coded_rows_for_the_folds(table):
    with pytest.raises(InputError, match="60 rows used, too few for 40 folds"):
        label_power("y ~ t", table, **BY, folds=40)
    few = table.assign(t=table["t"].where(table.index < 7))
    with pytest.raises(
        InputError, match="in 7 rows used, too few for 5 folds: expected at least 10"
    ):
        dsl("y ~ t", few, **BY)
    with pytest.raises(InputError, match="folds=1"):
        dsl("y ~ t", table, folds=1, **BY)


def test_separation_is_named(table):
    apart = table.assign(y=(table["x"] > 0).astype(float))
    for method in (dsl, ppi):
        with pytest.raises(InputError, match="separation"):
            method("y ~ t + x", apart, model="logit", **BY)


def test_tuning_words(table):
    with pytest.raises(InputError, match="tune='z'"):
        ppi("y ~ t", table, tune="z", **BY)
    with pytest.raises(InputError, match="tune=2"):
        ppi("y ~ t", table, tune=2, **BY)
    with pytest.raises(InputError, match="prediction='machine' is text"):
        ppi("y ~ t", table.assign(machine="riot"), **BY)


@pytest.fixture
def coded():
    images = [f"{number}.jpg" for number in range(300)]
    random = np.random.default_rng(2)
    truth = pd.Series(np.where(random.random(300) < 0.4, "yes", "no"), index=images)
    data = pd.DataFrame({"likes": random.normal(size=300)}, index=images)
    measure = Codings.from_series(truth, variable="smile", coder="svm")
    return data, truth, measure


def test_gold_outside_the_sample(coded):
    data, truth, measure = coded
    drawn = Sample("s", pd.DataFrame({"image": truth.index[:50], "probability": 0.2}))
    gold = Codings.from_series(truth[:60], variable="smile", coder="anna")
    gold = Codings(gold.data, sample=drawn)
    with pytest.warns(IconometricsWarning, match="not in the sample 's'"):
        estimates = estimate("likes ~ smile", data, measure=measure, gold=gold)
    for found in (estimates, share(measure, gold)):
        assert "10 images with a gold value of 'smile'" in found.to_text()
        assert "left out" in found.to_text()
    nobody = Codings(gold.data, sample=Sample("s", drawn.table.assign(image=truth.index[100:150])))
    with pytest.raises(InputError, match="pass the sample that was coded"):
        share(measure, nobody)


def test_methods_that_cannot_be_had(coded):
    data, truth, measure = coded
    few = Codings.from_series(truth[:8], variable="smile", coder="anna")
    found = estimate("likes ~ smile", data, measure=measure, gold=few)
    assert any(
        note.startswith("No DSL: people coded 'smile'") or "No DSL" in note for note in found.notes
    )
    assert "DSL" not in set(found.table()["method"])
    with pytest.raises(InputError, match="too few for 5 folds"):
        estimate("likes ~ smile", data, measure=measure, gold=few, methods=["dsl"])
    with pytest.raises(InputError, match="nothing to correct by"):
        estimate("likes ~ smile", data, measure=measure, methods=["dsl"])
    with pytest.raises(InputError, match=r"methods=\['best'\]"):
        estimate("likes ~ smile", data, measure=measure, methods=["best"])
