"""Calibration: whether a coder is right as often as it says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import axes, dress, unit_square
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["reliability"]

_SPACE = 0.085


def reliability(
    predicted: npt.ArrayLike,
    observed: npt.ArrayLike,
    *,
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    n: npt.ArrayLike,
    ax: Axes | None = None,
    xlabel: str = "confidence",
    ylabel: str = "share correct",
) -> Axes:
    """Draw a reliability diagram: the share that was right against the confidence, bin by bin.

    Parameters
    ----------
    predicted
        (bins,) mean confidence, 0 to 1.
    observed
        (bins,) share that was correct, 0 to 1.
    low, high
        (bins,) ends of the shares' intervals.
    n
        (bins,) images in each bin; empty bins are not drawn.
    ax
        Axes to draw in; by default a new figure.
    xlabel, ylabel
        What the confidence and what the share is.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If every bin is empty.

    Examples
    --------
    >>> from iconometrics import figures
    >>> ax = figures.reliability([.6, .9], [.5, .8], low=[.4, .7], high=[.6, .9], n=[40, 60])
    >>> ax.get_xlabel()
    'confidence'
    """
    table = np.column_stack([np.asarray(c, float) for c in (predicted, observed, low, high, n)])
    table = table[(table[:, 4] > 0) & np.isfinite(table[:, :2]).all(axis=1)]
    if not len(table):
        raise InputError("no bin holds an image: expected at least one. Code some images first.")
    ax = axes(ax, width=3.0, height=3.0)
    with style():
        dress(ax, grid="both", spines="")
        _diagonal(ax)
        _bins(ax, table)
        _sizes(ax, table)
        unit_square(ax)
        ax.set(xlabel=xlabel, ylabel=ylabel)
    return ax


def _bins(ax: Axes, table: npt.NDArray[np.float64]) -> None:
    for x, y, low, high, _ in table:
        ax.plot([x, x], [low, high], color=palette.ACCENT, linewidth=1.6, clip_on=False)
        ax.plot([x], [y], "o", color=palette.ACCENT, markersize=5, clip_on=False)


def _diagonal(ax: Axes) -> None:
    ax.plot([0, 1], [0, 1], color=palette.SOFT, linewidth=0.8, dashes=(4, 3))
    options: dict[str, Any] = {"fontsize": 6.5, "color": palette.SOFT}
    ax.text(0.02, 0.985, "right more often than it says", va="top", **options)
    ax.text(0.98, 0.015, "right less often than it says", ha="right", va="bottom", **options)


def _sizes(ax: Axes, table: npt.NDArray[np.float64]) -> None:
    """Write each bin's n above the axes, moved apart where bins are close."""
    order = np.argsort(table[:, 0])
    places = table[order, 0].copy()
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + _SPACE)
    overflow = max(0.0, places[-1] - 1)
    for i in range(len(places) - 1, -1, -1):
        limit = 1.0 if i == len(places) - 1 else places[i + 1] - _SPACE
        places[i] = min(places[i], limit) if overflow else places[i]
    soft: dict[str, Any] = {"va": "center", "fontsize": 6, "color": palette.SOFT}
    for place, size in zip(places, table[order, 4], strict=True):
        ax.text(place, 1.05, wording.count(size), ha="center", **soft)
    ax.text(-0.03, 1.05, "n", ha="right", **soft)
