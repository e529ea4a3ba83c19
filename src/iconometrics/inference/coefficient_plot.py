"""Figures of coefficients: one panel per term, methods under each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.validity.status import unvalidated

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["forest"]

_ROW, _HEAD, _FOOT = 0.25, 0.42, 0.3


def forest(rows: pd.DataFrame, *, xlabel: str, ax: Axes | None = None, zero: bool = True) -> Axes:
    """Draw estimates with their intervals, in small multiples where there are several methods."""
    terms = list(rows["term"].unique())
    several = rows["method"].nunique() > 1
    if ax is not None or not several:
        names = rows["term"] + (" (" + rows["method"] + ")" if several else "")
        return _panel(rows, names, ax, xlabel, zero)
    from iconometrics.figures import style
    from iconometrics.figures.look import COLUMN, new_figure

    sizes = [int((rows["term"] == term).sum()) for term in terms]
    height = sum(_HEAD + _ROW * size for size in sizes) + _FOOT
    with style():
        figure = new_figure(width=COLUMN * 1.25, height=height)
        grid = figure.subplots(len(terms), 1, squeeze=False, height_ratios=[s + 1 for s in sizes])
        for place, (panel, term) in enumerate(zip(grid[:, 0], terms, strict=True)):
            shown = rows[rows["term"] == term]
            last = place == len(terms) - 1
            _panel(shown, shown["method"], panel, xlabel if last else "", zero)
            panel.set_title(term, loc="left", fontsize=8, fontweight="bold", pad=5)
    first: Axes = grid[0, 0]
    return first


def _panel(rows: pd.DataFrame, names: pd.Series, ax: Axes | None, xlabel: str, zero: bool) -> Axes:
    from iconometrics.figures import intervals

    low, high = rows["low"].to_numpy(float), rows["high"].to_numpy(float)
    middle = rows["estimate"].to_numpy(float)
    drawn = intervals(
        list(names),
        middle,
        low=np.where(np.isfinite(low), low, np.nan),
        high=np.where(np.isfinite(high), high, np.nan),
        ax=ax,
        reference=0 if zero else None,
        hollow=list(unvalidated(rows["assumes"])),
        xlabel=xlabel,
    )
    _open_ends(drawn, rows)
    return drawn


def _open_ends(ax: Axes, rows: pd.DataFrame) -> None:
    """Let one-sided intervals run to an arrow at their open end."""
    from iconometrics.figures import palette

    for place, row in enumerate(rows[::-1].to_dict("records")):
        ends = (float(row["low"]), float(row["high"]))
        for end, other, marker in ((*ends, "<"), (*ends[::-1], ">")):
            if not np.isinf(end):
                continue
            near = other if np.isfinite(other) else row["estimate"]
            far = row["estimate"] + (-4 if marker == "<" else 4) * row["se"]
            ax.plot([near, far], [place, place], color=palette.ACCENT, linewidth=1.6, zorder=2)
            ax.plot(far, place, marker, color=palette.ACCENT, markersize=4, zorder=2)
