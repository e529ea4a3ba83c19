"""The files of a corpus: where they are, and reading one image."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import images
from iconometrics.corpus.rows import Rows
from iconometrics.corpus.sources import Source, make_sources, read_source
from iconometrics.errors import InputError, ReadError
from iconometrics.wording import listed

__all__ = ["Files"]


@dataclass(frozen=True, eq=False)
class Files(Rows):
    """Rows whose images can be read.

    Parameters
    ----------
    root, images, metadata
        As `Rows`.

    Examples
    --------
    >>> table = pd.DataFrame({"file": ["a.jpg"], "bytes": [1]}, index=["a"])
    >>> Files(Path("/photos"), table, table[[]]).path("a").as_posix()
    '/photos/a.jpg'
    """

    def path(self, image: str) -> Path:
        """Say where the file of an image is.

        Parameters
        ----------
        image
            Its id.

        Returns
        -------
        Path
            For a region, its parent's file.

        Raises
        ------
        ReadError
            If the file was not there when it was looked for, or the table's path was refused.

        Examples
        --------
            >>> table = pd.DataFrame({"file": ["a.jpg"], "reason": ["missing"]}, index=["a"])
        >>> Files(Path("/photos"), table, table[[]]).path("a")
        Traceback (most recent call last):
        iconometrics.errors.ReadError: a: missing
        """
        return Path(self._source(image).path)

    def open(self, image: str, size: int | None = None) -> images.Picture:
        """Read one image.

        Parameters
        ----------
        image
            Its id.
        size
            Longest side of the result in pixels at most.

        Returns
        -------
        images.Picture
            A region is cropped from its parent.

        Raises
        ------
        ReadError
            If it cannot be read or has changed since the check; the message names the image.

        Examples
        --------
        >>> import tempfile
            >>> folder = Path(tempfile.mkdtemp())
        >>> data = images.encode(np.zeros((6, 8, 3), np.uint8), "png")
        >>> _ = (folder / "a.png").write_bytes(data)
        >>> table = pd.DataFrame({"file": ["a.png"], "bytes": [1]}, index=["a"])
        >>> Files(folder, table, table[[]]).open("a", size=4).pixels.shape
        (3, 4, 3)
        """
        source = self._source(image)
        try:
            return read_source(source, size)
        except ReadError as error:
            raise ReadError(f"{image}: {error}") from error

    def pixels(self, image: str, size: int | None = None) -> NDArray[np.uint8]:
        """Read the pixels of one image.

        Parameters
        ----------
        image
            Its id.
        size
            Longest side of the result in pixels at most.

        Returns
        -------
        numpy.ndarray
            Red, green, blue, 0 to 255, shape (height, width, 3).

        Raises
        ------
        ReadError
            As `open`.

        Examples
        --------
            >>> table = pd.DataFrame({"reason": ["missing"]}, index=["a"])
        >>> Files(Path(), table, table[[]]).pixels("a")
        Traceback (most recent call last):
        iconometrics.errors.ReadError: a: missing
        """
        return self.open(image, size).pixels

    def sources(self) -> list[Source]:
        """List what a worker needs to read each image.

        Returns
        -------
        list of Source
            One an image, in order; to be cut into parts for the engine.

        Examples
        --------
            >>> table = pd.DataFrame(index=["a"])
        >>> Files(Path(), table, table).sources()
        [Source(image='a', path='', sha256=None, box=None)]
        """
        return make_sources(self.root, self.images)

    def _source(self, image: str) -> Source:
        if image not in self.ids:
            known = listed(map(repr, self.ids[:2])) or "none: it is empty"
            raise InputError(
                f"{image!r} is no id of this corpus; its ids are text such as {known}."
            )
        at = int(self.ids.get_indexer(pd.Index([image]))[0])
        row = self.images.iloc[at : at + 1]  # a slice is a view: quick, however wide the table
        (source,) = make_sources(self.root, row)
        if not source.path:
            raise ReadError(f"{image}: {row['reason'].fillna('missing').iloc[0]}")
        return source
