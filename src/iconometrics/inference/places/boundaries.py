"""Boundaries of areas: the user's own GeoJSON or GeoPackage, read without any network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.errors import InputError, warn
from iconometrics.wording import as_text, listed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["flat", "geopandas", "read_boundaries"]

_NAMES = ("area", "name", "NAME", "id", "GEOID")


def geopandas() -> Any:
    """Import geopandas, or say how to get it."""
    try:
        import geopandas as module
    except ImportError as error:
        raise InputError(
            "maps and boundaries need geopandas, which is not installed; install it with "
            "pip install 'iconometrics[places]'."
        ) from error
    return module


def read_boundaries(boundaries: str | Path | GeoDataFrame, name: str | None = None) -> GeoDataFrame:
    """Read areas with their outlines, mend broken outlines, and index them by name."""
    frame = _read(boundaries)
    if frame.crs is None:
        raise InputError(
            "the boundaries state no coordinate system, so no point can be placed in them; set it, "
            "such as frame.set_crs('EPSG:4326') for longitude and latitude."
        )
    frame = frame.set_index(pd.Index(_names(frame, name), name="area"))
    polygons = frame.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    if not polygons.all():
        raise InputError(
            f"{listed(frame.index[~polygons])} are not polygons "
            f"({frame.geom_type[~polygons].iloc[0]}): "
            "expected areas with an outline."
        )
    return _mended(frame)


def flat(frame: GeoDataFrame) -> GeoDataFrame:
    """Bring outlines to a plane in meters where areas keep their size."""
    west, south, east, north = frame.to_crs("EPSG:4326").total_bounds
    middle = f"+lat_0={(south + north) / 2} +lon_0={(west + east) / 2}"
    return frame.to_crs(f"+proj=laea {middle} +datum=WGS84 +units=m")


def _read(boundaries: str | Path | GeoDataFrame) -> GeoDataFrame:
    if not isinstance(boundaries, str | Path):
        return boundaries
    path = Path(boundaries)
    if not path.is_file():
        raise InputError(f"{path}: no such file; expected GeoJSON, GeoPackage or a shapefile.")
    try:
        return geopandas().read_file(path)
    except Exception as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: cannot be read as boundaries ({error}).") from error


def _names(frame: GeoDataFrame, name: str | None) -> pd.Series:
    if name is None:
        name = next((known for known in _NAMES if known in frame.columns), None)
        if name is None and frame.index.name == "area":
            return pd.Series(frame.index.astype("str"), index=frame.index)
    if name is None or name not in frame.columns:
        columns = [column for column in frame.columns if column != frame.geometry.name]
        raise InputError(
            f"no column {name or 'area or name'!r} in the boundaries; they have "
            f"{listed(columns, 12)}. "
            "Give name= the column with the areas' names."
        )
    names = as_text(frame[name])
    twice = names[names.duplicated() | names.isna()]
    if len(twice):
        raise InputError(
            f"area names that are missing or come twice: {listed(twice.astype(object))}; expected "
            "one row per area (frame.dissolve(by=...) joins the parts of one)."
        )
    return names


def _mended(frame: GeoDataFrame) -> GeoDataFrame:
    broken = ~frame.geometry.is_valid
    if broken.any():
        warn(f"the outlines of {listed(frame.index[broken])} crossed themselves and were repaired.")
        frame = frame.set_geometry(frame.geometry.make_valid())
    return frame
