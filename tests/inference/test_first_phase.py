"""Experts code a part of what students coded: whatever students err in is taken out."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, draw, draw_second_phase
from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi, share

IMAGES, STUDENTS, EXPERTS = 2000, 500, 150
MEASURED = {"predicted": ["t"], "prediction": ["machine"]}
TWO = {"first_phase": ["g"], "first_phase_prob": "p1", "sample_prob": "p", **MEASURED}


def drawn(seed, *, whole=False):
    """Students err more often where z is high; experts code as many of each that students gave."""
    random = np.random.default_rng([20261203, seed])
    truth = random.random(IMAGES) < 0.25
    z = 0.5 * truth + random.normal(size=IMAGES)
    table = pd.DataFrame({"z": z, "y": truth + 0.5 * z + random.normal(size=IMAGES)})
    table["machine"] = (truth ^ (random.random(IMAGES) < 0.2)) * 1.0
    said = (truth ^ (random.random(IMAGES) < np.where(z > 0, 0.17, 0.03))) * 1.0
    first = np.arange(IMAGES) < (IMAGES if whole else STUDENTS)
    table = table.assign(truth=truth * 1.0, g=np.where(first, said, np.nan), t=np.nan, p=np.nan)
    table["p1"] = np.where(first, first.mean(), np.nan)
    for kind in (0, 1):
        rows = np.flatnonzero(first & (said == kind))
        second = rows[: EXPERTS // 2]
        table.loc[second, "t"] = table["truth"][second]
        table.loc[second, "p"] = first.mean() * len(second) / len(rows)
    return table


@pytest.mark.parametrize(("formula", "model", "true"), [
    ("y ~ t + z", "ols", 1.0), ("t ~ 1", "lpm", 0.25),
])  # fmt: skip
def test_errors_of_students_are_taken_out(formula, model, true):
    term = 0 if true < 1 else 1
    inside, widths, values = {}, {}, {}
    for seed in range(30):
        table = drawn(seed)
        students = table.assign(t=table["g"])
        for name, rows in {
            "students": ppi(formula, students, model=model, sample_prob="p1", **MEASURED),
            "experts": ppi(formula, table, model=model, sample_prob="p", tune=0.0, **MEASURED),
            "DSL": dsl(formula, table, model=model, repeats=1, **TWO),
            "PPI++": ppi(formula, table, model=model, tune="each", **TWO),
        }.items():
            row = rows.rows.iloc[term]
            inside.setdefault(name, []).append(row["low"] <= true <= row["high"])
            widths.setdefault(name, []).append(row["high"] - row["low"])
            values.setdefault(name, []).append(row["estimate"])
    assert np.mean(inside["students"]) < 0.6
    for name in ("DSL", "PPI++"):
        assert np.mean(inside[name]) >= 0.9
        assert np.mean(values[name]) == pytest.approx(true, rel=0.08)
        assert np.median(widths[name]) < 0.9 * np.median(widths["experts"])


def test_the_estimate_of_a_share_is_the_sum_of_three_means():
    table = drawn(1)
    rows = ppi("t ~ 1", table, tune=1.0, **TWO).rows
    second, first = 1 / table["p"], 1 / table["p1"]
    value = (
        np.average((table["t"] - table["g"])[table["t"].notna()], weights=second.dropna())
        + np.average((table["g"] - table["machine"])[table["g"].notna()], weights=first.dropna())
        + table["machine"].mean()
    )
    assert rows["estimate"][0] == pytest.approx(value)


def test_students_who_coded_all_leave_nothing_for_the_machine():
    table = drawn(2, whole=True)
    options = TWO | {"first_phase_prob": None}
    other = table.assign(machine=1 - table["machine"])
    same = [ppi("t ~ 1", own, tune=1.0, **options).rows["estimate"][0] for own in (table, other)]
    assert same[0] == pytest.approx(same[1])


def test_noise_of_means_is_taken_out_of_both_phases():
    """Twelve groups as columns and 150 codes: the squared noise of means attenuates else."""
    values = []
    for seed in range(30):
        table = drawn(seed)
        table["group"] = [f"g{row % 12}" for row in range(IMAGES)]
        rows = dsl("y ~ t + z + group", table, repeats=1, **TWO).rows
        values.append(rows.set_index("term")["estimate"]["t"])
    assert np.mean(values) == pytest.approx(1.0, abs=0.09)


def _codings(table):
    images = pd.Index([f"{row}.jpg" for row in table.index], name="image")
    words = {0.0: "no", 1.0: "yes"}

    def coded(name, who, rows=None, **options):
        values = pd.Series(table[name].map(words).to_numpy(), images)
        values = values if rows is None else values[rows]
        return Codings.from_series(values, variable="v", coder=who, **options)

    wide = draw(SimpleNamespace(ids=images), STUDENTS, seed=1, name="students")
    whole = table.assign(g=drawn(3, whole=True)["g"])
    said = pd.Series(whole["g"].map(words).to_numpy(), images)[wide.images]
    narrow = draw_second_phase(wide, EXPERTS, strata=said, allocation="equal", seed=1)
    students = Codings.from_series(said, variable="v", coder="students", sample=wide)
    experts = coded("truth", "experts", narrow.images, sample=narrow)
    data = pd.DataFrame({"y": table["y"].to_numpy()}, index=images)
    return data, coded("machine", "svm", trained_on=[]), students, experts


@pytest.fixture(scope="module")
def codes():
    return _codings(drawn(3))


def test_estimate_shows_the_first_phase_as_the_truth_beside(codes):
    data, measure, students, experts = codes
    options = {"measure": measure, "gold": experts, "first_phase": students, "repeats": 2}
    found = estimate("y ~ v", data, **options)
    methods = ["naive", "first phase only", "gold only", "DSL", "PPI++"]
    assert found.rows["method"].unique().tolist() == methods
    rows = found.rows[found.rows["term"] == "v"].set_index("method")
    assert rows.loc["first phase only", "n"] == STUDENTS
    assert "codes of the first phase are the truth" in rows.loc["first phase only", "assumes"]
    assert rows.loc["first phase only", "estimate"] < rows.loc["DSL", "estimate"]
    assert "of a first phase of 500 rows" in rows.loc["DSL", "assumes"]
    assert "of the first phase" in rows.loc["PPI++", "assumes"].split("lambda")[1]


def test_shares_of_two_phases(codes):
    _, measure, students, experts = codes
    options = {"first_phase": students, "category": "yes", "repeats": 2}
    rows = share(measure, experts, **options).rows.set_index("method")
    assert rows.loc["first phase only", "estimate"] == pytest.approx(
        (students["v"] == "yes").mean()
    )
    alone = share(measure, experts, category="yes", repeats=2).rows.set_index("method")
    assert rows.loc["gold only", "estimate"] == pytest.approx(alone.loc["gold only", "estimate"])
    # Strata of the second phase are as large as chance made them in the first.
    assert rows.loc["gold only", "se"] > 1.1 * alone.loc["gold only", "se"]
    assert rows.loc["DSL", "se"] < alone.loc["DSL", "se"]


def test_images_that_students_left_out_take_the_value_of_the_measure(codes):
    data, measure, students, experts = codes
    fewer = Codings(students.data[20:], sample=students.sample)
    found = estimate(
        "y ~ v", data, measure=measure, gold=experts, first_phase=fewer, methods=["ppi"]
    )
    assert any("20 images of the first phase without a code" in note for note in found.notes)
    assert "of a first phase of 500 rows" in found.rows["assumes"][0]


@pytest.mark.parametrize(("options", "message"), [
    ({"coder_error": 0.03}, "first_phase= with coder_error="),
    ({"join": ["z"]}, "first_phase= with join="),
    ({"fixed_effects": "account"}, "and a measured regressor"),
    ({"first_phase": ["g", "z"]}, "2 columns of the first phase"),
    ({"first_phase": ["none"]}, "'none'"),
])  # fmt: skip
def test_refusals(options, message):
    table = drawn(4).assign(account=np.arange(IMAGES) // 10)
    with pytest.raises(InputError, match=message):
        dsl("y ~ t", table, **(TWO | options))


def test_a_second_phase_outside_of_the_first_is_refused(codes):
    table = drawn(5)
    table.loc[:2, "g"] = np.nan
    with pytest.raises(InputError, match="no code of the first"):
        ppi("y ~ t", table, **TWO)
    data, measure, students, experts = codes
    with pytest.raises(InputError, match="no measure that codes of people correct"):
        estimate("y ~ v", data, gold=experts, first_phase=students)
    with pytest.raises(InputError, match="give first_phase= the codes"):
        estimate("y ~ v", data, measure=measure, gold=experts, methods=["first"])
    other = Codings(students.data.assign(variable="w"), sample=students.sample)
    with pytest.raises(InputError, match="first_phase has no codes of 'v'"):
        share(measure, experts, first_phase=other)
    trained = Codings(measure.data, trained_on=tuple(experts.images[:60]))
    with pytest.raises(InputError, match="Train it on others"):
        share(trained, experts, first_phase=students)
