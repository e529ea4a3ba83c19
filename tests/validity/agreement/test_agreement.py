"""Agreement of codings: by coefficient, pair, coder, category, over time; with the pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from iconometrics import stats
from iconometrics.coding import Codebook, Codings, Variable, adjudicate
from iconometrics.corpus import Corpus
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.validity import agreement, ceiling, event_agreement


def coded(skills, *, n=120, missing=0.0, times=None, categories=("march", "none", "riot"), seed=0):
    random = np.random.default_rng(seed)
    truth = random.choice(categories, n, p=[0.3, 0.6, 0.1][: len(categories)])
    parts = []
    for coder, skill in skills.items():
        right = random.random(n) < skill
        value = np.where(right, truth, random.choice(categories, n))
        frame = pd.DataFrame({"image": [f"{i}.jpg" for i in range(n)], "coder": coder})
        frame["value"] = pd.Series(value).mask(random.random(n) < missing)
        if times is not None:
            frame["time"] = times
        parts.append(frame.assign(variable="protest"))
    return Codings(pd.concat(parts))


@pytest.fixture(scope="module")
def three():
    return coded({"anna": 0.9, "ben": 0.85, "cem": 0.7}, missing=0.2)


@pytest.fixture(scope="module")
def found(three):
    return agreement(three, draws=200)


def wide(codings):
    return codings.data.pivot(index="image", columns="coder", values="value")


def test_coefficients_are_those_of_stats(three, found):
    ratings = wide(three).to_numpy(dtype=object)
    table = found.table().set_index("coefficient")
    for name, function in (
        ("Krippendorff's alpha (nominal)", stats.krippendorff_alpha),
        ("Fleiss' kappa", stats.fleiss_kappa),
        ("Gwet's AC1", stats.gwet_ac),
        ("percent agreement", stats.percent_agreement),
    ):
        expected = function(ratings, draws=200)
        assert table.loc[name, "value"] == pytest.approx(expected.value)
        assert table.loc[name, ["low", "high"]].tolist() == pytest.approx(
            [expected.low, expected.high]
        )
        assert table.loc[name, "boot_low"] < table.loc[name, "value"] < table.loc[name, "boot_high"]


def test_pairs_are_cohens_kappa_of_the_common_images(three, found):
    table = wide(three)
    pairs = found.pairs().set_index(["first", "second"])
    assert set(pairs.index) == {("anna", "ben"), ("anna", "cem"), ("ben", "cem")}
    for (first, second), row in pairs.iterrows():
        both = table[[first, second]].dropna()
        expected = stats.cohen_kappa(both.to_numpy(dtype=object))
        assert row["value"] == pytest.approx(expected.value)
        assert row["images"] == len(both)
        assert row["agreement"] == pytest.approx((both[first] == both[second]).mean())
        low, high = stats.wilson((both[first] == both[second]).sum(), len(both))
        assert (row["agreement_low"], row["agreement_high"]) == pytest.approx((low, high))
    assert found.coders()["coder"].iloc[0] == "cem"


def test_categories_by_hand(three, found):
    table = wide(three)
    rows = found.categories().set_index("category")
    riot = table.eq("riot").where(table.notna())
    expected = stats.krippendorff_alpha(riot.astype(object).to_numpy())
    assert rows.loc["riot", "alpha"] == pytest.approx(expected.value)
    twice = riot[riot.notna().sum(axis=1) >= 2]
    given, n = twice.sum(axis=1).astype(float), twice.notna().sum(axis=1)
    by_hand = (given * (given - 1) / (n - 1)).sum() / given.sum()
    assert rows.loc["riot", "agreement"] == pytest.approx(by_hand)
    assert rows.loc["riot", "agreement_low"] < by_hand < rows.loc["riot", "agreement_high"]


def test_two_coders_get_cohens_kappa_and_the_level_its_weights():
    codes = coded({"anna": 0.9, "ben": 0.8}, categories=("1", "2", "3"))
    nominal = agreement(codes, draws=0).table()["coefficient"].tolist()
    assert "Cohen's kappa" in nominal and "Gwet's AC1" in nominal
    ordinal = agreement(codes, level="ordinal", draws=0).table().set_index("coefficient")
    ratings = wide(codes).to_numpy(dtype=object)
    expected = stats.cohen_kappa(ratings, weights="quadratic").value
    assert ordinal.loc["Cohen's kappa, weighted", "value"] == pytest.approx(expected)
    linear = agreement(codes, level="ordinal", weights="linear", draws=0).table()
    expected = stats.cohen_kappa(ratings, weights="linear").value
    value = linear.set_index("coefficient").loc["Cohen's kappa, weighted", "value"]
    assert value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "level"),
    [("nominal", "nominal"), ("ordinal", "ordinal"), ("interval", "interval"), ("count", "ratio"),
     ("multi-label", "masi")],
)  # fmt: skip
def test_the_codebook_tells_the_level(kind, level):
    categories = ("1", "2", "3") if kind in ("nominal", "ordinal", "multi-label") else ()
    book = Codebook([Variable("protest", type=kind, categories=categories)])
    codes = coded({"anna": 0.9, "ben": 0.8}, categories=("1", "2", "3"))
    main = agreement(codes, codebook=book, draws=0).main()
    assert main["level"] == level
    expected = stats.krippendorff_alpha(wide(codes).to_numpy(dtype=object), level=level)
    assert main["value"] == pytest.approx(expected.value)


def test_ordered_words_have_the_order_of_the_codebook():
    words = ("few", "some", "many")
    codes = coded({"anna": 0.8, "ben": 0.8}, categories=words)
    book = Codebook([Variable("protest", type="ordinal", categories=words)])
    value = agreement(codes, codebook=book, draws=0).main()["value"]
    numbers = wide(codes).replace({w: i for i, w in enumerate(words)}).to_numpy(dtype=float)
    expected = stats.krippendorff_alpha(numbers, level="ordinal").value
    assert value == pytest.approx(expected)
    with pytest.raises(InputError, match="categories="):
        agreement(codes, level="ordinal")
    shorter = Codebook([Variable("protest", type="ordinal", categories=words[:2])])
    with pytest.raises(InputError, match="'many', which the codebook does not place in its order"):
        agreement(codes, codebook=shorter)
    assert agreement(codes, codebook=shorter, level="nominal", draws=0).main()["value"] > 0


def test_labels_of_sets_one_by_one():
    rows = [("a", "x", "flag;police"), ("a", "y", "flag"), ("b", "x", "fire"), ("b", "y", "fire")]
    rows += [(f"c{i}", who, "flag") for i in range(30) for who in "xy"]
    data = pd.DataFrame(rows, columns=["image", "coder", "value"]).assign(variable="v")
    table = agreement(Codings(data), level="masi", draws=50).categories()
    assert table["category"].tolist() == ["fire", "flag", "police"]
    assert table.set_index("category").loc["flag", "agreement"] == 1
    assert table.set_index("category").loc["police", "agreement"] == 0


def test_continuous_values_leave_out_what_weighs_every_pair():
    random = np.random.default_rng(1)
    truth = random.normal(size=300)
    rows = {c: (truth + random.normal(0, 0.3, 300)).round(6).astype(str) for c in ("x", "y")}
    frame = pd.DataFrame(rows, index=[str(i) for i in range(300)]).rename_axis("image")
    data = frame.reset_index().melt("image", var_name="coder").assign(variable="v")
    table = agreement(Codings(data), level="interval", draws=50).table()
    assert table["coefficient"].tolist() == [
        "Krippendorff's alpha (interval)",
        "percent agreement",
    ]
    assert 0.85 < table["value"].iloc[0] < 0.95


def test_agreement_by_week_and_its_trend():
    start = pd.Timestamp("2026-03-02")
    times = [(start + pd.Timedelta(hours=6 * i)).isoformat() for i in range(200)]
    good = coded({"anna": 0.98, "ben": 0.98}, n=200, times=times).data
    bad = coded({"anna": 0.5, "ben": 0.5}, n=200, times=times, seed=5).data
    late = good["image"].str.removesuffix(".jpg").astype(int) >= 100
    found = agreement(Codings(pd.concat([good[~late], bad[late]])), draws=0)
    weeks = found.over_time()
    assert weeks["period"].iloc[0] == "2026-03-02" and len(weeks) == 8
    assert weeks["images"].sum() == 200
    trend = found.trends.iloc[0]
    assert trend["by"] == "week" and trend["change"] < -0.3 and trend["p"] < 0.001
    assert trend["low"] < trend["change"] < trend["high"]


def test_without_times_the_order_of_coding_counts(found, three):
    blocks = found.over_time()
    twice = (wide(three).notna().sum(axis=1) >= 2).sum()
    assert blocks["images"].sum() == twice
    assert found.trends["by"].iloc[0] == "order of coding"
    assert blocks["period"].iloc[0].startswith("1–")


def test_the_trend_is_that_of_statsmodels():
    import statsmodels.api as sm

    from iconometrics.stats.agreement.trend import trend

    random = np.random.default_rng(3)
    time = random.random(80) * 50
    values = 0.8 - 0.003 * time + random.normal(0, 0.1 + 0.004 * time)
    found = trend(time, values)
    scaled = (time - time.min()) / np.ptp(time)
    fit = sm.OLS(values, sm.add_constant(scaled)).fit(cov_type="HC3", use_t=True)
    assert found.value == pytest.approx(fit.params[1])
    assert found.p == pytest.approx(fit.pvalues[1])
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int()[1]))


def test_disagreements_say_who_said_what(three, found):
    table = found.disagreements()
    values = wide(three)
    differ = values.nunique(axis=1) > 1
    assert set(table["image"]) == set(values.index[differ])
    row = table.iloc[0]
    assert row["said"] == "; ".join(
        f"{coder}: {values.loc[row['image'], coder]}"
        for coder in ("anna", "ben", "cem")
        if pd.notna(values.loc[row["image"], coder])
    )
    assert table["disagreement"].is_monotonic_decreasing


def test_the_gallery_shows_the_pictures(tmp_path, found):
    for image in found.disagreements()["image"].head(4):
        Image.new("RGB", (30, 20), "teal").save(tmp_path / image)
    corpus = Corpus.from_folder(tmp_path)
    with pytest.raises(InputError, match="not in the corpus"):
        found.gallery(corpus, 200)
    figure = found.gallery(corpus, 4)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert any(text.startswith("anna: ") for text in texts)
    same = agreement(coded({"anna": 1, "ben": 1}), draws=0)
    with pytest.raises(InputError, match="nobody disagrees"):
        same.gallery(corpus)


def test_groups_are_told_and_widen(three):
    groups = {image: str(i // 10) for i, image in enumerate(three.images)}
    found = agreement(three, groups=groups, draws=100)
    assert found.groups == 12 and "12 groups" in found.summary()
    with pytest.raises(InputError, match="no group"):
        agreement(three, groups={"0.jpg": "x"})


def test_every_interval_is_by_group(three):
    random = np.random.default_rng(4)
    easy = random.random(12) < 0.5
    data = three.data.assign(group=three.data["image"].str.removesuffix(".jpg").astype(int) // 10)
    data["value"] = data["value"].mask(easy[data["group"]] & data["value"].notna(), "none")
    groups = data.drop_duplicates("image").set_index("image")["group"].astype(str)
    codes = Codings(data.drop(columns="group"))
    alone, by_group = (agreement(codes, groups=g, draws=0) for g in (None, groups))
    for table, low, high in (
        ("by_coder", "low", "high"),
        ("by_pair", "agreement_low", "agreement_high"),
        ("periods", "agreement_low", "agreement_high"),
        ("periods", "alpha_low", "alpha_high"),
        ("trends", "low", "high"),
    ):
        one, other = (
            (found[high] - found[low]).mean()
            for found in (getattr(a, table) for a in (alone, by_group))
        )
        assert other > 1.1 * one, table
    coder = by_group.by_coder.iloc[0]
    first = wide(codes)
    same = first[["ben", "cem"]].eq(first["anna"], axis=0).where(first[["ben", "cem"]].notna())
    shares = same.mean(axis=1)[first["anna"].notna()].dropna().astype(float)
    mean = stats.grouped_mean(shares, groups=groups[shares.index])
    n = mean.value * (1 - mean.value) / mean.se**2
    sizes = groups[shares.index].value_counts()
    expected = stats.wilson(mean.value * n, n, df=sizes.sum() ** 2 / (sizes**2).sum() - 1)
    assert (coder["low"], coder["high"]) == pytest.approx(tuple(expected))


def test_a_pair_of_coders_who_met_in_one_group_has_no_interval():
    codes = coded({"anna": 0.9, "ben": 0.9, "cem": 0.9}, n=60)
    number = codes.data["image"].str.removesuffix(".jpg").astype(int)
    codes = Codings(codes.data[(codes.data["coder"] != "cem") | (number < 10)])
    groups = {f"{i}.jpg": str(i // 10) for i in range(60)}
    found = agreement(codes, groups=groups, draws=20).by_pair.set_index(["first", "second"])
    alone = agreement(codes, draws=20).by_pair.set_index(["first", "second"])
    pair = found.loc[("anna", "cem")]
    assert pair["value"] == alone.loc[("anna", "cem"), "value"]
    assert np.isnan(pair[["low", "high", "boot_low", "agreement_low"]].astype(float)).all()
    assert np.isfinite(found.loc[("anna", "ben"), "low"])


def test_the_trend_by_group_is_that_of_statsmodels():
    import statsmodels.api as sm

    from iconometrics.stats.agreement.trend import trend

    random = np.random.default_rng(3)
    time, groups = np.arange(80.0), np.arange(80) // 8
    values = 0.8 - 0.003 * time + random.normal(0, 0.1, 10)[groups]
    found = trend(time, values, groups=groups)
    cov = {"cov_type": "cluster", "cov_kwds": {"groups": groups}, "use_t": True}
    fit = sm.OLS(values, sm.add_constant(time / 79)).fit(**cov)
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int()[1]))
    assert found.p == pytest.approx(fit.pvalues[1])
    assert np.isnan(trend(time, values, groups=np.zeros(80)).low)


def test_summary_has_interval_n_and_the_source(found):
    told = found.summary()
    row = found.main()
    assert f"{row['value']:.3f}".lstrip("0") in told
    assert f"{row['images']} images" in told and "3 coders" in told
    assert "Krippendorff (2019)" in told
    assert "<table" in found._repr_html_()


def test_the_figures(found):
    assert len(found.plot().get_yticklabels()) == 4
    assert len(found.plot_pairs().get_yticklabels()) == 3
    assert found.plot_over_time().get_ylabel()


def test_several_variables_and_one_that_nobody_coded_twice(three):
    alone = three.data.iloc[:5].assign(variable="w", coder="anna", value="1")
    both = pd.concat([three.data, three.data.assign(variable="u"), alone])
    with pytest.warns(IconometricsWarning, match="'w' is left out"):
        found = agreement(Codings(both), draws=0)
    assert found.variables == ("protest", "u")
    assert found.plot().get_xlabel().startswith("Krippendorff")
    with pytest.raises(InputError, match="say which"):
        found.main()
    with pytest.raises(InputError, match="no agreement on 'x'"):
        found.of("x")


def test_few_images_and_case_twins_warn():
    rows = [("a", "x", "Yes"), ("a", "y", "yes"), ("b", "x", "no "), ("b", "y", "no")]
    data = pd.DataFrame(rows, columns=["image", "coder", "value"]).assign(variable="v")
    with pytest.warns(IconometricsWarning) as told:
        found = agreement(Codings(data), draws=0)
    words = [str(one.message) for one in told]
    assert any("2 images only" in one for one in words)
    assert any("upper and lower case" in one for one in words)
    assert len(found.notes) == 3 and "name no sample" in found.notes[2]
    assert found.main()["images"] == 2


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_one_category_and_one_image_give_a_reason():
    same = pd.DataFrame({"image": ["a", "a"], "variable": "v", "value": "1", "coder": ["x", "y"]})
    found = agreement(Codings(same))
    assert np.isnan(found.main()["value"]) and "not defined" in found.summary()
    assert "same" in found.main()["reason"]
    assert any("rule of three" in note for note in found.notes)
    found.plot(), found.plot_over_time()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a", "x", "1"), ("b", "y", "1")], "no image has values of 'v' by two coders: x coded"),
        ([("a", "x", "1"), ("b", "x", "1")], "two coders"),
        ([("a", "x", None), ("a", "y", None)], "nothing was coded"),
        ([("a", None, "1"), ("a", None, "2")], "by whom"),
    ],
)
def test_refusals(rows, words):
    data = pd.DataFrame(rows, columns=["image", "coder", "value"]).assign(variable="v")
    with pytest.raises(InputError, match=words):
        agreement(Codings(data))


@pytest.mark.filterwarnings("ignore:.*their coders disagree")
def test_adjudicated_values_are_no_coder(three):
    settled = adjudicate(three)
    both = agreement(Codings(pd.concat([three.data, settled.data])), draws=0)
    assert both.main()["coders"] == 3


def test_ceiling_by_hand(three):
    random = np.random.default_rng(7)
    truth = three.of("anna")["protest"]
    machine = truth.mask(random.random(len(truth)) < 0.3, "none").dropna()
    measure = Codings.from_series(machine, variable="protest", coder="svm", trained_on=["0.jpg"])
    with pytest.warns(IconometricsWarning, match="trained on"):
        found = ceiling(three, measure, draws=200)
    table = wide(three)
    table["svm"] = machine
    table = table[(table[["anna", "ben", "cem"]].notna().sum(axis=1) >= 2) & table["svm"].notna()]
    table = table.drop(index="0.jpg", errors="ignore")
    assert found.images == len(table)

    def mean(pairs):
        values, n = [], []
        for pair in pairs:
            both = table[list(pair)].dropna()
            values.append(stats.krippendorff_alpha(both.to_numpy(dtype=object)).value)
            n.append(len(both))
        return np.average(values, weights=n)

    among = mean([("anna", "ben"), ("anna", "cem"), ("ben", "cem")])
    with_machine = mean([("anna", "svm"), ("ben", "svm"), ("cem", "svm")])
    values = found.table()["value"].tolist()
    assert values == pytest.approx([among, with_machine, with_machine - among])
    assert (found.table()["low"] < found.table()["high"]).all()
    assert "svm" in found.summary() and len(found.plot().get_yticklabels()) == 5
    assert found.pairs()["machine"].sum() == 3


def test_a_resample_of_the_ceiling_weighs_pairs_by_its_own_images():
    """Two pairs agree always or never; the mean varies with how many images each has, alone."""
    rows = [(f"{i}", who, "1" if who != "cem" else "2") for i in range(40)
            for who in (("anna", "ben") if i % 2 else ("anna", "cem"))]  # fmt: skip
    people = pd.DataFrame(rows, columns=["image", "coder", "value"]).assign(variable="v")
    names = [f"{i}" for i in range(40)]
    machine = Codings.from_series(pd.Series("1", index=names, name="v"), coder="svm", trained_on=[])
    result = ceiling(Codings(people), machine, coefficient="percent", draws=2000)
    low, high = result.comparison.loc["people with people", ["low", "high"]]
    assert (low, high) == pytest.approx((0.35, 0.65), abs=0.026)


@pytest.mark.parametrize("coefficient", ["kappa", "gwet", "percent"])
def test_every_coefficient_of_the_ceiling(three, coefficient):
    measure = Codings.from_series(three.of("ben")["protest"].dropna(), coder="svm",
                                  trained_on=[])  # fmt: skip
    groups = {image: str(i // 6) for i, image in enumerate(three.images)}
    found = ceiling(three, measure, coefficient=coefficient, groups=groups, draws=50)
    pairs = found.pairs().set_index(["first", "second"])["value"]
    assert pairs["ben", "svm"] == 1
    assert found.groups == 20


def test_ceiling_refusals(three):
    measure = Codings.from_series(pd.Series({"z.jpg": "none"}, name="protest"), coder="svm")
    with pytest.raises(InputError, match="by two people and by svm"):
        ceiling(three, measure)
    with pytest.raises(InputError, match="2 coders"):
        ceiling(three, coded({"x": 1, "y": 1}))
    with pytest.raises(InputError, match="one of alpha"):
        ceiling(three, measure, coefficient="pearson")


def events(*rows):
    return pd.DataFrame(rows, columns=["image", "coder", "start", "end", "value"])


def test_events_are_matched_by_overlap():
    table = events(
        ("v", "anna", 0, 10, "push"),
        ("v", "anna", 20, 30, "hit"),
        ("v", "ben", 2, 10, "push"),
        ("v", "ben", 21, 31, "push"),
        ("v", "ben", 50, 51, "hit"),
        ("w", "anna", 0, 4, "hit"),
        ("w", "ben", None, None, None),
    )
    found = event_agreement(table, lengths={"v": 60.0, "w": 10.0}, draws=100)
    row = found.table().iloc[0]
    assert (row["events_first"], row["events_second"], row["matched"]) == (3, 3, 2)
    assert row["agreement"] == pytest.approx(4 / 6)
    assert row["same_value"] == 0.5 and np.isnan(row["same_actor"])
    assert len(found.matches) == 2
    seconds = np.zeros((3, 3))
    seconds[1, 1], seconds[0, 1], seconds[2, 1] = 8, 9, 1 + 2
    seconds[0, 2], seconds[1, 2], seconds[2, 0] = 1 + 4, 0, 1
    seconds[1, 2] = 2
    seconds[2, 1] = 1
    seconds[2, 2] = 70 - seconds.sum()
    share = seconds / 70
    expected = (share.sum(axis=0) * share.sum(axis=1)).sum()
    assert row["time_kappa"] == pytest.approx((np.trace(share) - expected) / (1 - expected))
    assert "anna and ben" in found.summary() and len(found.plot().get_yticklabels()) == 1
    strict = event_agreement(table, overlap=0.9, draws=10).table()["matched"].iloc[0]
    assert strict == 0


def test_events_as_codings_of_a_variable():
    table = events(("v", "anna", 0, 10, "push"), ("v", "ben", 1, 10, "push"))
    codings = Codings(table.assign(variable="act", actor="police"))
    row = event_agreement(codings, variable="act", draws=10).table().iloc[0]
    assert row["agreement"] == 1 and row["same_actor"] == 1


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (events(("v", "anna", 0, 1, "x")).drop(columns="end"), "need the column 'end'"),
        (events(("v", "anna", 0, 1, "x"), ("w", "ben", 0, 1, "x")), "no video"),
        (events(("v", "anna", 3, 1, "x"), ("v", "ben", 0, 1, "x")), "an end after the start"),
        (events(("v", "anna", 0, 1, "x")).assign(variable="a").iloc[:0], "no events"),
    ],
)
def test_event_refusals(table, words):
    with pytest.raises(InputError, match=words):
        event_agreement(table)


def test_an_event_variable_is_refused_by_agreement(three):
    book = Codebook([Variable("protest", type="event")])
    with pytest.raises(InputError, match="event_agreement"):
        agreement(three, codebook=book)
