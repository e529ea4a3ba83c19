"""The corpus: images in a fixed order with a table of what is known about them."""

from __future__ import annotations

import html
from concurrent.futures import Executor
from dataclasses import KW_ONLY, dataclass
from functools import partial
from pathlib import Path
from typing import Self

import pandas as pd

from iconometrics import engine
from iconometrics.corpus.check import Check, checked
from iconometrics.corpus.division import Divisible
from iconometrics.corpus.inspection import inspect, inspect_failed
from iconometrics.corpus.loading import load_folder, load_table
from iconometrics.corpus.metadata import open_table
from iconometrics.corpus.schema import frame
from iconometrics.errors import InputError

__all__ = ["Corpus"]


@dataclass(frozen=True, eq=False, repr=False)
class Corpus(Divisible):
    """Images in a fixed order with a metadata table, one row an image; never altered.

    Every method returns a new corpus. Tables handed out may be altered; the corpus stays as it
    is. scikit-learn can slice it: it has `len`, `iloc`, `take` and `shape`.

    Parameters
    ----------
    root
        The folder that the column ``file`` of `images` is relative to.
    images
        What is known of each image: file, status, reason, size, hash, parent and so on.
    metadata
        The user's own columns.
    skipped
        What lay in the folder and is no image of the corpus: file and reason.
    unmatched
        Ids of images that the user's table does not name; they are in the corpus, without
        metadata.
    notes
        How the table was read, how many of its rows were matched.
    group
        The column of metadata that names the post or account an image belongs to.
    place
        Whether `check` may take latitude and longitude from the files.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [1936, 1941]}, index=["a.jpg", "b.jpg"])
    >>> corpus = Corpus(Path("photos"), table[[]], table)
    >>> list(corpus.select("year > 1940"))
    ['b.jpg']
    """

    _: KW_ONLY
    skipped: pd.DataFrame = frame("file", "reason")  # noqa: RUF009 (a descriptor)
    unmatched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    place: bool = False

    @classmethod
    def from_folder(
        cls,
        folder: str | Path,
        *,
        metadata: str | Path | pd.DataFrame | None = None,
        file: str | None = None,
        id: str | None = None,
        group: str | None = None,
        place: bool = False,
        links: bool = False,
    ) -> Self:
        """List the images below a folder and match a table to them; no picture is opened.

        The table restricts nothing: its rows come first, then the images that it does not name,
        without metadata (`unmatched`). A row whose file is missing or outside the folder stays
        as a failed image. Hidden files, links and non-images are passed over (`skipped`).

        Parameters
        ----------
        folder
            Where the images are.
        metadata
            A table with one row an image: CSV, TSV, Parquet, Excel, Stata or a DataFrame.
        file
            Its column of paths or file names; by default file, filename, path or image.
        id
            Its column of ids; by default the id is the path relative to the folder.
        group
            Its column that names the post or account.
        place
            Whether `check` takes latitude and longitude from the files. Where a picture was
            taken can tell who took it: ask only if you need it.
        links
            Whether symbolic links are followed.

        Returns
        -------
        Corpus
            All images still unread, status "new".

        Raises
        ------
        InputError
            If folder or table cannot be read, a column is not there, or ids are not unique.

        Examples
        --------
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.jpg").write_bytes(b"")
        >>> Corpus.from_folder(folder).ids.tolist()
        ['a.jpg']
        """
        root = Path(folder).expanduser().absolute()
        table = None
        if metadata is None and (file or id or group):
            raise InputError("file=, id= and group= name columns of a table: give metadata= too.")
        if metadata is not None:
            table = open_table(metadata, file=file, id=id, group=group)
        return cls(root, place=place, **load_folder(root, table, links=links))

    @classmethod
    def from_table(
        cls,
        table: str | Path | pd.DataFrame,
        *,
        root: str | Path | None = None,
        file: str | None = None,
        id: str | None = None,
        group: str | None = None,
        place: bool = False,
        links: bool = False,
    ) -> Self:
        """Make a corpus of exactly the images that a table names; no picture is opened.

        Parameters
        ----------
        table
            One row an image, as for `from_folder`.
        root
            The folder that its paths are relative to; by default the table's own, for a
            DataFrame the working folder.
        file, id, group, place, links
            As for `from_folder`.

        Returns
        -------
        Corpus
            One image a row, in order, status "new" or failed.

        Raises
        ------
        InputError
            As `from_folder`.

        Examples
        --------
        >>> Corpus.from_table(pd.DataFrame({"file": ["../a.jpg"]})).images["status"].tolist()
        ['failed']
        """
        opened = open_table(table, file=file, id=id, group=group)
        where = Path(root).expanduser() if root is not None else opened.folder or Path()
        where = where.absolute()
        return cls(where, place=place, **load_table(where, opened, links=links))

    @property
    def readable(self) -> Self:
        """The corpus without the images that failed."""
        return self.select(self.images["status"] != "failed")

    def check(self, *, executor: Executor | None = None) -> Check:
        """Read every image to its end, and find copies, tiny, blurred and blank ones.

        Parameters
        ----------
        executor
            Where to run; by default on the cores of this machine.

        Returns
        -------
        Check
            Its `corpus` knows the status of each image, and the reason where it failed.

        Examples
        --------
        >>> check = Corpus.from_table(pd.DataFrame({"file": ["../a.jpg"]})).check()
        >>> check.table()["reason"].tolist()
        ["refused: row 2 names '../a.jpg', which leads out of the folder"]
        """
        look = partial(inspect, place=self.place)
        parts = engine.parts(self.sources())
        seen = engine.run(look, parts, executor=executor, label="checking", failed=inspect_failed)
        return checked(self, seen if parts else inspect(()))

    def __repr__(self) -> str:
        kind = "regions" if self.images["parent"].notna().any() else "images"
        states = self.images["status"].value_counts()
        told = ", ".join(f"{count:,} {status}" for status, count in states.items())
        columns = len(self.metadata.columns)
        return f"Corpus({len(self):,} {kind}: {told or 'none'}; {columns} columns of metadata)"

    def _repr_html_(self) -> str:
        head = self.metadata.iloc[:5].to_html(max_cols=8, border=0)
        return f"<p>{html.escape(repr(self))}</p>{head}"
