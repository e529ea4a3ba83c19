"""Names, metadata, captions, time, codings: what people do with themes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics import themes
from iconometrics.errors import InputError
from iconometrics.stats import wilson
from iconometrics.themes import Themes
from iconometrics.themes.interpretation.caption_words import word_differences
from iconometrics.themes.interpretation.theme_shares import theme_shares


@pytest.fixture(scope="module")
def found() -> Themes:
    draw = np.random.default_rng(1)
    place = np.repeat([0.0, 9.0, 20.0], [60, 40, 20])
    data = pd.DataFrame(
        {"x": place + draw.normal(size=120)}, index=[f"i{n:03}" for n in range(120)]
    )
    return themes.kmeans(data, 3, seed=1)


@pytest.fixture(scope="module")
def metadata(found: Themes) -> pd.DataFrame:
    """Likes go with theme 1, color with theme 2; noise goes with nothing."""
    draw = np.random.default_rng(2)
    n = len(found.labels)
    one, two = (found.labels == "1").to_numpy(), (found.labels == "2").to_numpy()
    return pd.DataFrame(
        {
            "likes": 5 * one + draw.normal(size=n),
            "color": np.where(two & (draw.random(n) < 0.9), "red", "blue"),
            "noise": draw.normal(size=n),
            "camera": draw.choice(["a", "b", "c"], n),
            "name": [f"name {i}" for i in range(n)],
        },
        index=found.labels.index,
    )


def test_differences_equal_welchs_test(found: Themes, metadata: pd.DataFrame) -> None:
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    table = found.metadata(metadata)
    tests = len(table)
    row = table[(table["theme"] == "1") & (table["column"] == "likes")].iloc[0]
    inside = metadata.loc[found.labels == "1", "likes"]
    outside = metadata.loc[found.labels != "1", "likes"]
    both = CompareMeans(DescrStatsW(inside), DescrStatsW(outside))
    low, high = both.tconfint_diff(0.05 / tests, usevar="unequal")
    assert row["difference"] == pytest.approx(inside.mean() - outside.mean())
    assert [row["low"], row["high"]] == pytest.approx([low, high])
    assert row["n"] == 60


def test_shares_equal_newcombes_interval_and_fishers_test(
    found: Themes, metadata: pd.DataFrame
) -> None:
    from scipy.stats import fisher_exact
    from statsmodels.stats.proportion import confint_proportions_2indep

    table = found.metadata(metadata[["color"]])
    row = table[table["theme"] == "2"].iloc[0]
    inside = (metadata.loc[found.labels == "2", "color"] == "red").to_numpy()
    outside = (metadata.loc[found.labels != "2", "color"] == "red").to_numpy()
    ends = confint_proportions_2indep(
        inside.sum(), len(inside), outside.sum(), len(outside),
        method="newcomb", alpha=0.05 / len(table),
    )  # fmt: skip
    assert (row["column"], row["value"]) == ("color", "red")
    assert [row["low"], row["high"]] == pytest.approx(list(ends), abs=1e-6)
    cells = [[g.sum(), (~g).sum()] for g in (inside, outside)]
    assert row["p"] == pytest.approx(min(1, 3 * fisher_exact(cells)[1]), rel=1e-6)


def test_what_goes_with_nothing_is_not_called_different(
    found: Themes, metadata: pd.DataFrame
) -> None:
    table = found.metadata(metadata)
    assert set(table.loc[table["p"] < 0.05, "column"]) == {"likes", "color"}
    assert "name" not in set(table["column"])
    quiet = table[table["column"].isin(["noise", "camera"])]
    assert ((quiet["low"] < 0) & (quiet["high"] > 0)).all()


def test_columns_that_made_the_themes_are_refused(found: Themes, metadata: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="found in it, so that a difference in it proves nothing"):
        found.metadata(metadata.assign(x=1.0))
    with pytest.raises(InputError, match="no column of 1 can be compared"):
        found.metadata(metadata[["name"]])


def test_log_odds_by_hand() -> None:
    """Equations 15, 16, 20 and 22 of Monroe et al. with two themes and three words."""
    labels = pd.Series(["1"] * 4 + ["2"] * 4, index=list("abcdefgh"))
    texts = pd.Series(["cat dog"] * 3 + ["cat"] + ["dog sun"] * 4, index=list("abcdefgh"))
    table = word_differences(labels, texts, top=3, prior=30, least=1).set_index(["theme", "word"])
    counts = {"cat": (4, 0), "dog": (3, 4), "sun": (0, 4)}
    total, sizes = 15, (7, 8)
    for word, pair in counts.items():
        a = 30 * sum(pair) / total
        odds = [np.log((y + a) / (n + 30 - y - a)) for y, n in zip(pair, sizes, strict=True)]
        spread = np.sqrt(sum(1 / (y + a) for y in pair))
        assert table.loc[("1", word), "log_odds"] == pytest.approx(odds[0] - odds[1])
        assert table.loc[("2", word), "z"] == pytest.approx((odds[1] - odds[0]) / spread)
    assert table.loc[("1", "cat"), "inside"] == pytest.approx(1000 * 4 / 7)


def test_words_of_captions(found: Themes) -> None:
    texts = found.labels.map({"1": "A street in rain", "2": "A red apple", "3": "A ship at sea"})
    table = found.words(texts, top=2)
    assert set(table.loc[table["theme"] == "2", "word"]) == {"red", "apple"}
    with pytest.raises(InputError, match="expected at least one word"):
        found.words(texts.mask(texts.notna()))


def test_names_are_kept_in_files(found: Themes, tmp_path: object) -> None:
    from pathlib import Path

    named = found.named({"1": "streets"}).named({"2": " fruit "})
    assert named.names == {"1": "streets", "2": "fruit"}
    assert found.names == {}
    named.write(Path(str(tmp_path)))
    assert themes.read(Path(str(tmp_path))).names == named.names
    assert [text.get_text() for text in named.plot().get_yticklabels()][-1] == "Theme 1: streets"
    for wrong in ({"9": "x"}, {"1": " "}, {"1": "same", "2": "same"}):
        with pytest.raises(InputError):
            found.named(wrong)


def test_themes_as_codings(found: Themes) -> None:
    codes = found.named({"1": "streets"}).codings("kind")
    assert codes["kind"].value_counts().to_dict() == {"streets": 60, "2": 40, "3": 20}
    assert set(codes.data["coder"]) == {"k-means, k = 3, seed = 1"}


def test_soft_themes_keep_their_probabilities(found: Themes) -> None:
    assert found.data is not None
    soft = themes.mixture(found.data, 3, seed=1)
    codes = soft.codings()
    assert codes.probabilities is not None
    assert soft.membership is not None
    image = soft.labels.index[0]
    own = codes.probabilities.set_index(["image", "category"])["probability"]
    assert own[(image, "1")] == pytest.approx(soft.membership.loc[image, "1"])
    assert (codes.data["confidence"] > 0.3).all()


def test_images_in_no_theme_are_missing(found: Themes) -> None:
    from dataclasses import replace

    labels = found.labels.copy()
    labels.iloc[:2] = "none"
    codes = replace(found, labels=labels).codings()
    assert codes.data["value"].isna().sum() == 2
    assert codes.data["reason"].iloc[0] == "in no theme"


def test_shares_over_time(found: Themes) -> None:
    years = pd.Series(1930 + np.arange(120) % 4, index=found.labels.index, name="year")
    table = found.over(years).table()
    assert table.groupby("year")["share"].sum().tolist() == pytest.approx([1] * 4)
    row = table[(table["theme"] == "1") & (table["year"] == 1930)].iloc[0]
    assert (row["n"], row["of"]) == (15, 30)
    assert [row["low"], row["high"]] == pytest.approx([float(e) for e in wilson(15, 30)])
    spans = found.over(years, every="2")
    assert sorted(spans.shares["by"].unique()) == [1930, 1932]
    assert "No theme's share is shown to differ by year: " in spans.summary()
    assert len(spans.plot().axes) == 3
    spans.plot_stream()


def test_shares_over_dates_and_groups(found: Themes) -> None:
    days = pd.date_range("2020-01-15", periods=120, freq="D")
    dates = pd.Series(days, index=found.labels.index, name="day")
    months = found.over(dates, every="month").shares
    assert months["by"].nunique() == 5
    assert months["by"].min() == pd.Timestamp("2020-01-01")
    groups = pd.Series(np.where(np.arange(120) % 2, "a", "b"), index=found.labels.index, name="g")
    by_group = found.over(groups)
    assert by_group.table()["g"].unique().tolist() == ["a", "b"]
    with pytest.raises(InputError, match="has no order"):
        by_group.plot_stream()
    with pytest.raises(InputError, match="different values"):
        found.over(pd.Series(found.labels.index, index=found.labels.index, name="id"))


def test_images_of_one_account_widen_the_interval(found: Themes) -> None:
    """If an account posts only one theme, its images say no more than one image."""
    place = found.labels.astype(int).to_numpy()
    accounts = pd.Series(place * 100 + np.arange(120) % 3, index=found.labels.index)
    once = pd.Series("all", index=found.labels.index, name="g")
    alone, together = (found.over(once, groups=a).shares for a in (None, accounts))
    assert ((together["high"] - together["low"]) > 1.5 * (alone["high"] - alone["low"])).all()
    each = pd.Series(found.labels.index, index=found.labels.index)
    single = found.over(once, groups=each).shares
    assert np.allclose(single[["low", "high"]], alone[["low", "high"]])


@given(st.integers(3, 12), st.integers(1, 5), st.integers(0, 100))
def test_intruders_are_drawn_from_other_themes(n: int, intruders: int, seed: int) -> None:
    data = pd.DataFrame({"x": [0.0] * 9 + [5] * 8 + [9] * 7}, index=[f"i{k}" for k in range(24)])
    data["x"] += np.linspace(0, 0.1, 24)
    made = themes.kmeans(data, 3, seed=1, restarts=1)
    key = themes.intrusion(made, n=n, intruders=intruders, seed=seed).key
    own = made.labels[key["image"]].to_numpy() == key["theme"].to_numpy()
    assert (own == ~key["intruder"]).all()
    assert (key.groupby("theme")["intruder"].sum() == intruders).all()
    assert not key.duplicated(["set", "image"]).any()
    assert (key.groupby("set")["theme"].nunique() == 1).all()


def test_coders_are_scored(found: Themes, tmp_path: object) -> None:
    from pathlib import Path

    from sklearn.metrics import cohen_kappa_score

    drawn = themes.intrusion(found, n=12, intruders=4, seed=1)
    assert "theme" not in drawn.sheet()
    sharp = drawn.sheet().assign(odd=drawn.key["intruder"].map({True: "x", False: ""}))
    blind = drawn.sheet().assign(odd=np.where(np.arange(len(drawn.key)) % 3, "", "1"))
    path = Path(str(tmp_path)) / "ben.csv"
    blind.sample(frac=1, random_state=1).to_csv(path, index=False)
    alone = drawn.score({"anna": sharp}).table()
    assert (alone["kappa"] == 1).all()
    assert (alone["found"] == 1).all()
    assert (alone["false_alarms"] == 0).all()
    both = drawn.score({"anna": sharp, "ben": path})
    marks = np.where(np.arange(len(drawn.key)) % 3, 0, 1)
    for theme, part in drawn.key.groupby("theme"):
        expected = (1 + cohen_kappa_score(part["intruder"], marks[part.index])) / 2
        row = both.by_theme.set_index("theme").loc[theme]
        assert row["kappa"] == pytest.approx(expected)
        assert row["kappa_low"] <= row["kappa"] <= row["kappa_high"]
    assert len(both.between) == 1
    assert "It cannot be told yet whether coders see theme 1, 2 and 3." in both.summary()


def test_sheets_that_cannot_be_read(found: Themes) -> None:
    drawn = themes.intrusion(found, n=5, intruders=2)
    sheet = drawn.sheet()
    with pytest.raises(InputError, match="no column 'odd'"):
        drawn.score({"anna": sheet.drop(columns="odd")})
    with pytest.raises(InputError, match="says 'maybe'"):
        drawn.score({"anna": sheet.assign(odd="maybe")})
    with pytest.raises(InputError, match="1 of 21 images are missing from anna's"):
        drawn.score({"anna": sheet.iloc[1:]})
    with pytest.raises(InputError, match="no sheets"):
        drawn.score({})
    with pytest.raises(InputError, match="n=2"):
        themes.intrusion(found, n=2)


def test_dates_are_compared_as_what_they_are(found: Themes) -> None:
    days = pd.to_datetime(np.where(found.labels == "1", "2020-01-01", "2021-05-01"))
    table = found.metadata(pd.DataFrame({"when": days}, index=found.labels.index))
    first = table.set_index("theme").loc["1"]
    assert (first["value"], first["inside"], first["outside"]) == ("2021-05-01", 0, 1)


def test_a_name_may_not_be_the_number_of_another_theme(found: Themes) -> None:
    with pytest.raises(InputError, match="two themes have the same name"):
        found.named({"1": "2"})
    assert found.named({"1": "2", "2": "1"}).heading("1") == "Theme 1: 2"


def test_the_summary_tells_the_level_of_its_intervals(found: Themes) -> None:
    years = 2000 + (found.labels == "1").astype(int).rename("year")
    assert "(80\u00a0% interval " in found.over(years, level=0.8).summary()


@pytest.mark.parametrize("every", ["0", "-5", "inf", "some"])
def test_spans_of_numbers_are_above_zero(found: Themes, every: str) -> None:
    years = pd.Series([2000, 2001, 2002] * 40, found.labels.index, name="year")
    with pytest.raises(InputError, match="expected a span"):
        found.over(years, every=every)


def test_an_image_called_na_is_found_on_the_sheet(tmp_path: Path) -> None:
    data = pd.DataFrame({"x": [0.0, 0.1, 0.2, 9.0, 9.1, 9.2]}, index=["NA", *"bcdef"])
    sheets = themes.intrusion(themes.kmeans(data, 2), n=3, intruders=3)
    sheet, _ = sheets.write(tmp_path)
    assert sheets.score({"anna": sheet}).table()["found"].tolist() == [0, 0]


def test_shares_are_compared_with_all_other_images(found: Themes) -> None:
    """Fisher's exact test, and Holm's correction for three themes in three groups."""
    from scipy.stats import fisher_exact

    random = np.random.default_rng(3)
    places = found.labels.map({"1": "a", "2": "b", "3": "c"})
    by = places.where(random.random(120) < 0.8, "a").rename("place")
    shares = found.over(by)
    table = shares.differences()
    assert list(table) == ["theme", "place", "share", "others", "difference", "low", "high", "p"]
    assert len(table) == 9
    row = table[(table["theme"] == "3") & (table["place"] == "c")].iloc[0]
    inside, member = (by == "c").to_numpy(), (found.labels == "3").to_numpy()
    cells = [[int((member & i).sum()), int((~member & i).sum())] for i in (inside, ~inside)]
    p = [
        fisher_exact([[(m & i).sum(), (~m & i).sum()] for i in (w, ~w)])[1]
        for m in ((found.labels == t).to_numpy() for t in "123")
        for w in ((by == v).to_numpy() for v in "abc")
    ]
    rank = sorted(p).index(fisher_exact(cells)[1])
    assert row["p"] == pytest.approx(max(sorted(p)[r] * (9 - r) for r in range(rank + 1)))
    assert row["share"] == pytest.approx(cells[0][0] / inside.sum())
    assert "Shares differ by place (9 comparisons with all other images" in shares.summary()
    assert "of the images of c and " in shares.summary()


def test_a_slow_change_shows_where_the_later_half_is_compared(found: Themes) -> None:
    random = np.random.default_rng(1)
    labels = pd.Series(np.where(random.random(1200) < 0.5, "1", "2"), dtype="str")
    month = pd.Series(np.arange(1200) // 20, name="month")
    labels[random.random(1200) < month / 120] = "1"
    shares = theme_shares(labels, month)
    sure = shares.differences().query("p < 0.05")
    assert sure["month"].tolist() == ["30 and later"]
    assert "of the images of 30 and later" in shares.summary()


def test_one_style_an_account_is_no_change_over_time() -> None:
    """20 accounts, each with a theme and a year of its own, beside the same images alone."""
    random = np.random.default_rng(2)
    codes = np.arange(20).repeat(random.integers(5, 30, 20))
    labels = pd.Series(random.choice(3, 20)[codes] + 1).astype(str)
    years = pd.Series((2000 + random.choice(3, 20))[codes], name="year")
    groups = pd.Series(codes, name="account")
    together, alone = (theme_shares(labels, years, groups=g) for g in (groups, None))
    assert "is shown to differ by year" in together.summary()
    assert "by account (20)" in together.summary()
    assert "Shares differ by year" in alone.summary()
    assert together.settings["groups"] == "account"


def test_weights_give_shares_of_the_whole_that_images_stand_for() -> None:
    """Weights rise with theme 2; of the whole, which holds each image as often, by hand."""
    random = np.random.default_rng(4)
    labels = pd.Series(random.choice(["1", "2"], 400), dtype="str")
    weights = pd.Series(np.where(labels == "2", 3, 1) * random.integers(1, 4, 400), name="reach")
    years = pd.Series(2000 + random.integers(2, size=400), name="year")
    shares = theme_shares(labels, years, weights=weights)
    table = shares.table().set_index(["theme", "year"])
    inside = years == 2000
    own = np.average(labels[inside] == "2", weights=weights[inside])
    row = table.loc[("2", 2000)]
    assert row["share"] == pytest.approx(own)
    repeated = (labels.repeat(weights), years.repeat(weights))
    whole = theme_shares(*(part.reset_index(drop=True) for part in repeated)).table()
    assert table["share"].to_numpy() == pytest.approx(whole["share"].to_numpy())
    kish = weights[inside].sum() ** 2 / (weights[inside] ** 2).sum()
    assert row["high"] - row["low"] >= np.subtract(*wilson(own * kish, kish)[::-1]) - 1e-9
    assert "weighted by reach, corrected" in shares.summary()


def test_equal_weights_change_no_comparison() -> None:
    random = np.random.default_rng(5)
    labels = pd.Series(random.choice(["1", "2"], 300), dtype="str")
    years = pd.Series(2000 + random.integers(3, size=300), name="year")
    plain = theme_shares(labels, years)
    equal = theme_shares(labels, years, weights=pd.Series(2.0, labels.index, name="w"))
    assert equal.shares["share"].tolist() == pytest.approx(plain.shares["share"].tolist())
    assert equal.differences()["difference"].tolist() == pytest.approx(
        plain.differences()["difference"].tolist()
    )
    with pytest.raises(InputError, match=r"'w' is -1\.0 in 300 rows"):
        theme_shares(labels, years, weights=pd.Series(-1.0, labels.index, name="w"))


def test_one_period_or_one_theme_can_not_be_compared() -> None:
    labels = pd.Series(["1", "2"] * 4)
    shares = theme_shares(labels, pd.Series([2000] * 8, name="year"))
    assert shares.differences().empty
    assert shares.summary() == (
        "No theme's share is shown to differ by year: nothing can be compared."
    )


def test_a_theme_is_seen_only_where_its_interval_says_so(found: Themes) -> None:
    """Three coders: one theme always found, one marked at random, one in between."""
    drawn = themes.intrusion(found, n=18, intruders=6, seed=2)
    random = np.random.default_rng(1)
    key = drawn.key
    lost = key["theme"].map({"1": 0.0, "2": 0.55, "3": 1.0}).to_numpy()
    sheets = {}
    for coder in ("anna", "ben", "cleo"):
        guess = random.random(len(key)) < 0.25
        odd = np.where(random.random(len(key)) < lost, guess, key["intruder"])
        sheets[coder] = drawn.sheet().assign(odd=odd.astype(int))
    scores = drawn.score(sheets)
    table = scores.table().set_index("theme")
    assert table["verdict"].to_dict() == {"1": "seen", "2": "cannot tell yet", "3": "not seen"}
    assert ((table["more"] == 0) == (table["verdict"] != "cannot tell yet")).all()
    assert 0 < table.loc["2", "more"] < 2400
    assert (table["kappa_low"] < table["kappa"]).all() and table.loc["1", "kappa_high"] == 1
    assert scores.summary().startswith(
        "Coders see theme 1. Coders do not see theme 3. It cannot be told yet whether coders see "
        "theme 2. More images that would settle it if marks stayed as they are: theme 2 about "
    )
    assert drawn.score(sheets, bar=0.99).table()["verdict"].tolist()[1:] == ["not seen"] * 2
    with pytest.raises(InputError, match="bar=2"):
        drawn.score(sheets, bar=2)


def test_few_images_settle_nothing(found: Themes) -> None:
    """One coder, 13 images a theme, all of them right: nobody can tell yet."""
    drawn = themes.intrusion(found, n=10, intruders=3, seed=1)
    perfect = drawn.sheet().assign(odd=drawn.key["intruder"].astype(int))
    table = drawn.score({"anna": perfect}).table()
    assert (table["kappa"] == 1).all() and (table["kappa_low"] < 0.4).all()
    assert (table["verdict"] == "cannot tell yet").all()


def test_a_feature_that_chance_set_apart_is_not_sure(found: Themes) -> None:
    random = np.random.default_rng(6)
    first = (found.labels == "1").to_numpy()
    values = pd.DataFrame(random.normal(size=(120, 9)), found.labels.index, list("abcdefghi"))
    quiet = found.distinctive(values, top=9)
    assert not quiet["sure"].any() and quiet["difference"].abs().max() > 0.3
    loud = found.distinctive(values.assign(a=values["a"] + 2 * first), top=1).set_index("theme")
    assert loud.loc["1", ["column", "sure"]].tolist() == ["a", True]


def test_a_feature_of_an_account_is_not_sure_by_account(found: Themes) -> None:
    random = np.random.default_rng(6)
    codes = found.labels.astype(int).to_numpy() * 100 + np.arange(120) % 3
    own = pd.Series(random.normal(size=400))[codes].to_numpy() + 0.1 * random.normal(size=120)
    values = pd.DataFrame({"light": own}, found.labels.index)
    accounts = pd.Series(codes, found.labels.index)
    assert found.distinctive(values)["sure"].any()
    assert not found.distinctive(values, groups=accounts)["sure"].any()
