"""Lines: the choice of the number of themes, and curves with their band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics.figures import palette
from iconometrics.figures.look import COLUMN, axes, dress, new_figure, numbered, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["curve", "elbow"]


def elbow(
    k: Sequence[int],
    within_ss: npt.ArrayLike,
    *,
    silhouette: npt.ArrayLike,
    chosen: int,
) -> Figure:
    """Draw what speaks for a number of themes: the elbow above, the silhouette below.

    Parameters
    ----------
    k
        (m,) numbers of themes that were tried, ascending.
    within_ss
        (m,) within-cluster sums of squares; drawn as shares of the one at k = 1 if that is there.
    silhouette
        (m,) mean silhouettes, -1 to 1; NaN where there is none (k = 1).
    chosen
        The k that was taken.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from iconometrics import figures
    >>> figure = figures.elbow([1, 2, 3], [9, 4, 3.5], silhouette=[float("nan"), .6, .4], chosen=2)
    >>> len(figure.axes)
    2
    """
    figure = new_figure(width=COLUMN, height=3.1)
    sums = np.asarray(within_ss, float)
    relative = k[0] == 1 and sums[0] > 0
    with style():
        above, below = figure.subplots(2, 1, sharex=True)
        _path(above, k, values=sums / sums[0] if relative else sums, chosen=chosen)
        _path(below, k, values=np.asarray(silhouette, float), chosen=chosen)
        above.set_title("Sum of squares within themes" + (", share of all" if relative else ""))
        below.set_title("Mean silhouette")
        below.set_xlabel("number of themes, k")
        above.set_ylim(bottom=0)
        _ticks_at(below, k)
        numbered(above.yaxis, share=relative)
        numbered(below.yaxis)
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


def _path(ax: Axes, k: Sequence[int], *, values: npt.NDArray[np.float64], chosen: int) -> None:
    dress(ax, grid="y", spines="bottom")
    ax.axvline(chosen, color=palette.LINE, linewidth=5, zorder=0)
    ax.plot(k, values, color=palette.ACCENT, linewidth=1.2)
    at = np.asarray(k) == chosen
    (others,) = ax.plot(np.asarray(k)[~at], values[~at], "o", color=palette.ACCENT)
    others.set(markersize=4, markerfacecolor=palette.PAPER, markeredgewidth=1.2)
    ax.margins(y=0.16)
    ax.plot([chosen], values[at], "o", markersize=6, color=palette.ACCENT)
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
