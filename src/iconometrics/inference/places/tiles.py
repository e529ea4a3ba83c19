"""The tiles of web maps: squares of the Mercator plane, named z/x/y."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.places.boundaries import geopandas
from iconometrics.inference.places.locating import degrees
from iconometrics.wording import listed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["tile_outlines", "tiles"]

_DEEPEST = 24
_EDGE = 85.0511287798066


def tiles(points: pd.DataFrame, *, zoom: int = 14) -> pd.Series:
    """Find the map tile that each image lies in.

    Parameters
    ----------
    points
        By image id: the columns longitude and latitude in degrees.
    zoom
        0 (the whole world in one tile) to 24; each step halves the sides. At the equator a tile of
        zoom 14 is 2.4 km wide.

    Returns
    -------
    pandas.Series
        Tile as "zoom/column/row", counted from the northwest; missing without a place.

    Raises
    ------
    InputError
        If coordinates cannot be degrees, or the zoom is out of range.

    Notes
    -----
    The "slippy map" scheme of OpenStreetMap; it ends at latitude 85.05.

    Examples
    --------
    >>> points = pd.DataFrame({"longitude": [8.54], "latitude": [47.38]}, index=["zurich.jpg"])
    >>> tiles(points, zoom=10)["zurich.jpg"]
    '10/536/358'
    """
    if not 0 <= zoom <= _DEEPEST:
        raise InputError(f"zoom={zoom}: expected 0 to {_DEEPEST}.")
    places = degrees(points)
    side = 2**zoom
    latitude = np.radians(places["latitude"].clip(-_EDGE, _EDGE))
    column = np.floor((places["longitude"] + 180) / 360 * side)
    row = np.floor((1 - np.arcsinh(np.tan(latitude)) / np.pi) / 2 * side)
    known = places.notna().all(axis=1)
    inside = [v[known].clip(0, side - 1).astype(int).astype(str) for v in (column, row)]
    keys: pd.Series = f"{zoom}/" + inside[0] + "/" + inside[1]
    return keys.reindex(points.index).rename("tile")


def tile_outlines(names: Iterable[str]) -> GeoDataFrame:
    """Draw the outlines of map tiles.

    Parameters
    ----------
    names
        Tiles as "zoom/column/row"; each is drawn once.

    Returns
    -------
    geopandas.GeoDataFrame
        By tile, in longitude and latitude.

    Raises
    ------
    InputError
        If a name is not a tile.

    Examples
    --------
    >>> tile_outlines(["0/0/0"]).total_bounds.round(2).tolist()
    [-180.0, -85.05, 180.0, 85.05]
    """
    from shapely.geometry import box

    wanted = list(dict.fromkeys(str(name) for name in names if isinstance(name, str)))
    try:
        parts = np.array([[int(part) for part in name.split("/")] for name in wanted]).reshape(
            -1, 3
        )
    except ValueError as error:
        raise InputError(f"tiles {listed(wanted)}: expected names such as 14/8580/5737.") from error
    zoom, column, row = parts.T
    west, east = ((column + step) / 2.0**zoom * 360 - 180 for step in (0, 1))
    north, south = (
        np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * (row + step) / 2.0**zoom))))
        for step in (0, 1)
    )
    outlines = [box(*corners) for corners in zip(west, south, east, north, strict=True)]
    index = pd.Index(wanted, name="area", dtype="str")
    return geopandas().GeoDataFrame(geometry=outlines, index=index, crs="EPSG:4326")
