"""The score interval: where it is a published one, where it must hold, how often it covers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multinomial
from scipy.stats import t as student

from iconometrics import stats
from iconometrics.stats.agreement.alpha import alpha_of
from iconometrics.stats.agreement.cohen import Cohen
from iconometrics.stats.agreement.intervals import measured
from iconometrics.stats.agreement.pairs import PairAgreement
from iconometrics.stats.agreement.units import Patterns

COEFFICIENTS = {
    "percent": lambda units: PairAgreement(units, "percent"),
    "fleiss": lambda units: PairAgreement(units, "fleiss"),
    "gwet": lambda units: PairAgreement(units, "gwet"),
    "cohen": Cohen,
    "alpha": lambda units: alpha_of(units, "nominal"),
}


@pytest.mark.parametrize("differing", [0, 1, 7, 20, 40])
def test_of_percent_agreement_of_two_it_is_wilsons(differing):
    table = [[30 - differing // 2, differing], [0, 10 - (differing + 1) // 2]]
    ratings = stats.ratings_from_table(np.maximum(table, 0))
    found = stats.percent_agreement(ratings)
    n = len(ratings) - 1
    expected = stats.wilson(found.value * n, n, df=n)
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=1e-6)


@pytest.mark.parametrize("table", [[[70, 3], [4, 23]], [[90, 1], [0, 4]], [[20, 15], [9, 16]]])
def test_of_kappa_of_two_it_is_donners_and_eliasziws(table):
    ratings = stats.ratings_from_table(table)
    found = stats.fleiss_kappa(ratings)
    n = len(ratings)
    p = ratings.mean()
    for end in (found.low, found.high):
        spread = (1 - end) * (1 - 2 * end) + end * (2 - end) / (2 * p * (1 - p))
        error = np.sqrt((1 - end) * spread / (n - 1))
        assert abs(found.value - end) / error == pytest.approx(student.ppf(0.975, n - 1))


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_it_has_width_where_nobody_disagrees(name):
    widths = []
    for times in (1, 4):
        rows, count = np.array([[0, 0], [1, 1]]), np.array([45, 5]) * times
        units = Patterns(rows, count, np.repeat([0, 1], count), (0, 1), ordered=True)
        found = measured(COEFFICIENTS[name](units), groups=None, draws=0, confidence=0.95, seed=1)
        assert found.value == found.high == 1 and found.se == 0
        widths.append(found.high - found.low)
    assert 0.05 < widths[0] < 0.6
    assert widths[0] / 4 < widths[1] < widths[0] / 2


def test_groups_of_one_unit_are_units_and_groups_alike_are_one():
    random = np.random.default_rng(3)
    ratings = np.where(random.random((60, 3)) < 0.9, random.integers(3, size=(60, 1)), 0)
    plain = stats.krippendorff_alpha(ratings)
    alone = stats.krippendorff_alpha(ratings, groups=np.arange(60))
    assert (alone.low, alone.high) == pytest.approx((plain.low, plain.high))
    fourfold = stats.krippendorff_alpha(np.repeat(ratings, 4, axis=0), groups=np.arange(240) // 4)
    assert (fourfold.low, fourfold.high) == pytest.approx((plain.low, plain.high), abs=0.01)
    same = stats.krippendorff_alpha([[0, 0]] * 180 + [[1, 1]] * 60, groups=np.arange(240) // 4)
    single = stats.krippendorff_alpha([[0, 0]] * 45 + [[1, 1]] * 15)
    assert same.low == pytest.approx(single.low, abs=0.01)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@given(
    rows=st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=3, max_size=9),
    power=st.integers(-6, 6),
)
def test_it_holds_the_value_and_knows_no_unit_of_measurement(level, rows, power):
    found = stats.krippendorff_alpha(rows, level=level)
    if np.isnan(found.value):
        return
    assert -1 <= found.low <= found.value <= found.high <= 1
    scaled = stats.krippendorff_alpha(np.array(rows) * 10.0**power, level=level)
    assert (scaled.low, scaled.high) == pytest.approx((found.low, found.high), abs=1e-5)


@pytest.mark.parametrize("name", ["alpha", "fleiss", "cohen"])
@pytest.mark.parametrize(("units", "prevalence"), [(50, 0.04), (100, 0.08), (50, 0.2)])
def test_it_covers_a_rare_category(name, units, prevalence):
    """Every table that two coders can give, with its probability."""
    differ = prevalence * (1 - prevalence) * 0.19
    share = [1 - prevalence - differ, differ, differ, prevalence - differ]
    tables = np.array([[units - a - b - c, b, c, a] for a in range(25) for b in range(9)
                       for c in range(9) if a + b + c <= units])  # fmt: skip
    chance = multinomial.pmf(tables, units, share)
    inside, known = 0.0, 0.0
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    for table, probability in zip(tables, chance, strict=True):
        there = table > 0
        member = np.repeat(np.arange(there.sum()), table[there])
        patterns = Patterns(rows[there], table[there], member, (0, 1), ordered=True)
        if probability < 1e-4:
            continue
        statistic = COEFFICIENTS[name](patterns)
        found = measured(statistic, groups=None, draws=0, confidence=0.95, seed=1)
        if np.isfinite(found.value):
            known += probability
            inside += probability * (found.low <= 0.81 <= found.high)
    assert 0.935 < inside / known < 0.97


def five_ordered(random, units):
    """Three coders see one of five categories in order with a skill of .7, else one near it."""
    near = np.exp(-np.abs(np.subtract.outer(range(5), range(5))).astype(float))
    said = 0.7 * np.eye(5) + 0.3 * near / near.sum(axis=1, keepdims=True)
    seen = random.choice(5, size=(units, 1), p=[0.3, 0.25, 0.2, 0.15, 0.1])
    return (random.random((units, 3, 1)) > said.cumsum(axis=1)[seen]).sum(axis=2)


@pytest.mark.parametrize(
    "coefficient",
    [
        lambda ratings: stats.krippendorff_alpha(ratings, level="interval", draws=0),
        lambda ratings: stats.gwet_ac(ratings, weights="quadratic", draws=0),
    ],
    ids=["alpha", "AC2"],
)
def test_it_covers_few_units_of_ordered_categories(coefficient):
    """600 draws; without the unit that is added 86 and 90 % hold the truth."""
    random = np.random.default_rng(11)
    truth = coefficient(five_ordered(random, 200_000)).value
    intervals = [coefficient(five_ordered(random, 40)) for _ in range(600)]
    assert np.mean([own.low <= truth <= own.high for own in intervals]) > 0.915
