"""The look of every figure: settings, new axes, and how an axes is dressed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from iconometrics import wording
from iconometrics.figures import palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["COLUMN", "PAGE", "axes", "bare", "dress", "new_figure", "numbered", "style"]

COLUMN = 3.5
PAGE = 7.2

_FONTS = (
    "Helvetica Neue",
    "Segoe UI",
    "Arial",
    "Liberation Sans",
    "DejaVu Sans",
)
_OTHER_SCRIPTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "WenQuanYi Micro Hei",
    "Noto Sans Arabic",
    "Geeza Pro",
    "Noto Sans Devanagari",
)


@contextmanager
def style() -> Iterator[None]:
    """Give matplotlib our look for the time of a ``with`` block; nothing global stays changed.

    Inside it the ramp for amounts is known to matplotlib by the name `AMOUNTS`.

    Yields
    ------
    None

    Examples
    --------
    >>> from iconometrics import figures
    >>> with figures.style():
    ...     ax = figures.axes()
    """
    import matplotlib as mpl

    _register_ramp()
    with mpl.rc_context(_settings()):
        yield


def axes(ax: Axes | None = None, *, width: float = COLUMN, height: float = 2.3) -> Axes:
    """Hand on the axes given, or make a figure of its own with one axes in our look.

    The figure belongs to nobody's window and is forgotten with its last reference. In a notebook
    the axes shows itself.

    Parameters
    ----------
    ax
        Axes to draw in, or None.
    width
        Of a new figure, in inches: `3.5` is one column of a journal, `7.2` the page.
    height
        Of a new figure, in inches.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from iconometrics import figures
    >>> figures.axes(width=7.2).figure.get_size_inches().tolist()
    [7.2, 2.3]
    """
    if ax is not None:
        return ax
    from iconometrics.figures._notebook import NotebookAxes

    with style():
        figure = new_figure(width=width, height=height)
        return figure.add_subplot(axes_class=NotebookAxes)


def new_figure(*, width: float, height: float) -> Figure:
    """Make an empty figure in our look, outside pyplot."""
    from iconometrics.figures._notebook import NotebookFigure

    with style():
        return NotebookFigure(figsize=(width, height), layout="constrained")


def dress(ax: Axes, *, grid: str = "", spines: str = "bottom") -> None:
    """Take off what carries nothing: spines, ticks; add hairlines."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in spines.split())
        spine.set(color=palette.SOFT, linewidth=0.6)
    ax.tick_params(length=0, colors=palette.INK, labelsize=7.5)
    ax.xaxis.label.set(color=palette.SOFT, size=7.5)
    ax.yaxis.label.set(color=palette.SOFT, size=7.5)
    ax.set_axisbelow(True)
    ax.grid(False)
    if grid:
        ax.grid(True, axis=grid, color=palette.LINE, linewidth=0.6)  # type: ignore[arg-type]


def numbered(axis: Axis, *, share: bool = False, whole: bool = False, most: int = 5) -> None:
    r"""Give an axis few, soft, round ticks, written as the field writes numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10], integer=whole))
    axis.set_tick_params(labelcolor=palette.SOFT, labelsize=7)
    step = np.diff(axis.get_majorticklocs()[:2])
    places = wording.decimals(100 * step if share else step, spare=0)
    say = wording.percent if share else wording.number
    axis.set_major_formatter(FuncFormatter(lambda value, _: say(value, places)))


def bare(ax: Axes) -> None:
    """Leave nothing of an axes but what is drawn in it."""
    dress(ax, spines="")
    ax.set(xticks=[], yticks=[])


@cache
def _register_ramp() -> None:
    import matplotlib as mpl
    from matplotlib.colors import ListedColormap

    colormap = ListedColormap(list(palette.ramp()), name=palette.AMOUNTS)
    mpl.colormaps.register(colormap, force=True)


@cache
def _families() -> tuple[str, ...]:
    from matplotlib import font_manager

    here = set(font_manager.get_font_names())
    main = next((name for name in _FONTS if name in here), "DejaVu Sans")
    others = (name for name in ("DejaVu Sans", *_OTHER_SCRIPTS) if name in here and name != main)
    return (main, *others)


def _settings() -> Any:
    return {
        "font.family": list(_families()),
        "font.size": 8,
        "text.color": palette.INK,
        "text.parse_math": False,
        "axes.unicode_minus": True,
        "axes.titlesize": 8.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 6,
        "axes.labelsize": 7.5,
        "axes.labelcolor": palette.SOFT,
        "axes.edgecolor": palette.SOFT,
        "axes.linewidth": 0.6,
        "axes.prop_cycle": _cycle(),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "lines.linewidth": 1.4,
        "lines.solid_capstyle": "butt",
        "image.cmap": palette.AMOUNTS,
        "figure.facecolor": "white",
        "figure.constrained_layout.h_pad": 0.03,
        "figure.constrained_layout.w_pad": 0.03,
        "savefig.dpi": 300,
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": "iconometrics",
    }


def _cycle() -> Any:
    from cycler import cycler

    return cycler(color=palette.CATEGORIES)
