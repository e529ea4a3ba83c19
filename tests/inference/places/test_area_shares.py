"""Shares of areas: what is validated, what is corrected, and which areas differ."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from iconometrics import inference as inf
from iconometrics import stats
from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError
from iconometrics.inference.places.comparing import compared, compared_estimates
from iconometrics.wording import NOT_VALIDATED


def images(
    sizes: list[int], shares: list[float], *, seed: int, right: Callable[[np.ndarray], np.ndarray]
) -> pd.DataFrame:
    """True codes and a machine's by image; it is right as often as `right` says of each area."""
    random = np.random.default_rng(seed)
    area = np.repeat(np.arange(len(sizes)), sizes)
    true = random.random(len(area)) < np.asarray(shares)[area]
    seen = np.where(random.random(len(area)) < right(area), true, ~true)
    words = {True: "yes", False: "no"}
    index = pd.Index([f"{n}.jpg" for n in range(len(area))])
    table = pd.DataFrame({"true": true, "seen": seen}, index=index).replace(words)
    return table.assign(area=[f"a{n:02}" for n in area])


def table() -> pd.DataFrame:
    return images([300, 300], [0.3, 0.3], seed=1, right=lambda a: np.where(a == 0, 0.95, 0.7))


def by_area(found: inf.AreaShares) -> pd.DataFrame:
    return found.table().set_index("area")


def test_codes_that_nobody_checked_are_marked() -> None:
    data = table()
    found = inf.area_shares(data["seen"].rename("litter"), data["area"], value="yes")
    assert found.status == NOT_VALIDATED and set(found.rows["status"]) == {NOT_VALIDATED}
    assert NOT_VALIDATED in found.summary()
    html = found._repr_html_()
    assert html.count('class="not-validated"') >= 3
    ax = found.plot()
    assert NOT_VALIDATED in ax.get_xlabel() and ax.xaxis.label.get_color() == "#b3261e"
    times = pd.Series(np.where(np.arange(600) % 2, 2020, 2021), index=data.index)
    panels = inf.area_shares(data["seen"], data["area"], value="yes", times=times).plot()
    assert NOT_VALIDATED in panels.get_supylabel()


def test_maps_say_that_nobody_checked() -> None:
    geopandas = pytest.importorskip("geopandas")
    from shapely.geometry import box

    data = table()
    squares = [box(8, 46, 9, 47), box(9, 46, 10, 47)]
    areas = geopandas.GeoDataFrame({"area": ["a00", "a01"]}, geometry=squares, crs="EPSG:4326")
    shares = inf.area_shares(data["seen"].rename("litter"), data["area"], value="yes")
    title = shares.map(areas).axes[0].get_title(loc="left")
    assert title == "share litter = yes (not validated)"
    exact = inf.area_shares(data["true"], data["area"], value="yes", gold=data["true"])
    assert NOT_VALIDATED not in exact.map(areas).axes[0].get_title(loc="left")
    points = pd.DataFrame({"longitude": 8.5, "latitude": 46.5}, index=data.index)
    codes = Codings.from_series(data["seen"].eq("yes").astype(int), variable="v", coder="svm")
    ax = inf.draw_points(points, values=codes).axes[0]
    assert ax.get_title(loc="left") == "600 images (not validated)"
    people = Codings.from_series(data["true"].eq("yes").astype(int)[:9], variable="v", coder="ann")
    checked = inf.draw_points(points, values=codes, gold=people).axes[0]
    assert checked.get_title(loc="left") == "600 images"
    with pytest.raises(InputError, match="not a number"):
        inf.draw_points(points, values=Codings.from_series(data["seen"], coder="svm"))


def test_codes_that_are_the_standard_are_counted_as_they_are() -> None:
    data = table()
    found = inf.area_shares(data["true"], data["area"], value="yes", gold=data["true"])
    rows = by_area(found)
    hits = data["true"].eq("yes").groupby(data["area"]).sum()
    for area in ("a00", "a01"):
        low, high = stats.wilson(hits[area], 300)
        assert rows.loc[area, "low"] == pytest.approx(low)
        assert rows.loc[area, "high"] == pytest.approx(high)
    assert found.status == "gold standard" and NOT_VALIDATED not in found.summary()


