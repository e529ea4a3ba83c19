"""Agreement coefficients: published values, other libraries, brute force, invariances."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from iconometrics import stats
from iconometrics.errors import InputError
from iconometrics.stats.agreement.categories import specific_agreement
from iconometrics.stats.agreement.units import patterns

_ = np.nan
C = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
).T
THREE = np.array(
    [
        [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
        [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
        [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
    ]
).T
FLEISS = np.array(
    [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
)


@pytest.mark.parametrize(
    ("level", "expected"),
    [("nominal", 0.7434), ("ordinal", 0.8154), ("interval", 0.8491), ("ratio", 0.7974)],
)
def test_krippendorff_2011_example_c(level, expected):
    assert round(stats.krippendorff_alpha(C, level=level).value, 4) == expected
    assert round(stats.krippendorff_alpha(C.astype(object), level=level).value, 4) == expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("0100000010", "1110010000", 0.0952),
        ("aabbdcccedda", "babbbccceddd", 0.6920),
    ],
)
def test_krippendorff_2011_examples_a_and_b(first, second, expected):
    ratings = np.array([list(first), list(second)]).T
    assert round(stats.krippendorff_alpha(ratings).value, 4) == expected


@pytest.mark.parametrize(("level", "expected"), [("nominal", 0.6914), ("interval", 0.8108)])
def test_three_coders(level, expected):
    assert round(stats.krippendorff_alpha(THREE, level=level).value, 4) == expected


def test_fleiss_1971():
    found = stats.fleiss_kappa(stats.ratings_from_counts(FLEISS))
    assert round(found.value, 5) == 0.20993


@pytest.mark.parametrize(
    ("table", "cohen"),
    [([[20, 5], [10, 15]], 0.4), ([[45, 15], [25, 15]], 0.1304), ([[25, 35], [5, 35]], 0.2593)],
)
def test_cohen(table, cohen):
    assert round(stats.cohen_kappa(stats.ratings_from_table(table)).value, 4) == cohen


def test_the_paradox_of_kappa():
    ratings = stats.ratings_from_table([[118, 5], [2, 0]])
    assert round(stats.cohen_kappa(ratings).value, 4) == -0.0234
    assert round(stats.gwet_ac(ratings).value, 4) == 0.9408


def test_gwet_four_raters():
    """Twelve units of Gwet's handbook, one of one rating, with the errors that irrCAC prints."""
    expected = {
        stats.percent_agreement: (0.8181818, 0.1256090),
        stats.gwet_ac: (0.77544, 0.14295),
        stats.fleiss_kappa: (0.76117, 0.15302),
    }
    for coefficient, (value, error) in expected.items():
        found = coefficient(C, linearization="handbook", scale="plain")
        assert found.value == pytest.approx(value, abs=1e-5), coefficient
        assert found.se == pytest.approx(error, abs=1e-5), coefficient
        assert found.value - found.low == pytest.approx(student.ppf(0.975, 11) * found.se)
        assert found.units == 11
        assert coefficient(C).value == found.value and coefficient(C).se < found.se
        assert "1 unit has one rating" in coefficient(C).method
        assert "one rating" not in found.method + coefficient(C[:10]).method
    alpha = stats.krippendorff_alpha(C)
    assert (alpha.value, alpha.units) == (pytest.approx(0.74342, abs=1e-5), 11)
    # irrCAC takes the number of ratings for fixed in the correction of chance for small samples.
    assert alpha.se == pytest.approx(0.14557, rel=1e-3)


@pytest.mark.parametrize("name", ["percent_agreement", "fleiss_kappa", "gwet_ac"])
def test_both_linearizations_are_one_where_every_unit_has_two_ratings(name):
    compute = getattr(stats, name)
    ratings = C[:10]
    assert compute(ratings, linearization="handbook") == compute(ratings)
    with pytest.raises(InputError, match="'ratio' or 'handbook'"):
        compute(ratings, linearization="fixed")


