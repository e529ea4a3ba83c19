"""The label budget: promised half-widths are reached, before coding and after a pilot."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError
from iconometrics.inference import (
    budget,
    budget_from_codings,
    budget_from_regression,
    label_power,
)
from iconometrics.inference.budgets.half_widths import agreement_spread
from iconometrics.inference.budgets.pilot import agreement_influence
from iconometrics.stats import wilson
from iconometrics.validity import coder_error


def test_shares_as_in_textbooks():
    """Wald gives 385 and 1,068 for the worst case; Wilson is 4 fewer."""
    assert budget("prevalence", half_width=0.05).n == 381
    assert budget("prevalence", half_width=0.03).n == pytest.approx(1064, abs=1)
    low, high = wilson(190.5, 381)
    assert (high - low) / 2 <= 0.05
    low, high = wilson(190, 380)
    assert (high - low) / 2 > 0.05


@pytest.mark.parametrize(("share", "images"), [(0.5, None), (0.1, None), (0.02, None), (0.3, 900)])
def test_the_half_width_promised_for_a_share_is_reached(share, images):
    found = budget("prevalence", half_width=0.04, value=share, images=images)
    random = np.random.default_rng(1)
    if images is None:
        hits = random.binomial(found.coded, share, size=4000)
        size = found.coded
    else:
        good = round(share * images)
        hits = random.hypergeometric(good, images - good, found.coded, size=4000)
        size = found.coded / ((images - found.coded) / (images - 1))
    low, high = wilson(hits / found.coded * size, np.full(4000, size))
    assert ((high - low) / 2).mean() == pytest.approx(0.04, rel=0.05)
    assert ((low <= share) & (share <= high)).mean() == pytest.approx(0.95, abs=0.02)


def fleiss_cohen_everitt(joint):
    """Large-sample variance of kappa, n = 1, from a table of joint shares (1969, eq. 13)."""
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    chance, agree = rows @ columns, np.trace(joint)
    kappa = (agree - chance) / (1 - chance)
    own = sum(
        joint[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in range(len(joint))
    )
    off = sum(
        joint[i, j] * (columns[i] + rows[j]) ** 2
        for i in range(len(joint))
        for j in range(len(joint))
        if i != j
    )
    rest = (kappa - chance * (1 - kappa)) ** 2
    return (own + (1 - kappa) ** 2 * off - rest) / (1 - chance) ** 2


@given(
    kappa=st.floats(0, 0.99),
    shares=st.lists(st.floats(0.05, 1), min_size=2, max_size=5),
)
def test_agreement_of_two_coders_has_the_published_variance(kappa, shares):
    share = np.array(shares) / sum(shares)
    joint = kappa * np.diag(share) + (1 - kappa) * np.outer(share, share)
    ours = agreement_spread(kappa, share, 2) ** 2
    assert ours == pytest.approx(fleiss_cohen_everitt(joint), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("kappa", "prevalence"), [(0.7, 0.05), (0.7, 0.3), (0.4, 0.1), (0.9, 0.5)])
def test_double_coding_by_prevalence_is_as_published(kappa, prevalence):
    """Bloch and Kraemer (1989), as Donner and Eliasziw (1992) use it for two coders alike."""
    shares = (prevalence, 1 - prevalence)
    spread = (1 - kappa) * (
        (1 - kappa) * (1 - 2 * kappa) + kappa * (2 - kappa) / (2 * prevalence * (1 - prevalence))
    )
    expected = 1.959964**2 * spread / 0.1**2
    assert budget("kappa", half_width=0.1, value=kappa, shares=shares).n == np.ceil(expected)


@pytest.mark.parametrize("error", [0.02, 0.1])
def test_the_half_width_promised_for_a_coders_error_is_reached(error):
    found = budget("coder_error", half_width=0.015, value=error)
    random = np.random.default_rng(5)
    halves = []
    for _ in range(60):
        wrong = random.random((found.coded, 2)) < error
        codes = (np.arange(found.coded)[:, None] % 2 == 0) ^ wrong
        parts = [
            Codings.from_series(
                pd.Series(own, name="v").map({True: "1", False: "0"}), coder=coder
            ).data
            for own, coder in zip(codes.T, ("anna", "ben"), strict=True)
        ]
        estimated = coder_error(Codings(pd.concat(parts)))
        halves.append((estimated.high - estimated.low) / 2)
    assert np.median(halves) == pytest.approx(0.015, rel=0.05)


@pytest.mark.parametrize("value", [None, 0, 0.5])
def test_a_coders_error_is_asked_for(value):
    with pytest.raises(InputError, match=r"above 0 and less than \.5"):
        budget("coder_error", half_width=0.01, value=value)


def answers(n, kappa, shares, coders, random):
    """Coders who give the image's own category with the root of kappa, else any."""
    own = random.choice(len(shares), p=shares, size=(n, 1))
    other = random.choice(len(shares), p=shares, size=(n, coders))
    told = np.where(random.random((n, coders)) < np.sqrt(kappa), own, other)
    return pd.DataFrame(told.astype(str)).astype(object)


