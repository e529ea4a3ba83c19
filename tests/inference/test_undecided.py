"""Images that people did not decide: estimates from all of them one way to all the other."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.coding.adjudication import decided_as
from iconometrics.inference import estimate, share

pytestmark = pytest.mark.filterwarnings("ignore:.*rows left out")
ENDS = ["low", "high", "p"]


@pytest.fixture(scope="module")
def study():
    """400 images, 120 coded, of which 15 are ties; the measure errs in 15 %."""
    random = np.random.default_rng(20261129)
    images = pd.Index([f"{number}.jpg" for number in range(400)], name="image")
    truth = pd.Series(random.random(400) < 0.4, images).map({True: "yes", False: "no"})
    wrong = random.random(400) < 0.15
    measured = truth.where(~wrong, truth.map({"yes": "no", "no": "yes"}))
    likes = (truth == "yes") * 1.0 + random.normal(size=400)
    coded = truth[:120].where(np.arange(120) % 8 > 0)
    reason = pd.Series("tie: yes (anna), no (ben)", coded.index[coded.isna()])
    gold = Codings.from_series(coded, variable="v", coder="adjudicated", reason=reason)
    measure = Codings.from_series(measured, variable="v", coder="svm", trained_on=[])
    return pd.DataFrame({"likes": likes}), measure, gold


def test_intervals_of_a_regression_hold_all_ways_to_decide(study):
    data, measure, gold = study
    options = {"measure": measure, "repeats": 2}
    found = estimate("likes ~ v", data, gold=gold, **options)
    rows = found.rows.set_index(["method", "term"])
    ways = [
        estimate("likes ~ v", data, gold=decided_as(gold, "v", value), **options)
        for value in ("yes", "no")
    ]
    alone = Codings(gold.data.dropna(subset="value"))
    ways.append(estimate("likes ~ v", data, gold=alone, **options))
    ends = pd.concat([own.rows for own in ways]).groupby(["method", "term"])
    expected = ends.agg({"low": "min", "high": "max", "p": "max"}).reindex(rows.index)
    pd.testing.assert_frame_equal(rows[ENDS], expected)
    point = ways[-1].rows.set_index(["method", "term"])["estimate"]
    pd.testing.assert_series_equal(rows["estimate"], point)
    assert "looked at 15 images" in found.notes[0]
    assert not any("looked at" in note for own in ways for note in own.notes)


def test_marginal_effects_are_widened_as_coefficients_are(study):
    data, measure, gold = study
    liked = data.assign(liked=(data["likes"] > 0.5).astype(int))
    options = {"model": "logit", "measure": measure, "methods": ["dsl"], "repeats": 2}
    found = estimate("liked ~ v", liked, gold=gold, **options).marginal().rows
    ways = [decided_as(gold, "v", value) for value in ("yes", "no")]
    ends = [estimate("liked ~ v", liked, gold=codes, **options).marginal().rows for codes in ways]
    assert found["low"][0] <= min(own["low"][0] for own in ends)
    assert found["high"][0] >= max(own["high"][0] for own in ends)


def test_codes_alone_are_widened_too(study):
    data, _, gold = study
    found = estimate("likes ~ v", data, gold=gold).rows
    alone = estimate("likes ~ v", data, gold=Codings(gold.data.dropna(subset="value"))).rows
    assert (found["low"] <= alone["low"]).all() and (found["high"] >= alone["high"]).all()
    wider = (found["high"] - found["low"]) / (alone["high"] - alone["low"])
    assert (wider > 1.02).all()


def test_shares_reach_from_none_of_the_undecided_to_all(study):
    _, measure, gold = study
    rows = share(measure, gold, repeats=2).rows.set_index(["term", "method"])
    alone = Codings(gold.data.dropna(subset="value"))
    narrow = share(measure, alone, repeats=2).rows.set_index(["term", "method"])
    pd.testing.assert_series_equal(rows["estimate"], narrow["estimate"])
    lowest = share(measure, decided_as(gold, "v", "no"), category="yes", repeats=2).rows
    lowest = lowest.set_index(["term", "method"])
    methods = ["gold only", "DSL", "PPI++", "Rogan-Gladen"]
    for method in methods:
        place = ("v[yes]", method)
        assert rows.loc[place, "low"] == pytest.approx(lowest.loc[place, "low"])
        assert rows.loc[place, "high"] > narrow.loc[place, "high"] + 0.03
    assert np.isnan(rows.loc[("v[yes]", "naive"), "low"])
    yes = share(measure, gold, category="yes", repeats=2).rows.set_index(["term", "method"])
    pd.testing.assert_frame_equal(yes, rows.loc[yes.index])


def test_of_numbers_the_ways_are_the_smallest_and_the_largest(study):
    data, _, gold = study
    numbers = {"yes": "5", "no": "1"}
    values = gold.data["value"].map(numbers)
    values[3] = "3"
    coded = Codings(gold.data.assign(value=values))
    found = estimate("likes ~ v", data, gold=coded).rows
    alone = Codings(coded.data.dropna(subset="value"))
    ways = [decided_as(coded, "v", "1"), decided_as(coded, "v", "5"), alone]
    lows = [estimate("likes ~ v", data, gold=codes).rows["low"] for codes in ways]
    np.testing.assert_allclose(found["low"], np.min(lows, axis=0))
