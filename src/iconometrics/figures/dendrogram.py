"""Trees of groups: what is joined with what, and how far apart it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.figures import palette
from iconometrics.figures.look import COLUMN, axes, dress, numbered
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["dendrogram"]

_ROW = 0.165

Leaf = tuple[str, str, int]


def dendrogram(
    tree: npt.ArrayLike,
    leaves: Mapping[int, Leaf],
    *,
    cut: float = 0.0,
    ax: Axes | None = None,
) -> Axes:
    """Draw a tree that lies on its side, so that its leaves can be read.

    Parameters
    ----------
    tree
        (n - 1, 4) as `scipy.cluster.hierarchy.linkage` gives it.
    leaves
        What stands at the ends, by number of the branch: name, size, cluster from 0. Branches
        below are not drawn.
    cut
        The height at which the tree is cut into clusters.
    ax
        Axes to draw in; by default a new figure as high as its leaves.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from iconometrics import figures
    >>> tree = [[0, 1, 1., 2], [2, 3, 8., 3]]
    >>> leaves = {2: ("c.jpg", "1", 1), 3: ("a.jpg", "2", 0)}
    >>> ax = figures.dendrogram(tree, leaves, cut=4)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['c.jpg  (1)', 'a.jpg  (2)']
    """
    table = np.asarray(tree, float)
    n = len(table) + 1
    order = _order(table, leaves)
    ax = axes(ax, width=COLUMN * 1.35, height=0.45 + _ROW * len(order))
    with style():
        dress(ax, spines="bottom")
        places = {node: (float(row), 0.0, {leaves[node][2]}) for row, node in enumerate(order)}
        for node in range(n, 2 * n - 1):
            left, right = int(table[node - n, 0]), int(table[node - n, 1])
            if left in places and right in places and node not in places:
                height = float(table[node - n, 2])
                places[node] = _join(ax, places[left], places[right], height)
        if cut:
            ax.axvline(cut, color=palette.WARN, linewidth=0.8, linestyle=(0, (4, 3)))
        _labels(ax, [leaves[node] for node in order])
        top = float(table[-1, 2])
        ax.set(xlim=(top * 1.03, 0), ylim=(-0.7, len(order) - 0.3), xlabel="height of the joint")
        numbered(ax.xaxis)
    return ax


def _order(table: npt.NDArray[np.float64], leaves: Mapping[int, Leaf]) -> list[int]:
    """Walk the tree so that no branches cross."""
    n = len(table) + 1
    order, below = [], [2 * n - 2]
    while below:
        node = below.pop()
        if node in leaves:
            order.append(node)
        else:
            below += [int(table[node - n, 1]), int(table[node - n, 0])]
    return order


def _join(
    ax: Axes,
    left: tuple[float, float, set[int]],
    right: tuple[float, float, set[int]],
    height: float,
) -> tuple[float, float, set[int]]:
    members = left[2] | right[2]
    color = palette.CATEGORIES[min(members) % 7] if len(members) == 1 else palette.SOFT
    x = [left[1], height, height, right[1]]
    y = [left[0], left[0], right[0], right[0]]
    ax.plot(x, y, color=color, linewidth=1.1, solid_joinstyle="miter")
    return (left[0] + right[0]) / 2, height, members


def _labels(ax: Axes, leaves: list[Leaf]) -> None:
    texts = [f"{wording.shortened(name, 30)}  ({size})" for name, size, _ in leaves]
    ax.set_yticks(range(len(leaves)), texts, fontsize=6.5)
    ax.yaxis.tick_right()
    ax.tick_params(axis="y", length=0)
    for row, (_, _, cluster) in enumerate(leaves):
        above = leaves[row + 1][2] if row + 1 < len(leaves) else None
        if cluster != above:
            ax.annotate(
                f"theme {cluster + 1}",
                (1.0, row),
                xycoords=("axes fraction", "data"),
                xytext=(-4, 5),
                textcoords="offset points",
                ha="right",
                fontsize=6.5,
                fontweight="bold",
                color=palette.INK,
                va="center",
            )
