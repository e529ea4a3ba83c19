"""Estimates of the corpus, held against what coding all of it gives, and beyond it."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi, share

MEASURED = {"predicted": ["t"], "prediction": ["machine"]}


def corpus(seed, *, n=600, coded=400):
    """A corpus of which people coded two of three."""
    random = np.random.default_rng(seed)
    truth = (random.random(n) < 0.3).astype(float)
    table = pd.DataFrame({"t": truth, "y": truth + random.normal(size=n)})
    table["machine"] = np.abs(truth - (random.random(n) < 0.15))
    hidden = table["t"].where(np.isin(np.arange(n), random.permutation(n)[:coded]))
    return table, table.assign(t=hidden)


def test_the_mean_alone_has_the_textbook_error_of_a_finite_population():
    _, hidden = corpus(1)
    row = ppi("t ~ 1", hidden, tune=0, target="corpus", **MEASURED).rows.iloc[0]
    codes = hidden["t"].dropna()
    assert row["estimate"] == pytest.approx(codes.mean())
    assert row["se"] == pytest.approx(np.sqrt(codes.var() / 400 * (1 - 400 / 600)))
    assert "chance only in which rows were drawn" in row["assumes"]


def test_the_first_ppi_has_the_textbook_error_of_a_difference_estimator():
    _, hidden = corpus(2)
    row = ppi("t ~ 1", hidden, tune=1, target="corpus", **MEASURED).rows.iloc[0]
    errors = (hidden["t"] - hidden["machine"]).dropna()
    assert row["estimate"] == pytest.approx(hidden["machine"].mean() + errors.mean())
    assert row["se"] == pytest.approx(np.sqrt(errors.var() / 400 * (1 - 400 / 600)))


@pytest.mark.parametrize("method", [dsl, ppi])
@pytest.mark.parametrize("formula", ["t ~ 1", "y ~ t", "t ~ y"])
def test_the_corpus_is_held_with_shorter_intervals(method, formula):
    extra = {"repeats": 1} if method is dsl else {}
    inside, widths = [], {"corpus": [], "beyond": []}
    for seed in range(60):
        table, hidden = corpus([3, seed])
        known = estimate(formula, table, target="corpus").rows["estimate"].iloc[-1]
        for target, own in widths.items():
            row = method(formula, hidden, target=target, **MEASURED, **extra).rows.iloc[-1]
            own.append(row["high"] - row["low"])
            if target == "corpus":
                inside.append(row["low"] <= known <= row["high"])
    assert np.mean(inside) >= 0.87
    assert np.mean(widths["corpus"]) < 0.75 * np.mean(widths["beyond"])


def test_a_corpus_that_is_there_whole_has_no_interval():
    table, _ = corpus(4)
    estimates = estimate("y ~ machine", table, target="corpus")
    assert estimates.rows[["se", "low", "high", "p"]].isna().all(axis=None)
    assert "these rows alone" in estimates.to_text()
    further = estimate("y ~ machine", table)
    assert further.rows["se"].notna().all() and "further rows" in further.to_text()
    pd.testing.assert_series_equal(estimates.rows["estimate"], further.rows["estimate"])


@pytest.fixture
def codings():
    table, hidden = corpus(5)
    images = [f"{number}.jpg" for number in range(len(table))]
    seen = pd.Series(np.where(table["machine"] == 1, "yes", "no"), images, name="t")
    people = pd.Series(np.where(table["t"] == 1, "yes", "no"), images, name="t")
    people = people[hidden["t"].notna().to_numpy()]
    sample = Sample("s", pd.DataFrame({"image": people.index, "probability": 400 / 600}))
    measure = Codings.from_series(seen, coder="svm", trained_on=[])
    return table.set_axis(images), measure, Codings.from_series(people, coder="a", sample=sample)


def test_shares_are_of_the_corpus_unless_asked(codings):
    _, measure, gold = codings
    own, wide = (
        share(measure, gold, category="yes", repeats=1, **target).rows.set_index("method")
        for target in ({}, {"target": "beyond"})
    )
    assert np.isnan(own.loc["naive", "low"]) and wide.loc["naive", "low"] > 0
    width = (own["high"] - own["low"]) / (wide["high"] - wide["low"])
    assert width["gold only"] == pytest.approx(np.sqrt(1 / 3), abs=0.02)
    assert (width[["Rogan-Gladen", "DSL", "PPI++"]] < 0.75).all()


def test_errors_of_coders_are_chance_in_a_corpus_coded_whole(codings):
    _, measure, gold = codings
    options = {"category": "yes", "repeats": 1, "coder_error": 0.03}
    own, wide = (
        share(measure, gold, target=target, **options).rows.set_index("method")
        for target in ("corpus", "beyond")
    )
    assert own.loc["gold only", "se"] == pytest.approx(wide.loc["gold only", "se"])
    assert own.loc["PPI++", "se"] > 0


def test_two_phases_and_several_coders_speak_beyond_the_corpus(codings):
    _, measure, gold = codings
    options = {"category": "yes", "repeats": 1}
    second = gold.split(share=0.5, seed=1)[0]
    assert share(measure, second, first_phase=gold, **options).target == "beyond"
    with pytest.raises(InputError, match=r"target='corpus' with first_phase="):
        share(measure, second, first_phase=gold, target="corpus", **options)


def test_a_table_of_methods_is_of_one_target(codings):
    data, measure, gold = codings
    estimates = estimate(
        "y ~ t", data.drop(columns=["t", "machine"]), measure=measure, gold=gold, target="corpus",
        repeats=1,
    )  # fmt: skip
    errors = estimates.rows.groupby("method")["se"].max()
    assert np.isnan(errors["naive"]) and errors[["gold only", "DSL", "PPI++"]].notna().all()
    assert estimates.target == "corpus"
    with pytest.raises(InputError, match="and no measure of the same variable"):
        estimate("y ~ t", data[["y"]], gold=gold, target="corpus")


def test_a_target_is_one_of_two():
    table, hidden = corpus(6)
    for run in (
        lambda: estimate("y ~ machine", table, target="all"),
        lambda: ppi("t ~ 1", hidden, target="all", **MEASURED),
    ):
        with pytest.raises(InputError, match="target='all': expected 'corpus'"):
            run()
