"""Dots with their intervals: shares, accuracies, coefficients, differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import axes, dress, numbered
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["intervals"]

_ROW = 0.27
_LETTER = 4.3


def intervals(
    labels: Sequence[object],
    values: npt.ArrayLike,
    *,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    ax: Axes | None = None,
    share: bool = False,
    reference: float | None = None,
    hollow: Sequence[bool] | None = None,
    xlabel: str = "",
) -> Axes:
    """Draw values as dots on their intervals, one per row, with the numbers beside them.

    Parameters
    ----------
    labels
        (rows,) names, first on top; long ones are broken.
    values
        (rows,) estimates; NaN leaves the row empty.
    low, high
        (rows,) ends of the intervals; NaN where there is none.
    ax
        Axes to draw in; by default a new figure as high as its rows.
    share
        Whether the values are shares (0 to 1), to be written in percent.
    reference
        A value to compare with: 0 for coefficients.
    hollow
        (rows,) True where the value must not be trusted.
    xlabel
        What is measured, with its unit.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If there are no rows or the lengths differ.

    Examples
    --------
    >>> from iconometrics import figures
    >>> ax = figures.intervals(["police", "crowd"], [.1, .4], low=[.05, .3], high=[.15, .5])
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['crowd', 'police']
    """
    table = _rows(labels, values, low, high)
    names = [wording.wrapped(label) for label in labels]
    ax = axes(ax, height=_height(names) + 0.15 * bool(xlabel))
    with style():
        dress(ax, grid="x", spines="")
        if reference is not None:
            ax.axvline(reference, color=palette.SOFT, linewidth=0.8)
        _draw(ax, table, [False] * len(names) if hollow is None else list(hollow))
        _write(ax, table, share)
        _frame(ax, names, xlabel, share=share)
    return ax


def _rows(
    labels: Sequence[object],
    values: npt.ArrayLike,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    columns = [np.asarray(column, float).ravel() for column in (values, low, high)]
    lengths = {len(column) for column in columns} | {len(labels)}
    if len(lengths) > 1 or not len(labels):
        sizes = ", ".join(str(len(column)) for column in columns)
        raise InputError(
            f"{len(labels)} labels with {sizes} values, lower and upper ends: expected equally "
            "many of each, at least one. Give one entry per row."
        )
    return np.column_stack(columns)[::-1]


def _height(names: Sequence[str]) -> float:
    return 0.3 + _ROW * sum(1 + name.count("\n") / 2 for name in names)


def _draw(ax: Axes, table: npt.NDArray[np.float64], hollow: Sequence[bool]) -> None:
    for row, ((value, low, high), is_open) in enumerate(zip(table, hollow[::-1], strict=True)):
        ax.plot([low, high], [row, row], color=palette.ACCENT, linewidth=1.6, zorder=2)
        ax.plot(
            [value],
            [row],
            "o",
            markersize=5.2,
            markeredgewidth=1.4,
            markeredgecolor=palette.ACCENT,
            markerfacecolor=palette.PAPER if is_open else palette.ACCENT,
            zorder=3,
        )


def _write(ax: Axes, table: npt.NDArray[np.float64], share: bool) -> None:
    """Set the numbers in two columns right of the axes: the value, and its interval softer."""
    scale = 100 if share else 1
    places = wording.decimals(scale * (table[:, 2] - table[:, 1]), spare=0 if share else 1)
    say = wording.percent if share else wording.number
    values = [say(value, places) for value in table[:, 0]]
    spans = [
        f"{say(low, places).removesuffix(wording.PERCENT)} to {say(high, places)}"
        if np.isfinite(low + high)
        else ""
        for _, low, high in table
    ]
    edge = 8 + _LETTER * max(len(value) for value in values)
    for row, (value, span) in enumerate(zip(values, spans, strict=True)):
        _beside(ax, row, value, offset=edge, right=True)
        _beside(ax, row, span, offset=edge + 7, right=False)


def _beside(ax: Axes, row: int, text: str, *, offset: float, right: bool) -> None:
    ax.annotate(
        text,
        (1, row),
        xycoords=("axes fraction", "data"),
        xytext=(offset, 0),
        textcoords="offset points",
        ha="right" if right else "left",
        va="center",
        fontsize=7.5,
        fontweight="bold" if right else "normal",
        color=palette.INK if right else palette.SOFT,
        annotation_clip=False,
    )


def _frame(ax: Axes, names: Sequence[str], xlabel: str, *, share: bool) -> None:
    ax.set_yticks(range(len(names)), names[::-1])
    ax.set(ylim=(-0.6, len(names) - 0.4), xlabel=xlabel)
    low, high = ax.get_xlim()
    if share:
        ax.set_xlim(0 if low < high / 2 else low, min(high, 1.01))
    numbered(ax.xaxis, share=share)
