"""How values are spread: one histogram, or many small ones side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, axes, dress, new_figure, numbered
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["histogram", "small_multiples"]

_PANEL = 1.15
_FEW = 12


def histogram(
    values: npt.ArrayLike,
    *,
    ax: Axes | None = None,
    xlabel: str = "",
    mark: tuple[float, str] | None = None,
) -> Axes:
    """Draw how values are spread, with their median and how many there are.

    Parameters
    ----------
    values
        (n,) numbers; missing ones are left out and counted.
    ax
        Axes to draw in; by default a new figure.
    xlabel
        What is measured, with its unit.
    mark
        A value to draw a line at, and what it means: ``(.9, "read again below")``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If no value is finite.

    Examples
    --------
    >>> from iconometrics import figures
    >>> ax = figures.histogram([1, 2, 2, 3], xlabel="people in the picture")
    >>> len(ax.patches)
    3
    """
    known, missing = _finite(values, xlabel or "values")
    ax = axes(ax, height=2.0)
    with style():
        dress(ax, grid="y")
        _bars(ax, known)
        _median(ax, known, "median ")
        ax.set(xlabel=xlabel, ylabel=_counted(len(known), missing))
        if mark is not None:
            _mark(ax, *mark)
        _few_ticks(ax, known)
        numbered(ax.yaxis, whole=True)
    return ax


def small_multiples(
    panels: Mapping[str, npt.ArrayLike],
    *,
    columns: int = 4,
    labels: Mapping[str, str] | None = None,
) -> Figure:
    """Draw the spread of many variables, one small histogram each.

    Parameters
    ----------
    panels
        Values by name; a DataFrame will do. Missing values are left out and counted.
    columns
        Panels in a row.
    labels
        Readable names by name; a name without one stands for itself.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there is no panel, or one has no finite value.

    Examples
    --------
    >>> from iconometrics import figures
    >>> sheet = figures.small_multiples({"width": [1, 2, 2], "height": [3, 4, 6]})
    >>> [ax.get_title(loc="left") for ax in sheet.axes]
    ['width', 'height']
    """
    names = list(panels.keys())
    if not names:
        raise InputError("no variables to draw: expected at least one. Give values by name.")
    columns = min(columns, max(2, len(names)))
    rows = -(-len(names) // columns)
    figure = new_figure(width=PAGE * columns / 4, height=_PANEL * rows)
    with style():
        grid = figure.subplots(rows, columns, squeeze=False)
        for ax, name in zip(grid.flat, names, strict=False):
            _panel(ax, panels[name], (labels or {}).get(name, name))
        for ax in list(grid.flat)[len(names) :]:
            ax.remove()
    return figure


def _panel(ax: Axes, values: npt.ArrayLike, label: str) -> None:
    known, missing = _finite(values, label)
    dress(ax)
    _bars(ax, known)
    _median(ax, known)
    ax.set_title(wording.wrapped(label, width=28), fontsize=7.5, fontweight="bold", pad=9)
    ax.set_yticks([])
    if missing:
        ax.set_xlabel(f"{wording.count(missing)} missing", fontsize=6.5)
    _few_ticks(ax, known)


def _finite(values: npt.ArrayLike, name: str) -> tuple[npt.NDArray[np.float64], int]:
    every = np.asarray(values, float).ravel()
    known = every[np.isfinite(every)]
    if not len(known):
        raise InputError(
            f"{name}: {len(every)} values, none of them a finite number; expected at least one. "
            "Leave this variable out of the figure."
        )
    return known, len(every) - len(known)


def _bars(ax: Axes, values: npt.NDArray[np.float64]) -> None:
    edges = _edges(values)
    counts, _ = np.histogram(values, edges)
    ax.bar(
        edges[:-1],
        counts,
        np.diff(edges),
        align="edge",
        color=palette.ACCENT,
        edgecolor=palette.PAPER,
        linewidth=0.4,
    )
    ax.set_ylim(0, max(counts) * 1.04)


def _edges(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Bars at the values themselves where they are few whole numbers, else 8 to 40 even ones."""
    low, high = float(values.min()), float(values.max())
    if high - low < _FEW and _whole(values):
        return np.arange(low - 0.5, high + 1)
    quartiles = np.quantile(values, [0.25, 0.75])
    width = 2 * float(np.diff(quartiles)[0]) / len(values) ** (1 / 3)
    bars = int(np.clip((high - low) / width, 8, 40)) if width > 0 else 20
    if np.spacing(max(abs(low), abs(high))) * bars > high - low:
        return np.array([low - 0.5, low + 0.5])
    return np.linspace(low, high, bars + 1)


def _median(ax: Axes, values: npt.NDArray[np.float64], word: str = "") -> None:
    middle = float(np.median(values))
    places = 0 if _whole(values) and _whole(middle) else wording.decimals([float(np.ptp(values))])
    (arrow,) = ax.plot([middle], [1.03], "v", color=palette.INK, markersize=3.4)
    arrow.set(transform=ax.get_xaxis_transform(), clip_on=False, markeredgewidth=0)
    ax.annotate(
        f"{word}{wording.number(middle, places)}",
        (middle, 1.03),
        xycoords=("data", "axes fraction"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        fontsize=6.5,
        annotation_clip=False,
    )


def _mark(ax: Axes, place: float, meaning: str) -> None:
    ax.axvline(place, color=palette.WARN, linewidth=1)
    low, high = ax.get_xlim()
    leftward = place > (low + high) / 2
    ax.annotate(
        f"{meaning} {wording.number(place)}",
        (place, 0.9),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if leftward else 4, 0),
        textcoords="offset points",
        ha="right" if leftward else "left",
        color=palette.WARN,
        fontsize=7.5,
    )


def _few_ticks(ax: Axes, values: npt.NDArray[np.float64]) -> None:
    numbered(ax.xaxis, whole=_whole(values))
    ax.tick_params(axis="x", length=2)


def _counted(n: int, missing: int) -> str:
    return (
        f"count (n = {wording.count(n)}{f', {wording.count(missing)} missing' if missing else ''})"
    )


def _whole(values: npt.ArrayLike) -> bool:
    return bool((np.asarray(values) == np.rint(values)).all())
