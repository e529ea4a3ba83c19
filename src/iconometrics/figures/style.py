"""The style of every figure: the settings that matplotlib draws with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from iconometrics.figures import palette

__all__ = ["style"]

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
