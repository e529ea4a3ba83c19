"""Do errors depend on regressors: size, power, an independent formula, words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError
from iconometrics.validity import differential_error


def codes(values, *, coder="svm", **options):
    series = pd.Series(values, name="protest", dtype="str")
    return Codings.from_series(series, coder=coder, **options)


def drawn(seed, *, n=300, effect=0.0):
    random = np.random.default_rng(seed)
    ids = [f"{number}" for number in range(n)]
    data = pd.DataFrame(
        {"party": random.choice(["D", "R"], n), "age": random.normal(50, 10, n)}, index=ids
    )
    truth = pd.Series(random.random(n) < 0.4, index=ids)
    wrong = random.random(n) < 0.15 + effect * (data["party"] == "R")
    text = {True: "yes", False: "no"}
    measure = codes((truth ^ wrong).map(text), trained_on=[])
    return measure, codes(truth.map(text), coder="anna"), data, wrong


BASE = "party: compared with D."


@pytest.mark.parametrize("order", ["DR", "RD"])
def test_the_first_category_is_the_base_as_in_formulas(order):
    measure, gold, data, _ = drawn(1)
    data["party"] = pd.Categorical(data["party"], list(order))
    data["wave"] = np.where(np.arange(300) < 20, 9, 10)
    found = differential_error(
        measure, gold, data.astype({"wave": "str"}), columns=["party", "wave"]
    )
    terms = list(found.coefficients["term"].unique())
    assert terms == [f"party = {order[1]}", "wave = 10"]
    assert found.notes[-2:] == (f"party: compared with {order[0]}.", "wave: compared with 9.")
    from iconometrics.inference import estimate

    table = data.assign(wave=data["wave"].astype("str"), y=data["age"])
    names = list(estimate("y ~ party + C(wave)", table).table()["term"])
    assert names == ["intercept", f"party[{order[1]}]", "C(wave)[10]"]


def test_it_is_white_regression_with_hc3():
    measure, gold, data, wrong = drawn(1)
    found = differential_error(measure, gold, data, columns=["party", "age"])
    x = np.column_stack(
        [np.ones(300), data["party"] == "R", data["age"] / data["age"].std()]
    ).astype(float)
    inverse = np.linalg.inv(x.T @ x)
    assert found.coefficients["term"][0] == "party = R" and found.notes[-1] == BASE
    b = inverse @ x.T @ wrong.to_numpy()
    left = (wrong.to_numpy() - x @ b) / (1 - np.einsum("ij,jk,ik->i", x, inverse, x))
    covariance = inverse @ (x.T * left**2) @ x @ inverse
    rows = found.coefficients[found.coefficients["error"] == "any error"]
    np.testing.assert_allclose(rows["estimate"], b[1:])
    np.testing.assert_allclose(rows["se"], np.sqrt(np.diag(covariance))[1:])
    wald = b[1:] @ np.linalg.inv(covariance[1:, 1:]) @ b[1:] / 2
    row = found.table().iloc[0]
    assert (row["error"], row["column"], row["df"]) == ("any error", "", 2)
    assert row["statistic"] == pytest.approx(wald)


def test_false_positives_are_among_those_that_are_not():
    measure, gold, data, wrong = drawn(2)
    table = differential_error(measure, gold, data, columns=["age"]).table()
    rows = table[table["column"] == ""].set_index("error")
    truth = gold["protest"] == "yes"
    assert rows.loc["false positive", "n"] == (~truth).sum()
    assert rows.loc["false negative", "errors"] == wrong[truth].sum()
    assert rows.loc["any error", "errors"] == wrong.sum()


def test_without_dependence_it_is_seldom_told_and_with_it_mostly():
    told = {
        effect: np.mean(
            [
                differential_error(
                    *drawn(seed, effect=effect)[:3], columns=["party", "age"]
                ).depends
                for seed in range(40)
            ]
        )
        for effect in (0.0, 0.25)
    }
    assert told[0.0] <= 0.15 and told[0.25] > 0.9


def test_words():
    measure, gold, data, _ = drawn(3, effect=0.35)
    found = differential_error(measure, gold, data, columns=["party", "age"])
    assert found.depends and "errors depend on party" in found.summary()
    assert "naive regression" in found.summary() and "biased" in found.summary()
    calm = differential_error(*drawn(3)[:3], columns=["party"]).summary()
    assert "no sign that errors depend on party" in calm and "no proof" in calm
    labels = [text.get_text().replace("\n", " ") for text in found.plot().get_yticklabels()]
    assert any("sd: false negative" in label for label in labels)


def test_of_many_columns_none_is_named_by_chance():
    measure, gold, data, _ = drawn(3, effect=0.35)
    found = differential_error(measure, gold, data, columns=["party", "age"])
    others = found.tests[found.tests["column"] == "age"]
    many = [others.assign(column=f"x{k}", p=0.03) for k in range(5)]
    more = replace(found, tests=pd.concat([found.tests, *many]))
    assert "errors depend on party (" in more.summary() or "depend on party;" in more.summary()
    assert "depend on x" not in more.summary()


def test_weights_count_images_for_what_they_stand_for():
    measure, gold, data, _ = drawn(4, n=200)
    table = pd.DataFrame({"image": data.index, "probability": [0.25, 0.5] * 100})
    weighted = Codings(gold.data, sample=Sample("two", table))
    found = differential_error(measure, weighted, data, columns=["age"])
    copies = np.repeat(np.arange(200), [4, 2] * 100)
    x, wrong = data["age"].to_numpy()[copies], (measure["protest"] != gold["protest"])
    slope = data["age"].std() * np.polyfit(x, wrong.to_numpy()[copies].astype(float), 1)[0]
    assert found.coefficients["estimate"][0] == pytest.approx(slope)


def test_groups_give_larger_errors_where_they_agree():
    measure, gold, data, _ = drawn(5, n=120)
    copies = [f"{name} {k}" for name in data.index for k in range(4)]
    spread = {
        side: codes(codings["protest"].repeat(4).set_axis(copies), coder=side, **options)
        for side, codings, options in (("svm", measure, {"trained_on": []}), ("anna", gold, {}))
    }
    table = data.loc[data.index.repeat(4)].set_axis(copies)
    groups = pd.Series([name.split()[0] for name in copies], copies)
    arguments = spread["svm"], spread["anna"], table
    plain = differential_error(*arguments, columns=["age"]).coefficients["se"][0]
    grouped = differential_error(*arguments, columns=["age"], groups=groups).coefficients["se"][0]
    assert grouped > 1.8 * plain


def test_missing_values_and_rare_errors_are_said():
    measure, gold, data, _ = drawn(6)
    data.loc[data.index[:7], "age"] = [np.nan, np.inf, *[np.nan] * 5]
    found = differential_error(measure, gold, data, columns=["age"])
    assert "7 gold images without a value in age" in " ".join(found.notes)
    truth = gold["protest"]
    wrong = (truth == "no") & (np.arange(300) % 9 == 0)
    rarely = codes(truth.mask(wrong, "yes"), trained_on=[])
    found = differential_error(rarely, gold, data, columns=["party"])
    assert "false negatives of yes were not tested: 0 of" in " ".join(found.notes)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"columns": ["income"]}, "no column 'income'"),
        ({}, {"columns": "party"}, "expected a list of columns"),
        ({"flat": 1}, {"columns": ["flat"]}, "'flat' is"),
        ({"twice": lambda t: 2 * t["age"]}, {"columns": ["age", "twice"]}, "same thing twice"),
        ({}, {"columns": ["age"], "category": "maybe"}, "no category 'maybe'"),
        ({"none": np.nan}, {"columns": ["none"]}, "no gold image has a value"),
    ],
)
def test_what_cannot_be_tested_says_why(change, options, message):
    measure, gold, data, _ = drawn(7)
    with pytest.raises(InputError, match=message):
        differential_error(measure, gold, data.assign(**change), **options)


def test_no_errors_at_all():
    _, gold, data, _ = drawn(8)
    perfect = codes(gold["protest"], trained_on=[])
    with pytest.raises(InputError, match="too few errors"):
        differential_error(perfect, gold, data, columns=["age"])


def test_covariance_is_that_of_statsmodels_and_of_leaving_clusters_out() -> None:
    import statsmodels.api as sm

    from iconometrics.validity.wald import fit

    random = np.random.default_rng(5)
    x = pd.DataFrame(random.normal(size=(90, 2)), columns=["a", "b"])
    y = (random.random(90) < 0.5).astype(int)
    weights, clusters = random.uniform(1, 3, 90), np.arange(90) % 15
    design = sm.add_constant(x)
    oracle = sm.WLS(y, design, weights=weights).fit(cov_type="HC3", use_t=True)
    ours = fit(y, x, weights=weights, clusters=None, level=0.95)
    np.testing.assert_allclose(ours.rows["se"], oracle.bse[1:], rtol=1e-8)
    np.testing.assert_allclose(ours.rows["p"], oracle.pvalues[1:], rtol=1e-8)
    found = ours.wald(["a", "b"])
    assert found["p"] == pytest.approx(float(oracle.f_test(np.eye(3)[1:]).pvalue))
    whole = sm.WLS(y, design, weights=weights).fit().params
    left = [
        sm.WLS(y[keep], design[keep], weights=weights[keep]).fit().params - whole
        for keep in (clusters != g for g in range(15))
    ]
    jackknife = 14 / 15 * np.sum([np.outer(d, d) for d in left], axis=0)
    by_cluster = fit(y, x, weights=weights, clusters=clusters, level=0.95)
    np.testing.assert_allclose(by_cluster.covariance, jackknife[1:, 1:], rtol=1e-8)
