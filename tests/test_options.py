"""Seeds, keys and columns."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.errors import InputError
from iconometrics.options import canonical, generator, key, need_columns, plain

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.dictionaries(st.text(), plain_values))
def test_a_key_does_not_depend_on_the_order_of_options(options):
    assert key(options) == key(dict(reversed(options.items())))


@given(plain_values)
def test_what_is_plain_already_stays_as_it_is(value):
    assert canonical(canonical(value)) == canonical(value)


def test_keys_tell_values_apart():
    assert len({key(1), key("1"), key([1]), key(None), key({"a": 1}), key(1.5)}) == 6


def test_numpy_paths_and_ranges_have_plain_forms():
    assert canonical((np.float32(0.5), Path("a/b"), range(3))) == [0.5, "a/b", [0, 1, 2]]


def test_keys_are_those_of_the_versions_before():
    assert key({"b": np.arange(2), 1: {"y", "x"}}, Path("a"), float("nan")) == "ec72ace7283a"


def test_plain_values_keep_the_order_of_names_and_sort_sets():
    value = plain({"b": np.array([1.5]), "a": {"y", "x"}, 1: date(2024, 5, 1)})
    assert list(value.items()) == [("b", [1.5]), ("a", ["x", "y"]), ("1", "2024-05-01")]


def test_nan_and_infinities_become_text_where_asked():
    value = [np.inf, -np.inf, np.nan, 1.0]
    assert plain(value, nan_as_text=True) == ["inf", "-inf", "nan", 1.0]
    assert plain(np.inf) == np.inf


def test_what_has_no_written_form_is_refused():
    with pytest.raises(InputError, match="expected numbers, text"):
        key(print)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True, None])
def test_a_bad_seed_is_named(seed):
    with pytest.raises(InputError, match=r"expected a whole number"):
        generator(seed)


def test_a_seed_names_one_stream():
    assert generator(7).integers(1000) == np.random.default_rng(7).integers(1000)


def test_a_missing_column_is_named_with_what_was_meant():
    table = pd.DataFrame(columns=["likes", "party", 2024])
    need_columns(table, ["likes", 2024])
    with pytest.raises(
        InputError,
        match=r"no column 'partie' in the posts; there are likes, party, 2024\. Did you mean",
    ):
        need_columns(table, ["likes", "partie", "x"], what="the posts")
    with pytest.raises(
        InputError, match=r"no column 'x' in the data; there are likes, party, 2024\.$"
    ):
        need_columns(table, ["x"])
    with pytest.raises(InputError, match=r"2024\. Expected time and value\.$"):
        need_columns(table, ["time"], expected="time and value")
    with pytest.raises(InputError, match=r"no column 'x' in the data; there are none\.$"):
        need_columns(pd.DataFrame(), ["x"])
