"""What a worker needs to read one image, and the reading."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pandas as pd

from iconometrics import images
from iconometrics.corpus.file_names import unescape
from iconometrics.corpus.schema import BOX
from iconometrics.errors import ReadError

__all__ = ["Box", "File", "Source", "make_sources", "open_file", "read_source"]

Box: TypeAlias = tuple[int, int, int, int]

_LARGEST: Final = 2 * 1024**3


class Source(NamedTuple):
    """Where one image is; small and picklable, for the parts of the engine.

    Parameters
    ----------
    image
        Its id.
    path
        Its file; empty if none was found.
    sha256
        The hash that the file must have; None before the check.
    box
        For a region: left, top, right, bottom in pixels of the file's picture.

    Examples
    --------
    >>> Source("7", "/photos/a.jpg").box is None
    True
    """

    image: str
    path: str
    sha256: str | None = None
    box: Box | None = None


@dataclass(frozen=True, eq=False)
class File:
    """The content of a file, read once: hash, size and pixels are all of the same bytes."""

    data: bytes
    sha256: str
    modified: int

    def picture(self, box: Box | None = None, size: int | None = None) -> images.Picture:
        """Decode the file, or one region of it."""
        return images.open(self.data, size) if box is None else _cropped(self._whole, box, size)

    @cached_property
    def _whole(self) -> images.Picture:
        return images.open(self.data)


def make_sources(root: Path, table: pd.DataFrame) -> list[Source]:
    """List where the images of a corpus are."""
    boxes: list[Box | None] = [None] * len(table)
    if table["left"].notna().any():
        rows = table[list(BOX)].itertuples(index=False, name=None)
        boxes = [
            None if pd.isna(left) else (int(left), int(top), int(right), int(bottom))
            for left, top, right, bottom in rows
        ]
    exists = table["bytes"].notna() & table["file"].notna()
    files = table["file"].where(exists, "").tolist()
    hashes = [digest if isinstance(digest, str) else None for digest in table["sha256"].tolist()]
    start = os.path.join(root, "")  # noqa: PTH118 (a million Path objects are slow)
    return [
        Source(image, start + unescape(file) if file else "", digest, box)
        for image, file, digest, box in zip(table.index.tolist(), files, hashes, boxes, strict=True)
    ]


def read_source(source: Source, size: int | None = None) -> images.Picture:
    """Read one image of a corpus.

    Regions of one parent that are read one after the other decode it once.

    Parameters
    ----------
    source
        Where it is, from `Corpus.sources`.
    size
        Longest side of the result in pixels at most.

    Returns
    -------
    images.Picture
        A region is cropped, and its width and height are its own.

    Raises
    ------
    ReadError
        If it cannot be read, or the file's hash is not the one that the check found.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> path = Path(tempfile.mkdtemp()) / "a.png"
    >>> _ = path.write_bytes(images.encode(np.zeros((6, 8, 3), np.uint8), "png"))
    >>> read_source(Source("a", str(path), box=(0, 0, 4, 4))).pixels.shape
    (4, 4, 3)
    """
    file = open_file(source)
    if source.sha256 is not None and source.sha256 != file.sha256:
        raise ReadError("changed since it was checked (its hash differs): check the corpus again")
    return file.picture(source.box, size)


def open_file(source: Source) -> File:
    """Read the file of an image; for a region, keep it for the next region of the same file."""
    if not source.path:
        raise ReadError("missing: the table's row names no file that may be read")
    if source.box is None:
        _kept.cache_clear()
        return _read(source.path)
    try:
        status = Path(source.path).stat()
    except (OSError, ValueError):
        return _read(source.path)
    return _kept(source.path, (status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=1)
def _kept(path: str, stamp: tuple[int, int]) -> File:
    return _read(path)


def _read(path: str) -> File:
    try:
        before = Path(path).stat()
        if not stat.S_ISREG(before.st_mode):
            raise ReadError("not a regular file (a pipe or a device); only files are read")
        if before.st_size > _LARGEST:
            raise ReadError(
                f"too large: a file of {before.st_size / 1e9:.1f} GB, at most "
                f"{_LARGEST / 1e9:.1f} GB are read; make a smaller copy"
            )
        data = Path(path).read_bytes()
        after = Path(path).stat()
    except (OSError, ValueError):
        images.open(path)  # it knows the reason and raises it
        raise ReadError("unsteady: it was readable only at the second attempt; run again") from None
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, len(data)):
        raise ReadError("changed while it was read: wait until it is written, then run again")
    return File(data, hashlib.sha256(data).hexdigest(), after.st_mtime_ns)


def _cropped(whole: images.Picture, box: Box, size: int | None) -> images.Picture:
    left, top, right, bottom = box
    if left < 0 or top < 0 or right > whole.width or bottom > whole.height:
        raise ReadError(f"region {box} reaches out of the picture of {_size(whole)} pixels")
    if left >= right or top >= bottom:
        raise ReadError(f"region {box} is empty: its right must exceed its left, bottom its top")
    # a copy, or the smallest region would hold its whole parent in memory
    pixels = images.crop(whole.pixels, box).copy()
    pixels = pixels if size is None else images.resize(pixels, size)
    return replace(whole, pixels=pixels, width=right - left, height=bottom - top)


def _size(picture: images.Picture) -> str:
    return f"{picture.width} x {picture.height}"
