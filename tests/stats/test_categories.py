"""Categories in one order, the first the base."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.stats.categories import base_note, indicators, ordered


@pytest.mark.parametrize(
    ("values", "order"),
    [
        (["b", "a", None, "b"], ["a", "b"]),
        ([10.0, 9.0, None], ["9", "10"]),
        (["10", "9", "x"], ["10", "9", "x"]),
        ([True, False], ["False", "True"]),
        (pd.Categorical(["b", "a"], ["c", "b", "a"]), ["b", "a"]),
    ],
)
def test_categories_come_in_the_order_of_numbers_or_letters(values, order):
    assert list(ordered(pd.Series(values)).cat.categories) == order


def test_indicators_are_those_of_pandas():
    values = pd.Series(["b", "a", None, "c"])
    dummies = pd.get_dummies(values)[["a", "b"]].to_numpy(float)
    np.testing.assert_array_equal(indicators(values, ["a", "b"]), dummies)
    assert indicators(ordered(values), ["c"])[:, 0].tolist() == [0, 0, 0, 1]
    assert base_note("party", "D") == "party: compared with D"
