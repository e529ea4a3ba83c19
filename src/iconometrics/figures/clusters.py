"""Points in their clusters, step by step, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, bare, new_figure
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["clusters"]

# color is never the only carrier
_MARKS = "os^DvP*X"
_PANEL = 1.75

Panel = tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]


def clusters(panels: Mapping[str, Panel], *, columns: int = 3) -> Figure:
    """Draw points in their clusters, one panel per state; colors and shapes tell clusters apart.

    Parameters
    ----------
    panels
        By title: positions (n, 2), clusters (n,) from 0 (below 0: none), and centers (k, 2) or
        an empty list.
    columns
        Panels in a row.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> from iconometrics import figures
    >>> panel = ([[0, 0], [1, 1]], [0, 1], [[0, 0], [1, 1]])
    >>> len(figures.clusters({"Start": panel, "1: no image moves": panel}).axes)
    2
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(width=PAGE * columns / 3, height=_PANEL * rows)
    with style():
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for ax, (title, panel) in zip(grid.flat, panels.items(), strict=False):
            bare(ax)
            ax.set_title(title, fontsize=8)
            _points(ax, *(np.asarray(part, float) for part in panel))
        for ax in list(grid.flat)[len(panels) :]:
            ax.remove()
    return figure


def _points(
    ax: Axes,
    positions: npt.NDArray[np.float64],
    codes: npt.NDArray[np.float64],
    centers: npt.NDArray[np.float64],
) -> None:
    size = float(np.clip(1800 / len(positions), 3, 22))
    for code in np.unique(codes).astype(int):
        own = positions[codes == code]
        if code < 0:
            look: dict[str, Any] = {"c": palette.SOFT, "marker": "x", "linewidths": 0.6}
            ax.scatter(own[:, 0], own[:, 1], s=size * 0.6, alpha=0.6, **look)
            continue
        ax.scatter(own[:, 0], own[:, 1], s=size, alpha=0.75, linewidths=0, **_look(code))
    for code, (x, y) in enumerate(centers):
        ax.scatter([x], [y], s=75, edgecolors=palette.INK, linewidths=1.1, zorder=5, **_look(code))
    ax.margins(0.06)


def _look(code: int) -> dict[str, Any]:
    return {"c": palette.CATEGORIES[code % 7], "marker": _MARKS[code % len(_MARKS)]}
