"""Lines: the choice of the number of themes, and curves with their band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics.figures import palette
from iconometrics.figures.look import COLUMN, axes, dress, new_figure, numbered
from iconometrics.figures.style import style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["curve", "elbow"]

_CRITERIA = (
    ("within_ss", "Sum of squares within themes"),
    ("silhouette", "Mean silhouette"),
    ("gap", "Gap statistic, ± standard error"),
    ("stability", "Found again (adjusted Rand)"),
    ("bic", "BIC: the lower the better"),
)


def elbow(table: pd.DataFrame, *, chosen: int) -> Figure:
    """Draw the evidence for a number of themes, one panel per criterion.

    Parameters
    ----------
    table
        One row per number of themes, ascending: k, within_ss (drawn as share of that at k = 1 if
        that is there), silhouette; and, as far as they are there, gap with gap_se, stability with
        stability_low and stability_high, bic.
    chosen
        The k that was taken.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import pandas as pd
    >>> from iconometrics import figures
    >>> table = pd.DataFrame({"k": [1, 2, 3], "within_ss": [9, 4, 3.5],
    ...                       "silhouette": [float("nan"), .6, .4]})
    >>> len(figures.elbow(table, chosen=2).axes)
    2
    """
    panels = [(name, title) for name, title in _CRITERIA if name in table]
    columns = 1 if len(panels) < 3 else 2
    rows = -(-len(panels) // columns)
    figure = new_figure(width=COLUMN * (1 + 0.7 * (columns - 1)), height=1.5 * rows)
    with style():
        grid = figure.subplots(rows, columns, sharex=True, squeeze=False)
        for ax, (name, title) in zip(grid.flat, panels, strict=False):
            _criterion(ax, table, name, chosen)
            ax.set_title(title, fontsize=8)
        for ax in list(grid.flat)[len(panels) :]:
            ax.remove()
        for ax in grid[-1]:
            ax.set_xlabel("number of themes, k")
    return figure


def curve(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    ax: Axes | None = None,
    xlabel: str = "",
    ylabel: str = "",
) -> Axes:
    """Draw a curve, with a band around it where its uncertainty is known.

    Parameters
    ----------
    x
        (n,) where.
    y
        (n,) how much.
    low, high
        (n,) edges of the band.
    ax
        Axes to draw in; by default a new figure.
    xlabel, ylabel
        What x and y are, with their units.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from iconometrics import figures
    >>> ax = figures.curve([0, 1, 2], [.2, .3, .5], xlabel="brightness", ylabel="share protest")
    >>> ax.get_ylabel()
    'share protest'
    """
    ax = axes(ax, height=2.1)
    with style():
        dress(ax, grid="y")
        if low is not None and high is not None:
            band = np.asarray(low, float), np.asarray(high, float)
            ax.fill_between(np.asarray(x, float), *band, color=palette.ACCENT, alpha=0.18, lw=0)
        ax.plot(np.asarray(x, float), np.asarray(y, float), color=palette.ACCENT)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.margins(x=0.01)
        numbered(ax.xaxis)
        numbered(ax.yaxis)
    return ax


def _criterion(ax: Axes, table: pd.DataFrame, name: str, chosen: int) -> None:
    k, values = table["k"].tolist(), table[name].to_numpy(float)
    relative = name == "within_ss" and k[0] == 1 and values[0] > 0
    values = values / values[0] if relative else values
    low, high = _band(table, name)
    dress(ax, grid="y", spines="bottom")
    ax.axvline(chosen, color=palette.LINE, linewidth=5, zorder=0)
    ax.vlines(k, low, high, color=palette.ACCENT, linewidth=1.6, alpha=0.45)
    _path(ax, k, values=values, chosen=chosen)
    if name == "within_ss":
        ax.set_ylim(bottom=0)
    if name == "stability":
        ax.set_ylim(top=max(1.04, float(np.nanmax(values))))
    _ticks_at(ax, k)
    numbered(ax.yaxis, share=relative, most=4)


def _band(table: pd.DataFrame, name: str) -> tuple[npt.NDArray[np.float64], ...]:
    values = table[name].to_numpy(float)
    if name == "gap":
        error = table["gap_se"].to_numpy(float)
        return values - error, values + error
    if name == "stability":
        return tuple(table[f"stability_{end}"].to_numpy(float) for end in ("low", "high"))
    return np.full(len(values), np.nan), np.full(len(values), np.nan)


def _path(ax: Axes, k: Sequence[int], *, values: npt.NDArray[np.float64], chosen: int) -> None:
    ax.plot(k, values, color=palette.ACCENT, linewidth=1.2)
    at = np.asarray(k) == chosen
    (others,) = ax.plot(np.asarray(k)[~at], values[~at], "o", color=palette.ACCENT)
    others.set(markersize=3.6, markerfacecolor=palette.PAPER, markeredgewidth=1.1)
    ax.margins(y=0.18)
    if not at.any() or np.isnan(values[at]).all():
        return
    ax.plot([chosen], values[at], "o", markersize=5.5, color=palette.ACCENT)
    ax.annotate(
        f"k = {chosen}",
        (chosen, float(values[at][0])),
        xytext=(7, 4),
        textcoords="offset points",
        fontsize=7.5,
        fontweight="bold",
    )


def _ticks_at(ax: Axes, k: Sequence[int]) -> None:
    step = -(-len(k) // 12)
    ax.set_xticks(list(k)[::step])
    ax.set_xlim(min(k) - 0.4, max(k) + 0.9)
    ax.tick_params(axis="x", labelcolor=palette.SOFT, labelsize=7)
