"""A table as an Excel sheet in which text stays text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from iconometrics.errors import InputError

__all__ = ["write_excel"]

_EXCEL = (1_048_575, 16_384)


def write_excel(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as an Excel workbook of one sheet."""
    rows, columns = frame.shape
    if rows > _EXCEL[0] or columns > _EXCEL[1]:
        raise InputError(
            f"{rows:,} rows and {columns:,} columns do not fit into an Excel sheet "
            f"({_EXCEL[0]:,} and {_EXCEL[1]:,}): export to .parquet or .csv."
        )
    with path.open("wb") as file:
        _workbook(frame).save(file)


def _workbook(frame: pd.DataFrame) -> Any:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append([_cell(sheet, name) for name in frame.columns])
    plain = frame.astype(object).where(frame.notna(), None)
    for row in plain.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value) for value in row])
    return book


def _cell(sheet: Any, value: Any) -> Any:
    """Write text as text, whatever it begins with, and only what Excel can hold."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, float) and abs(value) == float("inf"):
        return None
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, pd.Timestamp):
        return value.tz_localize(None).to_pydatetime()
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value))
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
