"""From a table by area and the areas' boundaries to a map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.errors import InputError, warn
from iconometrics.inference.places.boundaries import flat, geopandas, read_boundaries
from iconometrics.inference.places.locating import degrees
from iconometrics.wording import counted, listed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from matplotlib.figure import Figure

__all__ = ["area_map", "draw_points", "rings"]


def area_map(
    table: pd.DataFrame,
    boundaries: str | Path | GeoDataFrame,
    *,
    name: str | None = None,
    label: str,
    share: bool,
) -> Figure:
    """Draw a value by area on a map, beside its uncertainty."""
    frame = flat(read_boundaries(boundaries, name))
    common = table.index.intersection(frame.index)
    if not len(common):
        raise InputError(
            f"none of the areas {listed(table.index)} is in the boundaries, which have "
            f"{listed(frame.index)}: names must be spelled alike."
        )
    strange = table.index.difference(frame.index)
    if len(strange):
        warn(f"areas without an outline, which the map leaves out: {listed(strange)}.")
    rows = table.reindex(frame.index)
    return figures.choropleth(
        [rings(shape) for shape in frame.geometry],
        rows["value"],
        low=rows["low"],
        high=rows["high"],
        share=share,
        label=label,
        meters=True,
    )


def draw_points(
    points: pd.DataFrame,
    *,
    boundaries: str | Path | GeoDataFrame | None = None,
    name: str | None = None,
    values: pd.Series | None = None,
    share: bool = False,
    label: str | None = None,
) -> Figure:
    """Draw where images were taken, over the outlines of areas; no map is fetched from anywhere.

    Parameters
    ----------
    points
        By image id: the columns longitude and latitude in degrees.
    boundaries
        Areas, as `locate` takes them, to draw below the points.
    name
        The column with the areas' names.
    values
        Number by image id, to shade the points by.
    share
        Whether it is a share.
    label
        The heading; by default the number of images.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InputError
        If no image has a place.

    Examples
    --------
    >>> points = pd.DataFrame({"longitude": [8.5, 8.6], "latitude": [47.3, 47.4]}, index=["a", "b"])
    >>> draw_points(points).axes[0].get_title(loc="left")
    '2 images'
    """
    gpd = geopandas()
    places = degrees(points).dropna()
    if places.empty:
        raise InputError("no image has longitude and latitude: nothing to draw.")
    where = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(places["longitude"], places["latitude"]),
        index=places.index,
        crs="EPSG:4326",
    )
    outlines: list[list[np.ndarray]] = []
    if boundaries is None:
        where = flat(where)
    else:
        frame = flat(read_boundaries(boundaries, name))
        where = where.to_crs(frame.crs)
        outlines = [rings(shape) for shape in frame.geometry]
    return figures.points_map(
        np.column_stack([where.geometry.x, where.geometry.y]),
        values=None if values is None else values.reindex(places.index),
        outlines=outlines,
        share=share,
        label=label or counted(len(places), "image"),
        meters=True,
    )


def rings(shape: Any) -> list[np.ndarray]:
    """Take a polygon or several apart into rings."""
    from shapely.geometry.polygon import orient

    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    rings = []
    for part in map(orient, parts):
        rings += [np.asarray(ring.coords)[:-1, :2] for ring in (part.exterior, *part.interiors)]
    return rings
