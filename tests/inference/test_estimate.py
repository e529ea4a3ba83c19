"""Estimates: against statsmodels called directly and published figures."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from iconometrics.coding import Codebook, Codings, Sample, Variable
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.inference import estimate


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    n = 300
    frame = pd.DataFrame(
        {
            "followers": random.lognormal(size=n),
            "age": random.integers(18, 80, n),
            "party": random.choice(["left", "right", "green"], n),
            "account": random.choice([f"@{number}" for number in range(40)], n),
            "verified": random.random(n) < 0.4,
        },
        index=pd.Index([f"{number}.jpg" for number in range(n)], name="image"),
    )
    frame["likes"] = (
        1
        + frame["followers"]
        + 0.5 * frame["verified"]
        + random.normal(size=n) * frame["followers"]
    )
    frame["shared"] = (random.random(n) < 1 / (1 + np.exp(-frame["followers"] + 1))).astype(int)
    return frame


def matches(result, theirs, names):
    table = result.table().set_index("term")
    ends = theirs.conf_int()
    for ours, name in names.items():
        row = table.loc[ours]
        np.testing.assert_allclose(
            row[["estimate", "se", "p", "low", "high"]].astype(float),
            [theirs.params[name], theirs.bse[name], theirs.pvalues[name], *ends.loc[name]],
            rtol=1e-6,
            atol=1e-12,
        )


NAMES = {
    "intercept": "Intercept",
    "log1p(followers)": "np.log1p(followers)",
    "party[left]": "party[T.left]",
    "party[right]": "party[T.right]",
    "verified": "verified[T.True]",
    "I(age ** 2)": "I(age ** 2)",
    "party[left]:age": "party[T.left]:age",
}
OURS = "~ log1p(followers) + party*age + verified + I(age**2)"
THEIRS = "~ np.log1p(followers) + party*age + verified + I(age**2)"


@pytest.mark.parametrize(
    ("options", "theirs"),
    [
        ({}, {"cov_type": "HC3", "use_t": True}),
        ({"errors": "classical"}, {}),
    ],
)
def test_linear_regression_is_that_of_statsmodels(data, options, theirs):
    expected = smf.ols("likes " + THEIRS, data).fit(**theirs)
    result = estimate("likes " + OURS, data, **options)
    matches(result, expected, NAMES)
    assert result.quality == ("R2", pytest.approx(expected.rsquared))
    assert set(result.table()["n"]) == {300} and set(result.table()["method"]) == {"direct"}


@pytest.mark.parametrize(
    ("options", "theirs"), [({}, {}), ({"errors": "robust"}, {"cov_type": "HC0"})]
)
def test_logistic_regression_is_that_of_statsmodels(data, options, theirs):
    expected = smf.logit("shared " + THEIRS, data).fit(disp=0, **theirs)
    matches(estimate("shared " + OURS, data, model="logit", **options), expected, NAMES)


@pytest.mark.parametrize("model", ["ols", "logit"])
def test_errors_by_cluster_are_those_of_statsmodels(data, model):
    kind = {"cov_type": "cluster", "cov_kwds": {"groups": pd.factorize(data["account"])[0]}}
    fit = {"ols": smf.ols, "logit": smf.logit}[model]("shared ~ age + verified", data)
    expected = fit.fit(**kind, **({"use_t": True} if model == "ols" else {"disp": 0}))
    result = estimate("shared ~ age + verified", data, model=model, cluster="account")
    matches(result, expected, {"age": "age", "verified": "verified[T.True]"})
    assert "40 clusters of account" in result.table()["assumes"].iloc[0]


def test_without_intercept_every_category_is_there(data):
    result = estimate("likes ~ party - 1", data, errors="classical")
    means = data.groupby("party")["likes"].mean()
    assert result.table().set_index("term")["estimate"].to_dict() == pytest.approx(
        {f"party[{name}]": value for name, value in means.items()}
    )


def test_an_intercept_alone_is_the_mean(data):
    table = estimate("likes ~ 1", data).table()
    assert table["estimate"].tolist() == [pytest.approx(data["likes"].mean())]


def test_the_level_sets_the_interval(data):
    narrow = estimate("likes ~ age", data, level=0.5).table()
    wide = estimate("likes ~ age", data, level=0.99).table()
    assert (narrow["high"] < wide["high"]).all() and (narrow["low"] > wide["low"]).all()
    assert "99% interval" in estimate("likes ~ age", data, level=0.99).to_text()


def test_the_order_of_rows_does_not_matter(data):
    one = estimate("likes ~ party + age", data).table()
    other = estimate("likes ~ party + age", data.iloc[::-1]).table()
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.data
def test_hitters(shared_data):
    """263 complete rows, 20 coefficients: the linear regression of ISL's comparison."""
    data = pd.read_csv(shared_data / "hitters" / "Hitters.csv")
    others = [name for name in data.columns if name != "Salary"]
    with pytest.warns(IconometricsWarning, match="59 of 322 rows left out: 59 without Salary"):
        result = estimate("Salary ~ " + " + ".join(others), data, errors="classical")
    complete = data.dropna()
    dummies = pd.get_dummies(complete[others], drop_first=True, dtype=float)
    expected = sm.OLS(complete["Salary"], sm.add_constant(dummies)).fit()
    names = {name: name for name in dummies if "_" not in name}
    names |= {"intercept": "const", "League[N]": "League_N", "Division[W]": "Division_W"}
    matches(result, expected, names)
    assert len(result.table()) == 20 and set(result.table()["n"]) == {263}
    assert result.quality[1] == pytest.approx(0.546, abs=0.0005)


