"""Two measures of each row with their intervals, one panel per class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, dress, new_figure, numbered
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["paired"]

_ROW = 0.19
_APART = 0.17


def paired(
    labels: Sequence[str],
    panels: Mapping[str, Sequence[npt.ArrayLike]],
    *,
    names: tuple[str, str],
) -> Figure:
    """Draw two measures of each row, filled and hollow, in a panel for each class.

    Parameters
    ----------
    labels
        (rows,) names, first on top.
    panels
        By heading two tables (rows, 3): value, low and high of the first and of the second.
    names
        Of the two measures.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If the rows of a panel and the labels differ in number.

    Examples
    --------
    >>> from iconometrics import figures
    >>> sensitivity, specificity = [[.9, .8, .95]], [[.7, .6, .8]]
    >>> panels = {"covid": [sensitivity, specificity]}
    >>> len(figures.paired(["AlexNet"], panels, names=("sens.", "spec.")).axes)
    1
    """
    tables = {
        head: [np.asarray(measure, float) for measure in both] for head, both in panels.items()
    }
    shapes = {table.shape for both in tables.values() for table in both}
    if shapes != {(len(labels), 3)}:
        raise InputError(
            f"panels of shapes {sorted(shapes)} for {len(labels)} labels: expected value, low and "
            "high for each label."
        )
    figure = new_figure(width=PAGE, height=0.75 + _ROW * len(labels))
    with style():
        figure.set_layout_engine("constrained", wspace=0.08)
        grid = figure.subplots(1, len(tables), sharex=True, sharey=True, squeeze=False)[0]
        for ax, (head, both) in zip(grid, tables.items(), strict=True):
            _panel(ax, both)
            ax.set_title(head, fontsize=8)
        low, high = grid[0].get_xlim()
        grid[0].set_xlim(low, min(high, 1.02))
        for ax in grid:
            numbered(ax.xaxis, most=4)
        grid[0].set_yticks(range(len(labels)), [wording.wrapped(label) for label in labels][::-1])
        grid[0].set_ylim(-0.6, len(labels) - 0.4)
        figure.supxlabel(f"\u25cf {names[0]}   \u25cb {names[1]}", fontsize=7.5)
    return figure


def _panel(ax: Axes, both: Sequence[npt.NDArray[np.float64]]) -> None:
    dress(ax, grid="x", spines="")
    for table, color, fill, shift in (
        (both[0], palette.ACCENT, palette.ACCENT, _APART),
        (both[1], palette.CATEGORIES[5], palette.PAPER, -_APART),
    ):
        rows = np.arange(len(table))[::-1] + shift
        ax.hlines(rows, table[:, 1], table[:, 2], color=color, linewidth=1.3)
        (dots,) = ax.plot(table[:, 0], rows, "o", color=color)
        dots.set(markersize=3.6, markerfacecolor=fill, markeredgewidth=1.1)
