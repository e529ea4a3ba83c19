"""Coefficients where chance agreement is nearly complete, and on scales of any unit."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from iconometrics.errors import InputError
from iconometrics.stats import cohen_kappa, fleiss_kappa, krippendorff_alpha


def rare(units, *, both=1):
    """Two coders; `both` units positive by both, one more by each of them alone."""
    ratings = np.zeros((units, 2), dtype=int)
    ratings[:both] = 1
    ratings[both, 0] = ratings[both + 1, 1] = 1
    return ratings


@pytest.mark.parametrize("units", [100, 10_000, 1_000_000])
def test_a_rare_category_leaves_kappa_defined(units):
    ratings = rare(units)
    first = Fraction(2, units)
    by_chance = 2 * first * (1 - first)
    expected = float(1 - Fraction(2, units) / by_chance)
    assert cohen_kappa(ratings).value == pytest.approx(expected, rel=1e-9)
    assert cohen_kappa(ratings).value == pytest.approx(cohen_kappa_score(*ratings.T), rel=1e-6)
    assert fleiss_kappa(ratings).value == pytest.approx(expected, rel=1e-9)
    assert cohen_kappa(ratings).low < expected < cohen_kappa(ratings).high


@pytest.mark.parametrize("coders", [2, 3, 49])
def test_one_category_alone_stays_undefined(coders):
    ratings = np.ones((7, coders))
    assert np.isnan(fleiss_kappa(ratings).value)
    assert np.isnan(krippendorff_alpha(ratings * 0.1, level="interval").value)
    assert "category" in fleiss_kappa(ratings).reason


@given(
    st.floats(-12, 12),
    st.floats(-1e3, 1e3),
    st.lists(st.tuples(*[st.integers(0, 9)] * 2), min_size=4, max_size=12),
)
def test_interval_alpha_knows_neither_unit_nor_zero(power, shift, pairs):
    ratings = np.array(pairs, dtype=float)
    plain = krippendorff_alpha(ratings, level="interval").value
    moved = krippendorff_alpha((ratings + shift) * 10**power, level="interval").value
    assert moved == pytest.approx(plain, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
@pytest.mark.parametrize(
    "bad", [[[0, 1, 1], [1, 0, 2], [1, 1, 0]], [[1, 1, 1], [1, 1, 1], [1, 1, 1]], -np.eye(3)]
)
def test_what_is_no_distance_is_refused_in_any_unit(unit, bad):
    with pytest.raises(InputError, match="symmetric matrix, 3 x 3"):
        krippendorff_alpha([[0, 1], [1, 1], [2, 2]], distance=np.array(bad) * unit)
