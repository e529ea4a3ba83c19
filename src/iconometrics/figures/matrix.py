"""The confusion matrix: counts and row shares, readable without the colors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, axes, dress
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["matrix"]

# The deepest shade on which the page's own ink keeps 4.5:1, in light and in dark.
_DEEPEST = 0.54
_WITH_SHARES = 8
_WITH_COUNTS = 24


def matrix(
    counts: npt.ArrayLike,
    labels: Sequence[object],
    *,
    ax: Axes | None = None,
    rows: str = "gold standard",
    columns: str = "measure",
) -> Axes:
    r"""Draw a square table of counts, each cell shaded by its share of the row.

    Parameters
    ----------
    counts
        (k, k) counts; rows are the truth, columns what was said.
    labels
        (k,) categories.
    ax
        Axes to draw in; by default a new figure.
    rows
        What the rows are.
    columns
        What the columns are.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If the table is not square or does not fit the labels.

    Examples
    --------
    >>> from iconometrics import figures
    >>> ax = figures.matrix([[338, 6], [4, 52]], ["none", "police"])
    >>> [text.get_text() for text in ax.texts][:2]
    ['338', '98\xa0%']
    """
    table = np.asarray(counts, float)
    k = len(labels)
    if table.shape != (k, k) or not k:
        raise InputError(
            f"a table of shape {table.shape} with {k} labels: expected one row and one column "
            "per label, at least one. Give the categories in the table's order."
        )
    width = float(np.clip(1.4 + 0.45 * k, 2.6, PAGE))
    ax = axes(ax, width=width, height=width * 0.82)
    with style():
        dress(ax, spines="")
        _cells(ax, table)
        _names(ax, labels)
        ax.set_xlabel(columns, labelpad=5)
        ax.set_ylabel(rows, labelpad=5)
        ax.set(xlim=(0, k), ylim=(k, 0))
    return ax


def _cells(ax: Axes, table: npt.NDArray[np.float64]) -> None:
    from matplotlib.patches import FancyBboxPatch

    totals = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, totals, out=np.full_like(table, np.nan), where=totals > 0)
    ramp = palette.ramp()
    k = len(table)
    gap = 0.02 if k <= _WITH_SHARES else 0.03
    corner = f"round,pad=0,rounding_size={0.05 if k <= _WITH_COUNTS else 0}"
    for row, column in np.ndindex(k, k):
        share = float(shares[row, column])
        on_diagonal = row == column
        ax.add_patch(
            FancyBboxPatch(
                (column + gap, row + gap),
                1 - 2 * gap,
                1 - 2 * gap,
                boxstyle=corner,
                facecolor=ramp[round(np.nan_to_num(share) * _DEEPEST * (len(ramp) - 1))],
                edgecolor=palette.ACCENT if on_diagonal else "none",
                linewidth=0.9,
            )
        )
        _label(ax, (row, column), float(table[row, column]), share, k)


def _label(ax: Axes, cell: tuple[int, int], value: float, share: float, k: int) -> None:
    if k > _WITH_COUNTS or (value == 0 and k > _WITH_SHARES):
        return
    x, y = cell[1] + 0.5, cell[0] + 0.5
    both = k <= _WITH_SHARES
    size = 9 if both else float(np.clip(11 - 0.28 * k, 5, 8))
    weight = "bold" if cell[0] == cell[1] else "normal"
    centered: dict[str, Any] = {"ha": "center", "va": "center_baseline"}
    ax.text(x, y - 0.12 * both, wording.count(value), size=size, weight=weight, **centered)
    if both:
        ax.text(x, y + 0.2, wording.percent(share), size=6.5, **centered)


def _names(ax: Axes, labels: Sequence[object]) -> None:
    k = len(labels)
    places = np.arange(k) + 0.5
    names = [wording.wrapped(label, width=18) for label in labels]
    size = float(np.clip(9 - 0.12 * k, 4.5, 7.5))
    upright = max(len(line) for name in names for line in name.split("\n")) > (9 if k <= 4 else 4)
    ax.xaxis.set_ticks_position("top")
    ax.xaxis.set_label_position("top")
    ax.set_xticks(places, names, fontsize=size)
    ax.set_yticks(places, names, fontsize=size)
    ax.tick_params(length=0)
    if upright:
        for text in ax.get_xticklabels():
            text.set(rotation=45, ha="left", va="bottom", rotation_mode="anchor")
