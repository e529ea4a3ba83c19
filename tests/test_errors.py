"""Warnings stand at the line of the user's own code."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

from iconometrics import Codings, coding
from iconometrics.errors import IconometricsWarning, warn


def test_a_warning_from_deep_inside_is_the_callers() -> None:
    table = pd.DataFrame(
        {"image": ["a", "b"], "coder": "ann", "value": ["yes", "no"], "variable": "v"}
    )
    codings = Codings(pd.concat([table, table.assign(coder="bob")], ignore_index=True))
    with pytest.warns(IconometricsWarning, match="three or more") as caught:
        coding.adjudicate(codings, rule="dawid-skene")
    assert caught[0].filename == __file__


def test_a_warning_of_the_users_own_is_theirs() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn("three images look alike")
    assert [(w.filename, w.category) for w in caught] == [(__file__, IconometricsWarning)]
