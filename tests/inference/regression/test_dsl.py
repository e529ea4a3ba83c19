"""Design-based supervised learning: published figures, an oracle with dummies, and invariances."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from iconometrics.errors import InputError
from iconometrics.inference import dsl
from iconometrics.inference.regression.fixed_effects import centered
from iconometrics.inference.regression.moments import LINKS, PairedRows, influences, jacobian, solve
from iconometrics.stats.linear import sandwich

PAN_CHEN = {
    "intercept": (2.0978, 0.3621),
    "countyWrong": (-0.2617, 0.2230),
    "prefecWrong": (-1.1162, 0.2970),
    "connect2b": (-0.0788, 0.1197),
    "prevalence": (-0.3271, 0.1520),
    "regionj": (0.1253, 0.4566),
    "groupIssue": (-2.3222, 0.3597),
}
UNEQUAL = {
    "intercept": (-0.2157, 0.1185),
    "X1": (0.1073, 0.3349),
    "X2": (0.1074, 0.1086),
    "X3": (-0.0449, 0.1157),
}


@pytest.fixture(scope="module")
def table():
    random = np.random.default_rng(4)
    n = 900
    x = random.normal(size=n)
    t = (random.random(n) < 1 / (1 + np.exp(-0.5 * x))).astype(float)
    frame = pd.DataFrame({"x": x, "t": t, "g": np.arange(n) % 30, "h": np.arange(n) // 30 % 10})
    frame["y"] = 1 + 0.5 * t + 0.3 * x + 0.05 * frame["g"] + random.normal(size=n)
    frame["machine"] = np.where(random.random(n) < np.where(x > 0, 0.95, 0.65), t, 1 - t)
    frame["t"] = frame["t"].where(random.random(n) < 0.35)
    return frame


@pytest.mark.data
@pytest.mark.parametrize("seed", range(10))
def test_published_logits(shared_data, seed):
    folder = shared_data / "reference" / "dsl"
    pan = dsl(
        "SendOrNot ~ countyWrong + prefecWrong + connect2b + prevalence + regionj + groupIssue",
        pd.read_csv(folder / "PanChen.csv"),
        predicted=["countyWrong"],
        prediction=["pred_countyWrong"],
        model="logit",
        seed=seed,
    )
    unequal = dsl(
        "Y ~ X1 + X2 + X3",
        pd.read_csv(folder / "data_unequal.csv"),
        predicted=["Y"],
        prediction=["pred_Y"],
        model="logit",
        sample_prob="sample_prob",
        seed=seed,
    )
    for found, published in ((pan, PAN_CHEN), (unequal, UNEQUAL)):
        rows = found.table().set_index("term")
        for term, (value, se) in published.items():
            assert rows.loc[term, "estimate"] == pytest.approx(value, abs=0.025), term
            assert rows.loc[term, "se"] == pytest.approx(se, abs=0.003), term


def test_p_is_two_sided_unless_asked(table):
    options = {"predicted": ["t"], "prediction": ["machine"], "repeats": 1}
    two = dsl("y ~ t", table, **options).table().iloc[1]
    assert two["p"] == pytest.approx(2 * 0.5 * _tail(two), rel=1e-9)
    lower = dsl("y ~ t", table, side="lower", **options).table().iloc[1]
    upper = dsl("y ~ t", table, side="upper", **options).table().iloc[1]
    assert np.isinf(lower["high"]) and np.isinf(upper["low"])
    assert lower["low"] == pytest.approx(two["estimate"] - 1.6448536 * two["se"])
    assert lower["p"] + upper["p"] == pytest.approx(1)


def _tail(row):
    from scipy.stats import norm

    return 2 * norm.sf(abs(row["estimate"] / row["se"]))


def test_a_perfect_measure_gives_the_regression_of_all_rows(table):
    whole = table.assign(t=(table["x"] > 0).astype(float))
    known = sm.OLS(whole["y"], sm.add_constant(whole[["t", "x"]])).fit(cov_type="HC0")
    coded = whole.assign(machine=whole["t"], t=whole["t"].where(table["t"].notna()))
    found = dsl("y ~ t + x", coded, predicted=["t"], prediction=["machine"], repeats=1).table()
    np.testing.assert_allclose(found["estimate"], known.params, atol=2e-4)
    np.testing.assert_allclose(found["se"], known.bse, rtol=2e-3)


def test_fixed_effects_are_those_of_dummies():
    """The moments solved with a dummy for each group, and the projections, agree."""
    random = np.random.default_rng(0)
    n = 240
    groups = [np.arange(n) % 8, np.arange(n) // 40]
    x, x_hat = random.normal(size=(2, n, 2))
    y, y_hat = random.normal(size=(2, n))
    weight = np.where(random.random(n) < 0.4, 2.5, 0.0)
    weight *= n / weight.sum()
    dummies = pd.get_dummies(pd.DataFrame({"g": groups[0], "h": groups[1]}).astype(str))
    dummies = dummies.drop(columns="h_0").to_numpy(float)
    wide = (np.hstack([x, dummies]), y, np.hstack([x_hat, dummies]), y_hat)
    wide = PairedRows(*wide, weight, np.eye(2 + dummies.shape[1]))
    narrow = PairedRows(x, y, x_hat, y_hat, weight, np.eye(2))
    names, rows = centered(["a", "b"], narrow, groups)
    link = LINKS["ols"]
    with_dummies, swept = solve(wide, link), solve(rows, link)
    np.testing.assert_allclose(swept, with_dummies[:2], atol=1e-8)
    clusters = groups[0]
    one, two = (
        sandwich(
            influences(version, link, beta),
            np.linalg.inv(jacobian(version, link, beta)),
            clusters,
        )
        for version, beta in ((wide, with_dummies), (rows, swept))
    )
    np.testing.assert_allclose(two, one[:2, :2], rtol=1e-6)
    assert names == ["a", "b"]


def test_several_predicted_inside_functions_and_interactions(table):
    random = np.random.default_rng(5)
    both = table.assign(score=2 + table["x"] + random.normal(size=len(table)) / 5)
    both["guess"] = both["score"] + random.normal(size=len(table)) / 3
    both["score"] = both["score"].where(both["t"].notna())
    found = dsl(
        "y ~ t * I(score**2) + x",
        both,
        predicted=["t", "score"],
        prediction=["machine", "guess"],
        repeats=2,
    ).table()
    assert list(found["term"])[-1] == "t:I(score ** 2)" and np.isfinite(found["se"]).all()


def test_categories_may_be_predicted(table):
    words = table["t"].map({0.0: "calm", 1.0: "riot"})
    seen = table["machine"].map({0.0: "calm", 1.0: "riot"})
    named = dsl(
        "y ~ kind + x", table.assign(kind=words, machine=seen),
        predicted=["kind"], prediction=["machine"], repeats=2,
    )  # fmt: skip
    numbered = dsl("y ~ t + x", table, predicted=["t"], prediction=["machine"], repeats=2)
    row = named.table().set_index("term").loc["kind[riot]"]
    other = numbered.table().set_index("term").loc["t"]
    assert abs(row["estimate"] - other["estimate"]) < other["se"]


def test_predictions_of_many_categories_are_used():
    random = np.random.default_rng(8)
    kinds = np.array([f"kind {number:02d}" for number in range(24)])
    truth = pd.Series(kinds[random.integers(0, 24, 2000)])
    data = pd.DataFrame({"seen": truth, "kind": truth.where(np.arange(2000) < 500)})
    data["y"] = truth.str[-2:].astype(float) + random.normal(size=2000)
    found = dsl("y ~ C(kind)", data, predicted=["kind"], prediction=["seen"], repeats=2).table()
    # A perfect measure leaves the regression of all rows: a difference of means of 83 each.
    assert found["se"][1:].to_numpy() == pytest.approx(np.full(23, (2 / 83) ** 0.5), rel=0.3)


def test_a_feature_of_too_many_categories_is_told(table):
    data = table.assign(place=[f"place {number % 30}" for number in range(len(table))])
    options = {"predicted": ["t"], "prediction": ["machine"], "repeats": 1}
    found = dsl("y ~ t", data, **options, features=["place", "h"])
    assert "place has 30 categories, more than 20" in " ".join(found.notes)
    assert found.rows.equals(dsl("y ~ t", data, **options, features=["h"]).rows)


def test_categories_of_columns_with_signs_in_their_names(table):
    level = pd.Series(np.random.default_rng(9).integers(0, 3, 900).astype(float))
    data = pd.DataFrame({"ab": level.where(np.arange(900) < 400), "seen": level, "y": table["y"]})
    plain = dsl("y ~ C(ab)", data, predicted=["ab"], prediction=["seen"], repeats=1)
    data = data.rename(columns={"ab": "a-b"})
    quoted = dsl("y ~ C(`a-b`)", data, predicted=["a-b"], prediction=["seen"], repeats=1)
    np.testing.assert_allclose(plain.rows["estimate"], quoted.rows["estimate"])


def test_the_seed_settles_the_result_and_rows_may_be_shuffled(table):
    options = {"predicted": ["t"], "prediction": ["machine"], "repeats": 2}
    one = dsl("y ~ t + x", table, seed=3, **options).table()
    pd.testing.assert_frame_equal(one, dsl("y ~ t + x", table, seed=3, **options).table())
    mixed = dsl("y ~ t + x", table.sample(frac=1, random_state=1), seed=3, **options).table()
    np.testing.assert_allclose(mixed["estimate"], one["estimate"], atol=one["se"].max() / 4)


def test_clusters_are_whole_in_a_fold_and_widen(table):
    from iconometrics.stats.cross_fitting import folds_of

    units = table["g"].to_numpy()
    fold = folds_of(units, table["t"].notna().to_numpy(), folds=5, seed=np.random.default_rng(1))
    assert (pd.Series(fold).groupby(units).nunique() == 1).all()
    found = dsl("y ~ t", table, predicted=["t"], prediction=["machine"], cluster="g", repeats=1)
    assert "30 clusters of g" in found.table()["assumes"].iloc[0]


@pytest.mark.parametrize("model", ["logit", "poisson"])
def test_marginal_effects_of_a_perfect_measure_are_those_of_statsmodels(table, model):
    t = (table["x"] > 0.2).astype(float)
    random = np.random.default_rng(3)
    eta = 0.4 * t + 0.3 * table["x"]
    y = (
        random.poisson(np.exp(eta))
        if model == "poisson"
        else random.random(len(t)) < 1 / (1 + np.exp(-eta))
    )
    data = table.assign(y=np.asarray(y, float), machine=t, t=t.where(table["t"].notna()))
    kind = {"logit": sm.Logit, "poisson": sm.Poisson}[model]
    fitted = kind(data["y"], sm.add_constant(pd.DataFrame({"t": t, "x": table["x"]}))).fit(
        disp=0, cov_type="HC0"
    )
    theirs = fitted.get_margeff()
    ours = dsl("y ~ t + x", data, predicted=["t"], prediction=["machine"], model=model, repeats=1)
    rows = ours.marginal().table()
    np.testing.assert_allclose(rows["estimate"], theirs.margeff, rtol=2e-3)
    np.testing.assert_allclose(rows["se"], theirs.margeff_se, rtol=5e-3)


def test_a_forest_learns_what_lines_and_their_bends_do_not():
    """Whether the code is one depends on two measures together."""
    random = np.random.default_rng(6)
    a, b = random.random(2500), random.random(2500)
    y = ((a > 0.5) != (b > 0.5)) + 0.1 * random.normal(size=2500)
    frame = pd.DataFrame({"y": np.where(np.arange(2500) < 500, y, np.nan), "a": a, "b": b})
    options = {"predicted": ["y"], "prediction": ["a", "b"], "repeats": 1}
    ridge, forest = (
        dsl("y ~ 1", frame, learner=learner, **options).table().iloc[0]
        for learner in ("ridge", "forest")
    )
    assert forest["se"] < 0.6 * ridge["se"]
    assert abs(forest["estimate"] - y.mean()) < 3 * forest["se"]
    again = dsl("y ~ 1", frame, learner="forest", **options).table().iloc[0]
    assert again["estimate"] == forest["estimate"]
    with pytest.raises(InputError, match="learner='trees': expected one of 'forest', 'ridge'"):
        dsl("y ~ 1", frame, learner="trees", **options)


def test_a_forest_predicts_categories():
    random = np.random.default_rng(7)
    kind = random.choice(["march", "none", "riot"], 900, p=[0.4, 0.4, 0.2])
    seen = np.where(random.random(900) < 0.8, kind, "none")
    likes = 1 + 0.5 * (kind == "riot") + random.normal(size=900)
    frame = pd.DataFrame({"likes": likes, "kind": kind, "seen": seen})
    frame.loc[300:, "kind"] = None
    found = dsl(
        "likes ~ kind", frame, predicted=["kind"], prediction=["seen"], learner="forest", repeats=1
    ).table()
    whole = likes[kind == "riot"].mean() - likes[kind == "march"].mean()
    assert abs(found["estimate"][2] - whole) < 3 * found["se"][2]


@pytest.mark.parametrize("cluster", [None, "g"])
def test_the_order_of_rows_decides_nothing(table, cluster):
    shuffled = table.sample(frac=1, random_state=1)
    found, again = (
        dsl("t ~ x", rows, predicted=["t"], prediction=["machine"], cluster=cluster, repeats=2).rows
        for rows in (table, shuffled)
    )
    numbers = ["estimate", "se", "low", "high", "p"]
    np.testing.assert_allclose(found[numbers], again[numbers], rtol=1e-9)


def test_a_table_sorted_by_the_measure_is_the_same_table():
    random = np.random.default_rng(12)
    smile = random.normal(size=3000)
    likes = np.exp(smile) + random.normal(size=3000)
    table = pd.DataFrame({"smile": smile, "likes": likes, "machine": np.maximum(smile, 0)})
    table["likes"] = table["likes"].where(random.random(3000) < 0.2)
    errors = [
        dsl("likes ~ smile", rows, predicted=["likes"], prediction=["machine"], repeats=1).rows
        for rows in (table, table.sort_values("machine"))
    ]
    pd.testing.assert_frame_equal(*errors)


def test_two_categories_are_the_same_as_zero_and_one(table):
    names = {0.0: "no sign", 1.0: "sign"}
    text = table.assign(t=table["t"].map(names), machine=table["machine"].map(names))
    options = {"predicted": ["t"], "prediction": ["machine"], "repeats": 2}
    numbers = dsl("y ~ t * x", table, **options).rows
    categories = dsl("y ~ t * x", text, **options).rows
    assert list(categories["term"]) == ["intercept", "t[sign]", "x", "t[sign]:x"]
    columns = ["estimate", "se", "low", "high", "p"]
    np.testing.assert_allclose(categories[columns], numbers[columns], rtol=1e-9)
    turned = text.assign(t=pd.Categorical(text["t"], ["sign", "no sign"]))
    other = dsl("y ~ t * x", turned, **options).rows
    assert other["estimate"][1] == pytest.approx(-numbers["estimate"][1])
    assert other["se"][1] == pytest.approx(numbers["se"][1])


def test_two_measured_categories_cross(table):
    random = np.random.default_rng(8)
    second = np.where(random.random(len(table)) < 0.8, table["h"] % 3, 0)
    kinds = np.array(["a", "b", "c"])
    both = table.assign(
        k=pd.Series(kinds[table["h"] % 3]).where(table["t"].notna()),
        seen=kinds[second],
        t=table["t"].map({0.0: "low", 1.0: "high"}),
    )
    both["y"] = both["y"] + 3 * (table["h"] % 3 == 2)
    rows = dsl("y ~ t + k", both, predicted=["t", "k"], prediction=["machine", "seen"], repeats=2)
    rows = rows.rows.set_index("term")
    assert list(rows.index) == ["intercept", "t[low]", "k[b]", "k[c]"]
    assert rows["low"]["k[c]"] < 3 < rows["high"]["k[c]"] and rows["se"]["k[c]"] < 0.35