@pytest.mark.data
def test_pan_and_chen(shared_data):
    data = pd.read_csv(shared_data / "reference" / "dsl" / "PanChen.csv").rename(index=str)
    formula = (
        "SendOrNot ~ countyWrong + prefecWrong + connect2b + prevalence + regionj + groupIssue"
    )
    expert = data["countyWrong"].astype("Int64").astype("str").where(data["countyWrong"].notna())
    gold = Codings.from_series(expert, variable="countyWrong", coder="experts")
    measure = Codings.from_series(data["pred_countyWrong"], variable="countyWrong", coder="text")
    rest = data.drop(columns=["countyWrong", "pred_countyWrong"])
    naive = estimate(formula, rest, model="logit", measure=measure, gold=gold, repeats=2)
    assert list(naive.table()["method"].unique()) == ["naive", "gold only", "DSL", "PPI++"]
    with pytest.warns(IconometricsWarning, match="912 of 1,412 rows left out"):
        labelled = estimate(formula, rest, model="logit", gold=gold)
    for result, method, b, se in [
        (naive, "naive", -1.336, 0.156),
        (labelled, "gold only", -0.269, 0.225),
    ]:
        row = result.table().set_index(["method", "term"]).loc[(method, "countyWrong")]
        assert (round(row["estimate"], 3), round(row["se"], 3)) == (b, se)
    assert "compared with 500 codes: accuracy" in naive.table()["assumes"].iloc[0]


def protest(data, values=None, **options):
    random = np.random.default_rng(1)
    text = pd.Series(np.where(random.random(len(data)) < 0.5, "yes", "no"), index=data.index)
    text = text if values is None else values
    return Codings.from_series(text, variable="protest", **({"coder": "svm"} | options))


def test_a_measured_variable_is_naive_and_not_validated(data):
    result = estimate("likes ~ protest + age", data, measure=protest(data))
    table = result.table()
    assert set(table["method"]) == {"naive"}
    assert (
        table["assumes"]
        .str.contains("protest measured without error (not validated)", regex=False)
        .all()
    )
    assert "protest: no is 0, yes is 1." in result.notes
    assert list(table["term"]) == ["intercept", "protest", "age"]


def test_a_measured_outcome_is_naive_too(data):
    result = estimate("protest ~ age", data, model="logit", measure=protest(data))
    assert set(result.table()["method"]) == {"naive"}


def test_the_gold_standard_validates(data):
    gold = protest(data.iloc[:120], coder="anna")
    result = estimate("likes ~ protest", data, measure=protest(data), gold=gold)
    table = result.table().set_index("method")
    assert table.loc["naive", "assumes"].str.contains("compared with 120 codes").all()
    assert list(table.index.unique()) == ["naive", "gold only", "DSL", "PPI++"]
    unused = estimate("likes ~ age", data, measure=protest(data), gold=gold)
    assert set(unused.table()["method"]) == {"direct"}


def test_gold_alone_uses_the_coded_images(data):
    drawn = pd.DataFrame({"image": data.index[:100], "probability": [0.2, 0.4] * 50})
    gold = protest(data.iloc[:100], coder="anna", sample=Sample("s", drawn))
    with pytest.warns(IconometricsWarning, match="200 of 300 rows left out: 200 without protest"):
        result = estimate("likes ~ protest", data, gold=gold)
    assert set(result.table()["method"]) == {"gold only"} and set(result.table()["n"]) == {100}
    coded = data.iloc[:100].assign(protest=gold["protest"].map({"no": 0, "yes": 1}))
    expected = sm.WLS(
        coded["likes"], sm.add_constant(coded["protest"]), weights=1 / drawn["probability"].array
    ).fit(cov_type="HC1", use_t=True)
    matches(result, expected, {"intercept": "const", "protest": "protest"})


