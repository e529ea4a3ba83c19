"""Pictures of what an extractor sees: heat maps with their scale, and bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.figures.look import bare, dress
from iconometrics.figures.palette import ACCENT, INK, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["bars", "faint", "heat", "titled"]


def heat(
    values: NDArray[Any], *, ax: Axes | None, title: str, unit: str, limits: tuple[float, float]
) -> Axes:
    """Draw a map over the picture's pixels with its scale beside it."""
    from matplotlib.colors import LinearSegmentedColormap

    ax = figures.axes(ax, height=_height(values))
    dark = LinearSegmentedColormap.from_list("heat", _HEAT)
    drawn = ax.imshow(values, cmap=dark, vmin=limits[0], vmax=limits[1], interpolation="none")
    titled(ax, title)
    bare(ax)
    scale = ax.inset_axes((1.02, 0.0, 0.03, 1.0))
    bar = ax.figure.colorbar(drawn, cax=scale)
    bar.outline.set_visible(False)
    scale.tick_params(length=0, labelsize=6.5, labelcolor=SOFT)
    scale.set_ylabel(unit, size=6.5, color=SOFT)
    return ax


def faint(pixels: NDArray[np.uint8], ax: Axes | None) -> Axes:
    """Draw a picture palely, as a ground for marks."""
    ax = figures.axes(ax, height=_height(pixels))
    pale = 255 - (255 - pixels.astype(np.float64)) * 0.45
    ax.imshow(pale.astype(np.uint8), cmap="gray", vmin=0, vmax=255)
    bare(ax)
    return ax


def bars(
    shares: Sequence[float] | NDArray[Any],
    names: Sequence[str],
    *,
    ax: Axes | None,
    title: str,
    unit: str,
    paints: Any = ACCENT,
) -> Axes:
    """Draw amounts as horizontal bars, each with its name."""
    ax = figures.axes(ax, height=max(1.6, 0.6 + 0.16 * len(names)))
    ax.barh(np.arange(len(names)), shares, color=paints, height=0.78)
    ax.set_yticks(np.arange(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlabel(unit)
    titled(ax, title)
    dress(ax, grid="x")
    return ax


def titled(ax: Axes, title: str) -> None:
    """Set the finding over the axes, in words that do not shout."""
    ax.set_title(title, loc="left", fontsize=8, fontweight="normal", color=INK)


_HEAT = ("#14213d", "#27557b", "#3d8f8f", "#9cc17b", "#f6e27a", "#fffbe6")


def _height(values: NDArray[Any]) -> float:
    """Inches that a picture needs at the width of a column, its title included."""
    return float(np.clip(3.2 * values.shape[0] / values.shape[1], 0.8, 5.5)) + 0.3
