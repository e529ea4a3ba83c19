"""Rows of whole pictures: where to break them so that every row is full and all are even."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from iconometrics.report.blocks import Block, Columns, Fold, Pictures, Section, Shot

__all__ = ["GAP", "PAGE", "PictureRows", "arrange", "broken", "shape", "shapes_of", "unevenness"]

GAP = 6
PAGE = 1104
_PART = 872
_LOWEST, _HIGHEST = 0.3, 4.0
_STRETCH = 1.3
_AROUND = 4


@dataclass(frozen=True, eq=False)
class PictureRows:
    """Pictures in rows, and how much of the last row stays empty.

    Parameters
    ----------
    lines
        The pictures of each row.
    empty
        Free room at the end of a row that is not full, in units of the row's height.

    Examples
    --------
    >>> PictureRows(((),), 0.0).empty
    0.0
    """

    lines: tuple[tuple[Shot, ...], ...]
    empty: float


def shape(width: float, height: float) -> float:
    """Give the ratio of width to height that a picture is shown with."""
    ratio = width / height if height else np.nan
    return float(np.clip(ratio, _LOWEST, _HIGHEST)) if np.isfinite(ratio) else 1.5


def shapes_of(images: pd.DataFrame) -> dict[str, float]:
    """Give the shape of every image of a corpus."""
    wide, high = images["width"].astype("float64"), images["height"].astype("float64")
    if "left" in images:
        wide = (images["right"] - images["left"]).astype("float64").fillna(wide)
        high = (images["bottom"] - images["top"]).astype("float64").fillna(high)
    sides = zip(images.index, wide, high, strict=True)
    return {str(image): shape(width, height) for image, width, height in sides}


def arrange(
    blocks: Sequence[Block], shapes: Mapping[str, float], *, width: int = PAGE
) -> dict[int, PictureRows]:
    """Break the pictures of all blocks into rows."""
    rows: dict[int, PictureRows] = {}
    for block in blocks:
        if isinstance(block, Pictures):
            rows[id(block)] = _rows(block, shapes, width)
        elif isinstance(block, Fold | Section):
            inside = _PART if isinstance(block, Section) else width
            rows |= arrange(block.blocks, shapes, width=min(width, inside))
        elif isinstance(block, Columns):
            rows |= arrange(block.blocks, shapes, width=width // 2)
    return rows


def _rows(block: Pictures, shapes: Mapping[str, float], width: int) -> PictureRows:
    ratios = [_ratio(shot, shapes) for shot in block.shots]
    full = width / block.height
    gap = GAP / block.height
    shots = list(block.shots)
    if block.lines:
        shots, ratios = _fitting(shots, ratios, full=full + gap, gap=gap, lines=block.lines)
    breaks = broken([ratio + gap for ratio in ratios], full + gap)
    lines = tuple(tuple(shots[start:stop]) for start, stop in breaks)
    last = sum(ratios[start] + gap for start in range(*breaks[-1])) if breaks else 0.0
    return PictureRows(lines, max(0.0, full + gap - last) if last * _STRETCH < full else 0.0)


def _ratio(shot: Shot, shapes: Mapping[str, float]) -> float:
    if isinstance(shot.image, str):
        return shapes.get(shot.image, 1.5)
    return shape(shot.image.shape[1], shot.image.shape[0])


def _fitting(
    shots: list[Shot], ratios: list[float], *, full: float, gap: float, lines: int
) -> tuple[list[Shot], list[float]]:
    """Keep so many pictures that the rows are as full and as even as they can be."""
    widths = [ratio + gap for ratio in ratios]
    if sum(widths) <= full * lines:
        return shots, ratios
    nearest = int(np.argmin(np.abs(np.cumsum(widths) - full * lines))) + 1
    around = range(max(1, nearest - _AROUND), min(len(shots), nearest + _AROUND) + 1)
    keep = min(around, key=lambda n: unevenness(widths[:n], full, lines=lines))
    return shots[:keep], ratios[:keep]


def broken(widths: Sequence[float], full: float) -> list[tuple[int, int]]:
    """Break a sequence into rows whose widths differ as little as possible from a full one."""
    ends = np.concatenate([[0.0], np.cumsum(widths)])
    best, back = [0.0], [0]
    cost = partial(_cost, full=full)
    for stop in range(1, len(ends)):
        costs = [best[start] + cost(ends[stop] - ends[start]) for start in range(stop)]
        best.append(min(costs))
        back.append(int(np.argmin(costs)))
    rows = []
    stop = len(widths)
    while stop:
        rows.append((back[stop], stop))
        stop = back[stop]
    return rows[::-1]


def unevenness(widths: Sequence[float], full: float, *, lines: int = 0) -> float:
    """Tell how uneven the best rows are that a sequence can be broken into."""
    rows = broken(widths, full)
    if lines and len(rows) != lines:
        return math.inf
    return max(abs(math.log(sum(widths[start:stop]) / full)) for start, stop in rows)


def _cost(width: float, full: float) -> float:
    return math.log(width / full) ** 2
