"""Units drawn unequally: values of the corpus, errors by design, and what equal weights give."""

import numpy as np
import pytest

from iconometrics import stats
from iconometrics.errors import InputError
from iconometrics.stats import survey_design
from iconometrics.stats.agreement.categories import specific_agreement
from iconometrics.stats.agreement.units import patterns

COEFFICIENTS = {
    "percent": stats.percent_agreement,
    "fleiss": stats.fleiss_kappa,
    "gwet": stats.gwet_ac,
    "cohen": stats.cohen_kappa,
    "alpha": stats.krippendorff_alpha,
}
ALPHAS = {
    f"alpha, {level}": lambda ratings, level=level, **options: stats.krippendorff_alpha(
        ratings, level=level, **options
    )
    for level in ("ordinal", "interval", "ratio")
}
WEIGHTED = {
    f"{name}, quadratic": lambda ratings, function=function, **options: function(
        ratings, weights="quadratic", **options
    )
    for name, function in COEFFICIENTS.items()
    if name != "alpha"
}
EVERY = COEFFICIENTS | ALPHAS | WEIGHTED


def rated(n=80, *, seed=3):
    random = np.random.default_rng(seed)
    truth = random.choice(4, n, p=[0.5, 0.3, 0.1, 0.1])
    noise = random.choice(4, (n, 2), p=[0.5, 0.3, 0.1, 0.1])
    return np.where(random.random((n, 2)) < 0.7, truth[:, None], noise)


@pytest.fixture
def strata():
    return np.repeat(["few", "many"], [30, 50])


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("weight", [1.0, 12.5, 1 / 0.07])
def test_equal_weights_change_nothing(name, weight):
    plain = EVERY[name](rated(), draws=20)
    same = EVERY[name](rated(), drawn=survey_design(np.full(80, weight)), draws=20)
    assert same == plain


@pytest.mark.parametrize("name", EVERY)
def test_a_whole_weight_is_a_unit_that_often(name):
    ratings, times = rated(), np.arange(80) % 4 + 1
    weighted = EVERY[name](ratings, drawn=survey_design(times))
    repeated = EVERY[name](np.repeat(ratings, times, axis=0))
    apart, expected = 1 - weighted.value, 1 - repeated.value
    if name.startswith("alpha"):
        # Krippendorff leaves out the pairs of a rating with itself: fewer where weights differ.
        n, seen = 2 * times.sum() ** 2 / (times @ times), 2 * times.sum()
        apart, expected = apart * n / (n - 1), expected * seen / (seen - 1)
    assert apart == pytest.approx(expected, rel=1e-9)
    assert weighted.units == 80


def test_alphas_chance_is_of_pairs_of_different_ratings():
    ratings, weights = rated(30), np.arange(30) % 5 + 1.0
    found = stats.krippendorff_alpha(ratings, level="interval", drawn=survey_design(weights))
    values, each = ratings.ravel(), np.repeat(weights, 2)
    far = (values[:, None] - values) ** 2.0
    both = np.outer(each, each)
    np.fill_diagonal(both, 0)
    observed = np.average((ratings[:, 0] - ratings[:, 1]) ** 2.0, weights=weights)
    assert found.value == pytest.approx(1 - observed / ((both * far).sum() / both.sum()))


def jackknife(function, ratings, design):
    """Leave out one cluster after another, and weigh up the others of its stratum."""
    spread = 0.0
    for stratum in np.unique(design.home):
        own = np.flatnonzero(design.home == stratum)
        values = []
        for cluster in own:
            more = np.where(design.stratum == stratum, len(own) / (len(own) - 1), 1.0)
            kept = design.cluster != cluster
            part = survey_design((design.weights * more)[kept])
            values.append(function(ratings[kept], categories=range(4), drawn=part).value)
        spread += (len(own) - 1) / len(own) * ((values - np.mean(values)) ** 2).sum()
    return np.sqrt(spread)


