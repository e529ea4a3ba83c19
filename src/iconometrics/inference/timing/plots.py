"""Figures of sequences: a table of shades with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, dress
from iconometrics.wording import PERCENT, percent, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["transitions"]

_DEEPEST = 0.54


def transitions(rows: pd.DataFrame, *, level: float, ax: Axes | None = None) -> Axes:
    r"""Draw shares of what follows what, with intervals; a star marks more than chance."""
    before, after = pd.unique(rows["given"]), pd.unique(rows["then"])
    width = float(np.clip(1.3 + 0.85 * len(after), 2.8, PAGE))
    ax = figures.axes(ax, width=width, height=0.75 + 0.5 * len(before))
    ramp = palette.ramp()
    with figures.style():
        dress(ax, spines="")
        for row in rows.to_dict("records"):
            y, x = (
                int(np.flatnonzero(before == row["given"])[0]),
                int(np.flatnonzero(after == row["then"])[0]),
            )
            shade = ramp[round(np.nan_to_num(row["share"]) * _DEEPEST * (len(ramp) - 1))]
            box = ax.fill_between([x + 0.02, x + 0.98], y + 0.03, y + 0.97, color=shade, lw=0)
            box.set_zorder(0)
            if not np.isfinite(row["share"]):
                continue
            star = " *" if row["p"] < 1 - level and row["residual"] > 0 else ""
            ax.text(
                x + 0.5,
                y + 0.4,
                percent(row["share"]) + star,
                size=8.5,
                ha="center",
                va="center",
                weight="bold" if star else "normal",
            )
            span = f"{percent(row['low']).removesuffix(PERCENT)} to {percent(row['high'])}"
            ax.text(x + 0.5, y + 0.74, span, size=6, ha="center", va="center", color=palette.SOFT)
        ax.set_xticks(np.arange(len(after)) + 0.5, [wrapped(name, width=14) for name in after])
        ax.set_yticks(np.arange(len(before)) + 0.5, [wrapped(name, width=18) for name in before])
        ax.xaxis.set_ticks_position("top")
        ax.xaxis.set_label_position("top")
        ax.tick_params(length=0)
        ax.set(xlim=(0, len(after)), ylim=(len(before), 0), ylabel="after", xlabel="comes")
    return ax
