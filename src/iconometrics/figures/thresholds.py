"""Rates against the threshold from which on a category is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import axes, dress, numbered
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["thresholds"]

_APART = 0.06


def thresholds(
    x: npt.ArrayLike,
    rates: Mapping[str, Any],
    *,
    chosen: float,
    ax: Axes | None = None,
    xlabel: str = "threshold",
) -> Axes:
    """Draw several rates with their bands against a threshold, each named at its end.

    Parameters
    ----------
    x
        (n,) thresholds, ascending.
    rates
        (n, 3) value, low and high, by name.
    chosen
        The threshold that was chosen.
    ax
        Axes to draw in; by default a new figure.
    xlabel
        What the threshold is of.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If there is no rate.

    Examples
    --------
    >>> from iconometrics import figures
    >>> band = [[0.5, 0.4, 0.6], [0.8, 0.7, 0.9]]
    >>> ax = figures.thresholds([0.2, 0.6], {"precision": band}, chosen=0.6)
    >>> ax.get_xlabel()
    'threshold'
    """
    if not rates:
        raise InputError("no rate to draw: expected at least one.")
    at = np.asarray(x, float)
    ax = axes(ax, height=2.6)
    with style():
        dress(ax, grid="y")
        ax.axvline(chosen, color=palette.LINE, linewidth=4, zorder=0)
        ends = {}
        for (name, band), color, dash in zip(
            rates.items(), palette.CATEGORIES, ("-", "--", "-.", ":") * 2, strict=False
        ):
            value, low, high = np.asarray(band, float).T
            ax.fill_between(at, low, high, color=color, alpha=0.14, lw=0)
            ax.plot(at, value, color=color, linestyle=dash)
            there = value[np.isfinite(value)]
            ends[name] = (float(there[-1]) if len(there) else 0.0, color)
        _name(ax, ends)
        ax.annotate(
            f"{wording.number(chosen)}", (chosen, 1.0), xytext=(3, 2), fontsize=7,
            xycoords=("data", "axes fraction"), textcoords="offset points",
        )  # fmt: skip
        ax.set(xlabel=xlabel, ylim=(0, 1.02))
        ax.margins(x=0.01)
        numbered(ax.xaxis)
        numbered(ax.yaxis, share=True)
    return ax


def _name(ax: Axes, ends: Mapping[str, tuple[float, str]]) -> None:
    """Write each name at the end of its line, moved apart where lines end together."""
    place = -1.0
    for name, (height, color) in sorted(ends.items(), key=lambda item: item[1][0]):
        place = max(height, place + _APART)
        ax.annotate(
            name, (1, place), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=7, color=color, annotation_clip=False,
        )  # fmt: skip
