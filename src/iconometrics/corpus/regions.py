"""Cutting images into regions: a grid, the cells of a form, boxes from a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from iconometrics.corpus.schema import BOX, conform, text_index
from iconometrics.corpus.tables import read_table
from iconometrics.errors import InputError
from iconometrics.options import need_columns
from iconometrics.wording import as_text, counted, listed

__all__ = ["Cells", "box_regions", "cell_regions", "cut", "grid_cells"]

Cells: TypeAlias = Mapping[str, Sequence[float]]

_COPIED = ("file", "sha256", "bytes", "modified", "changes", "frames", "captured")


def cut(
    images: pd.DataFrame,
    metadata: pd.DataFrame,
    *,
    grid: tuple[int, int] | None = None,
    cells: Cells | None = None,
    boxes: pd.DataFrame | str | Path | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the tables of a derived corpus of regions."""
    if sum(choice is not None for choice in (grid, cells, boxes)) != 1:
        raise InputError("regions: give exactly one of grid=, cells= and boxes=.")
    unknown = images.index[images["width"].isna() & (images["status"] != "failed")]
    if len(unknown):
        raise InputError(
            f"the size of {counted(len(unknown), 'image')} is not known ({listed(unknown, 3)}); "
            "cut the regions from corpus.check().corpus."
        )
    if boxes is None:
        table = cell_regions(images, grid_cells(grid) if grid is not None else cells or {})
        return table, metadata.loc[table["parent"]].set_axis(table.index)
    boxes = boxes if isinstance(boxes, pd.DataFrame) else read_table(boxes)[0]
    table, extra = box_regions(images, boxes)
    metadata = metadata.loc[table["parent"]].set_axis(table.index)
    return table, metadata.drop(columns=extra.columns, errors="ignore").join(extra)


def grid_cells(grid: tuple[int, int]) -> dict[str, tuple[float, float, float, float]]:
    """Make the cells of a grid."""
    if len(grid) != 2 or any(n < 1 or n != int(n) for n in grid):
        raise InputError(f"grid={grid!r}: expected rows and columns, such as grid=(5, 3).")
    rows, columns = grid
    return {
        f"r{row + 1}c{column + 1}": (
            column / columns,
            row / rows,
            (column + 1) / columns,
            (row + 1) / rows,
        )
        for row in range(rows)
        for column in range(columns)
    }


def cell_regions(images: pd.DataFrame, cells: Cells) -> pd.DataFrame:
    """Cut the same cells from every image."""
    boxes = _checked(cells)
    parents = images.loc[images.index.repeat(len(cells))]
    parts = np.tile(np.array(list(cells), dtype=object), len(images))
    corners = np.tile(boxes, (len(images), 1))
    if (boxes <= 1).all():
        size = parents[["width", "height", "width", "height"]].to_numpy("float64", na_value=np.nan)
        corners = corners * size
    return _derived(parents, parts, corners)


def box_regions(images: pd.DataFrame, boxes: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cut the boxes that a table lists."""
    need_columns(
        boxes, ("image", *BOX), what="boxes", expected="image, part, left, top, right and bottom"
    )
    boxes = boxes.reset_index(drop=True)
    ids = text_index(pd.Index(as_text(boxes["image"])))
    corners = boxes[list(BOX)].apply(pd.to_numeric, errors="coerce")
    _refuse(boxes.index[~ids.isin(images.index)], "name an image that is not in the corpus")
    _refuse(boxes.index[~np.isfinite(corners).all(axis=1)], "hold a box that is not four numbers")
    numbered = as_text(boxes.groupby(ids).cumcount() + 1)
    parts = as_text(boxes.get("part", numbered)).fillna(numbered)
    _refuse(boxes.index[pd.DataFrame({"i": ids, "p": parts}).duplicated()], "repeat a part")
    table = _derived(images.loc[ids], parts.to_numpy(), corners.to_numpy("float64"))
    return table, boxes.drop(columns=["image", "part", *BOX], errors="ignore").set_axis(table.index)


def _checked(cells: Cells) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    example = 'cells={"name": (left, top, right, bottom)}'
    try:
        boxes = np.array([[float(x) for x in box] for box in cells.values()]).reshape(-1, 4)
    except (TypeError, ValueError) as error:
        raise InputError(f"cells: expected four numbers each, as in {example}.") from error
    for name, (left, top, right, bottom) in zip(cells, boxes, strict=True):
        if not (0 <= left < right and 0 <= top < bottom):
            raise InputError(
                f"cell {name!r}: ({left:g}, {top:g}, {right:g}, {bottom:g}) is not a box; expected "
                f"left < right and top < bottom, none below 0, as in {example}."
            )
    fractions = [bool(max(box) <= 1) for box in boxes]
    if any(fractions) and not all(fractions):
        odd = list(cells)[fractions.index(True)]
        raise InputError(
            f"cell {odd!r} is given as fractions, others in pixels; use one for all cells."
        )
    if not len(boxes):
        raise InputError(f"cells is empty; expected at least one, as in {example}.")
    return boxes


def _refuse(rows: pd.Index, what: str) -> None:
    if len(rows):
        raise InputError(
            f"boxes: rows {listed((row + 2 for row in rows), 8)} (the header is row 1) {what}."
        )


def _derived(
    parents: pd.DataFrame,
    parts: np.ndarray[tuple[int], np.dtype[np.object_]],
    corners: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> pd.DataFrame:
    """Make the rows of regions from their parents and their boxes in the parents' pixels."""
    names = parents.index.to_series().to_numpy(dtype=object)
    table = pd.DataFrame(index=pd.Index(names + "#" + parts, dtype="str", name="image"))
    for column in _COPIED:
        table[column] = parents[column].array
    table["parent"], table["part"] = names, parts
    edges = pd.DataFrame(corners, columns=list(BOX), index=table.index).round().astype("Int64")
    reason = _reasons(parents, edges)
    # a region of a region is cut from the same file: boxes are in the file's own pixels
    start = parents[["left", "top", "left", "top"]].fillna(0).set_axis(table.index)
    table[list(BOX)] = edges + start.set_axis(list(BOX), axis=1)
    table["width"] = edges["right"] - edges["left"]
    table["height"] = edges["bottom"] - edges["top"]
    table["reason"] = reason.mask(reason == "")
    table["status"] = parents["status"].where((reason == "").to_numpy(), "failed").array
    return conform(table)


def _reasons(parents: pd.DataFrame, edges: pd.DataFrame) -> pd.Series:
    """Say of each region why it cannot be cut; empty where it can."""
    width, height = (parents[side].set_axis(edges.index) for side in ("width", "height"))
    outside = (edges["left"] < 0) | (edges["top"] < 0)
    outside |= (edges["right"] > width) | (edges["bottom"] > height)
    empty = (edges["right"] <= edges["left"]) | (edges["bottom"] <= edges["top"])
    corner = edges.astype("str")
    box = "box (" + corner["left"] + ", " + corner["top"] + ", "
    box = box + corner["right"] + ", " + corner["bottom"] + ")"
    size = width.astype("str") + " x " + height.astype("str") + " pixels"
    failed = (parents["status"] == "failed").set_axis(edges.index)
    why = "its parent failed: " + parents["reason"].fillna("").set_axis(edges.index)
    return (
        pd.Series("", index=edges.index, dtype="str")
        .mask(_sure(outside), box + " reaches out of the picture of " + size + "; mend the box")
        .mask(_sure(empty), box + " is empty; its right must exceed its left, bottom its top")
        .mask(failed, why)
    )


def _sure(answer: pd.Series) -> pd.Series:
    return answer.fillna(False).astype(bool)
