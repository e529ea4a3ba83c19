"""Lists, counts, numbers, p-values, ids and labels as text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iconometrics.wording import as_text, counted, listed, number, p_value, plural


@pytest.mark.parametrize(
    ("noun", "nouns"),
    [
        ("image", "images"),
        ("gold image", "gold images"),
        ("category", "categories"),
        ("day", "days"),
        ("class", "classes"),
        ("box", "boxes"),
        ("copy of a gold image", "copies of a gold image"),
        ("row with a code", "rows with a code"),
    ],
)
def test_plurals(noun: str, nouns: str) -> None:
    assert plural(noun) == nouns
    assert counted(2, noun) == f"2 {nouns}"
    assert counted(1, noun) == f"1 {noun}"


def test_counts_and_lists() -> None:
    assert counted(0, "stratum", "strata") == "no strata"
    assert counted(1_234, "stratum", "strata") == "1,234 strata"
    assert listed(range(2_000), 2) == "0, 1 and 1,998 more"
    assert listed([]) == ""


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.0007, "< .001"), (0.001, ".001"), (0.05, ".050"), (1, "1.000"), (np.nan, "–")],
)
def test_p_values(p: float, text: str) -> None:
    assert p_value(p) == text


def test_a_number_that_rounds_to_zero_has_no_sign() -> None:
    assert number(-0.001) == ".00"
    assert number(float("inf")) == "–"


def test_ids_join_whatever_other_values_their_column_has() -> None:
    assert as_text(pd.Series([1.0, 2.0])).tolist() == ["1", "2"]
    assert as_text(pd.Series([1, 2])).tolist() == ["1", "2"]
    assert as_text(pd.Series([1.0, 2.5, np.nan, np.inf])).tolist()[:2] == ["1", "2.5"]
    assert as_text(pd.Series([1.0, "x", None], dtype=object)).tolist()[:2] == ["1", "x"]
    assert as_text(pd.Series([1.0, 2.0]).astype("category")).tolist() == ["1", "2"]
    assert as_text(pd.Series([9_007_199_254_740_991.0])).tolist() == ["9007199254740991"]
    assert as_text(pd.Series([1.0, np.nan])).isna().tolist() == [False, True]
    assert as_text(pd.Series([2**60, None], dtype="Int64")).tolist()[0] == "1152921504606846976"
