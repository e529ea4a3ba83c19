"""The bootstrap: against the normal interval, its groups, its coverage."""

import numpy as np
import pytest

from iconometrics.errors import InputError
from iconometrics.stats import bootstrap, f1


def mean(values):
    return values.mean()


def test_the_mean_of_many_has_the_normal_interval():
    values = np.random.default_rng(0).normal(size=2000)
    low, high = bootstrap(mean, values, draws=4000, seed=1)
    half = 1.96 * values.std() / np.sqrt(2000)
    np.testing.assert_allclose([low, high], [values.mean() - half, values.mean() + half], atol=2e-3)


def test_the_seed_names_the_interval():
    values = np.arange(30.0)
    assert bootstrap(mean, values, seed=1) == bootstrap(mean, values, seed=1)
    assert bootstrap(mean, values, seed=1) != bootstrap(mean, values, seed=2)


def test_groups_of_copies_count_once():
    values = np.random.default_rng(0).normal(size=100)
    groups = np.repeat(np.arange(100), 5)
    single = bootstrap(mean, values, draws=3000, seed=1)
    copies = bootstrap(mean, np.repeat(values, 5), groups=groups, draws=3000, seed=1)
    np.testing.assert_allclose(copies, single, atol=0.02)
    narrow = bootstrap(mean, np.repeat(values, 5), draws=3000, seed=1)
    assert narrow.high - narrow.low < 0.6 * (copies.high - copies.low)


def test_the_order_of_units_in_groups_does_not_matter():
    values, groups = np.arange(12.0), np.array(list("aabbccddeeff"))
    turned = np.random.default_rng(1).permutation(12)
    one = bootstrap(mean, values, groups=groups, seed=3)
    two = bootstrap(mean, values[turned], groups=groups[turned], seed=3)
    np.testing.assert_allclose(one, two)


def test_several_arrays_and_several_statistics():
    x = np.random.default_rng(0).normal(size=(200, 1))
    y = 2 * x[:, 0]

    def slopes(a, b):
        return np.array([(a[:, 0] * b).sum() / (a**2).sum(), np.nan])

    low, high = bootstrap(slopes, x, y, draws=50, seed=1)
    np.testing.assert_allclose([low[0], high[0]], 2)
    assert np.isnan(low[1]) and np.isnan(high[1])


@pytest.mark.parametrize("by_group", [False, True])
def test_the_interval_of_f1_covers(by_group):
    """Binary, 60 groups of 5 that share their difficulty; the truth by a very large sample."""
    random = np.random.default_rng(7)

    def sample(groups):
        easy = random.beta(8, 2, size=groups).repeat(5) if by_group else 0.8
        truth = random.random(groups * 5) < 0.4
        return truth, np.where(random.random(groups * 5) < easy, truth, ~truth)

    def score(truth, predicted):
        cells = np.bincount(truth * 2 + predicted, minlength=4).reshape(2, 2)
        return f1(cells)[1]

    expected = score(*sample(400_000))
    inside = 0
    for _ in range(200):
        truth, predicted = sample(60)
        groups = np.arange(60).repeat(5) if by_group else None
        low, high = bootstrap(score, truth, predicted, groups=groups, draws=300, seed=random)
        inside += low <= expected <= high
    assert 0.90 <= inside / 200 <= 0.985


@pytest.mark.parametrize(
    ("arrays", "options", "message"),
    [
        ((np.arange(3), np.arange(4)), {}, "same number"),
        ((np.arange(0),), {}, "no units"),
        ((np.arange(3),), {"groups": ["a"] * 3}, "one group only"),
        ((np.arange(3),), {"groups": ["a", "b"]}, "same number"),
        ((np.arange(3),), {"level": 95}, "level=95"),
        ((np.arange(3),), {"draws": 0}, "draws=0"),
    ],
)
def test_unusable_input_says_why(arrays, options, message):
    with pytest.raises(InputError, match=message):
        bootstrap(mean, *arrays, **{"seed": 1, **options})


def test_one_sided_comes_back_one_sided():
    values = np.random.default_rng(0).normal(size=60)
    lower, upper, both = (
        bootstrap(np.mean, values, seed=1, side=side, level=level)
        for side, level in (("lower", 0.95), ("upper", 0.95), ("two", 0.9))
    )
    assert lower.high == np.inf and upper.low == -np.inf
    assert lower.low == pytest.approx(both.low) and upper.high == pytest.approx(both.high)