@pytest.mark.parametrize("name", ["percent_agreement", "fleiss_kappa", "gwet_ac"])
def test_the_error_with_units_of_one_rating_is_the_jackknifes(name):
    random = np.random.default_rng(8)
    truth = random.choice([1.0, 2.0, 3.0], size=(300, 1), p=[0.5, 0.3, 0.2])
    ratings = np.where(random.random((300, 2)) < 0.8, truth, random.choice([1.0, 2, 3], (300, 2)))
    ratings[random.random(300) < 0.5, 1] = np.nan
    left = [_value(name, np.delete(ratings, i, axis=0), {}) for i in range(300)]
    jackknife = np.sqrt(299**2 / 300 * np.var(left, ddof=1))
    compute = partial(getattr(stats, name), ratings, categories=[1.0, 2.0, 3.0, 5.0])
    assert compute().se == pytest.approx(jackknife, rel=0.02)
    assert compute(linearization="handbook").se > 1.2 * jackknife


def test_standard_errors_of_gwet_abstractors():
    """A cross-table of Gwet's handbook, with the standard errors that irrCAC prints."""
    ratings = stats.ratings_from_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    expected = {
        stats.percent_agreement: (0.89, 0.03128898),
        stats.gwet_ac: (0.8493305, 0.04321747),
        stats.fleiss_kappa: (0.7962397, 0.05905473),
        stats.cohen_kappa: (0.7964094, 0.05891072),
        stats.krippendorff_alpha: (0.7972585, 0.05905473),
    }
    for coefficient, (value, error) in expected.items():
        found = coefficient(ratings)
        assert found.value == pytest.approx(value, abs=1e-6), coefficient
        # irrCAC divides by n in the table form of some of them; 1/200 apart at most.
        assert found.se == pytest.approx(error, rel=0.006), coefficient


