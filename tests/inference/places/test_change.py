"""Change between waves: exact codes, codes corrected by places coded anew, and what is withheld."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from iconometrics import inference as inf
from iconometrics.coding import Sample
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.wording import NOT_VALIDATED

ORDER = ["decay", "mixed", "renewed"]
GROSS = ["up", "same", "down"]


def streets() -> pd.DataFrame:
    values = ["decay", "mixed"] * 24 + ["mixed", "mixed"] * 10 + ["renewed", "decay"] * 6
    names = np.repeat([f"p{i}" for i in range(40)], 2)
    return pd.DataFrame({"place": names, "wave": [2007, 2017] * 40, "value": values})


def views(values: np.ndarray) -> pd.DataFrame:
    n = values.shape[1]
    return pd.DataFrame(
        {"place": [*range(n)] * 2, "wave": np.repeat([1, 2], n), "value": values.ravel()}
    )


def two_waves(
    random: np.random.Generator, *, right: float, places: int = 1000, rise: float = 0.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw true categories of both waves, and codes of them that err in each by itself."""
    first = random.integers(0, 2, places)
    true = np.stack([first, np.maximum(first, random.random(places) < rise)])
    wrong = random.random(true.shape) > right
    return views(true), views(np.where(wrong, 1 - true, true))


def test_exact_codes_count_steps_up_and_down() -> None:
    codes = streets()
    found = inf.change(codes, before=2007, after=2017, order=ORDER, recoded=codes)
    row = found.table().iloc[0]
    assert (row["up"], row["same"], row["down"]) == (0.6, 0.25, 0.15)
    assert row["mean"] == pytest.approx((24 - 12) / 40)
    assert row["net_low"] < row["net"] < row["net_high"]
    assert row["p"] == pytest.approx(binomtest(24, 30).pvalue)
    assert found.status == "corrected by 40 places"
    flows = found.transitions.set_index(["before", "after"])["share"]
    assert flows["decay", "mixed"] == 0.6 and flows["renewed", "decay"] == 0.15
    assert flows.sum() == pytest.approx(1)


def test_waves_and_ordered_categories_are_found() -> None:
    codes = streets()
    with pytest.raises(InputError, match="1999"):
        inf.change(codes, before=1999, after=2017, order=ORDER)
    ranked = codes.assign(value=pd.Categorical(codes["value"], ORDER, ordered=True))
    by_text = inf.change(ranked, before="2007", after="2017").rows
    by_order = inf.change(codes, before=2007, after=2017, order=ORDER).rows
    pd.testing.assert_frame_equal(by_text, by_order)


def test_without_places_coded_anew_gross_flows_are_withheld() -> None:
    found = inf.change(streets(), before=2007, after=2017, order=ORDER)
    row = found.table().iloc[0]
    assert row[GROSS].isna().all() and found.transitions.empty
    assert row["net"] == pytest.approx(0.45)
    assert found.status == NOT_VALIDATED
    assert "went up" in found.summary() and "recoded=" in found.summary()
    assert 'class="not-validated"' in found._repr_html_()
    ax = found.plot()
    assert NOT_VALIDATED in ax.get_xlabel() and ax.xaxis.label.get_color() == "#b3261e"


def test_errors_of_coding_are_not_change() -> None:
    """Nothing changed, 9 in 10 codes are right: as coded, 18 % of places changed."""
    true, codes = two_waves(np.random.default_rng(2), right=0.9)
    anew = true[true["place"] < 150]
    naive = inf.change(codes, before=1, after=2, recoded=codes).table().iloc[0]
    row = inf.change(codes, before=1, after=2, recoded=anew).table().iloc[0]
    assert naive["same_high"] < 0.87
    assert (row["up"], row["same"], row["down"]) == (0, 1, 0)
    assert 0.01 < row["up_high"] < 0.05 and row["net_low"] < 0 < row["net_high"]


def test_the_estimate_is_that_of_strata_of_the_first_codes() -> None:
    true, codes = two_waves(np.random.default_rng(3), right=0.8, rise=0.3)
    anew = true[true["place"] % 3 == 0]
    row = inf.change(codes, before=1, after=2, recoded=anew).table().iloc[0]
    measured = codes.pivot(index="place", columns="wave", values="value")
    known = true.pivot(index="place", columns="wave", values="value")
    rose = (known[2] > known[1]).where(known.index % 3 == 0)
    strata = measured[1] * 2 + measured[2]
    expected = (rose.groupby(strata).mean() * strata.value_counts(normalize=True)).sum()
    assert row["up"] == pytest.approx(expected)
    assert row["up"] + row["same"] + row["down"] == pytest.approx(1)


