"""Counts of areas spread over the tiles that lie in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.places.boundaries import flat, geopandas, read_boundaries
from iconometrics.options import need_columns
from iconometrics.wording import listed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["overlaps", "spread"]

_SLIVER = 1e-9


def overlaps(
    boundaries: str | Path | GeoDataFrame, pieces: GeoDataFrame, *, name: str | None = None
) -> pd.DataFrame:
    """Measure how much of each area lies in each tile.

    Parameters
    ----------
    boundaries
        Areas, as `locate` takes them.
    pieces
        Tiles or any other polygons by name, such as `tile_outlines` draws.
    name
        The column with the areas' names.

    Returns
    -------
    pandas.DataFrame
        One row per area and tile that overlap: area, tile, size (square meters, in an equal-area
        projection).

    Raises
    ------
    InputError
        If boundaries cannot be used.

    Examples
    --------
    >>> from shapely.geometry import box
    >>> import geopandas
    >>> areas = geopandas.GeoDataFrame({"area": ["a"]}, geometry=[box(0, 0, 2, 1)], crs="EPSG:4326")
    >>> halves = geopandas.GeoDataFrame(
    ...     {"area": ["w", "e"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs="EPSG:4326"
    ... )
    >>> sizes = overlaps(areas, halves)["size"]
    >>> round(float(sizes[0] / sizes.sum()), 3)
    0.5
    """
    areas = flat(read_boundaries(boundaries, name)[["geometry"]].reset_index())
    tiles = read_boundaries(pieces)[["geometry"]].to_crs(areas.crs)
    tiles = tiles.rename_axis("tile").reset_index()
    pieces = geopandas().overlay(areas, tiles, how="intersection", keep_geom_type=True)
    pieces["size"] = pieces.geometry.area
    table = pd.DataFrame(pieces[["area", "tile", "size"]])
    kept: pd.DataFrame = table[table["size"] > _SLIVER * table["size"].max()]
    return kept.reset_index(drop=True)


def spread(counts: pd.Series, parts: pd.DataFrame, *, weight: str = "size") -> pd.DataFrame:
    """Spread the count of each area over its tiles; every area's sum is kept.

    With ``weight="size"`` an area's people, votes or incidents are taken to be spread evenly over
    its surface; a column of buildings or lights that says more about where they are is better.

    Parameters
    ----------
    counts
        A count by area.
    parts
        One row per area and tile: area, tile, and the weight; such as `overlaps` gives.
    weight
        The column of shares: size or any other amount, not negative.

    Returns
    -------
    pandas.DataFrame
        By tile: the count, and `areas`, the number of areas it comes from.

    Raises
    ------
    InputError
        If an area has no count or no tiles, its weights are all 0, or a weight is negative or
        missing.

    Notes
    -----
    Goodchild, M. F. and Lam, N. S.-N. (1980). Areal interpolation: a variant of the traditional
    spatial problem. Geo-Processing 1, 297-312.

    Examples
    --------
    >>> parts = pd.DataFrame({"area": ["a", "a", "b"], "tile": ["1", "2", "2"], "size": [3, 1, 5]})
    >>> spread(pd.Series({"a": 100, "b": 10}, name="votes"), parts)["votes"].to_dict()
    {'1': 75.0, '2': 35.0}
    """
    need_columns(parts, ("area", "tile", weight), what="parts")
    amount = parts[weight].astype(float)
    if not (amount >= 0).all():
        raise InputError(
            f"column {weight!r} holds negative or missing weights: expected 0 or more."
        )
    unknown = counts.index[counts.isna()]
    if len(unknown):
        raise InputError(
            f"areas without a count: {listed(unknown)}; leave them out or fill them in."
        )
    sums = amount.groupby(parts["area"]).sum()
    empty = [area for area in counts.index if not sums.get(area, 0) > 0]
    if empty:
        raise InputError(
            f"areas without a tile of weight above 0: {listed(empty)}; their counts would be lost. "
            "Make sure that the tiles cover them and that names are spelled alike."
        )
    share = amount / parts["area"].map(sums)
    values = parts["area"].map(counts).astype(float) * share
    rows = parts["area"].isin(counts.index) & (amount > 0)
    by_tile = pd.DataFrame({"tile": parts["tile"], "value": values, "area": parts["area"]})[rows]
    grouped = by_tile.groupby("tile", sort=False)
    name = str(counts.name or "count")
    return pd.DataFrame({name: grouped["value"].sum(), "areas": grouped["area"].nunique()})
