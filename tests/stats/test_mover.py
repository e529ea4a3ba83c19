"""Differences of shares: Newcombe's published examples, statsmodels, correlation."""

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from iconometrics.errors import InputError
from iconometrics.stats import difference_interval, wilson


def share(k, n):
    return k / n, *wilson(k, n)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((10, 10), (0, 10), (0.6075, 1)),
    ],
)
def test_newcombes_method_ten(first, second, expected):
    found = difference_interval(share(*first), share(*second))
    np.testing.assert_allclose(found, expected, atol=6e-5)
    theirs = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    np.testing.assert_allclose(found, theirs, atol=1e-9)


def test_what_moves_together_differs_less():
    one, two = share(60, 100), share(50, 100)
    wide, narrow = (difference_interval(one, two, correlation=r) for r in (0, 0.8))
    assert narrow.high - narrow.low < 0.6 * (wide.high - wide.low)
    assert np.isnan(difference_interval((np.nan,) * 3, two)).all()
    with pytest.raises(InputError, match="from -1 to 1"):
        difference_interval(one, two, correlation=2)
