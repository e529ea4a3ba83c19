"""New figures and axes in our look, and how an axes is dressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iconometrics import wording
from iconometrics.figures import palette
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["COLUMN", "PAGE", "axes", "bare", "dress", "new_figure", "numbered", "unit_square"]

COLUMN = 3.5
PAGE = 7.2


def axes(ax: Axes | None = None, *, width: float = COLUMN, height: float = 2.3) -> Axes:
    """Hand on the axes given, or make a figure of its own with one axes in our look.

    The figure belongs to nobody's window and is forgotten with its last reference. In a notebook
    the axes shows itself.

    Parameters
    ----------
    ax
        Axes to draw in, or None.
    width
        Of a new figure, in inches: `3.5` is one column of a journal, `7.2` the page.
    height
        Of a new figure, in inches.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from iconometrics import figures
    >>> figures.axes(width=7.2).figure.get_size_inches().tolist()
    [7.2, 2.3]
    """
    if ax is not None:
        return ax
    from iconometrics.figures._notebook import NotebookAxes

    with style():
        figure = new_figure(width=width, height=height)
        return figure.add_subplot(axes_class=NotebookAxes)


def new_figure(*, width: float, height: float) -> Figure:
    """Make an empty figure in our look, outside pyplot."""
    from iconometrics.figures._notebook import NotebookFigure

    with style():
        return NotebookFigure(figsize=(width, height), layout="constrained")


def dress(ax: Axes, *, grid: str = "", spines: str = "bottom") -> None:
    """Take off what carries nothing: spines, ticks; add hairlines."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in spines.split())
        spine.set(color=palette.SOFT, linewidth=0.6)
    ax.tick_params(length=0, colors=palette.INK, labelsize=7.5)
    ax.xaxis.label.set(color=palette.SOFT, size=7.5)
    ax.yaxis.label.set(color=palette.SOFT, size=7.5)
    ax.set_axisbelow(True)
    ax.grid(False)
    if grid:
        ax.grid(True, axis=grid, color=palette.LINE, linewidth=0.6)  # type: ignore[arg-type]


def numbered(axis: Axis, *, share: bool = False, whole: bool = False, most: int = 5) -> None:
    r"""Give an axis few, soft, round ticks, written as the field writes numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10], integer=whole))
    axis.set_tick_params(labelcolor=palette.SOFT, labelsize=7)
    step = np.diff(axis.get_majorticklocs()[:2])
    places = wording.decimals(100 * step if share else step, spare=0)
    say = wording.percent if share else wording.number
    axis.set_major_formatter(FuncFormatter(lambda value, _: say(value, places)))


def bare(ax: Axes) -> None:
    """Leave nothing of an axes but what is drawn in it."""
    dress(ax, spines="")
    ax.set(xticks=[], yticks=[])


def unit_square(ax: Axes) -> None:
    """Make an axes a square from 0 to 100 % on both sides, with soft quarters."""
    from matplotlib.ticker import FuncFormatter

    ticks = [0, 0.25, 0.5, 0.75, 1]
    percent = FuncFormatter(lambda value, _: wording.percent(value))
    ax.set(xticks=ticks, yticks=ticks, xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
    ax.xaxis.set_major_formatter(percent)
    ax.yaxis.set_major_formatter(percent)
    ax.tick_params(labelcolor=palette.SOFT, labelsize=7)