def test_each_area_is_corrected_by_its_own_codes() -> None:
    """The machine errs in the east: a common correction would move both areas."""
    data = table()
    coded = data.iloc[::3]
    gold = coded["true"].rename("litter")
    found = inf.area_shares(data["seen"].rename("litter"), data["area"], value="yes", gold=gold)
    rows = by_area(found)
    for area, own in data.groupby("area"):
        known = coded[coded["area"] == area]
        rates = known["true"].eq("yes").groupby(known["seen"]).mean()
        expected = (own["seen"].value_counts(normalize=True) * rates).sum()
        assert rows.loc[area, "value"] == pytest.approx(expected)
        assert rows.loc[area, "coded"] == 100
        assert rows.loc[area, "status"] == "corrected by 100 codes"
    true, naive = (data[c].eq("yes").groupby(data["area"]).mean() for c in ("true", "seen"))
    assert (rows["low"] < true).all() and (rows["high"] > true).all()
    assert naive["a01"] - true["a01"] > 0.08


def test_areas_with_few_codes_have_no_value() -> None:
    data = images([200, 200, 200], [0.3] * 3, seed=2, right=lambda a: np.full(len(a), 0.9))
    gold = data["true"].iloc[[*range(0, 200, 4), *range(200, 400, 4), *range(400, 405)]]
    options = {"value": "yes", "gold": gold.rename("seen")}
    found = inf.area_shares(data["seen"], data["area"], **options)
    rows = by_area(found)
    assert np.isnan(rows.loc["a02", "value"]) and rows.loc["a02", "status"] == "too few coded"
    assert "a02" in found.summary() and "join" in found.summary()
    joined = data["area"].replace("a02", "a01")
    assert by_area(inf.area_shares(data["seen"], joined, **options))["value"].notna().all()
    with pytest.raises(InputError, match="none of which has 10"):
        inf.area_shares(data["seen"], data["area"], value="yes", gold=gold[::10])


def test_weights_of_the_sample_undo_how_images_were_drawn() -> None:
    data = images([4000], [0.2], seed=3, right=lambda a: np.full(len(a), 0.8))
    chance = data["seen"].map({"yes": 0.2, "no": 0.05})
    drawn = np.random.default_rng(4).random(4000) < chance
    frame = pd.DataFrame({"image": data.index, "probability": chance.to_numpy()})
    sample = Sample("s", frame[drawn.to_numpy()])
    gold = Codings.from_series(data["true"][drawn], variable="v", coder="anna", sample=sample)
    measure = Codings.from_series(data["seen"], variable="v", coder="svm")
    row = inf.area_shares(measure, data["area"], value="yes", gold=gold).table().iloc[0]
    assert row["low"] < 0.2 < row["high"] and row["high"] - row["low"] < 0.1


def test_means_of_numbers_are_corrected_by_a_line() -> None:
    random = np.random.default_rng(5)
    age = pd.Series(random.normal(40, 10, 400), index=[f"{n}" for n in range(400)], name="age")
    guess = 10 + 0.5 * age + random.normal(0, 3, 400)
    found = inf.area_shares(guess, pd.Series("a", index=age.index), gold=age[:80])
    slope, start = np.polyfit(guess[:80], age[:80], 1)
    row = found.table().iloc[0]
    assert row["value"] == pytest.approx(start + slope * guess.mean())
    assert row["low"] < age.mean() < row["high"]


def test_large_areas_are_compared_as_by_chi_squared() -> None:
    random = np.random.default_rng(6)
    cell = np.repeat(np.arange(4), [200, 500, 300, 400])
    y = (random.random(1400) < np.array([0.3, 0.35, 0.3, 0.38])[cell]).astype(float)
    found = compared(y, cell, weight=np.ones(1400), cluster=np.arange(1400), share=True, level=0.95)
    counts = pd.crosstab(cell, y).to_numpy()
    assert found.p == pytest.approx(chi2_contingency(counts, correction=False).pvalue, abs=0.01)
    first, others = y[cell == 0], y[cell != 0]
    row = found.differences.iloc[0]
    assert row["difference"] == pytest.approx(first.mean() - others.mean())
    level = 1 - 0.05 / 4
    exact = [(v.mean(), *stats.clopper_pearson(v.sum(), len(v), level)) for v in (first, others)]
    low, high = stats.difference_interval(*exact)
    assert row["low"] == pytest.approx(low, abs=2e-3)
    assert row["high"] == pytest.approx(high, abs=2e-3)


def test_areas_that_are_alike_are_seldom_said_to_differ() -> None:
    """The largest and the smallest of 40 shares lie apart in nearly every draw."""
    apart, claims = 0, 0
    for seed in range(80):
        random = np.random.default_rng([7, seed])
        cell = np.repeat(np.arange(40), np.maximum(1, random.lognormal(3, 1, 40)).astype(int))
        y = (random.random(len(cell)) < 0.3).astype(float)
        found = compared(
            y, cell, weight=np.ones(len(y)), cluster=np.arange(len(y)), share=True, level=0.95
        )
        named = (found.differences["low"] > 0) | (found.differences["high"] < 0)
        claims += found.p < 0.05 or bool(named.any())
        n, hits = np.bincount(cell), np.bincount(cell, y)
        low, high = stats.wilson(hits, n)
        apart += low.max() > high.min()
    assert apart > 40 and claims <= 9


