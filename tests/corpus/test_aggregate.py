"""Aggregation to parents, against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from iconometrics.corpus import aggregate
from iconometrics.errors import InputError


@st.composite
def tables(draw) -> tuple[pd.DataFrame, pd.Series]:
    n = draw(st.integers(1, 40))
    numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
    parents = draw(st.lists(st.sampled_from("stuv"), min_size=n, max_size=n))
    ids = [f"{parent}#{i}" for i, parent in enumerate(parents)]
    values = [draw(st.lists(numbers, min_size=n, max_size=n)) for _ in "ab"]
    table = pd.DataFrame(dict(zip("ab", values, strict=True)), index=ids)
    return table, pd.Series(parents, index=ids)


@pytest.mark.parametrize("how", ["mean", "sum", "min", "max", "median", "count", "first", "std"])
@settings(max_examples=25, deadline=None)
@given(case=tables(), data=st.data())
def test_equals_pandas_whatever_the_order_of_rows(how, case, data):
    table, parents = case
    expected = table.groupby(parents.to_numpy(), sort=False).agg(how)
    order = data.draw(st.permutations(list(table.index)))
    result = aggregate(table.loc[order], parents, how)
    assert_frame_equal(result, expected, check_names=False, check_index_type=False)


def test_a_sum_with_a_missing_part_is_missing_but_a_mean_is_not():
    parents = pd.Series(["s", "s", "t"], index=["s#1", "s#2", "t#1"])
    votes = pd.DataFrame({"votes": [3.0, 5.0]}, index=["s#1", "t#1"])
    assert np.isnan(aggregate(votes, parents, "sum").loc["s", "votes"])
    assert aggregate(votes, parents, "sum").loc["t", "votes"] == 5
    assert aggregate(votes, parents).loc["s", "votes"] == 3
    assert aggregate(votes.iloc[:1], parents).index.tolist() == ["s", "t"]


def test_each_column_its_own_way():
    parents = pd.Series(["s", "s"], index=["1", "2"])
    table = pd.DataFrame({"n": [1, 2], "who": ["x", "y"], "rest": [0, 0]}, index=["1", "2"])
    result = aggregate(table, parents, {"n": "max", "who": "first"})
    assert result.to_dict("index") == {"s": {"n": 2, "who": "x"}}


def test_errors_name_the_column_and_the_image():
    parents = pd.Series(["s", None], index=["1", "2"])
    table = pd.DataFrame({"who": ["x", "y"]}, index=["1", "2"])
    with pytest.raises(InputError, match="'who' is not a column of numbers"):
        aggregate(table, parents)
    with pytest.raises(InputError, match="no parent is known for 2"):
        aggregate(table, parents, "first")
    with pytest.raises(InputError, match="how='mode': expected one of count"):
        aggregate(table, parents, "mode")
    with pytest.raises(InputError, match="no column 'n'"):
        aggregate(table, parents, {"n": "sum"})
