"""What each coder said of each image: one row per image, one column per coder."""

from __future__ import annotations

import pandas as pd

from iconometrics.coding.codings import Codings
from iconometrics.errors import InputError, warn
from iconometrics.wording import counted, listed

__all__ = ["ADJUDICATED", "UNNAMED", "side_by_side", "the_variable"]

ADJUDICATED = "adjudicated"
UNNAMED = "unnamed coder"


def the_variable(codings: Codings, variable: str | None) -> str:
    """Name the variable meant, which may be left out where there is only one."""
    known = codings.variables
    if variable is None and len(known) == 1:
        return known[0]
    if variable is None:
        raise InputError(f"codings of {listed(known, 8) or 'nothing'}: say which with variable=.")
    if variable not in known:
        raise InputError(
            f"no variable {variable!r} in these codings; they have {listed(known, 8) or 'none'}."
        )
    return variable


def side_by_side(codings: Codings, variable: str) -> pd.DataFrame:
    """Lay the values of one variable out by image and coder."""
    rows = codings.data
    rows = rows[(rows["variable"] == variable) & (rows["coder"] != ADJUDICATED)]
    unnamed = rows["coder"].isna()
    if rows["image"][unnamed].duplicated().any():
        twice = rows["image"][unnamed & rows["image"].duplicated(keep=False)].unique()
        raise InputError(
            f"{counted(len(twice), 'image')} ({listed(twice)}) have several codings of "
            f"{variable!r} that do not say by whom; fill the column coder."
        )
    rows = rows.assign(coder=rows["coder"].fillna(UNNAMED))
    again = rows.duplicated(["image", "coder"], keep="last")
    if again.any():
        warn(
            f"{counted(int(again.sum()), 'coding')} of {variable!r} by a coder who coded the same "
            f"image again ({listed(rows['image'][again].unique())}); the last one stands."
        )
    wide = rows[~again].pivot(index="image", columns="coder", values="value")
    order = rows["image"].unique(), rows["coder"].unique()
    return wide.reindex(index=order[0], columns=order[1]).rename_axis(columns=None)
