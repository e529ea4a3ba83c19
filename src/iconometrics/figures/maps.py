"""Maps from arrays: shaded areas and points, printed without any network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from iconometrics import wording
from iconometrics.errors import InputError
from iconometrics.figures import palette
from iconometrics.figures.look import PAGE, bare, new_figure
from iconometrics.figures.style import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["choropleth", "points_map"]

Rings = Sequence[npt.NDArray[np.float64]]

_SHADES = (0.06, 1.0)
_BAR = 0.25


def choropleth(
    outlines: Sequence[Rings],
    values: npt.ArrayLike,
    *,
    low: npt.ArrayLike | None = None,
    high: npt.ArrayLike | None = None,
    classes: int = 5,
    share: bool = False,
    label: str = "",
    meters: bool = False,
) -> Figure:
    """Shade areas by their value, and beside it show how wide their intervals are.

    Parameters
    ----------
    outlines
        For each area its rings, arrays (points, 2) in a plane; rings inside others are holes.
    values
        (areas,) values; NaN is hatched.
    low, high
        (areas,) ends of the intervals; with them, a second map of their half-widths.
    classes
        Shades, each with about equally many areas.
    share
        Whether values are shares, to be written in percent.
    label
        What the values are.
    meters
        Whether the plane is in meters: adds a scale bar.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there are no areas, or values and outlines differ in number.

    Examples
    --------
    >>> from iconometrics import figures
    >>> square = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
    >>> figure = figures.choropleth([[square], [square + [1, 0]]], [.2, .5], share=True)
    >>> len(figure.axes)
    1
    """
    amounts = np.asarray(values, float)
    if not len(outlines) or len(outlines) != len(amounts):
        raise InputError(
            f"{len(outlines)} outlines and {len(amounts)} values: expected one value per area, at "
            "least one."
        )
    panels: list[tuple[npt.NDArray[np.float64], str]] = [(amounts, label or "value")]
    if low is not None and high is not None:
        half = (np.asarray(high, float) - np.asarray(low, float)) / 2
        panels.append((half, "half-width of the interval"))
    figure = _sheet(outlines, len(panels))
    with style():
        for place, (amount, title) in zip(figure.axes, panels, strict=True):
            _areas(place, outlines, amount, classes=classes, share=share)
            place.set_title(title)
        if meters:
            _scale_bar(figure.axes[0])
    return figure


def points_map(
    points: npt.ArrayLike,
    *,
    values: npt.ArrayLike | None = None,
    outlines: Sequence[Rings] = (),
    share: bool = False,
    label: str = "",
    meters: bool = False,
) -> Figure:
    """Draw points, shaded by a value where there is one, over the outlines of areas.

    Parameters
    ----------
    points
        (n, 2) in the plane of the outlines.
    values
        (n,) values; NaN is left hollow.
    outlines
        For each area its rings, arrays (points, 2).
    share
        Whether values are shares.
    label
        What the points are.
    meters
        Whether the plane is in meters: adds a scale bar.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If there are no points.

    Examples
    --------
    >>> from iconometrics import figures
    >>> figure = figures.points_map([[0, 0], [1, 2]], label="2 pictures")
    >>> figure.axes[0].get_title(loc="left")
    '2 pictures'
    """
    places = np.asarray(points, float).reshape(-1, 2)
    if not len(places):
        raise InputError("no points to draw: expected at least one row of x and y.")
    square = outlines or [[places]]
    figure = _sheet(square, 1)
    ax = figure.axes[0]
    size = float(np.clip(1500 / len(places), 3, 22))
    with style():
        if outlines:
            _areas(ax, outlines, None, classes=1, share=False)
        if values is None:
            ax.scatter(
                places[:, 0], places[:, 1], s=size, color=palette.ACCENT, alpha=0.65, lw=0, zorder=3
            )
        else:
            _shaded_points(ax, places, np.asarray(values, float), size, share)
        ax.set_title(label)
        _frame(ax, square)
        if meters:
            _scale_bar(ax)
    return figure


def _sheet(outlines: Sequence[Rings], panels: int) -> Figure:
    """Make a page with room for maps of this shape beside each other, legends below."""
    corners = np.vstack([ring for rings in outlines for ring in rings])
    wide, tall = np.ptp(corners, axis=0)
    width = PAGE if panels > 1 else PAGE * 0.6
    ratio = float(np.clip(tall / wide if wide else 1, 0.35, 1.6))
    figure = new_figure(width=width, height=min(width / panels * ratio + 0.75, 8.5))
    with style():
        figure.subplots(1, panels)
    return figure


def _areas(
    ax: Axes,
    outlines: Sequence[Rings],
    values: npt.NDArray[np.float64] | None,
    *,
    classes: int,
    share: bool,
) -> None:
    from matplotlib.patches import PathPatch

    shades: list[Any] = [palette.PAPER] * len(outlines)
    if values is not None:
        edges = _edges(values, classes)
        shades = _shades(values, edges)
        _legend(ax, edges, share=share, missing=bool(np.isnan(values).any()))
    for rings, shade in zip(outlines, shades, strict=True):
        ax.add_patch(
            PathPatch(
                _path(rings),
                facecolor=palette.PAPER if shade is None else shade,
                edgecolor=palette.SOFT if values is None or shade is None else palette.PAPER,
                hatch="////" if shade is None else None,
                linewidth=0.5,
            )
        )
    _frame(ax, outlines)


def _frame(ax: Axes, outlines: Sequence[Rings]) -> None:
    bare(ax)
    corners = np.vstack([ring for rings in outlines for ring in rings])
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    edge = 0.02 * max(right - left, top - bottom, 1e-9)
    ax.set(xlim=(left - edge, right + edge), ylim=(bottom - edge, top + edge), aspect="equal")


def _path(rings: Rings) -> Any:
    """Join rings into one path; holes stay open because they run the other way round."""
    from matplotlib.path import Path

    parts = []
    for ring in rings:
        closed = np.vstack([ring, ring[:1]])
        codes = np.full(len(closed), Path.LINETO, dtype=Path.code_type)
        codes[0], codes[-1] = Path.MOVETO, Path.CLOSEPOLY
        parts.append(Path(closed, codes))
    return Path.make_compound_path(*parts)


def _edges(values: npt.NDArray[np.float64], classes: int) -> npt.NDArray[np.float64]:
    """Cut at quantiles, so that shades are used evenly; fewer where values repeat."""
    known = values[np.isfinite(values)]
    if not len(known):
        return np.array([])
    return np.unique(np.quantile(known, np.linspace(0, 1, classes + 1)))


def _shades(values: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> list[str | None]:
    count = max(len(edges) - 1, 1)
    ramp = palette.ramp()
    steps = np.linspace(*_SHADES, count) if count > 1 else np.array([0.5])
    colors = [ramp[round(step * (len(ramp) - 1))] for step in steps]
    at = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, count - 1)
    return [colors[i] if np.isfinite(v) else None for i, v in zip(at, values, strict=True)]


def _legend(ax: Axes, edges: npt.NDArray[np.float64], *, share: bool, missing: bool) -> None:
    from matplotlib.patches import Patch

    scale = 100 if share else 1
    places = wording.decimals(scale * np.diff(edges), spare=0) if len(edges) > 1 else 2
    say = wording.percent if share else wording.number
    pairs = pairwise(edges) if len(edges) > 1 else zip(edges, edges, strict=True)
    shades = _shades(edges[:-1] if len(edges) > 1 else edges, edges)
    handles = [
        Patch(
            facecolor=shade,
            label=f"{say(low, places).removesuffix(wording.PERCENT)} to {say(high, places)}",
        )
        for (low, high), shade in zip(pairs, shades, strict=True)
    ]
    if missing:
        handles.append(
            Patch(facecolor=palette.PAPER, edgecolor=palette.SOFT, hatch="////", label="no value")
        )
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.01),
        ncols=3,
        frameon=False,
        fontsize=7,
        handlelength=1.2,
        handleheight=1,
        columnspacing=1.2,
    )


def _shaded_points(
    ax: Axes,
    places: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    size: float,
    share: bool,
) -> None:
    edges = _edges(values, 5)
    shades = _shades(values, edges)
    known = np.isfinite(values)
    colors = [shade for shade in shades if shade is not None]
    for chosen, fill in ((known, colors), (~known, palette.PAPER)):
        x, y = places[chosen].T
        ax.scatter(x, y, s=size, c=fill, edgecolors=palette.SOFT, lw=0.4, zorder=3)
    _legend(ax, edges, share=share, missing=False)


def _scale_bar(ax: Axes) -> None:
    """Draw a bar of a round length, about a quarter of the map."""
    left, right = ax.get_xlim()
    bottom, top = ax.get_ylim()
    wanted = (right - left) * _BAR
    unit = 10.0 ** np.floor(np.log10(wanted))
    length = unit * max(step for step in (1, 2, 5) if step * unit <= wanted)
    y = bottom + 0.035 * (top - bottom)
    ax.plot([left, left + length], [y, y], color=palette.INK, linewidth=1.6, zorder=5)
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    ax.annotate(text, (left, y), xytext=(0, 3), textcoords="offset points", fontsize=7, zorder=5)
