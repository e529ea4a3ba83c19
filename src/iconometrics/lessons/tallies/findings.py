"""What the reading is worth: shares with intervals, the flag's own precision and recall, totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from iconometrics.lessons.tallies.counting import add_up, flag_sheets, sheet_confidence
from iconometrics.stats import bootstrap

__all__ = ["Findings", "Share", "judge"]

Vector: TypeAlias = np.ndarray[tuple[int], np.dtype[Any]]


class Share(NamedTuple):
    """A share with its interval, and the number it was taken of."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.1%} ({self.low:.1%} to {self.high:.1%}, n = {self.n:,})"


@dataclass(frozen=True, eq=False)
class Findings:
    """What came out of the sheets."""

    digits: Share
    rows: Share
    sheets: Share
    flagged: Share
    precision: Share
    recall: Share
    totals: pd.DataFrame
    sheet_table: pd.DataFrame


def judge(
    read: pd.DataFrame, truth: pd.DataFrame, sheets: pd.DataFrame, *, digits: Share, seed: int
) -> Findings:
    """Compare the reading with the truth."""
    read = read.reindex(truth.index)
    table = _by_sheet(read, truth, sheets)
    clerk, doubt = table["clerk"].to_numpy(), table["flagged"].to_numpy(dtype=float)
    changed = (table["altered"] != "").to_numpy(dtype=float)

    def share(values: Vector, of: Vector | None = None) -> Share:
        return _share(values, np.ones_like(values) if of is None else of, clerk, seed)

    return Findings(
        digits=digits,
        rows=share(table["right_rows"].to_numpy(), table["rows"].to_numpy()),
        sheets=share(table["right"].to_numpy(dtype=float)),
        flagged=share(doubt),
        precision=share(doubt * changed, doubt),
        recall=share(doubt * changed, changed),
        totals=_totals(truth["digit"], read["digit"], table, seed),
        sheet_table=table,
    )


def _by_sheet(read: pd.DataFrame, truth: pd.DataFrame, sheets: pd.DataFrame) -> pd.DataFrame:
    true, measured = add_up(truth["digit"]), add_up(read["digit"])
    same = true.eq(measured.reindex(true.index))
    confidence = sheet_confidence(read["confidence"])
    return sheets.assign(
        confidence=confidence,
        flagged=flag_sheets(read["confidence"]),
        right_rows=same.sum(axis=1).astype(float),
        rows=float(same.shape[1]),
        right=same.all(axis=1),
    )


def _share(part: Vector, whole: Vector, groups: Vector, seed: int) -> Share:
    """Give a ratio of sums with its interval by group."""
    ratio: Callable[..., float] = _ratio
    interval = bootstrap(ratio, part, whole, groups=groups, seed=seed)
    return Share(_ratio(part, whole), float(interval.low), float(interval.high), int(whole.sum()))


def _ratio(part: Vector, whole: Vector) -> float:
    total = float(whole.sum())
    return float(part.sum()) / total if total else float("nan")


def _totals(
    true_digits: pd.Series[str], read_digits: pd.Series[str], table: pd.DataFrame, seed: int
) -> pd.DataFrame:
    """Compare the parties' totals over all sheets, and over those that are not flagged."""
    true = add_up(true_digits).reindex(table.index)
    read = add_up(read_digits).reindex(table.index)
    rows = []
    for which, kept in (("all", table.index), ("unflagged", table.index[~table["flagged"]])):
        clerk = table["clerk"].loc[kept].to_numpy()
        for party in true:
            votes, counted = true[party].loc[kept].to_numpy(), read[party].loc[kept].to_numpy()
            low, high = bootstrap(_error, votes, counted, groups=clerk, seed=seed)
            rows.append(
                (party, which, votes.sum(), counted.sum(), _error(votes, counted), low, high)
            )
    return pd.DataFrame(rows, columns=["party", "sheets", "true", "read", "error", "low", "high"])


def _error(true: Vector, read: Vector) -> float:
    return float(100 * (read - true).sum() / true.sum())
