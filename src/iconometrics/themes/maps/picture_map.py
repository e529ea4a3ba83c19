"""Pictures in their places on a plane, none on top of another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import images
from iconometrics.errors import InputError, ReadError, warn
from iconometrics.figures import palette, style
from iconometrics.figures.look import PAGE, bare, new_figure
from iconometrics.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["cells", "data_for_app", "picture_map"]

_PIXELS = 160
_TALL = 0.75
_RANKS = 0.6
_STRIP = 0.25
_FARTHEST = 2.5
_GAP = 0.05

Points = npt.NDArray[np.float64]


def cells(points: Points, across: int, down: int) -> npt.NDArray[np.int64]:
    """Give each point a cell of a grid of its own, near its place; -1 to those left out."""
    grid = np.array([across, down])
    wanted = np.clip((points * grid).astype(np.int64), 0, grid - 1)
    crowd = np.zeros((across, down), np.int64)
    np.add.at(crowd, tuple(wanted.T), 1)
    offsets = _offsets()
    taken = np.zeros((across, down), bool)
    places = np.full((len(points), 2), -1, np.int64)
    for point in np.argsort(crowd[tuple(wanted.T)], kind="stable"):
        near = wanted[point] + offsets
        inside = ((near >= 0) & (near < grid)).all(axis=1)
        near = near[inside]
        free = near[~taken[tuple(near.T)]]
        if len(free):
            apart = ((free + 0.5 - points[point] * grid) ** 2).sum(axis=1)
            places[point] = free[int(apart.argmin())]
            taken[tuple(places[point])] = True
    return places


def picture_map(
    corpus: Corpus,
    points: pd.DataFrame,
    *,
    across: int,
    anonymize: bool,
    groups: pd.Series | None,
) -> Figure:
    """Draw the pictures of a corpus where their points lie."""
    if points.shape[1] < 2 or across < 4:
        raise InputError(
            f"{points.shape[1]} axes and {across} cells across: expected a projection on two axes "
            "and at least four cells."
        )
    down = max(4, round(across * _TALL))
    places = cells(_spread(points), across, down)
    shown = np.flatnonzero(places[:, 0] >= 0).tolist()
    ids = [str(image) for image in points.index]
    colors = _colors(groups, points.index)
    top, bottom = _STRIP * (groups is not None), _STRIP * (len(shown) < len(points))
    high = PAGE * down / across + top + bottom
    figure = new_figure(width=PAGE, height=high)
    figure.set_layout_engine("none")
    with style():
        ax = figure.add_axes((0, bottom / high, 1, 1 - (top + bottom) / high))
        bare(ax)
        failed = [
            ids[row]
            for row in shown
            if not _put(ax, corpus, ids[row], places[row], color=colors[row], anonymize=anonymize)
        ]
        ax.set(xlim=(0, across), ylim=(0, down), aspect="equal")
        if groups is not None:
            _name_colors(figure, groups)
        if bottom:
            note = f"{len(shown):,} of {len(points):,} pictures; the others have no room"
            figure.text(0.995, 0.08 / high, note, ha="right", fontsize=6.5, color=palette.SOFT)
    _warn_of(failed)
    return figure


def data_for_app(
    points: pd.DataFrame,
    settings: Mapping[str, Any],
    groups: Mapping[str, pd.Series],
    *,
    axes: tuple[str, str],
) -> dict[str, Any]:
    """Give the map as plain values."""
    unit = _unit(points).round(5)
    return {
        "method": settings["method"],
        "seed": settings["seed"],
        "axes": list(axes),
        "images": [str(image) for image in points.index],
        "x": unit[:, 0].tolist(),
        "y": unit[:, 1].tolist(),
        "groups": {
            name: [None if pd.isna(v) else str(v) for v in values.reindex(points.index)]
            for name, values in groups.items()
        },
    }


def _unit(points: pd.DataFrame) -> Points:
    """Bring both axes to 0 to 1, but for the farthest of a thousand, which come to the edge."""
    plane = points.iloc[:, :2].to_numpy(np.float64)
    low, high = np.quantile(plane, [0.001, 0.999], axis=0)
    span = np.where(high > low, high - low, 1)
    return np.asarray(np.clip((plane - low) / span, 0, 1))


def _spread(points: pd.DataFrame) -> Points:
    """Draw places apart halfway to their ranks: empty regions narrow, crowds widen."""
    unit = _unit(points)
    ranks = (unit.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") + 0.5) / len(unit)
    return np.asarray((1 - _RANKS) * unit + _RANKS * ranks)


def _offsets() -> npt.NDArray[np.int64]:
    """List the cells around a cell, as far as a picture may be moved."""
    reach = int(np.ceil(_FARTHEST))
    steps = np.arange(-reach, reach + 1)
    around = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    return np.asarray(around[(around**2).sum(axis=1) <= _FARTHEST**2])


def _warn_of(failed: list[str]) -> None:
    if failed:
        warn(
            f"left out of the map: {counted(len(failed), 'image')} that cannot be opened, the "
            f"first is {failed[0]}"
        )


def _put(
    ax: Axes,
    corpus: Corpus,
    image: str,
    cell: npt.NDArray[np.int64],
    *,
    color: str | None,
    anonymize: bool,
) -> bool:
    from matplotlib.patches import Rectangle

    try:
        pixels = corpus.open(image, size=_PIXELS).pixels
    except ReadError:
        return False
    pixels = images.anonymize(pixels) if anonymize else pixels
    high, wide = pixels.shape[:2]
    scale = (1 - _GAP) / max(high, wide)
    half = np.array([wide, high]) * scale / 2
    left, bottom = cell + 0.5 - half
    right, top = cell + 0.5 + half
    ax.imshow(pixels, extent=(left, right, bottom, top), interpolation="auto", aspect="auto")
    if color is not None:
        frame = Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=color,
                          linewidth=1.1)  # fmt: skip
        ax.add_patch(frame)
    return True


def _colors(groups: pd.Series | None, ids: pd.Index) -> list[str | None]:
    if groups is None:
        return [None] * len(ids)
    named = _named(groups)
    return [named.get(str(value)) for value in groups.reindex(ids)]


def _named(groups: pd.Series) -> dict[str, str]:
    names = sorted({str(v) for v in groups.dropna()}, key=lambda n: (len(n), n))
    return {name: palette.CATEGORIES[i % len(palette.CATEGORIES)] for i, name in enumerate(names)}


def _name_colors(figure: Figure, groups: pd.Series) -> None:
    """Name the colors of the frames in a line above the map."""
    width, height = figure.get_size_inches()
    left = 0.04
    for name, color in _named(groups).items():
        figure.text(left / width, 1 - 0.12 / height, "■", color=color, fontsize=8, va="center")
        figure.text((left + 0.13) / width, 1 - 0.12 / height, name, fontsize=7.5, va="center")
        left += 0.3 + 0.062 * len(name)
