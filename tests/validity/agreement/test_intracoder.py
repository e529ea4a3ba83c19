"""Intracoder reliability: the same coder, the same images, twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.validity import agreement, intracoder

IMAGES = [f"{number}.jpg" for number in range(40)]
FIRST = ["a"] * 20 + ["b"] * 20
SECOND = ["a"] * 18 + ["b"] * 2 + ["a"] * 4 + ["b"] * 16


def one_round(values, *, coder="anna", day=None, sample=None, images=IMAGES):
    table = pd.DataFrame({"image": images, "variable": "v", "value": values, "coder": coder})
    return Codings(table.assign(time=day), sample=sample)


def rounds(**options):
    return one_round(FIRST, **options), one_round(SECOND, **options)


def values(result):
    return result.table().set_index("coefficient")["value"]


def test_coefficients_are_those_computed_by_hand():
    """18 a-a, 2 a-b, 4 b-a, 16 b-b: 42 of 80 values are a, and 6 of 40 images differ."""
    found = values(intracoder(*rounds(), draws=50))
    expected = {
        "percent agreement": 34 / 40,
        "Cohen's kappa": (0.85 - 0.5) / 0.5,
        "Krippendorff's alpha (nominal)": 1 - 0.15 / (2 * 42 * 38 / (80 * 79)),
        "Gwet's AC1": (0.85 - 2 * 0.525 * 0.475) / (1 - 2 * 0.525 * 0.475),
    }
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=1e-9)


def test_each_coder_is_held_against_herself_alone():
    first = pd.concat([one_round(FIRST).data, one_round(SECOND, coder="ben").data])
    second = pd.concat([one_round(FIRST).data, one_round(FIRST, coder="ben").data])
    table = intracoder(Codings(first), Codings(second), draws=20).table()
    same = table[table["coefficient"] == "percent agreement"].set_index("coder")["value"]
    assert same.to_dict() == {"anna": 1.0, "ben": 0.85}


def test_images_of_one_round_and_other_coders_do_not_count():
    first, second = rounds()
    more = pd.concat([second.data, one_round(["b"] * 40, coder="cleo").data])
    fewer = Codings(first.data.iloc[:30])
    table = intracoder(fewer, Codings(more), draws=20).table()
    assert set(table["coder"]) == {"anna"}
    assert set(table["images"]) == {30}


def test_disagreements_name_both_values():
    differ = intracoder(*rounds(), draws=20).disagreements()
    assert len(differ) == 6
    assert differ[differ["image"] == "18.jpg"][["first", "second"]].values.tolist() == [["a", "b"]]


def test_unequal_probabilities_weigh_images():
    """The first ten images were drawn with .1, the others with .5: they count five times."""
    probability = np.where(np.arange(40) < 10, 0.1, 0.5)
    stratum = np.where(np.arange(40) < 10, "rare", "rest")
    table = pd.DataFrame({"image": IMAGES, "probability": probability, "stratum": stratum})
    first = one_round(["a", "b"] * 20)
    again = ["b", "a"] * 2 + ["a", "b"] * 18
    second = one_round(again, sample=Sample("again", table))
    result = intracoder(first, second, draws=20)
    assert values(result)["percent agreement"] == pytest.approx((60 + 60) / (100 + 60))
    assert set(result.table()["represents"]) == {"corpus"}


def test_the_figures_are_those_of_agreement_between_rounds():
    first, second = rounds()
    both = pd.concat([first.data.assign(coder="1"), second.data.assign(coder="2")])
    expected = agreement(Codings(both), draws=50).table()
    found = intracoder(first, second, draws=50).table()
    for column in ("value", "low", "high", "boot_low", "boot_high"):
        np.testing.assert_allclose(found[column], expected[column])


def test_days_between_the_rounds_are_given():
    first, second = one_round(FIRST, day="2026-03-01"), one_round(SECOND, day="2026-03-29")
    result = intracoder(first, second, draws=20)
    assert set(result.table()["days"]) == {28.0}
    assert "28 days apart" in result.summary()
    assert not any("remembered" in note for note in result.notes)


def test_rounds_that_follow_soon_are_noted():
    first, second = one_round(FIRST, day="2026-03-01"), one_round(SECOND, day="2026-03-03")
    assert any("less than 14 days" in note for note in intracoder(first, second, draws=20).notes)


def test_a_coding_that_stands_in_both_rounds_is_one_coding():
    first = one_round(FIRST, day="2026-03-01")
    again = one_round(SECOND, day="2026-04-01").data
    second = Codings(pd.concat([first.data.iloc[:5], again.iloc[5:]]))
    with pytest.warns(IconometricsWarning, match=r"5 codings of the second round .* very time"):
        table = intracoder(first, second, draws=20).table()
    assert set(table["images"]) == {35}
    with (
        pytest.warns(IconometricsWarning, match="same coding"),
        pytest.raises(InputError, match="no coder coded an image in both rounds"),
    ):
        intracoder(first, first)


def test_coders_of_other_names_are_refused():
    first, second = one_round(FIRST), one_round(SECOND, coder="Anna B.")
    with pytest.raises(InputError, match=r"first: anna; second: Anna B\."):
        intracoder(first, second)


def test_the_figure_shows_every_coder():
    first = pd.concat([one_round(FIRST).data, one_round(SECOND, coder="ben").data])
    result = intracoder(Codings(first), Codings(first.assign(value=FIRST + FIRST)), draws=20)
    labels = [label.get_text() for label in result.plot().get_yticklabels()]
    assert sorted(labels) == ["anna", "ben"]