@pytest.mark.parametrize("coders", [2, 3])
def test_the_half_width_promised_for_agreement_is_reached(coders):
    shares = (0.2, 0.3, 0.5)
    found = budget("alpha", half_width=0.08, value=0.6, shares=shares, coders=coders)
    random = np.random.default_rng(2)
    alphas = [
        agreement_influence(answers(found.coded, 0.6, shares, coders, random))[0]
        for _ in range(250)
    ]
    assert 1.96 * np.std(alphas) == pytest.approx(0.08, rel=0.12)
    assert np.mean(alphas) == pytest.approx(0.6, abs=0.01)


def test_a_coefficient_from_assumptions_is_as_precise_as_promised():
    """With errors e and guessed errors g that correlate by rho, rho g is what g tells of e."""
    random = np.random.default_rng(3)
    rows, rho, estimates = 3000, 0.8, []
    found = budget("coefficient", half_width=0.1, correlation=rho, spread=1, images=rows)
    for _ in range(400):
        x, e, noise = random.normal(size=(3, rows))
        g = rho * e + np.sqrt(1 - rho**2) * noise
        coded = random.permutation(rows)[: found.coded]
        whole = x @ (0.5 * x + rho * g) / (x @ x)
        correction = x[coded] @ (e[coded] - rho * g[coded]) / (x[coded] @ x[coded])
        estimates.append(whole + correction)
    assert np.mean(estimates) == pytest.approx(0.5, abs=0.01)
    assert 1.96 * np.std(estimates) == pytest.approx(0.1, rel=0.1)
    alone = budget("coefficient", half_width=0.1, spread=1)
    assert alone.coded == pytest.approx((1.96 / 0.1) ** 2, abs=1)
    assert found.coded < 0.45 * alone.coded


def test_more_failures_groups_and_rare_kinds_cost_more():
    plain = budget("accuracy", half_width=0.03, value=0.9)
    assert budget("accuracy", half_width=0.03, value=0.9, failures=0.2).n == np.ceil(
        plain.coded / 0.8
    )
    double = budget("accuracy", half_width=0.03, value=0.9, design_effect=2)
    assert double.coded == pytest.approx(2 * plain.coded, abs=1)
    rare = budget("recall", half_width=0.03, value=0.9, among=0.1)
    assert rare.coded == pytest.approx(10 * plain.coded, abs=10)
    assert budget("accuracy", half_width=0.03, value=0.9, images=500).coded < plain.coded


def pilot(values, coder="anna", sample=None):
    return Codings.from_series(
        pd.Series(values, name="protest", dtype="str"), coder=coder, sample=sample
    )


def test_a_pilot_of_equal_weights_is_its_own_assumption():
    values = {f"{n}": "yes" if n < 30 else "no" for n in range(100)}
    found = budget_from_codings(pilot(values), "prevalence", half_width=0.03, category="yes")
    assert found.coded == budget("prevalence", half_width=0.03, value=0.3).coded
    missing = values | {f"m{n}": None for n in range(25)}
    found = budget_from_codings(pilot(missing), "prevalence", half_width=0.03, category="yes")
    assert found.n == np.ceil(found.coded / 0.8)


