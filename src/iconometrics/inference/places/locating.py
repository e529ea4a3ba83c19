"""From where pictures were taken to the areas they lie in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.errors import InputError, warn
from iconometrics.inference.places.boundaries import geopandas, read_boundaries
from iconometrics.options import need_columns
from iconometrics.wording import listed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["degrees", "locate"]


def locate(
    points: pd.DataFrame, boundaries: str | Path | GeoDataFrame, *, name: str | None = None
) -> pd.Series:
    """Find the area that each image lies in.

    Parameters
    ----------
    points
        By image id: the columns longitude and latitude in degrees (WGS 84), as in
        ``corpus.images`` after a check with ``place=True``.
    boundaries
        GeoJSON, GeoPackage or shapefile of areas, or a GeoDataFrame; read without any network.
    name
        The column with the areas' names; by default area, name, NAME, id or GEOID.

    Returns
    -------
    pandas.Series
        Name of the area by image id; missing for images without a place or outside all areas,
        which a warning counts. A point on a border belongs to the area that comes first.

    Raises
    ------
    InputError
        If coordinates cannot be degrees, or seem to be swapped, or boundaries cannot be used.

    Examples
    --------
    >>> from shapely.geometry import box
    >>> import geopandas
    >>> areas = geopandas.GeoDataFrame(
    ...     {"area": ["west", "east"]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs="EPSG:4326"
    ... )
    >>> points = pd.DataFrame({"longitude": [.5, 1.5], "latitude": [.5, .5]}, index=["a", "b"])
    >>> locate(points, areas).to_dict()
    {'a': 'west', 'b': 'east'}
    """
    frame = read_boundaries(boundaries, name)
    places = degrees(points)
    known = places.dropna()
    areas = _inside(known, frame)
    if len(known) and areas.isna().all() and _inside(known.iloc[:, ::-1], frame).notna().any():
        raise InputError(
            "no image lies in any area, but images do with longitude and latitude exchanged: "
            "rename the two columns."
        )
    result = areas.reindex(points.index).rename("area")
    outside, nowhere = int(areas.isna().sum()), len(points) - len(known)
    if outside or nowhere:
        warn(
            f"{outside} of {len(points)} images lie outside all areas and {nowhere} have no place; "
            "their area is missing."
        )
    return result


def degrees(points: pd.DataFrame) -> pd.DataFrame:
    """Take longitude and latitude of images, and make sure that they can be that."""
    need_columns(
        points,
        ("longitude", "latitude"),
        what="the points",
        expected="longitude and latitude in degrees",
    )
    columns = points[["longitude", "latitude"]]
    places: pd.DataFrame = columns.apply(pd.to_numeric, errors="coerce").astype(float)
    beyond = (places["longitude"].abs() > 180) | (places["latitude"].abs() > 90)
    if beyond.any():
        row = places[beyond].iloc[0]
        raise InputError(
            f"longitude {row['longitude']:g}, latitude {row['latitude']:g} of "
            f"{listed(places.index[beyond])}: expected degrees, -180 to 180 and -90 to 90. Meters "
            "of a projection are brought to degrees with geopandas' to_crs('EPSG:4326')."
        )
    return places


def _inside(places: pd.DataFrame, frame: GeoDataFrame) -> pd.Series:
    gpd = geopandas()
    x, y = places.to_numpy(float).T
    where = gpd.GeoSeries(gpd.points_from_xy(x, y, crs="EPSG:4326")).to_crs(frame.crs)
    point, area = frame.sindex.query(where, predicate="intersects", sort=True)
    first = np.unique(point, return_index=True)
    names = np.full(len(places), None, dtype=object)
    names[first[0]] = frame.index.to_numpy(dtype=object)[area[first[1]]]
    return pd.Series(names, index=places.index, dtype="str")
