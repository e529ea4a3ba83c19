"""What `ico validate` reads and shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import typer

from iconometrics.cli.validate import share_or_choose, subgroup_rows


@pytest.mark.parametrize(
    ("text", "value"), [(None, None), ("choose", "choose"), (".7", 0.7), ("1", 1.0)]
)
def test_thresholds_are_read(text: str | None, value: object) -> None:
    assert share_or_choose(text) == value


@pytest.mark.parametrize("text", ["1.2", "-1", "high", "nan"])
def test_other_thresholds_are_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="from 0 to 1, or choose"):
        share_or_choose(text)


def test_subgroups_are_one_row_each_and_few_are_marked() -> None:
    row = {"n": 8, "value": 0.5, "low": 0.2, "high": 0.8, "difference": 0.1}
    ends = {"difference_low": -0.3, "difference_high": 0.5}
    parts = pd.DataFrame(
        [
            {"subgroup": "D", "measure": name, "category": "", **row, **ends, "few": name == "f1"}
            for name in ("accuracy", "f1")
        ]
    )
    shown = subgroup_rows(parts.assign(few=[True, True]))
    assert shown["subgroup"].tolist() == ["D"] and shown["note"].tolist() == ["few images"]
    assert list(shown.columns[:5]) == ["subgroup", "n", "accuracy", "low", "high"]


def test_a_threshold_that_is_none_ends_with_usage(ico: Callable[..., Any]) -> None:
    assert ico("validate", "study", "--coder", "x", "--threshold", "often").status != 0
