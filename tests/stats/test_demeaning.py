"""Group means taken out by projections: against dummies."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iconometrics.stats.demeaning import absorbed, demean


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_demeaned_columns_are_orthogonal_to_every_group(seed):
    random = np.random.default_rng(seed)
    n = int(random.integers(3, 80))
    groups = [random.integers(0, int(random.integers(1, 12)), n) for _ in range(2)]
    weight = random.random(n) * (random.random(n) < 0.8)
    left = demean(random.normal(size=(n, 2)), groups, weight)
    for codes in groups:
        for column in left.T:
            np.testing.assert_allclose(np.bincount(codes, weight * column), 0, atol=1e-7)


def test_absorbed_is_the_rank_of_the_dummies():
    random = np.random.default_rng(1)
    for _ in range(20):
        groups = [random.integers(0, 6, 15), random.integers(0, 6, 15)]
        dummies = np.hstack([(codes[:, None] == np.unique(codes)) for codes in groups])
        assert absorbed(groups) == np.linalg.matrix_rank(dummies.astype(float))
