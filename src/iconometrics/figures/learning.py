"""Learning curves: the loss in training and on images that were not trained on, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.figures import palette
from iconometrics.figures.look import axes, dress, numbered
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["learning"]


def learning(history: pd.DataFrame, *, best: int | None = None, ax: Axes | None = None) -> Axes:
    """Draw how the loss fell in training and in validation.

    Parameters
    ----------
    history
        One row per epoch: epoch, train_loss, validation_loss.
    best
        The epoch whose weights were kept, or None.
    ax
        Axes to draw in; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from iconometrics import figures
    >>> rows = {"epoch": [1, 2], "train_loss": [2.0, 1.0], "validation_loss": [1.9, 1.2]}
    >>> figures.learning(pd.DataFrame(rows), best=2).get_xlabel()
    'epoch'
    """
    ax = axes(ax)
    lines = {"training": ("train_loss", palette.SOFT), "validation": ("validation_loss", None)}
    with style():
        dress(ax, grid="y")
        drawn = []
        for name, (column, color) in lines.items():
            values = history[column].to_numpy(float)
            if np.isfinite(values).any():
                color = color or palette.ACCENT
                ax.plot(history["epoch"], values, color=color)
                drawn.append((name, float(values[-1]), color))
        _name(ax, drawn, float(history["epoch"].iloc[-1]))
        if best is not None and len(drawn) > 1:
            kept = history.set_index("epoch")["validation_loss"][best]
            ax.plot([best], [kept], "o", color=palette.ACCENT, markersize=4)
            ax.annotate(
                f"kept: epoch {best}",
                (best, kept),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=7,
                color=palette.ACCENT,
            )
        ax.set(xlabel="epoch", ylabel="loss")
        ax.set_ylim(bottom=0)
        numbered(ax.xaxis, whole=True)
        numbered(ax.yaxis)
    return ax


def _name(ax: Axes, drawn: list[tuple[str, float, str]], end: float) -> None:
    """Write each line's name at its end, apart from the other's."""
    top = ax.get_ylim()[1]
    heights = sorted(drawn, key=lambda line: line[1])
    last = -0.03 * top
    for name, height, color in heights:
        height = max(height, last + 0.07 * top)
        last = height
        ax.annotate(
            name,
            (end, height),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color=color,
            annotation_clip=False,
        )
