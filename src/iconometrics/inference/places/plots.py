"""Figures of areas: predicted against observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.figures import palette
from iconometrics.figures.look import dress, numbered

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["scatter"]


def scatter(
    predicted: pd.Series, observed: pd.Series, name: str, *, ax: Axes | None = None
) -> Axes:
    """Draw observed against predicted values, with the line on which both agree."""
    ax = figures.axes(ax, height=3.2)
    with figures.style():
        dress(ax, grid="both")
        ends = [float(f(np.r_[predicted, observed])) for f in (np.min, np.max)]
        ax.plot(ends, ends, color=palette.SOFT, linewidth=0.8, zorder=1)
        size = float(np.clip(600 / max(len(predicted), 1), 4, 18))
        ax.scatter(predicted, observed, s=size, color=palette.ACCENT, alpha=0.6, lw=0, zorder=2)
        ax.set(xlabel=f"predicted {name}, areas left out", ylabel=f"observed {name}")
        numbered(ax.xaxis)
        numbered(ax.yaxis)
    return ax