@pytest.mark.parametrize("name", EVERY)
def test_errors_are_those_of_a_jackknife(name):
    ratings, strata = rated(240), np.repeat(["few", "many"], [90, 150])
    weights = np.where(strata == "few", 9.0, 2.0) * (1 + np.arange(240) % 3)
    for design in (
        survey_design(weights, strata=strata),
        survey_design(weights, clusters=np.arange(240) // 2),
    ):
        found = EVERY[name](ratings, categories=range(4), drawn=design, scale="plain")
        expected = jackknife(EVERY[name], ratings, design)
        assert found.se == pytest.approx(expected, rel=0.05)
        assert found.method.endswith(", by design")
        assert found.high - found.value == pytest.approx(found.value - found.low)


def test_units_rated_once_bear_on_chance_alone(strata):
    ratings = rated().astype(float)
    ratings[::4, 1] = np.nan
    weights = np.where(strata == "few", 9.0, 2.0)
    drawn = survey_design(weights, strata=strata)
    twice = np.isfinite(ratings).all(axis=1)
    same = ratings[twice, 0] == ratings[twice, 1]
    found = stats.fleiss_kappa(ratings, drawn=drawn)
    assert found.observed == pytest.approx(np.average(same, weights=weights[twice]))
    assert found.units == twice.sum() == 60
    alpha = stats.krippendorff_alpha(ratings, drawn=drawn)
    alone = stats.krippendorff_alpha(ratings[twice], drawn=survey_design(weights[twice]))
    assert alpha.value == pytest.approx(alone.value)


def test_groups_are_the_clusters_of_a_design():
    ratings, groups = rated(), np.arange(80) // 4
    by_group = stats.krippendorff_alpha(ratings, groups=groups)
    drawn = survey_design(np.ones(80), clusters=groups)
    by_design = stats.krippendorff_alpha(ratings, drawn=drawn)
    assert by_design.value == by_group.value
    assert by_design.se == pytest.approx(by_group.se, rel=1e-3)
    assert (by_design.low, by_design.high) == pytest.approx(
        (by_group.low, by_group.high), abs=0.005
    )


def test_all_of_a_finite_corpus_leaves_nothing_uncertain(strata):
    weights = np.ones(80)
    found = stats.krippendorff_alpha(rated(), drawn=survey_design(weights, finite=True))
    assert found.value == stats.krippendorff_alpha(rated()).value
    assert (found.low, found.high) == pytest.approx((found.value, found.value), abs=1e-4)


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_nobody_differing_leaves_the_width_of_the_effective_number(name, strata):
    ratings = np.repeat(np.arange(80) % 3, 2).reshape(80, 2)
    weights = np.where(strata == "few", 30.0, 1.0)
    found = COEFFICIENTS[name](ratings, drawn=survey_design(weights, strata=strata))
    plain = COEFFICIENTS[name](ratings)
    assert found.value == found.high == 1
    assert found.low < plain.low < 1


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_resamples_spread_as_the_error_says(name, strata):
    ratings, weights = rated(), np.where(strata == "few", 9.0, 2.0)
    drawn = survey_design(weights, strata=strata, finite=True)
    found = COEFFICIENTS[name](ratings, drawn=drawn, draws=2000, scale="plain")
    wide = (found.boot_high - found.boot_low) / 2 / 1.96
    assert wide == pytest.approx(found.se, rel=0.1)
    whole = COEFFICIENTS[name](ratings, drawn=survey_design(np.ones(80), finite=True), draws=9)
    assert whole.boot_low == pytest.approx(whole.value) == whole.boot_high


def test_categories_are_shares_of_weighted_codes(strata):
    ratings, weights = rated(), np.where(strata == "few", 9.0, 2.0)
    drawn = survey_design(weights, strata=strata)
    found = specific_agreement(patterns(ratings, range(4), drawn=drawn))
    said = (ratings == 1).sum(axis=1)
    assert found.value[1] == pytest.approx(weights @ (said == 2) * 2 / (weights @ said))
    assert found.low[1] < found.value[1] < found.high[1]
    assert found.ratings.tolist() == np.bincount(ratings.ravel()).tolist()


def test_a_stratum_of_one_unit_is_resampled_with_another():
    strata = np.repeat(["a", "b", "c"], [1, 39, 40])
    drawn = survey_design(np.arange(80) % 2 + 1, strata=strata)
    found = stats.percent_agreement(rated(), drawn=drawn, draws=200)
    assert found.boot_low < found.value < found.boot_high


def drawn_unequally(random):
    """A corpus of 4,000, a tenth of it positive, half of the sample from a sixth of it."""
    truth = random.random(4000) < 0.1
    score = random.normal(size=4000) + 1.8 * truth
    right = np.where(truth, 0.85, 0.97)
    said = np.where(random.random((2, 4000)) < right, truth, ~truth).astype(int).T
    high = score > np.quantile(score, 5 / 6)
    images = np.concatenate(
        [random.choice(np.flatnonzero(high == part), 150, replace=False) for part in (True, False)]
    )
    part = np.where(high, 150 / high.sum(), 150 / (~high).sum())[images]
    return said, images, survey_design(1 / part, strata=high[images], finite=True)


def test_intervals_hold_the_value_of_the_corpus():
    names = ("percent", "gwet", "alpha")
    held = {name: np.zeros(2) for name in names}
    for number in range(200):
        said, images, drawn = drawn_unequally(np.random.default_rng([11, number]))
        for name in names:
            truth = COEFFICIENTS[name](said).value
            for place, options in enumerate(({"drawn": drawn}, {})):
                found = COEFFICIENTS[name](said[images], **options)
                held[name][place] += found.low <= truth <= found.high
    for weighted, former in held.values():
        assert weighted >= 0.91 * 200 and former < 0.8 * 200


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_few_units_or_one_heavy_one_leave_wide_intervals(name):
    ratings = rated().astype(float)
    heavy = np.where(np.arange(80) < 1, 1e4, 1.0)
    found = COEFFICIENTS[name](ratings, categories=range(4), drawn=survey_design(heavy))
    assert found.low <= found.value <= found.high and found.high - found.low > 0.5
    ratings[1:, 1] = np.nan
    uneven = survey_design(np.arange(80) + 1.0)
    alone = COEFFICIENTS[name](ratings, categories=range(4), drawn=uneven)
    assert alone.units == 1 and np.isnan(alone.low)


def test_what_does_not_fit_is_refused():
    drawn = survey_design([1.0, 2.0])
    with pytest.raises(InputError, match="a design of 2 units for 80 rated ones"):
        stats.percent_agreement(rated(), drawn=drawn)
    uneven = survey_design(np.arange(80) + 1)
    with pytest.raises(InputError, match="both groups= and drawn="):
        stats.krippendorff_alpha(rated(), drawn=uneven, groups=np.arange(80) // 2)
