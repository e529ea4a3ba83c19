"""What a camera wrote beside the pixels: which way is up, when and where."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, NamedTuple

from PIL import ExifTags, Image

__all__ = ["Facts", "facts"]

_TIMES = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
)


class Facts(NamedTuple):
    """EXIF as far as it is used: orientation (1 if none), time, place, and if it was damaged."""

    orientation: Any = 1
    captured: str | None = None
    place: tuple[float, float] | None = None
    damaged: bool = False


def facts(image: Image.Image) -> Facts:
    """Read the EXIF of an image that is loaded."""
    # EXIF comes from strangers' cameras and editors: Pillow's parser meets bytes that raise nearly
    # anything, and a picture is not lost for them.
    try:
        tags = image.getexif()
        if not tags:
            return Facts()
        orientation = tags.get(ExifTags.Base.Orientation, 1)
        captured = _captured(tags.get_ifd(ExifTags.IFD.Exif))
        place = _place(tags.get_ifd(ExifTags.IFD.GPSInfo))
    except Exception:
        return Facts(damaged=True)
    return Facts(orientation, captured, place)


def _captured(tags: dict[int, Any]) -> str | None:
    for time, offset in _TIMES:
        day, _, clock = str(tags.get(time, "")).strip("\0 ").partition(" ")
        zone = str(tags.get(offset, "")).strip("\0 ")
        for ending in (zone, ""):
            try:
                return datetime.fromisoformat(
                    f"{day.replace(':', '-')}T{clock}{ending}"
                ).isoformat()
            except ValueError:
                continue
    return None


def _place(tags: dict[int, Any]) -> tuple[float, float] | None:
    keys = ExifTags.GPS
    try:
        latitude = _degrees(tags[keys.GPSLatitude], tags[keys.GPSLatitudeRef], "S")
        longitude = _degrees(tags[keys.GPSLongitude], tags[keys.GPSLongitudeRef], "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    inside = abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if inside else None


def _degrees(parts: Any, reference: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value):
        raise ValueError("no fix")
    return -value if reference.strip("\0 ").upper() == negative else value
