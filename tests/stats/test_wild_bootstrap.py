"""The wild cluster bootstrap, against itself written out and against a published package."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iconometrics.stats.wild_bootstrap import sign_draws, wild_bootstrap


def table(sizes=(2, 3, 4, 2, 3), seed=1):
    random = np.random.default_rng(seed)
    groups = len(sizes)
    cluster = np.repeat(np.arange(groups), sizes)
    x = random.normal(size=groups)[cluster] + 0.3 * random.normal(size=len(cluster))
    X = np.column_stack([np.ones(len(x)), x])
    return X, 0.5 * x + random.normal(size=groups)[cluster] + random.normal(size=len(x)), cluster


def parts(X, y, cluster):
    groups, k = cluster.max() + 1, X.shape[1]
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    scores, slopes = np.zeros((groups, k)), np.zeros((groups, k, k))
    np.add.at(scores, cluster, X * (y - X @ beta)[:, None])
    np.add.at(slopes, cluster, X[:, :, None] * X[:, None, :])
    return beta, scores, slopes


def t_of(X, y, cluster, value, place):
    beta, scores, slopes = parts(X, y, cluster)
    row = np.linalg.inv(slopes.sum(axis=0))[place]
    return (beta[place] - value) / np.sqrt(((scores @ row) ** 2).sum())


def written_out(X, y, cluster, value, place):
    """Refit under the null, flip the residuals of whole clusters in all ways, refit."""
    others = np.delete(X, place, axis=1)
    left = y - value * X[:, place]
    beta = np.linalg.lstsq(others, left, rcond=None)[0]
    fitted = others @ beta + value * X[:, place]
    seen = abs(t_of(X, y, cluster, value, place))
    drawn = [
        abs(t_of(X, fitted + np.array(signs)[cluster] * (y - fitted), cluster, value, place))
        for signs in product([1.0, -1.0], repeat=int(cluster.max()) + 1)
    ]
    return np.mean(np.array(drawn) >= seen * (1 - 1e-9))


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("value", [0.0, -1.5, 3.0])
def test_p_is_that_of_refitting_with_all_combinations_of_signs(place, value):
    X, y, cluster = table()
    beta, scores, slopes = parts(X, y, cluster)
    null = wild_bootstrap(scores, slopes, np.eye(2))[place]
    row = np.linalg.inv(slopes.sum(axis=0))[place]
    se = np.sqrt(((scores @ row) ** 2).sum())
    assert null.p((beta[place] - value) / se) == written_out(X, y, cluster, value, place)


def test_p_and_interval_agree_with_a_published_package():
    """wildboottest 0.3.2 (Python), Rademacher weights, null imposed, all 256 combinations."""
    random = np.random.default_rng(3)
    cluster = np.repeat(np.arange(8), [5, 10, 15, 20, 20, 25, 30, 35])
    x = random.normal(size=8)[cluster] + random.normal(size=160) * 0.3
    z = random.normal(size=160)
    y = 0.8 * x + 0.5 * random.normal(size=8)[cluster] + random.normal(size=160)
    X = np.column_stack([np.ones(160), x, z])
    beta, scores, slopes = parts(X, y, cluster)
    factor = 8 / 7 * 159 / 157
    nulls = wild_bootstrap(scores, slopes, np.eye(3), factor=factor)
    inverse = np.linalg.inv(slopes.sum(axis=0))
    for place, t, p in ((1, 3.166279, 0.0078125), (2, -0.351882, 0.7734375)):
        own = beta[place] / np.sqrt(factor * ((scores @ inverse[place]) ** 2).sum())
        assert own == pytest.approx(t, abs=1e-6)
        assert nulls[place].p(own) == p


def test_the_interval_holds_what_the_test_does_not_refute():
    _, scores, slopes = parts(*table(sizes=(4, 5, 6, 3, 5, 4, 7, 5)))
    null = wild_bootstrap(scores, slopes, np.eye(2))[1]
    below, above = null.reach(0.9)
    for t in (below, -above):
        assert null.p(t * (1 - 1e-6)) > 0.1
        assert null.p(t * (1 + 1e-6)) <= 0.1


def test_one_sided_tests_share_what_is_as_far_out():
    _, scores, slopes = parts(*table())
    null = wild_bootstrap(scores, slopes, np.eye(2))[1]
    seen = 1 / 32  # the draw in which no sign turns is as far out on both sides
    assert null.p(1.0, "lower") + null.p(1.0, "upper") == pytest.approx(1.0 + seen)
    assert null.p(1.0, "lower") == null.p(1.0) / 2  # signs all turned are a draw, too
    assert null.reach(0.9, "lower")[1] == null.reach(0.9, "upper")[0] == np.inf


def test_five_clusters_refute_nothing_at_95_percent():
    _, scores, slopes = parts(*table())
    assert wild_bootstrap(scores, slopes, np.eye(2))[1].reach(0.95) == (np.inf, np.inf)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 100), st.floats(-3, 3))
def test_units_and_other_contrasts_of_the_same_term_change_nothing(seed, unit, t):
    X, y, cluster = table(seed=seed)
    _, scores, slopes = parts(X, y, cluster)
    plain = wild_bootstrap(scores, slopes, np.eye(2))[1]
    other = np.diag([1.0, unit])
    turned = wild_bootstrap(scores @ other, other @ slopes @ other, np.array([[0, 5.0]]))[0]
    np.testing.assert_allclose(turned.off, plain.off * 5 / unit, rtol=1e-6, atol=1e-9)
    assert turned.p(t) == pytest.approx(plain.p(t), abs=0.07)


def test_signs_are_all_combinations_while_these_are_few():
    few, exact = sign_draws(4)
    assert exact
    assert sorted(map(tuple, few)) == sorted(product([-1.0, 1.0], repeat=4))
    many, exact = sign_draws(20)
    assert not exact
    assert set(np.unique(many)) == {-1.0, 1.0}
    assert abs(many.mean()) < 0.01