def test_unequal_weights_and_groups_of_a_pilot_count():
    random = np.random.default_rng(4)
    group = np.repeat(np.arange(60), 5)
    tendency = random.random(60)[group]
    values = pd.Series(np.where(random.random(300) < tendency, "yes", "no"))
    values.index = [f"{n}" for n in range(300)]
    values.name = "protest"
    groups = pd.Series(group.astype(str), index=values.index)
    options = {"half_width": 0.04, "category": "yes"}
    codes = Codings.from_series(values, coder="anna")
    alone = budget_from_codings(codes, "prevalence", **options)
    grouped = budget_from_codings(codes, "prevalence", groups=groups, **options)
    # Within a group shares correlate by 1/12 over 1/4: the design effect is 1 + 4/3.
    assert grouped.coded / alone.coded == pytest.approx(1 + 4 / 3, rel=0.35)
    table = pd.DataFrame({"image": values.index, "probability": np.where(group < 30, 0.1, 0.9)})
    drawn = Codings.from_series(values, coder="anna", sample=Sample("s", table))
    weighted = budget_from_codings(drawn, "prevalence", **options)
    kish = 300 * (1 / table["probability"] ** 2).sum() / (1 / table["probability"]).sum() ** 2
    assert weighted.coded / alone.coded == pytest.approx(kish, rel=0.2)


def test_codes_outside_of_the_pilots_sample_do_not_count():
    values = pd.Series(["yes", "no", "no", "yes", "no"] * 20, name="protest")
    values.index = [f"{n}.jpg" for n in range(100)]
    table = pd.DataFrame({"image": values.index[:60], "probability": 0.1})
    sample = Sample("s", table)
    options = {"half_width": 0.05, "category": "yes"}
    outside = Codings(Codings.from_series(values, coder="anna").data, sample=sample)
    inside = Codings(Codings.from_series(values[:60], coder="anna").data, sample=sample)
    found, wanted = (budget_from_codings(one, "prevalence", **options) for one in (outside, inside))
    assert (found.coded, found.assumes) == (wanted.coded, wanted.assumes)


def test_a_pilot_of_agreement_and_accuracy():
    random = np.random.default_rng(5)
    told = answers(400, 0.6, (0.3, 0.7), 2, random)
    told.index = [f"{n}" for n in range(400)]
    both = Codings(
        pd.concat([pilot(told[0], "anna").data, pilot(told[1], "ben").data, pilot({"x": "1"}).data])
    )
    found = budget_from_codings(both, "alpha", half_width=0.1)
    before = budget("alpha", half_width=0.1, value=0.6, shares=(0.3, 0.7))
    assert found.coded == pytest.approx(before.coded, rel=0.2)
    machine = pilot(told[1], "svm")
    share = (told[0] == told[1]).mean()
    right = budget_from_codings(pilot(told[0]), "accuracy", half_width=0.03, measure=machine)
    assert right.coded == budget("accuracy", half_width=0.03, value=share).coded


@pytest.mark.data
def test_standard_errors_to_come_are_those_that_r_predicts(shared_data):
    """The printed example of R's package dsl, `power_dsl`: 500 coded now, then 600, 700, 800."""
    data = pd.read_csv(shared_data / "reference/dsl/PanChen.csv")
    formula = "SendOrNot ~ countyWrong + prefecWrong + connect2b + prevalence + regionj"
    formula += " + groupIssue"
    options = {"predicted": ["countyWrong"], "prediction": ["pred_countyWrong"], "model": "logit"}
    power = label_power(formula, data, **options)
    assert power.coded == 500
    se = power.se([500, 600, 700, 800])
    printed = {
        "countyWrong": [0.2229501, 0.2045568, 0.1903336, 0.1789257],
        "intercept": [0.3621287, 0.3616287, 0.3612711, 0.3610027],
    }
    for term, expected in printed.items():
        np.testing.assert_allclose(se[term], expected, atol=0.003)
    more = {
        "prefecWrong": [0.2969601, 0.2962946, 0.2958184],
        "connect2b": [0.1196955, 0.1189752, 0.1184581],
        "prevalence": [0.1519671, 0.1514800, 0.1511311],
        "regionj": [0.4565481, 0.4563130, 0.4561449],
    }
    for term, expected in more.items():
        np.testing.assert_allclose(se[term].iloc[:3], expected, atol=0.001)
    found = budget_from_regression(
        formula, data, term="countyWrong", half_width=1.96 * 0.1903336, **options
    )
    assert found.coded == pytest.approx(700, abs=15)


