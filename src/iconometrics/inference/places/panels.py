"""Small panels: one per area, its values over time with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, dress, new_figure, numbered
from iconometrics.wording import shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["small_panels"]

_MOST = 20


def small_panels(rows: pd.DataFrame, name: str, *, share: bool) -> Figure:
    """Draw every area's values over time, all on one scale."""
    most = rows.groupby("area")["n"].sum().nlargest(_MOST).index
    shown = [area for area in rows["area"].unique() if area in most]
    columns = min(4, len(shown))
    lines = -(-len(shown) // columns)
    figure = new_figure(width=PAGE * max(columns, 2) / 4, height=0.4 + 1.25 * lines)
    periods = list(rows["time"].unique())
    with figures.style():
        grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
        for place, area in zip(grid.flat, shown, strict=False):
            own = rows[rows["area"] == area].set_index("time").reindex(periods)
            x = np.arange(len(periods))
            dress(place, grid="y")
            place.vlines(
                x, own["low"], own["high"], color=palette.ACCENT, linewidth=1.4, alpha=0.45
            )
            place.plot(x, own["value"], "o-", color=palette.ACCENT, markersize=3.5, linewidth=1)
            place.set_title(shortened(str(area), 22))
        for empty in grid.flat[len(shown) :]:
            empty.set_visible(False)
        step = -(-len(periods) // 4)
        grid[0, 0].set_xticks(np.arange(len(periods))[::step], [str(p) for p in periods[::step]])
        grid[0, 0].set_xlim(-0.4, len(periods) - 0.6)
        numbered(grid[0, 0].yaxis, share=share, most=3)
        figure.supylabel(name, fontsize=7.5, color=palette.SOFT)
    return figure