def test_weighted_kappa_of_cohen_1968():
    """Two psychiatrists' diagnoses; weights of disagreement 0 1 3 / 1 0 6 / 3 6 0."""
    table = np.round(200 * np.array([[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]))
    ratings = stats.ratings_from_table(table)
    disagreement = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert stats.cohen_kappa(ratings).value == pytest.approx(0.492, abs=5e-4)
    weighted = stats.cohen_kappa(ratings, weights=1 - disagreement / 6)
    assert weighted.value == pytest.approx(0.348, abs=5e-4)


@st.composite
def tables(draw, coders=None, missing=True):
    units = draw(st.integers(4, 12))
    width = coders or draw(st.integers(2, 4))
    values = st.sampled_from([1.0, 2.0, 3.0, 5.0, *([np.nan] if missing else [])])
    rows = st.lists(values, min_size=width, max_size=width)
    return np.array(draw(st.lists(rows, min_size=units, max_size=units)))


def brute_alpha(ratings, level):
    """By the definition: every pair of ratings within units, and of all ratings."""
    units = [row[~np.isnan(row)] for row in ratings]
    units = [row for row in units if len(row) > 1]
    values = np.concatenate(units) if units else np.array([])
    names, counts = np.unique(values, return_counts=True)

    def far(a, b):
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        if level == "ratio":
            return ((a - b) / (a + b)) ** 2
        low, high = sorted((a, b))
        between = counts[(names >= low) & (names <= high)].sum()
        ends = counts[names == low].sum() / 2 + counts[names == high].sum() / 2
        return (between - ends) ** 2 if low < high else 0.0

    within = sum(
        sum(far(a, b) for a, b in itertools.permutations(row, 2)) / (len(row) - 1) for row in units
    )
    between = sum(far(a, b) for a, b in itertools.permutations(values, 2))
    if not between:
        return np.nan
    return 1 - within / len(values) / (between / (len(values) * (len(values) - 1)))


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@given(ratings=tables())
def test_alpha_is_its_definition(level, ratings):
    if np.isnan(ratings).all():
        return
    found = stats.krippendorff_alpha(ratings, level=level)
    np.testing.assert_allclose(found.value, brute_alpha(ratings, level), atol=1e-9)
    assert bool(found.reason) == bool(np.isnan(found.value))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # statsmodels, where kappa is not defined
@given(ratings=tables(coders=2, missing=False))
def test_cohen_is_that_of_other_libraries(ratings):
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import cohens_kappa

    first, second = ratings.astype(int).T
    labels = np.unique(ratings.astype(int))
    for weights in (None, "linear", "quadratic"):
        found = stats.cohen_kappa(ratings, weights=weights)
        if np.isnan(found.value):
            assert len(set(first)) == len(set(second)) == 1
            continue
        assert found.value == pytest.approx(cohen_kappa_score(first, second, weights=weights))
        table = (first[:, None, None] == labels[:, None]) & (second[:, None, None] == labels)
        kind = {"wt": weights} if weights != "quadratic" else {"wt": "fc"}
        other = cohens_kappa(table.sum(axis=0), **kind)
        if np.isfinite(other.std_kappa):
            assert found.se == pytest.approx(other.std_kappa, abs=1e-7)


@given(ratings=tables(missing=False))
def test_fleiss_is_that_of_statsmodels(ratings):
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    found = stats.fleiss_kappa(ratings)
    if np.isnan(found.value):
        assert len(np.unique(ratings)) == 1
    else:
        assert found.value == pytest.approx(fleiss_kappa(aggregate_raters(ratings)[0]))


def _value(name, ratings, options):
    return getattr(stats, name)(ratings, categories=[1.0, 2.0, 3.0, 5.0], **options).value


@pytest.mark.parametrize(
    ("name", "options", "few"),
    [
        ("percent_agreement", {}, 0),
        ("fleiss_kappa", {}, 0),
        ("fleiss_kappa", {"weights": "linear"}, 0),
        ("gwet_ac", {}, 0),
        ("gwet_ac", {"weights": "quadratic"}, 0),
        ("cohen_kappa", {"weights": "ordinal"}, 0),
        ("krippendorff_alpha", {}, 1),
        ("krippendorff_alpha", {"level": "ordinal"}, 1),
        ("krippendorff_alpha", {"level": "interval"}, 1),
        ("krippendorff_alpha", {"level": "ratio"}, 1),
    ],
)
def test_standard_error_is_near_the_jackknife(name, options, few):
    """An independent way to the same number; they differ by terms of 1/n."""
    random = np.random.default_rng(3)
    truth = random.choice([1.0, 2.0, 3.0, 5.0], size=(300, 1), p=[0.4, 0.3, 0.2, 0.1])
    ratings = np.where(
        random.random((300, 3)) < 0.8, truth, random.choice([1.0, 2, 3, 5], (300, 3))
    )
    if name == "cohen_kappa":
        ratings = ratings[:, :2]
    else:
        ratings[random.random(ratings.shape) < 0.1] = np.nan
    found = getattr(stats, name)(ratings, categories=[1.0, 2.0, 3.0, 5.0], **options)
    left = np.array([_value(name, np.delete(ratings, i, axis=0), options) for i in range(300)])
    jackknife = np.sqrt(299 / 300 * ((left - left.mean()) ** 2).sum())
    assert found.se == pytest.approx(jackknife, rel=0.02)


def test_bootstrap_agrees_with_the_analytic_interval():
    random = np.random.default_rng(4)
    truth = random.integers(4, size=(400, 1))
    ratings = np.where(random.random((400, 3)) < 0.8, truth, random.integers(4, size=(400, 3)))
    for level in ("nominal", "ordinal", "interval"):
        found = stats.krippendorff_alpha(ratings, level=level, draws=2000)
        width = found.boot_high - found.boot_low
        assert width == pytest.approx(found.high - found.low, rel=0.1)
        again = stats.krippendorff_alpha(ratings, level=level, draws=2000)
        assert again.boot_low == found.boot_low


def test_bootstrap_draws_distinct_and_common_patterns_alike():
    """Few patterns are drawn by their number, many one by one; both must mean the same."""
    random = np.random.default_rng(5)
    values = random.normal(size=(500, 1)) + 0.5 * random.normal(size=(500, 2))
    many = stats.krippendorff_alpha(values, level="interval", draws=1000)
    few = stats.krippendorff_alpha(values.round(0), level="interval", draws=1000)
    assert many.boot_high - many.boot_low == pytest.approx(many.high - many.low, rel=0.1)
    assert few.boot_high - few.boot_low == pytest.approx(few.high - few.low, rel=0.1)


def test_groups_widen_the_interval_and_single_units_do_not():
    random = np.random.default_rng(6)
    right = random.random((60, 1)) < 0.7
    truth = np.repeat(random.integers(3, size=(60, 1)), 10, axis=0)
    wrong = random.integers(3, size=(600, 3))
    ratings = np.where(np.repeat(right, 10, axis=0), truth, wrong)
    groups = np.repeat(np.arange(60), 10)
    plain = stats.krippendorff_alpha(ratings, draws=500)
    by_group = stats.krippendorff_alpha(ratings, groups=groups, draws=500)
    alone = stats.krippendorff_alpha(ratings, groups=np.arange(600))
    assert by_group.se > 1.5 * plain.se
    assert by_group.boot_high - by_group.boot_low > 1.5 * (plain.boot_high - plain.boot_low)
    assert alone.se == pytest.approx(plain.se)


@given(ratings=tables(), seed=st.integers(0, 99))
def test_order_of_units_coders_and_names_does_not_matter(ratings, seed):
    if np.isnan(ratings).all():
        return
    random = np.random.default_rng(seed)
    other = random.permutation(random.permutation(ratings, axis=0), axis=1)
    names = {1.0: "d", 2.0: "a", 3.0: "b", 5.0: "c"}
    named = [[names.get(value) for value in row] for row in ratings]
    for coefficient in (stats.fleiss_kappa, stats.gwet_ac, stats.krippendorff_alpha):
        value = coefficient(ratings).value
        np.testing.assert_allclose(coefficient(other).value, value, atol=1e-12)
        np.testing.assert_allclose(coefficient(named).value, value, atol=1e-12)


def test_sets_of_labels():
    ratings = [["flag;police", "police;flag"], ["flag", "flag;police"], ["fire", "flag"], ["", ""]]
    distance = stats.set_distance(["flag;police", "flag", "fire", ""], "masi")
    assert distance[0].round(3).tolist() == [0, 0.667, 1, 1]
    assert distance[3, 3] == 0
    jaccard = stats.krippendorff_alpha(ratings, level="jaccard")
    exact = stats.krippendorff_alpha(ratings)
    assert jaccard.value > exact.value
    sets = [[{"flag", "police"}, {"flag"}]]
    assert stats.set_distance(sets[0], "jaccard")[0, 1] == 0.5


def test_specific_agreement_of_two_coders():
    """Cicchetti and Feinstein: twice the agreed over the sum of both margins."""
    units = patterns(stats.ratings_from_table([[20, 5], [10, 15]]))
    found = specific_agreement(units, draws=200)
    assert found.value == pytest.approx([40 / 55, 30 / 45])
    assert (found.low < found.value).all() and (found.value < found.high).all()
    assert found.ratings.tolist() == [55, 45]


@pytest.mark.parametrize(
    ("ratings", "words"),
    [
        ([["a", "a"], ["a", "a"]], "one"),
        ([["a", None], [None, "b"]], "no unit"),
        ([["a", None]], "no unit"),
    ],
)
@pytest.mark.parametrize("name", ["cohen_kappa", "fleiss_kappa", "gwet_ac", "krippendorff_alpha"])
def test_undefined_coefficients_say_why(name, ratings, words):
    found = getattr(stats, name)(ratings, draws=10)
    assert np.isnan([found.value, found.low, found.high, found.boot_low]).all()
    assert words in found.reason or "same" in found.reason
    assert "not defined" in repr(found)


def test_one_unit_has_a_value_and_no_interval():
    found = stats.percent_agreement([["a", "b"]])
    assert found.value == 0 and np.isnan(found.low)


def test_text_in_lists_may_be_missing():
    rows = [["a", np.nan], ["a", "a"], ["b", "b"], ["a", "b"]]
    found = stats.krippendorff_alpha(rows)
    assert found.units == 3
    assert found == stats.krippendorff_alpha([["a", None], *rows[1:]])


@pytest.mark.parametrize("name", ["percent_agreement", "fleiss_kappa", "gwet_ac"])
@pytest.mark.parametrize("grouped", [False, True])
def test_units_of_one_rating_do_not_make_the_interval_surer(name, grouped):
    twice = np.array([[0, 0], [1, 1], [0, 0], [1, 0], [0, 0], [1, 1], [1, 1], [0, 1]], dtype=float)
    once = np.column_stack([np.tile([0.0, 1.0], 200), np.full(400, np.nan)])
    compute = getattr(stats, name)
    groups = np.arange(408) // 2 if grouped else None
    some = compute(twice, groups=None if groups is None else groups[:8])
    found = compute(np.vstack([twice, once]), groups=groups, scale="plain")
    assert found.value == pytest.approx(some.value)
    free = 3 if grouped else 7
    half = student.ppf(0.975, free) * found.se
    assert found.value - found.low == pytest.approx(half)
    if name == "percent_agreement":
        assert found.se == pytest.approx(some.se)


def test_named_categories_define_what_one_category_leaves_open():
    ratings = [["a", "a"], ["a", "a"], ["a", "a"]]
    assert stats.gwet_ac(ratings, categories=["a", "b"]).value == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stats.krippendorff_alpha([[_, _]]), "no ratings"),
        (lambda: stats.krippendorff_alpha([1, 2, 3]), "one row per unit"),
        (
            lambda: stats.krippendorff_alpha([["low", "high"], ["mid", "mid"]], level="ordinal"),
            "categories=",
        ),
        (lambda: stats.krippendorff_alpha([["low", "high"]], level="interval"), "not a number"),
        (lambda: stats.krippendorff_alpha([[-1, 1]], level="ratio"), "0 or more"),
        (lambda: stats.krippendorff_alpha([[1, 1]], level="cardinal"), "expected one of"),
        (lambda: stats.krippendorff_alpha([[1, 2]], distance=np.eye(3)), "2 x 2"),
        (lambda: stats.cohen_kappa([[1, 1, 2]]), "compares two"),
        (lambda: stats.cohen_kappa([[1, 2]], weights="cubic"), "expected one of"),
        (lambda: stats.cohen_kappa([[1, 2]], weights=np.eye(3)), "2 categories"),
        (lambda: stats.cohen_kappa([[1, 2]], weights=np.array([[1, 0], [0.5, 1]])), "symmetric"),
        (lambda: stats.fleiss_kappa([["a", 1, None]]), "different kinds"),
        (lambda: stats.fleiss_kappa([[1, 2]], categories=[1]), "not one of the categories"),
        (lambda: stats.fleiss_kappa([[1, 2]], categories=[1, 1, 2]), "each category once"),
        (lambda: stats.gwet_ac([[1, 2]], confidence=95), "confidence"),
        (lambda: stats.gwet_ac([[1, 2], [1, 1]], groups=["x", "x"]), "one group"),
        (lambda: stats.gwet_ac([[1, 2], [1, 1]], groups=["x"]), "one group for each"),
        (lambda: stats.ratings_from_table([[1, 2, 3]]), "square"),
        (lambda: stats.ratings_from_counts([[0.5, 2]]), "whole numbers"),
        (lambda: stats.ratings_from_counts([[-1, 2]]), "whole numbers"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(InputError, match=words):
        call()
