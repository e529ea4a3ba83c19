"""Looking at each image: can it be read, what meets the eye at once, is it as it was before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import pyarrow as pa

from iconometrics import images
from iconometrics.corpus.schema import PLACE, conform
from iconometrics.corpus.sources import Source, open_file
from iconometrics.errors import ReadError

__all__ = ["BLANK", "BLURRED", "EXTREME", "SIZE", "TINY", "inspect", "inspect_failed", "updated"]

SIZE: Final = 256
"""Longest side in pixels at which images are compared; larger ones are reduced to it."""
TINY: Final = 16
"""Pixels: an image whose shorter side is at most this is flagged tiny."""
EXTREME: Final = 8
"""An image whose longer side is at least this many times the shorter is an extreme shape."""
BLANK: Final = 4.0
"""Gray levels (0 to 255): an image whose standard deviation is below this is flagged blank."""
BLURRED: Final = 20.0
"""Sharpness below which an image is flagged blurred; as `images.sharpness`, at `SIZE`."""

_SCHEMA: Final = pa.schema(
    [
        ("image", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
        ("modified", pa.int64()),
        ("width", pa.int64()),
        ("height", pa.int64()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("changes", pa.string()),
        ("frames", pa.int64()),
        ("captured", pa.string()),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
        ("hash", pa.string()),
        ("sharpness", pa.float64()),
        ("spread", pa.float64()),
        ("flags", pa.string()),
    ]
)
_KNOWN: Final = tuple(name for name in _SCHEMA.names if name not in {"image", *PLACE})


def inspect(sources: Sequence[Source], *, place: bool = False) -> pa.Table:
    """Read images to their end and say of each what it is; the engine's function of a check.

    Parameters
    ----------
    sources
        Where the images are.
    place
        Whether latitude and longitude are taken from the file.

    Returns
    -------
    pyarrow.Table
        One row per image, in order: its status (ok, converted, failed) and the columns of a
        corpus that are known once it was read.

    Examples
    --------
    >>> inspect([Source("a", "no such file.jpg")])["status"].to_pylist()
    ['failed']
    """
    return pa.Table.from_pylist([_row(source, place) for source in sources], _SCHEMA)


def inspect_failed(source: Source, reason: str) -> pa.Table:
    """Make the row of an image that could not be looked at.

    Parameters
    ----------
    source
        Where the image is.
    reason
        What happened.

    Returns
    -------
    pyarrow.Table
        One row.

    Examples
    --------
    >>> inspect_failed(Source("a", "a.jpg"), "crashed")["reason"].to_pylist()
    ['crashed']
    """
    row = {"image": source.image, "status": "failed", "reason": reason}
    return pa.Table.from_pylist([row], _SCHEMA)


def _row(source: Source, place: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"image": source.image}
    try:
        file = open_file(source)
        row |= {"sha256": file.sha256, "bytes": len(file.data), "modified": file.modified}
        picture = file.picture(source.box, SIZE)
    except ReadError as error:
        return row | {"status": "failed", "reason": str(error)}
    return row | _facts(picture, place) | _looks(picture)


def _facts(picture: images.Picture, place: bool) -> dict[str, Any]:
    latitude, longitude = picture.place if place and picture.place else (None, None)
    return {
        "width": picture.width,
        "height": picture.height,
        "status": "converted" if picture.changes else "ok",
        "changes": "; ".join(picture.changes) or None,
        "frames": picture.frames,
        "captured": picture.captured,
        "latitude": latitude,
        "longitude": longitude,
    }


def _looks(picture: images.Picture) -> dict[str, Any]:
    gray = images.gray(picture.pixels)
    sharpness, spread = images.sharpness(gray), images.contrast(gray)
    shorter, longer = sorted((picture.width, picture.height))
    flags = {
        "tiny": shorter <= TINY,
        "extreme shape": longer >= EXTREME * shorter,
        "blank": spread < BLANK,
        "blurred": spread >= BLANK and sharpness < BLURRED,
    }
    return {
        "hash": images.perceptual_hash(picture.pixels),
        "sharpness": sharpness,
        "spread": spread,
        "flags": "; ".join(flag for flag, holds in flags.items() if holds) or None,
    }


def updated(images: pd.DataFrame, seen: pa.Table, *, place: bool) -> tuple[pd.DataFrame, pd.Series]:
    """Put what was seen into the table of images, and say which files are not as they were."""
    table = seen.to_pandas().drop_duplicates("image", keep="last").set_index("image")
    lost = images["bytes"].isna() & (images["status"] == "failed")
    rows = images.index.isin(table.index) & ~lost.to_numpy()
    new = conform(table).reindex(images.index)
    changed = _changed(images, new) & rows
    columns = {
        name: new[name].where(rows, images.get(name))
        for name in (*_KNOWN, *(PLACE if place else ()))
    }
    flags = columns["flags"]
    columns["flags"] = flags.mask(changed, (flags + "; ").fillna("") + "changed")
    return images.assign(**columns), changed


def _changed(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """Say whose content is not what it was; where no hash was known, go by size and time."""
    digest = before["sha256"].notna() & after["sha256"].notna()
    other = (before["sha256"] != after["sha256"]).where(digest, False)
    for column in ("bytes", "modified"):
        known = before[column].notna() & after[column].notna()
        other |= (before[column] != after[column]).fillna(False) & known & ~digest
    return other.astype(bool)
