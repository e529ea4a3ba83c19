"""Categories of which chance coded no row: refused by name by every corrected method, or joined."""

import numpy as np
import pandas as pd
import pytest

from iconometrics import Codings
from iconometrics.errors import InputError
from iconometrics.inference import dsl, estimate, ppi

METHODS = {"dsl": lambda *a, **k: dsl(*a, repeats=1, **k), "ppi": ppi}


def drawn(seed=3, *, coded_e=0):
    """2,000 rows, 25 of group e, whose machine errs by half a point."""
    random = np.random.default_rng(seed)
    e = np.arange(2000) < 25
    y = 0.3 + 0.4 * e + random.normal(size=2000) / 2
    guess = y + 0.3 * random.normal(size=2000) - 0.5 * e
    coded = np.zeros(2000, dtype=bool)
    coded[random.choice(np.flatnonzero(~e), 100, replace=False)] = True
    coded[:coded_e] = True
    group = np.where(e, "e", np.where(np.arange(2000) < 400, "b", "a"))
    return pd.DataFrame(
        {"g": group, "e": e.astype(int), "y": np.where(coded, y, np.nan), "guess": guess}
    )


def fitted(method, formula, table, **options):
    return METHODS[method](formula, table, predicted=["y"], prediction=["guess"], **options)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("formula", ["y ~ g", "y ~ C(g)", "y ~ g * e"])
def test_a_category_without_codes_is_named(method, formula):
    with pytest.raises(InputError, match=r"'g' is 'e' in 25 rows, but people coded none of them"):
        fitted(method, formula, drawn())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("share", [{}, {"tune": 0}, {"tune": 1}])
def test_a_term_that_varies_only_in_rows_without_codes_is_named(method, share):
    options = share if method == "ppi" else {}
    with pytest.raises(InputError, match=r"e does not vary in the 100 rows that people coded"):
        fitted(method, "y ~ e", drawn(), **options)


@pytest.mark.parametrize("method", METHODS)
def test_a_cell_without_codes_is_named(method):
    table = drawn(coded_e=5).assign(late=np.arange(2000) % 2)
    table.loc[(table["e"] == 1) & (table["late"] == 1), "y"] = np.nan
    with pytest.raises(InputError, match=r"in the rows that people coded|does not vary in the"):
        fitted(method, "y ~ e * late", table)


@pytest.mark.parametrize("method", METHODS)
def test_the_category_is_joined_when_asked(method):
    table = drawn()
    joined = fitted(method, "y ~ g", table, join=["g"])
    by_hand = table.assign(g=table["g"].replace({"e": "b or e", "b": "b or e"}))
    expected = fitted(method, "y ~ g", by_hand)
    pd.testing.assert_frame_equal(joined.rows, expected.rows)
    assert "g: e, of which nobody coded a row, joined as b or e." in joined.notes


def test_a_category_in_an_order_joins_its_neighbor_and_not_the_rarest():
    random = np.random.default_rng(9)
    order = ["never", "rarely", "often", "always"]
    kind = random.choice(order, 800, p=[0.1, 0.3, 0.3, 0.3])
    y = random.normal(size=800)
    table = pd.DataFrame({"y": y, "guess": y + random.normal(size=800), "kind": kind})
    table["y"] = table["y"].where((np.arange(800) < 300) & (table["kind"] != "always"))
    table["kind"] = pd.Categorical(table["kind"], order, ordered=True)
    options = {"predicted": ["y"], "prediction": ["guess"], "join": ["kind"]}
    terms = dsl("y ~ kind", table, **options, repeats=1).rows["term"]
    assert list(terms) == ["intercept", "kind[rarely]", "kind[often or always]"]
    loose = dsl("y ~ kind", table.assign(kind=kind), **options, repeats=1)
    assert "kind: always, of which nobody coded a row, joined as never or always." in loose.notes


@pytest.mark.parametrize("method", METHODS)
def test_a_predicted_category_that_nobody_coded_is_named_by_both_and_joined_when_asked(method):
    random = np.random.default_rng(5)
    truth = random.choice(["car", "bike", "bus"], 600, p=[0.6, 0.25, 0.15])
    table = pd.DataFrame({"kind": truth, "machine": truth, "y": random.normal(size=600)})
    table.loc[:3, "machine"] = "tram"
    table.loc[150:, "kind"] = None
    options = {"predicted": ["kind"], "prediction": ["machine"]}
    with pytest.raises(InputError, match="'machine' is 'tram' in 4 rows, but people coded no row"):
        METHODS[method]("y ~ kind", table, **options)
    terms = METHODS[method]("y ~ kind", table, join="kind", **options).rows["term"]
    assert list(terms) == ["intercept", "kind[bus or tram]", "kind[car]"]


def test_every_method_of_one_table_joins_alike():
    random = np.random.default_rng(6)
    truth = random.choice(["car", "bike", "bus"], 600, p=[0.6, 0.25, 0.15])
    images = pd.Index([f"{n}.jpg" for n in range(600)], name="image")
    machine = np.where(np.arange(600) < 4, "tram", truth)
    data = pd.DataFrame({"likes": random.normal(size=600)}, index=images)
    coders = {
        name: Codings.from_series(pd.Series(values, index=images[: len(values)]), variable="kind",
                                  coder=name)
        for name, values in (("machine", machine), ("anna", truth[:200]))
    }  # fmt: skip
    asked = {"measure": coders["machine"], "gold": coders["anna"], "repeats": 1}
    estimates = estimate("likes ~ kind", data, join=["kind"], **asked)
    terms = estimates.rows.groupby("method")["term"].agg(list)
    assert set(terms.index) == {"naive", "gold only", "DSL", "PPI++"}
    assert all(own == ["intercept", "kind[bus or tram]", "kind[car]"] for own in terms)
    left_out = " ".join(estimate("likes ~ kind", data, **asked).notes)
    assert "No DSL" in left_out
    assert "No PPI++" in left_out


def test_joining_needs_categories_and_codes():
    with pytest.raises(InputError, match="a column of numbers has no categories"):
        fitted("dsl", "y ~ e", drawn(), join=["e"])
    with pytest.raises(InputError, match="no measure is corrected"):
        estimate("guess ~ g", drawn(), join=["g"])


@pytest.mark.parametrize("method", METHODS)
def test_codes_of_one_cluster_are_refused(method):
    table = drawn().assign(place=np.arange(2000) % 40, y=lambda t: t["guess"])
    table["y"] = table["y"].where(table["place"] == 7)
    with pytest.raises(InputError, match="one cluster only"):
        fitted(method, "y ~ 1", table, cluster="place")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kinds", [[1, 2, 3], [1.0, 2.0, 3.0], ["1", "2", "3"]])
def test_a_categorical_of_numbers_that_people_coded_remains_one(method, kinds):
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, 2000)
    guess = np.where(random.random(2000) < 0.8, truth, random.integers(0, 3, 2000))
    likes = np.array([0, 5, 1])[truth] + random.normal(size=2000)
    seen = np.where(np.arange(2000) < 400, truth, -1)
    table = pd.DataFrame({"likes": likes})
    table["kind"] = pd.Categorical.from_codes(seen, kinds)
    table["guess"] = pd.Categorical.from_codes(guess, kinds)
    result = METHODS[method]("likes ~ kind", table, predicted=["kind"], prediction=["guess"])
    assert list(result.rows["term"]) == ["intercept", "kind[2]", "kind[3]"]
    np.testing.assert_allclose(result.rows["estimate"], [0, 5, 1], atol=0.25)
