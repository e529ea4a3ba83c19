"""Rates by subgroup: their intervals, the difference to the rest, flags."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError
from iconometrics.stats import difference_interval, wilson
from iconometrics.validity import accuracy
from iconometrics.validity.accuracy.subgroups import Subgroups


def codes(values, *, coder="svm", **options):
    series = pd.Series(values, name="protest", dtype="str")
    return Codings.from_series(series, coder=coder, **options)


@pytest.fixture
def party(truth):
    return pd.Series(["D"] * 90 + ["I"] * 20 + ["R"] * 90, index=truth.index, name="party")


def test_shares_are_wilsons_and_differences_newcombes(measure, gold, truth, measured, party):
    found = accuracy(measure, gold=gold, target="beyond").subgroups(party)
    rows = found.table().set_index("subgroup")
    right = truth == measured
    inside, rest = right[party == "D"], right[party != "D"]
    row = rows.loc["D"]
    assert row["n"] == 90 and row["value"] == pytest.approx(inside.mean())
    assert (row["low"], row["high"]) == tuple(wilson(inside.sum(), 90))
    shares = [(one.mean(), *wilson(one.sum(), len(one))) for one in (inside, rest)]
    low, high = difference_interval(*shares)
    assert row["difference"] == pytest.approx(inside.mean() - rest.mean())
    assert (row["difference_low"], row["difference_high"]) == pytest.approx((low, high))
    assert rows["few"].to_dict() == {"D": False, "I": True, "R": False}
    assert "1 with fewer than 30 images" in found.summary()


def test_rates_of_categories_are_those_of_the_subgroup_alone(measure, gold, party):
    result = accuracy(measure, gold=gold, target="beyond")
    rows = result.subgroups(party).table("sensitivity")
    inside = party.index[party == "R"]
    alone = accuracy(measure.select(inside), gold=gold.select(inside), target="beyond")
    row = rows[(rows["subgroup"] == "R") & (rows["category"] == "none")].iloc[0]
    expected = alone.classes.loc["none"]
    assert row["value"] == expected["sensitivity"] and row["low"] == expected["sensitivity_low"]
    f1 = result.subgroups(party).table("f1")
    row = f1[(f1["subgroup"] == "R") & (f1["category"] == "none")].iloc[0]
    assert row["value"] == pytest.approx(expected["f1"])
    assert row["low"] == pytest.approx(expected["f1_low"], abs=0.05)


def test_where_it_is_worse_is_said(truth, gold):
    party = pd.Series(["D", "R"] * 100, index=truth.index, name="party")
    wrong = (party == "R") & (np.arange(200) % 3 == 0)
    measure = codes(truth.mask(wrong, "fire"), trained_on=[])
    found = accuracy(measure, gold=gold, by=party)
    told = found.subgroups(party).summary()
    assert "33.0 points lower for party = R than for the rest" in told
    assert "2 subgroups of party compared (p < .001)" in told and "party = D" not in told
    assert found.parts_by == "party"
    pd.testing.assert_frame_equal(found.parts, found.subgroups(party).rows)


def right_of(random, party, *, wrong):
    """A gold standard and a measure that errs by party."""
    images = [str(number) for number in range(len(party))]
    gold = pd.Series(random.choice(["no", "yes"], len(party)), images)
    other = gold.map({"no": "yes", "yes": "no"})
    measure = gold.mask(random.random(len(party)) < wrong, other)
    by = pd.Series(party, images, name="party")
    result = accuracy(codes(measure, trained_on=[]), gold=codes(gold, coder="anna"), by=by)
    return result.subgroups(by)


def test_of_equal_subgroups_none_is_named():
    """The former sentence picked the largest of twelve differences, each with its own interval."""
    claims = former = 0
    for number in range(60):
        random = np.random.default_rng([5, number])
        party = np.repeat([f"p{k:02}" for k in range(12)], 40)
        found = right_of(random, party, wrong=0.15)
        claims += "no difference between the 12 subgroups" not in found.summary()
        rows = found.table()
        former += bool(((rows["difference_low"] > 0) | (rows["difference_high"] < 0)).any())
    assert claims <= 0.12 * 60 and former > 0.25 * 60


def test_what_could_have_been_seen_is_said():
    party = np.repeat(["D", "I", "R"], [150, 40, 110])
    found = right_of(np.random.default_rng(2), party, wrong=0.1)
    rows = found.table().set_index("subgroup")
    told = found.summary()
    assert "no difference between the 3 subgroups of party compared (p " in told
    low, high = (100 * rows["detectable"][name] for name in ("D", "I"))
    assert f"A difference to the rest of {low:.0f} points (D) to {high:.0f} points (I)" in told
    assert (rows["simultaneous_low"] < rows["difference_low"]).all()
    assert (rows["simultaneous_high"] > rows["difference_high"]).all()
    assert rows["p"].nunique() == 1 and (rows["p_adjusted"] > rows["p"].iloc[0] / 3).all()


def test_which_one_may_stay_open():
    rows = right_of(np.random.default_rng(1), np.repeat(["a", "b", "c"], 50), wrong=0.1).rows
    found = Subgroups("v", "party", rows.assign(p=0.01, p_adjusted=0.2), 0.95)
    assert "differs between the 3 subgroups" in found.summary()
    assert "which of them differ cannot be told" in found.summary()


def test_too_few_images_tell_nothing():
    found = right_of(np.random.default_rng(1), np.repeat(["a", "b"], [60, 8]), wrong=0.2)
    assert "cannot be told: fewer than two subgroups have 10 images" in found.summary()
    assert np.isnan(found.table()["p_adjusted"]).all()


def test_former_figures_claim_nothing():
    found = right_of(np.random.default_rng(1), np.repeat(["a", "b"], 50), wrong=[0.0, 0.5] * 50)
    new = ["p", "p_adjusted", "simultaneous_low", "simultaneous_high", "detectable"]
    former = Subgroups("v", "party", found.rows.drop(columns=new), 0.95)
    assert "no difference is claimed" in former.summary()


def test_groups_and_weights_are_kept(measure, gold, truth, party):
    groups = pd.Series(np.arange(200) // 4, truth.index).astype(str)
    plain = accuracy(measure, gold=gold).subgroups(party).table()
    grouped = accuracy(measure, gold=gold, groups=groups).subgroups(party).table()
    np.testing.assert_allclose(plain["value"], grouped["value"])
    assert (plain["low"] != grouped["low"]).all()
    table = pd.DataFrame({"image": truth.index, "probability": [0.1, 0.4] * 100})
    uneven = Codings(gold.data, sample=Sample("two", table))
    weighted = accuracy(measure, gold=uneven).subgroups(party).table().set_index("subgroup")
    inside = (party == "D").to_numpy()
    right = (measure["protest"] == truth).to_numpy()[inside]
    share = np.average(right, weights=1 / table["probability"][inside])
    assert weighted.loc["D", "value"] == pytest.approx(share)


def test_images_without_a_subgroup_are_in_no_rest(measure, gold, party):
    partly = party.iloc[:110]
    rows = accuracy(measure, gold=gold).subgroups(partly).table().set_index("subgroup")
    assert rows["difference"]["D"] == pytest.approx(-rows["difference"]["I"])
    assert rows["n"].sum() == 110


def test_it_is_drawn(measure, gold, party):
    ax = accuracy(measure, gold=gold).subgroups(party).plot()
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels[::-1] == ["D (n = 90)", "I (n = 20)", "R (n = 90)"]


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ({"x": "D"}, "none of the 200 images has a subgroup"),
        ({f"{n}.jpg": "D" for n in range(200)}, "all 200 images are 'D'"),
        (pd.Series(["D", "R"], index=["1.jpg", "1.jpg"]), "names images twice"),
    ],
)
def test_what_cannot_be_compared_says_why(measure, gold, by, message):
    with pytest.raises(InputError, match=message):
        accuracy(measure, gold=gold, by=by)


def test_other_measures_are_refused(measure, gold, party):
    with pytest.raises(InputError, match="measure='recall'"):
        accuracy(measure, gold=gold).subgroups(party).table("recall")
