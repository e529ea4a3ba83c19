"""A measure against what it costs: dots with intervals and their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import axes, dress, numbered
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["against"]


def against(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    labels: Sequence[str],
    ax: Axes | None = None,
    xlabel: str = "",
    ylabel: str = "",
    logarithmic: bool = False,
) -> Axes:
    """Draw values with their intervals against another quantity, each with its name.

    Parameters
    ----------
    x, y
        (n,) where and how much.
    low, high
        (n,) ends of the intervals of y.
    labels
        (n,) names.
    ax
        Axes to draw in; by default a new figure.
    xlabel, ylabel
        What x and y are, with their units.
    logarithmic
        Whether x is drawn on a logarithmic scale, where equal factors are equal steps.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If lengths differ or there is nothing to draw.

    Examples
    --------
    >>> from iconometrics import figures
    >>> ax = figures.against([8, 50], [.90, .92], low=[.88, .9], high=[.92, .94],
    ...                      labels=["AlexNet", "ResNet-50"])
    >>> sorted(text.get_text() for text in ax.texts)
    ['AlexNet', 'ResNet-50']
    """
    columns = [np.asarray(values, float).ravel() for values in (x, y, low, high)]
    if len({len(column) for column in columns} | {len(labels)}) > 1 or not len(labels):
        raise InputError(
            f"{len(labels)} labels for {len(columns[0])} places and {len(columns[1])} values: "
            "expected equally many, at least one."
        )
    across, up, bottom, top = columns
    ax = axes(ax, width=5.2, height=3.2)
    with style():
        dress(ax, grid="y")
        if logarithmic:
            ax.set_xscale("log")
        ax.vlines(across, bottom, top, color=palette.ACCENT, linewidth=1.3, alpha=0.45)
        ax.plot(across, up, "o", color=palette.ACCENT, markersize=4.6)
        ax.set(xlabel=xlabel, ylabel=ylabel)
        ax.margins(x=0.12, y=0.08)
        numbered(ax.yaxis)
        if logarithmic:
            _rounded(ax)
        else:
            numbered(ax.xaxis)
        _name(ax, across, up, labels=labels)
    return ax


def _rounded(ax: Axes) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    ax.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))
    ax.xaxis.set_tick_params(labelcolor=palette.SOFT, labelsize=7)


def _short(value: float) -> str:
    for size, unit in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def _name(
    ax: Axes,
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    *,
    labels: Sequence[str],
) -> None:
    """Set names beside their dots: left or right, up or down, where no other name stands."""
    dots = ax.transData.transform(np.column_stack([x, y])) * 72 / ax.figure.dpi
    taken = [(at[0] - 3, at[1] - 3, at[0] + 3, at[1] + 3) for at in dots]
    for number in np.argsort(-y, kind="stable"):
        left, middle = dots[number]
        wide = 3.6 * len(labels[number])
        choices = [
            (across, up)
            for up in (0, 6, -6, 12, -12, 18, -18, 24, -24)
            for across in (5, -5 - wide)
        ]
        hits = [_hits(taken, left + across, middle + up, wide) for across, up in choices]
        across, up = choices[int(np.argmin(hits))]
        start = left + across
        taken.append((start, middle + up - 3, start + wide, middle + up + 3))
        ax.annotate(
            labels[number],
            (x[number], y[number]),
            xytext=(across, up),
            textcoords="offset points",
            va="center",
            fontsize=6.8,
            annotation_clip=False,
        )


def _hits(
    taken: Sequence[tuple[float, float, float, float]], left: float, middle: float, wide: float
) -> int:
    right, low, high = left + wide, middle - 3, middle + 3
    return sum(a < right and c > left and b < high and d > low for a, b, c, d in taken)
