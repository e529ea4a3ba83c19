"""From a table by area and the areas' boundaries to a map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.coding import Codings
from iconometrics.errors import InputError, warn
from iconometrics.inference.places.boundaries import flat, geopandas, read_boundaries
from iconometrics.inference.places.locating import degrees
from iconometrics.inference.places.marking import reddened, with_status
from iconometrics.validity import status
from iconometrics.wording import as_ids, counted, listed, with_ids

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
    return reddened(
        figures.choropleth(
            [rings(shape) for shape in frame.geometry],
            rows["value"],
            low=rows["low"],
            high=rows["high"],
            share=share,
            label=label,
            meters=True,
        )
    )


def draw_points(
    points: pd.DataFrame,
    *,
    boundaries: str | Path | GeoDataFrame | None = None,
    name: str | None = None,
    values: pd.Series | Codings | None = None,
    gold: Codings | None = None,
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
        Number by image id, to shade the points by; or codings of one variable of numbers, which
        the label says to be not validated where no gold standard backs them.
    gold
        Codes of people, of the same variable.
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
        If no image has a place, or codings are of several variables or not of numbers.

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
    heading, numbers = label or counted(len(places), "image"), None
    if isinstance(values, Codings):
        heading = with_status(heading, status(values, gold))
        values = _numbers(values)
    if values is not None:
        numbers = with_ids(values).reindex(as_ids(places.index))
    drawn = figures.points_map(
        np.column_stack([where.geometry.x, where.geometry.y]),
        values=numbers,
        outlines=outlines,
        share=share,
        label=heading,
        meters=True,
    )
    return reddened(drawn)


def _numbers(codes: Codings) -> pd.Series:
    if len(codes.variables) != 1:
        raise InputError(f"several variables ({listed(codes.variables)}): give codes of one.")
    text = codes[codes.variables[0]]
    numbers = pd.to_numeric(text, errors="coerce")
    strange = text[numbers.isna() & text.notna()]
    if len(strange):
        raise InputError(
            f"{strange.iloc[0]!r} in {text.name!r} is not a number: give a series of numbers, such "
            "as 1 where an image has the category and else 0."
        )
    return numbers


def rings(shape: Any) -> list[np.ndarray]:
    """Take a polygon or several apart into rings."""
    from shapely.geometry.polygon import orient

    parts = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    rings = []
    for part in map(orient, parts):
        rings += [np.asarray(ring.coords)[:-1, :2] for ring in (part.exterior, *part.interiors)]
    return rings
