"""From digits to votes: adding up cells to rows, and confidence to sheets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.lessons.tallies.sheets import PARTIES

__all__ = ["DOUBT", "add_up", "flag_sheets", "sheet_confidence"]


DOUBT = 0.9


def _place(cells: pd.Index[str]) -> pd.DataFrame:
    """Split cell ids such as ``station-0001#Anchor-100`` into sheet, party and power of ten."""
    parts = cells.to_series().str.extract(r"^(?P<sheet>.*)#(?P<party>.*)-(?P<tens>\d+)$")
    return parts.assign(tens=parts["tens"].astype(np.int64))


def add_up(digits: pd.Series[str]) -> pd.DataFrame:
    """Add the digits of each row up to a count of votes."""
    place = _place(digits.index)
    votes = place["tens"] * pd.to_numeric(digits).to_numpy(dtype=float, na_value=np.nan)
    counts = votes.groupby([place["sheet"], place["party"]]).sum(min_count=1).unstack()
    complete = votes.notna().groupby([place["sheet"], place["party"]]).all().unstack()
    columns = [party for party in PARTIES if party in counts]
    votes_by_sheet: pd.DataFrame = counts.where(complete)[columns]
    return votes_by_sheet


def sheet_confidence(confidence: pd.Series[float]) -> pd.Series[float]:
    """Average the confidence over the digits of each sheet."""
    sheets = confidence.index.to_series().str.rsplit("#", n=1).str[0]
    return confidence.groupby(sheets).mean()


def flag_sheets(confidence: pd.Series[float]) -> pd.Series[bool]:
    """Flag the sheets whose mean digit confidence is at most .9, for people to check."""
    return sheet_confidence(confidence) <= DOUBT
