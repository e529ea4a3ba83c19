"""One coefficient over all specifications, sorted, above what each of them chose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, dress, new_figure, numbered
from iconometrics.figures.style import style
from iconometrics.options import several
from iconometrics.wording import counted, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["specification_curve"]

Rows = list[tuple[str, npt.NDArray[np.bool_]]]

_CURVE, _ROW, _LETTERS = 2.1, 0.165, 34
_SHOWN, _PLANNED = "shown", "planned"


def specification_curve(
    values: npt.ArrayLike,
    choices: Mapping[str, Sequence[str | Sequence[str]]],
    *,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    shown: Sequence[bool] | None = None,
    planned: Sequence[bool] | None = None,
    hollow: Sequence[bool] | None = None,
    ylabel: str = "",
) -> Figure:
    """Draw estimates of one coefficient from the smallest to the largest, and what each chose.

    Parameters
    ----------
    values
        (specifications,) estimates.
    choices
        By heading, what each specification chose: a label, or several such as its covariates.
        What all of them chose is left out, for it tells none from another.
    low, high
        (specifications,) ends of the intervals; infinite where there is one bound, NaN for none.
    shown, planned
        (specifications,) True for those that are shown elsewhere, drawn dark, and for those that
        were planned, drawn as diamonds.
    hollow
        (specifications,) True where the value must not be trusted.
    ylabel
        What is estimated, with its unit.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there are no specifications or the lengths differ.

    Notes
    -----
    Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. Nat.
    Hum. Behav. 4, 1208-1214.

    Examples
    --------
    >>> from iconometrics import figures
    >>> choices = {"method": ["DSL", "naive"], "covariates": [("night", "account"), ()]}
    >>> figure = figures.specification_curve([.9, .2], choices, low=[.6, .1], high=[1.2, .3])
    >>> [text.get_text() for text in figure.axes[1].get_yticklabels()]
    ['DSL', 'naive', 'night', 'account']
    """
    table = np.column_stack([np.asarray(column, float).ravel() for column in (values, low, high)])
    marks = {
        name: np.zeros(len(table), bool) if mark is None else np.asarray(mark, bool)
        for name, mark in ((_SHOWN, shown), (_PLANNED, planned), ("hollow", hollow))
    }
    _check(table, {**choices, **{name: list(mark) for name, mark in marks.items()}})
    order = np.argsort(table[:, 0], kind="stable")
    table, marks = table[order], {name: mark[order] for name, mark in marks.items()}
    groups = _groups(choices, order, marks)
    height = sum(len(rows) for rows in groups.values()) * _ROW + len(groups) * _ROW / 2
    figure = new_figure(width=PAGE, height=_CURVE + height + 0.2)
    with style():
        ratios = [_CURVE, max(height, _ROW)]
        top, below = figure.subplots(2, 1, sharex=True, height_ratios=ratios)
        for place in np.flatnonzero(marks[_SHOWN]) if not marks[_SHOWN].all() else ():
            for ax in (top, below):
                ax.axvspan(place - 0.5, place + 0.5, color=palette.LINE, alpha=0.45, linewidth=0)
        _curve(top, table, marks)
        top.set_ylabel(ylabel)
        _panel(below, groups, marks)
        below.set_xlabel(f"{counted(len(table), 'estimate')}, from the smallest to the largest")
    return figure


def _check(table: npt.NDArray[np.float64], columns: Mapping[str, Sequence[object]]) -> None:
    lengths = {name: len(column) for name, column in columns.items() if len(column) != len(table)}
    if lengths or not len(table):
        others = "".join(f", {n} entries of {name!r}" for name, n in lengths.items())
        raise InputError(
            f"{counted(len(table), 'estimate')}{others}: expected one entry for each estimate, and "
            "at least one of these."
        )


def _groups(
    choices: Mapping[str, Sequence[str | Sequence[str]]],
    order: npt.NDArray[np.intp],
    marks: Mapping[str, npt.NDArray[np.bool_]],
) -> dict[str, Rows]:
    """Say of each choice which specifications made it, without those that all or none made."""
    groups: dict[str, Rows] = {"": [(name, marks[name]) for name in (_SHOWN, _PLANNED)]}
    for name, chosen in choices.items():
        sets = [several(own) for own in chosen]
        labels = dict.fromkeys(label for own in sets for label in own)
        flags = {label: np.array([label in own for own in sets])[order] for label in labels}
        groups[name] = list(flags.items())
    distinct = {
        name: [(label, flags) for label, flags in rows if flags.any() and not flags.all()]
        for name, rows in groups.items()
    }
    return {name: rows for name, rows in distinct.items() if rows}


def _curve(
    ax: Axes, table: npt.NDArray[np.float64], marks: Mapping[str, npt.NDArray[np.bool_]]
) -> None:
    dress(ax, grid="y", spines="")
    values, ends = table[:, 0], table[:, 1:]
    finite = table[np.isfinite(table)]
    margin = 0.04 * np.ptp(finite) or 1.0
    lowest, highest = min(finite.min(), 0.0) - margin, max(finite.max(), 0.0) + margin
    ax.axhline(0, color=palette.SOFT, linewidth=0.8, zorder=1)
    width = float(np.clip(110 / len(table), 0.4, 1.6))
    for place, (low, high) in enumerate(np.clip(ends, lowest, highest)):
        color = _color(marks, place)
        ax.plot([place, place], [low, high], color=color, linewidth=width, alpha=0.75, zorder=2)
    for place, value in enumerate(values):
        _dot(ax, place, value, marks=marks, size=float(np.clip(200 / len(table), 2.2, 5.0)))
    ax.set(ylim=(lowest, highest), xlim=(-0.8, len(table) - 0.2))
    ax.tick_params(bottom=False)
    numbered(ax.yaxis)


def _dot(
    ax: Axes,
    place: int,
    value: float,
    *,
    marks: Mapping[str, npt.NDArray[np.bool_]],
    size: float,
) -> None:
    color = _color(marks, place)
    ax.plot(
        [place], [value], "D" if marks[_PLANNED][place] else "o", markersize=size,
        markeredgewidth=1.1, markeredgecolor=color,
        markerfacecolor=palette.PAPER if marks["hollow"][place] else color, zorder=3,
    )  # fmt: skip


def _color(marks: Mapping[str, npt.NDArray[np.bool_]], place: int) -> str:
    """Draw soft what is shown nowhere, where something is."""
    plain = marks[_SHOWN].any() and not marks[_SHOWN][place]
    return palette.SOFT if plain else palette.ACCENT


def _panel(
    ax: Axes, groups: Mapping[str, Rows], marks: Mapping[str, npt.NDArray[np.bool_]]
) -> None:
    """Set a dot where a specification made a choice, one row a choice."""
    dress(ax, spines="")
    wide = len(marks[_SHOWN])
    size = float(np.clip(200 / wide, 1.6, 4.2))
    places = list(_places(groups))
    for label, y, flags in places:
        ax.plot([-0.5, wide - 0.5], [y, y], color=palette.LINE, linewidth=0.6, zorder=1)
        there = np.flatnonzero(flags).tolist()
        for dark, color in ((True, palette.ACCENT), (False, palette.SOFT)):
            own = [place for place in there if (_color(marks, place) == palette.ACCENT) == dark]
            marker = "D" if label == _PLANNED else "o"
            ax.plot(own, [y] * len(own), marker, color=color, markersize=size, markeredgewidth=0)
    ax.set_yticks([y for _, y, _ in places], [shortened(label, _LETTERS) for label, _, _ in places])
    ax.tick_params(axis="y", labelsize=7)
    ax.set(xticks=[], ylim=(min((y for _, y, _ in places), default=0) - 0.7, 0.7))
    _heads(ax, groups)


def _places(groups: Mapping[str, Rows]) -> Iterator[tuple[str, float, npt.NDArray[np.bool_]]]:
    """Put the rows under each other, half a row between groups."""
    y = 0.0
    for rows in groups.values():
        for label, flags in rows:
            yield label, y, flags
            y -= 1
        y -= 0.5


def _heads(ax: Axes, groups: Mapping[str, Rows]) -> None:
    """Name each group at the right end of its first row, where no label stands."""
    y = 0.0
    for name, rows in groups.items():
        ax.annotate(
            name, (1, y), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=7, fontweight="bold",
            color=palette.SOFT, annotation_clip=False,
        )  # fmt: skip
        y -= len(rows) + 0.5
