"""A pile of sheets on disk: pictures, a table of sheets, and what each cell says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from iconometrics import images
from iconometrics.engine import write_whole
from iconometrics.lessons.tallies.handwriting import Hand
from iconometrics.lessons.tallies.sheets import CELLS, PARTIES, Sheet, draw_sheet, fill_sheets

__all__ = ["INSIDE", "Pile", "lay_out"]

_RULE = 3
INSIDE = {
    part: (left + _RULE, top + _RULE, right - _RULE, bottom - _RULE)
    for part, (left, top, right, bottom) in CELLS.items()
}


@dataclass(frozen=True, eq=False)
class Pile:
    """Sheets on disk and the truth about them."""

    folder: Path
    sheets: pd.DataFrame
    cells: pd.DataFrame


def lay_out(
    folder: Path,
    hands: list[Hand],
    *,
    name: str,
    n: int,
    altered: float,
    poor: float,
    seed: int,
) -> Pile:
    """Draw a pile of sheets and write them as pictures."""
    rng = np.random.default_rng(seed)
    strokes = np.zeros((1 + max(int(h.source.max()) for h in hands), 8, 8), np.float32)
    for hand in hands:
        strokes[hand.source] = hand.strokes
    sheets = fill_sheets(hands, n=n, altered=altered, poor=poor, rng=rng)
    for sheet in sheets:
        picture = images.encode(draw_sheet(sheet, strokes, rng), "jpeg", quality=88)
        write_whole(folder / f"{_id(name, sheet)}.jpg", partial(Path.write_bytes, data=picture))
    return Pile(folder, _sheet_table(name, sheets), _cell_table(name, sheets))


def _id(name: str, sheet: Sheet) -> str:
    return f"{name}-{sheet.number + 1:04d}"


def _sheet_table(name: str, sheets: list[Sheet]) -> pd.DataFrame:
    rows = {
        _id(name, sheet): {
            "file": f"{_id(name, sheet)}.jpg",
            "clerk": sheet.clerk,
            "altered": sheet.altered,
            "poor": sheet.poor,
            **dict(zip(PARTIES, sheet.counts, strict=True)),
        }
        for sheet in sheets
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sheet")


def _cell_table(name: str, sheets: list[Sheet]) -> pd.DataFrame:
    rows = {
        f"{_id(name, sheet)}#{cell.part}": {
            "digit": str(cell.digit),
            "source": cell.source,
            "over": cell.over >= 0,
        }
        for sheet in sheets
        for cell in sheet.cells
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("image")