@pytest.mark.parametrize("cluster", [None, "account"])
def test_standard_errors_to_come_arrive(cluster):
    """A pilot of 300 says what 1,200 codes give."""
    random = np.random.default_rng(6)
    rows = 4000
    data = pd.DataFrame({"account": np.repeat(np.arange(800), 5)})
    mood = random.normal(size=800)[data["account"]] * (cluster is not None)
    smile = random.normal(size=rows) + mood
    data["likes"] = 2 * smile + random.normal(size=rows) + mood
    data["machine"] = smile + random.normal(size=rows)
    order = random.permutation(rows)

    def coded(n):
        return data.assign(smile=pd.Series(smile).where(pd.Series(np.argsort(order) < n)))

    options = {"predicted": ["smile"], "prediction": ["machine"], "cluster": cluster, "repeats": 2}
    now, later = (label_power("likes ~ smile", coded(n), **options) for n in (300, 1200))
    told, came = now.se([1200])["smile"].iloc[0], later.se([1200])["smile"].iloc[0]
    assert told == pytest.approx(came, rel=0.15)
    assert told < 0.7 * now.se([300])["smile"].iloc[0]


def test_a_result_says_and_shows_its_number():
    found = budget("kappa", half_width=0.05, value=0.7, shares=(0.2, 0.8), failures=0.1)
    assert f"Code {found.n:,} images (so that {found.coded:,} get a code) for kappa" in (
        found.summary()
    )
    assert ".050 (95 %)" in found.summary() and "shares 0.2, 0.8" in found.summary()
    table = found.table()
    assert table["half_width"].is_monotonic_decreasing
    ax = found.plot()
    assert any(f"{found.coded:,} images" in text.get_text() for text in ax.texts)


@pytest.mark.parametrize(
    ("what", "options", "message"),
    [
        ("share", {}, "what='share'"),
        ("prevalence", {"value": 1.2}, "value=1.2"),
        ("prevalence", {"half_width": 0}, "half_width=0"),
        ("prevalence", {"failures": 1}, "failures=1"),
        ("recall", {"value": 0.9, "among": 0}, "among=0"),
        ("kappa", {}, "needs value="),
        ("kappa", {"value": 0.5, "shares": (1.0,)}, "one category alone"),
        ("alpha", {"value": 0.5, "coders": 1}, "coders=1"),
        ("coefficient", {}, "spread=None"),
        ("coefficient", {"spread": 1, "correlation": 0.5}, "images="),
        ("coefficient", {"spread": 9, "correlation": 0.5, "images": 100}, "out of reach"),
        ("prevalence", {"images": 1}, "images=1"),
    ],
)
def test_unusable_assumptions_say_why(what, options, message):
    with pytest.raises(InputError, match=message):
        budget(what, **{"half_width": 0.05, **options})


@pytest.mark.parametrize(
    ("what", "values", "options", "message"),
    [
        ("kappa", {"a": "1"}, {}, "a pilot can estimate"),
        ("prevalence", {"a": "yes"}, {"category": "no"}, "the pilot has yes"),
        ("prevalence", {"a": "yes"}, {"category": "yes"}, "1 image of the pilot"),
        ("alpha", {"a": "yes", "b": "no"}, {}, "coded by two people"),
        ("accuracy", {"a": "yes"}, {}, "needs measure="),
        ("alpha", {"a": "yes"}, {"variable": "mood"}, "the pilot has protest"),
    ],
)
def test_unusable_pilots_say_why(what, values, options, message):
    with pytest.raises(InputError, match=message):
        budget_from_codings(pilot(values), what, half_width=0.05, **options)


def test_one_category_says_so():
    values = {f"{n}": "yes" for n in range(20)}
    both = Codings(pd.concat([pilot(values, "anna").data, pilot(values, "ben").data]))
    with pytest.raises(InputError, match="all codings of the pilot are 'yes'"):
        budget_from_codings(both, "alpha", half_width=0.05)