def test_images_without_a_value_are_left_out_with_reasons(data):
    values = pd.Series("1", index=data.index).mask(np.arange(300) % 2 == 0, "0")
    values.iloc[:5] = None
    reason = pd.Series("truncated", index=data.index[:4])
    measure = protest(data, values.iloc[:290], reason=reason)
    data.loc["20.jpg", "age"] = np.nan
    with pytest.warns(IconometricsWarning) as told:
        result = estimate("likes ~ protest + age", data, measure=measure)
    text = str(told[0].message)
    assert "16 of 300 rows left out" in text and "1 without age" in text
    assert "15 without protest, 4 truncated, 1 left empty" in text
    assert result.notes[0] == text and set(result.table()["n"]) == {284}


def test_themes_are_categories_in_the_order_of_their_numbers(data):
    labels = pd.Series([str(1 + number % 10) for number in range(300)], index=data.index)
    result = estimate("likes ~ theme", data, themes=labels)
    assert list(result.table()["term"])[1:] == [f"theme[{k}]" for k in range(2, 11)]
    assert "theme: compared with 1." in result.notes
    means = data.groupby(labels)["likes"].mean()
    assert result.table()["estimate"].iloc[-1] == pytest.approx(means["10"] - means["1"])


def test_several_measures_and_numbers_as_text(data):
    flags = Codings.from_series(
        pd.Series([str(number % 4) for number in range(300)], index=data.index),
        variable="flags",
        coder="counter",
    )
    both = estimate("likes ~ protest + flags", data, measure=[protest(data), flags])
    assert list(both.table()["term"]) == ["intercept", "protest", "flags"]
    assert "flags: text read as numbers; for categories write C(flags)." in both.notes
    split = estimate("likes ~ C(flags)", data, measure=flags)
    assert list(split.table()["term"])[1:] == ["C(flags)[1]", "C(flags)[2]", "C(flags)[3]"]


def numbered(seed=5, *, rows=600, coded=200):
    """Likes by a party coded 1, 2 or 10; people coded some, a machine errs in one of six."""
    random = np.random.default_rng(seed)
    images = pd.Index([f"{number}.jpg" for number in range(rows)], name="image")
    truth = pd.Series(random.choice(["1", "2", "10"], rows), index=images)
    likes = truth.map({"1": 0.0, "2": 5.0, "10": 1.0}) + random.normal(size=rows)
    guess = truth.where(random.random(rows) > 1 / 6, "2")
    measure = Codings.from_series(guess, variable="party", coder="machine")
    gold = Codings.from_series(truth[:coded], variable="party", coder="anna")
    return pd.DataFrame({"likes": likes}), measure, gold


def book(*categories, **options):
    return Codebook([Variable("party", categories=categories or ("1", "2", "10"), **options)])


@pytest.mark.filterwarnings("ignore:.*rows left out")
def test_numbers_that_name_categories_are_categories_where_the_codebook_says_so():
    data, measure, gold = numbered()
    asked = {"measure": measure, "gold": gold}
    by_book = estimate("likes ~ party", data, **asked, codebook=book())
    by_hand = estimate("likes ~ C(party)", data, **asked).rows
    assert set(by_book.rows["method"]) == {"naive", "gold only", "DSL", "PPI++"}
    terms = by_hand["term"].str.replace("C(party)", "party")
    pd.testing.assert_frame_equal(by_book.rows, by_hand.assign(term=terms))
    assert not any("read as numbers" in note for note in by_book.notes)


def test_categories_stand_in_the_order_of_the_codebook():
    data, measure, _ = numbered()
    result = estimate("likes ~ party", data, measure=measure, codebook=book("10", "1", "2"))
    assert list(result.rows["term"]) == ["intercept", "party[1]", "party[2]"]
    assert "party: compared with 10." in result.notes


@pytest.mark.parametrize(
    "codebook", [None, book(type="ordinal"), Codebook([Variable("crowd", type="count")])]
)
def test_without_a_nominal_variable_numbers_are_numbers_and_a_note_says_so(codebook):
    data, measure, _ = numbered()
    result = estimate("likes ~ party", data, measure=measure, codebook=codebook)
    assert list(result.table()["term"]) == ["intercept", "party"]
    assert any("read as numbers" in note for note in result.notes)


def test_zeros_and_ones_of_a_nominal_variable_remain_numbers():
    data, measure, _ = numbered()
    flags = measure["party"].map({"1": "0", "2": "1", "10": "1"})
    flags = Codings.from_series(flags, variable="party", coder="machine")
    result = estimate("likes ~ party", data, measure=flags, codebook=book("1", "0"))
    assert list(result.rows["term"]) == ["intercept", "party"]


def test_an_outcome_whose_numbers_are_names_is_refused():
    data, measure, _ = numbered()
    with pytest.raises(InputError, match=r"'party' is categories named by numbers .*codebook"):
        estimate("party ~ likes", data, measure=measure, codebook=book())


def test_a_code_that_the_codebook_lacks_remains_a_category():
    data, measure, _ = numbered()
    terms = estimate("likes ~ party", data, measure=measure, codebook=book("2", "1")).rows["term"]
    assert list(terms) == ["intercept", "party[1]", "party[10]"]
