"""Standardized differences against the two-sample t statistic."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from iconometrics.errors import InputError
from iconometrics.stats import standardized_difference


def test_it_is_t_without_the_sample_size():
    random = np.random.default_rng(0)
    inside, outside = random.normal(1, 2, size=(30, 5)), random.normal(size=(80, 5))
    expected = ttest_ind(inside, outside).statistic * np.sqrt(1 / 30 + 1 / 80)
    np.testing.assert_allclose(standardized_difference(inside, outside), expected)
    np.testing.assert_allclose(
        standardized_difference(outside, inside), -standardized_difference(inside, outside)
    )


def test_missing_values_are_left_out_by_column():
    inside = np.array([[1.0, 1.0], [2.0, np.nan], [3.0, 2.0]])
    outside = np.array([[0.0, 5.0], [1.0, 6.0]])
    whole = standardized_difference([1.0, 2.0], [5.0, 6.0])
    assert standardized_difference(inside, outside)[1] == pytest.approx(whole)


def test_columns_that_do_not_vary():
    found = standardized_difference([[1.0, 2.0]] * 3, [[1.0, 1.0]] * 4)
    assert found.tolist() == [0, np.inf]
    assert np.isfinite(standardized_difference([5.0], [1.0, 2.0, 3.0]))


def test_empty_groups_are_refused():
    with pytest.raises(InputError, match="at least one"):
        standardized_difference([], [1.0])