def test_weights_undo_how_places_were_drawn() -> None:
    true, codes = two_waves(np.random.default_rng(4), right=0.9, places=4000, rise=0.2)
    measured = codes.pivot(index="place", columns="wave", values="value")
    chance = pd.Series(np.where(measured[1] == measured[2], 0.05, 0.3), index=measured.index)
    drawn = np.random.default_rng(5).random(4000) < chance
    frame = pd.DataFrame({"image": chance.index.astype(str), "probability": chance.to_numpy()})
    anew = true[true["place"].isin(chance.index[drawn])]
    options = {"before": 1, "after": 2, "recoded": anew}
    row = inf.change(codes, **options, sample=Sample("s", frame[drawn.to_numpy()])).rows.iloc[0]
    assert row["up_low"] < 0.1 < row["up_high"]
    assert row["up_high"] - row["up_low"] < 0.06


def test_places_drawn_by_district_are_less_sure() -> None:
    """Districts that changed as one: 30 districts tell less than 600 places."""
    random = np.random.default_rng(6)
    district = np.arange(1200) // 20
    rose = (random.random(60) < 0.3)[district]
    true = views(np.stack([np.zeros(1200, int), rose.astype(int)]))
    codes = true.assign(value=np.where(random.random(2400) < 0.1, 1, true["value"]))
    frame = pd.DataFrame({
        "image": [str(n) for n in range(1200)], "cluster": [f"d{d}" for d in district],
        "probability": 0.5,
    })  # fmt: skip
    anew = true[true["place"] < 600]
    widths = []
    for sample in (Sample("s", frame[:600], frame=frame), None):
        row = inf.change(codes, before=1, after=2, recoded=anew, sample=sample).rows.iloc[0]
        widths.append(row["up_high"] - row["up_low"])
    assert widths[0] > 1.5 * widths[1]


def test_intervals_hold_the_truth() -> None:
    held = []
    for seed in range(60):
        true, codes = two_waves(np.random.default_rng([7, seed]), right=0.9, rise=0.2)
        anew = true[true["place"] < 100]
        row = inf.change(codes, before=1, after=2, recoded=anew).table().iloc[0]
        held.append([row[f"{k}_low"] <= v <= row[f"{k}_high"]
                     for k, v in (("up", 0.1), ("net", 0.1), ("down", 0.0))])  # fmt: skip
    assert (np.mean(held, axis=0) > 0.88).all()


def test_areas_with_few_places_coded_anew_have_no_estimate() -> None:
    true, codes = two_waves(np.random.default_rng(8), right=0.9)
    areas = {str(n): "west" if n < 500 else "east" for n in range(1000)}
    anew = true[(true["place"] < 60) | (true["place"] > 995)]
    rows = inf.change(codes, before=1, after=2, recoded=anew, areas=areas).rows.set_index("area")
    assert rows.loc["east", "recoded"] == 4 and np.isnan(rows.loc["east", "net"])
    assert rows.loc["west", "recoded"] == 60 and rows.loc["west", "up_high"] < 0.1


def test_places_that_are_numbers_are_found_in_their_areas() -> None:
    codes = pd.DataFrame({"place": [7, 7, 8, 8], "wave": [1, 2] * 2, "value": [1, 2, 2, 2]})
    areas = {"7": "west", "8": "east"}
    rows = inf.change(codes, before=1, after=2, areas=areas, recoded=codes).rows
    assert rows.set_index("area")["up"].to_dict() == {"all": 0.5, "east": 0.0, "west": 1.0}


def test_unfit_new_codes_are_refused_or_left_out() -> None:
    true, codes = two_waves(np.random.default_rng(9), right=0.9, places=100)
    anew = true[true["place"] < 30]
    options = {"before": 1, "after": 2}
    with pytest.raises(InputError, match="9 places coded anew"):
        inf.change(codes, recoded=true[true["place"] < 9], **options)
    with pytest.raises(InputError, match="adjudicate"):
        inf.change(codes, recoded=pd.concat([anew, anew.head(1)]), **options)
    twice = pd.concat([codes, codes[codes["place"] == 0]])
    with pytest.warns(IconometricsWarning, match="1 of 30 places coded anew are left out"):
        row = inf.change(twice, recoded=anew, **options).rows.iloc[0]
    assert row["recoded"] == 29
    drawn = Sample("s", pd.DataFrame({"image": [str(n) for n in range(20)], "probability": 0.2}))
    with pytest.warns(IconometricsWarning, match="10 of 30 places coded anew are not in"):
        row = inf.change(codes, recoded=anew, sample=drawn, **options).rows.iloc[0]
    assert row["recoded"] == 20


def test_views_that_are_means_have_no_transitions() -> None:
    true, codes = two_waves(np.random.default_rng(10), right=0.9, places=60)
    both = pd.concat([codes, true.assign(value=1 - true["value"])])
    anew = pd.concat([true, true.assign(value=0)])
    found = inf.change(both, before=1, after=2, order=[0, 1], recoded=anew[anew["place"] < 40])
    assert found.transitions.empty and 0 <= found.rows["up"].iloc[0] <= 1
