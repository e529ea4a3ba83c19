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
    """Add the digits of each row up to a count of votes.

    Parameters
    ----------
    digits
        The digit of each cell as text, by cell id; a missing one makes its count missing.

    Returns
    -------
    pandas.DataFrame
        One row a sheet, one column a party, votes.

    Examples
    --------
    >>> cells = [f"a#Anchor-{tens}" for tens in (100, 10, 1)]
    >>> int(add_up(pd.Series(["1", "2", "3"], index=cells)).loc["a", "Anchor"])
    123
    """
    place = _place(digits.index)
    votes = place["tens"] * pd.to_numeric(digits).to_numpy(dtype=float, na_value=np.nan)
    counts = votes.groupby([place["sheet"], place["party"]]).sum(min_count=1).unstack()
    complete = votes.notna().groupby([place["sheet"], place["party"]]).all().unstack()
    columns = [party for party in PARTIES if party in counts]
    votes_by_sheet: pd.DataFrame = counts.where(complete)[columns]
    return votes_by_sheet


def sheet_confidence(confidence: pd.Series[float]) -> pd.Series[float]:
    """Average the confidence over the digits of each sheet.

    Parameters
    ----------
    confidence
        Probability of the digit that was read, by cell id, 0 to 1.

    Returns
    -------
    pandas.Series
        The mean by sheet.

    Examples
    --------
    >>> cells = ["a#Anchor-10", "a#Anchor-1"]
    >>> float(sheet_confidence(pd.Series([0.75, 0.25], index=cells))["a"])
    0.5
    """
    sheets = confidence.index.to_series().str.rsplit("#", n=1).str[0]
    return confidence.groupby(sheets).mean()


def flag_sheets(confidence: pd.Series[float]) -> pd.Series[bool]:
    """Flag the sheets whose mean digit confidence is at most .9, for people to check.

    Parameters
    ----------
    confidence
        Probability of the digit that was read, by cell id, 0 to 1.

    Returns
    -------
    pandas.Series
        True where people should look, by sheet.

    Notes
    -----
    The bound is that of Torres & Cantu (2022), who call a tally low in quality where its mean
    probability per digit is at most .9.

    Examples
    --------
    >>> bool(flag_sheets(pd.Series([0.9, 0.9], index=["a#Anchor-10", "a#Anchor-1"]))["a"])
    True
    """
    return sheet_confidence(confidence) <= DOUBT
