"""ROC curves: how much is found against how much is found wrongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

__all__ = ["roc"]

_LINE = 0.115


def roc(
    curves: Mapping[str, Sequence[npt.ArrayLike]],
    *,
    areas: Mapping[str, tuple[float, float, float]],
    ax: Axes | None = None,
) -> Axes:
    """Draw ROC curves, each named beside its area and the area's interval.

    Parameters
    ----------
    curves
        Shares of false positives and of true positives, from 0 to 1, by name.
    areas
        Area under each curve with the low and high end of its interval, by name.
    ax
        Axes to draw in; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        If there is no curve, or a curve has no area.

    Examples
    --------
    >>> from iconometrics import figures
    >>> curve = [0, 0.2, 1], [0, 0.9, 1]
    >>> ax = figures.roc({"protest": curve}, areas={"protest": (0.85, 0.8, 0.9)})
    >>> ax.get_xlabel()
    'share of the others taken for it'
    """
    if not curves or set(curves) - set(areas):
        raise InputError(f"{len(curves)} curves, {len(areas)} areas: expected an area for each.")
    ax = axes(ax, width=3.0, height=3.0)
    with style():
        dress(ax, grid="both", spines="")
        ax.plot([0, 1], [0, 1], color=palette.SOFT, linewidth=0.8, dashes=(4, 3))
        colors = [palette.ACCENT] if len(curves) == 1 else list(palette.CATEGORIES)
        dashes: list[Any] = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]
        for number, (name, points) in enumerate(curves.items()):
            look: dict[str, Any] = {
                "color": colors[number % len(colors)],
                "linestyle": dashes[number % 5],
            }
            ax.plot(*(np.asarray(side, float) for side in points), clip_on=False, **look)
            _name(ax, name, areas[name], row=len(curves) - number - 1, look=look)
        unit_square(ax)
        ax.set(xlabel="share of the others taken for it", ylabel="share found")
    return ax


def _name(
    ax: Axes, name: str, area: tuple[float, float, float], *, row: int, look: Mapping[str, Any]
) -> None:
    """Name a curve in the corner that curves leave empty, with a piece of its line."""
    height = 0.07 + _LINE * row
    ax.plot([0.4, 0.46], [height] * 2, **look)
    value, low, high = (wording.number(end) for end in area)
    ax.text(0.485, height + 0.02, wording.wrapped(name).split("\n")[0], va="center", fontsize=6.5)
    area_text = f"area {value} ({low} to {high})"
    ax.text(0.485, height - 0.028, area_text, va="center", fontsize=6, color=palette.SOFT)
