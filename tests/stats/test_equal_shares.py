"""Whether groups have the same share: the test of a table, and how often it is wrong."""

import numpy as np
import pytest
from scipy.stats import chi2, chi2_contingency, f, norm

from iconometrics.stats import survey_design
from iconometrics.stats.equal_shares import equal_shares

SIZES = {2: [0.7, 0.3], 5: [0.45, 0.25, 0.15, 0.1, 0.05]}


def test_of_units_drawn_alike_it_is_pearsons_test_of_a_table():
    group = np.repeat([0, 1, 2], [50, 80, 30])
    right = np.concatenate([np.arange(n) < k for n, k in ((50, 40), (80, 70), (30, 18))])
    found = equal_shares(right, np.ones(160), group, drawn=survey_design(np.ones(160)))
    table = [[40, 70, 18], [10, 10, 12]]
    expected = chi2_contingency(table, correction=False)
    assert found.p == pytest.approx(f.sf(expected.statistic / 2, 2, 159))
    assert found.p == pytest.approx(chi2.sf(expected.statistic, 2), rel=0.2)
    assert found.comparisons == 3 and found.adjusted.argmin() == 2


def test_whole_weights_change_the_shares_not_the_number_of_units():
    group, right = np.arange(200) % 2, np.arange(200) % 7 > 0
    times = np.where(group == 1, 4.0, 1.0)
    found = equal_shares(right, np.ones(200), group, drawn=survey_design(times, strata=group))
    plain = equal_shares(
        right, np.ones(200), group, drawn=survey_design(np.ones(200), strata=group)
    )
    assert found.p == pytest.approx(plain.p, abs=0.05)


def test_clusters_of_repeated_units_count_once():
    random = np.random.default_rng(4)
    group, right = random.integers(3, size=120), random.random(120) < 0.8
    once = equal_shares(right, np.ones(120), group, drawn=survey_design(np.ones(120)))
    rows = np.repeat(np.arange(120), 5)
    drawn = survey_design(np.ones(600), clusters=rows)
    often = equal_shares(right[rows], np.ones(600), group[rows], drawn=drawn)
    assert often.p == pytest.approx(once.p, abs=0.02)
    assert often.detectable == pytest.approx(once.detectable, rel=0.1)


def test_of_two_groups_there_is_one_comparison():
    group, right = np.arange(100) % 2, np.arange(100) % 10 > 0
    found = equal_shares(right, np.ones(100), group, drawn=survey_design(np.ones(100)))
    assert found.comparisons == 1
    assert found.adjusted[0] == pytest.approx(found.adjusted[1])
    se = np.sqrt(right.mean() * (1 - right.mean()) * 2 / 50)
    assert found.detectable[0] >= (norm.ppf(0.975) + norm.ppf(0.8)) * se * 0.99


def test_small_groups_and_no_errors():
    group = np.repeat([0, 1, 2], [90, 5, 5])
    right = np.arange(100) > 10
    found = equal_shares(right, np.ones(100), group, drawn=survey_design(np.ones(100)))
    assert np.isnan(found.p) and np.isnan(found.adjusted).all()
    perfect = equal_shares(np.ones(100), np.ones(100), group % 2, drawn=survey_design(np.ones(100)))
    assert np.isnan(perfect.p)
    perfect = equal_shares(np.ones(100), np.ones(100), np.arange(100) % 2,
                           drawn=survey_design(np.ones(100)))  # fmt: skip
    assert perfect.p == 1 and (perfect.adjusted == 1).all()


def test_few_units_without_an_error_are_no_finding():
    group = (np.arange(400) < 24).astype(int)
    right = (np.arange(400) < 24) | (np.arange(400) % 8 > 0)
    found = equal_shares(right, np.ones(400), group, drawn=survey_design(np.ones(400)))
    assert found.p > 0.05 and found.adjusted.min() > 0.05


@pytest.mark.parametrize("groups", SIZES)
@pytest.mark.parametrize("kind", ["alike", "strata", "clusters"])
def test_it_errs_as_often_as_it_says(groups, kind):
    wrong, seen = 0, 0
    for number in range(200):
        random = np.random.default_rng([8, groups, number])
        group = random.choice(groups, 300, p=SIZES[groups])
        chance, weights, strata, clusters = np.full(300, 0.85), np.ones(300), None, None
        if kind == "strata":
            strata = (np.arange(300) < 150).astype(int)
            weights, chance = np.where(strata, 2.0, 12.0), np.where(strata, 0.75, 0.9)
        if kind == "clusters":
            clusters = np.arange(300) // 5
            chance = random.beta(8, 1.5, 60)[clusters]
        drawn = survey_design(weights, strata=strata, clusters=clusters)
        draws = random.random(300)
        for gap in (0.0, 0.3):
            right = draws < chance - gap * (group == 0)
            found = equal_shares(right, np.ones(300), group, drawn=drawn)
            claim = found.p < 0.05
            if gap:
                seen += claim and found.adjusted[0] < 0.05
            else:
                wrong += claim
    assert wrong <= 0.08 * 200
    assert seen >= 0.8 * 200