def test_an_area_that_stands_out_is_named_and_only_that() -> None:
    sizes, shares = [150] * 12, [0.2] * 11 + [0.6]
    data = images(sizes, shares, seed=8, right=lambda a: np.ones(len(a)))
    found = inf.area_shares(data["true"], data["area"], value="yes", gold=data["true"])
    said = found.summary()
    assert (
        "They differ (p < .001)" in said
        and "higher than all others: a11 (+34 points; +21 to +46)" in said
    )
    assert not any(f"a{n:02}" in said for n in range(11))
    assert "Of 11 others it cannot be told." in said
    same = images(sizes, [0.3] * 12, seed=9, right=lambda a: np.ones(len(a)))
    quiet = inf.area_shares(same["true"], same["area"], value="yes", gold=same["true"]).summary()
    assert "That they differ is not shown (p = " in quiet and "a0" not in quiet


def test_corrected_areas_are_compared_by_their_own_errors() -> None:
    values, errors = np.array([0.2, 0.2, 0.2, 0.6]), np.full(4, 0.05)
    df, sizes = np.full(4, 50.0), np.array([100.0, 200, 300, 100])
    found = compared_estimates(values, errors, df=df, sizes=sizes, level=0.95)
    assert found.p < 0.001
    named = found.differences[found.differences["low"] > 0]
    assert named.index.tolist() == [3]
    assert named["difference"].iloc[0] == pytest.approx(0.4)
    unknown = np.where(np.arange(4) == 1, np.nan, values)
    assert (
        compared_estimates(unknown, errors, df=df, sizes=sizes, level=0.95)
        .differences.loc[1]
        .isna()
        .all()
    )


def test_one_area_is_compared_with_none() -> None:
    data = table()
    found = inf.area_shares(data["seen"], pd.Series("a", index=data.index), value="yes")
    assert np.isnan(found.alike) and "differ" not in found.summary()


def test_regressions_on_areas_of_machine_codes_say_so() -> None:
    random = np.random.default_rng(10)
    index = pd.Index([f"a{n}" for n in range(60)])
    features = pd.DataFrame({"light": random.normal(size=60)}, index=index)
    codes = pd.Series(random.integers(0, 2, 600), index=[f"{n}" for n in range(600)], name="litter")
    areas = pd.Series(np.repeat(index, 10), index=codes.index)
    shares = inf.area_shares(codes, areas, value="1")
    found = inf.areal_regression(features, shares, measured=["light"])
    said = found.summary()
    assert "not validated" in said and "coded by a machine" in said and "attenuate" in said
    assert NOT_VALIDATED in found.plot().get_xlabel()
    survey = pd.Series(random.normal(size=60), index=index, name="wealth")
    plain = inf.areal_regression(features, survey)
    assert plain.measured == () and "machine" not in plain.summary()
    with pytest.raises(InputError, match="neither a feature nor the outcome"):
        inf.areal_regression(features, survey, measured=["night"])


@pytest.mark.parametrize("value", [None, "1"])
def test_areas_of_one_image_or_account_are_not_compared(value: str | None) -> None:
    codes = pd.Series([1, 2, 3, 1], index=list("abcd"), name="crowd")
    alone = inf.area_shares(codes, pd.Series(list("wxyz"), index=codes.index), value=value)
    account = pd.Series("me", index=codes.index)
    areas = pd.Series(list("wwxx"), index=codes.index)
    shared = inf.area_shares(codes, areas, value=value, groups=account)
    for found in (alone, shared):
        assert found.alike == 1 and "is not shown (p = 1.000)" in found.summary()
    same = inf.area_shares(codes.mask(codes > 0, 1), areas, value=value)
    assert same.alike == 1 and "is not shown" in same.summary()


def test_codes_of_few_accounts_do_not_correct_an_area() -> None:
    data = table()
    account = pd.Series(np.where(np.arange(600) < 300, np.arange(600) // 20, 99), index=data.index)
    gold = data["true"].iloc[::3].rename("seen")
    options = {"value": "yes", "gold": gold, "groups": account}
    rows = by_area(inf.area_shares(data["seen"], data["area"], **options))
    assert rows.loc["a01", "status"] == "too few coded" and rows.loc["a00", "low"] < 0.3
