"""The corpus: images in a fixed order with a table of what is known about them, and its check."""

from __future__ import annotations

import html
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from iconometrics import engine
from iconometrics.corpus.duplicates import find_duplicates
from iconometrics.corpus.inspection import inspect, inspect_failed, updated
from iconometrics.corpus.loading import load_folder, load_table
from iconometrics.corpus.metadata import open_table
from iconometrics.corpus.regions import Cells, cut
from iconometrics.corpus.schema import conform, frame, text_index
from iconometrics.corpus.selection import positions, values_of
from iconometrics.corpus.sources import Source, make_sources, read_source
from iconometrics.corpus.splitting import first_side, leakage, moments
from iconometrics.errors import InputError, ReadError, warn
from iconometrics.images import Picture
from iconometrics.wording import as_text, counted, listed

__all__ = ["Check", "Corpus", "checked"]

_FLAGS: Final = ("tiny", "extreme shape", "blank", "blurred", "changed")


@dataclass(frozen=True, eq=False, repr=False)
class Corpus:
    """Images in a fixed order with a metadata table, one row per image; never altered.

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

    root: Path
    images: pd.DataFrame = frame()  # noqa: RUF009 (a descriptor)
    metadata: pd.DataFrame = frame()  # noqa: RUF009
    _: KW_ONLY
    group: str | None = None
    skipped: pd.DataFrame = frame("file", "reason")  # noqa: RUF009
    unmatched: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    place: bool = False

    def __post_init__(self) -> None:
        images = conform(self.images)
        metadata = self.metadata.set_axis(text_index(self.metadata.index))
        if not images.index.is_unique:
            twice = images.index[images.index.duplicated()].unique()
            raise InputError(f"ids must be unique; these occur more than once: {listed(twice)}.")
        if not images.index.equals(metadata.index):
            raise InputError("images and metadata must have the same ids in the same order.")
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "metadata", metadata)

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
            A table with one row per image: CSV, TSV, Parquet, Excel, Stata or a DataFrame.
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
            One row per image, as for `from_folder`.
        root
            The folder that its paths are relative to; by default the table's own, for a
            DataFrame the working folder.
        file, id, group, place, links
            As for `from_folder`.

        Returns
        -------
        Corpus
            One image per row, in order, status "new" or failed.

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
        folder = Path(root).expanduser() if root is not None else opened.folder or Path()
        folder = folder.absolute()
        return cls(folder, place=place, **load_table(folder, opened, links=links))

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self.ids)

    @property
    def ids(self) -> pd.Index:
        """The ids, in order."""
        index: pd.Index = self.__dict__["_images"].index
        return index

    @property
    def shape(self) -> tuple[int]:
        """The number of images, as scikit-learn asks for it."""
        return (len(self),)

    @property
    def iloc(self) -> _Indexer:
        """Rows by position: ``corpus.iloc[:10]``; always a corpus, also for one position."""
        return _Indexer(self, by_position=True)

    @property
    def loc(self) -> _Indexer:
        """Rows by id or by true and false: ``corpus.loc[["a", "b"]]``."""
        return _Indexer(self, by_position=False)

    def take(self, indices: Any, *, axis: int = 0) -> Self:
        """Take rows by position.

        Parameters
        ----------
        indices
            Positions, in the order wanted, none twice.
        axis
            Only 0: rows.

        Returns
        -------
        Corpus
            These images in this order.

        Raises
        ------
        InputError
            If a position occurs twice: ids are unique.

        Examples
        --------
        >>> table = pd.DataFrame(index=["a", "b"])
        >>> rows = Corpus(Path(), table, table)
        >>> list(rows.take([1, 0]))
        ['b', 'a']
        """
        if axis != 0:
            raise InputError(f"axis={axis}: a corpus has only rows, axis=0.")
        at = np.asarray(indices, dtype=np.int64)
        return replace(self, images=self.images.iloc[at], metadata=self.metadata.iloc[at])

    def select(self, which: Any) -> Self:
        """Select images by id, by true and false, or by a rule.

        Parameters
        ----------
        which
            Ids in the order wanted; a boolean Series by id (images not in it are left out)
            or one boolean per image; or a rule over the columns of `metadata` and `images`, such
            as ``'year >= 1936 and party in ("D", "R")'``. A rule is parsed, never run as code; a
            missing value leaves it open, and the image out.

        Returns
        -------
        Corpus
            The images selected.

        Raises
        ------
        InputError
            If an id or a column is not there, or the rule holds anything but comparisons.

        Examples
        --------
        >>> table = pd.DataFrame(index=["a", "b"])
        >>> rows = Corpus(Path(), table, table)
        >>> list(rows.select(["b"])), list(rows.select([True, False]))
        (['b'], ['a'])
        """
        columns = self._columns() if isinstance(which, str) else self.metadata
        return self.take(positions(which, self.ids, columns))

    @property
    def readable(self) -> Self:
        """The corpus without the images that failed."""
        return self.select(self.images["status"] != "failed")

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
        >>> Corpus(Path("/photos"), table, table[[]]).path("a")
        Traceback (most recent call last):
        iconometrics.errors.ReadError: a: missing
        """
        return Path(self._source(image).path)

    def open(self, image: str, size: int | None = None) -> Picture:
        """Read one image.

        Parameters
        ----------
        image
            Its id.
        size
            Longest side of the result in pixels at most.

        Returns
        -------
        Picture
            A region is cropped from its parent.

        Raises
        ------
        ReadError
            If it cannot be read or has changed since the check; the message names the image.

        Examples
        --------
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> from iconometrics.images import encode
        >>> _ = (folder / "a.png").write_bytes(encode(np.zeros((6, 8, 3), np.uint8), "png"))
        >>> table = pd.DataFrame({"file": ["a.png"], "bytes": [1]}, index=["a"])
        >>> Corpus(folder, table, table[[]]).open("a", size=4).pixels.shape
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
        >>> Corpus(Path(), table, table[[]]).pixels("a")
        Traceback (most recent call last):
        iconometrics.errors.ReadError: a: missing
        """
        return self.open(image, size).pixels

    def sources(self) -> list[Source]:
        """List what a worker needs to read each image.

        Returns
        -------
        list of Source
            One per image, in order; to be cut into parts for the engine.

        Examples
        --------
        >>> table = pd.DataFrame(index=["a"])
        >>> Corpus(Path(), table, table).sources()
        [Source(image='a', path='', sha256=None, box=None)]
        """
        return make_sources(self.root, self.images)

    @property
    def groups(self) -> pd.Series:
        """The group of each image: `group`, else the parent, else the image itself."""
        images, metadata = self.images, self.metadata
        named = metadata[self.group] if self.group in metadata else images["parent"]
        return as_text(named).fillna(self.ids.to_series()).rename("group")

    def split(
        self,
        *,
        share: float = 0.5,
        by: Any = None,
        time: Any = None,
        strata: Any = None,
        seed: int = 1,
    ) -> tuple[Self, Self]:
        """Cut the corpus in two, whole groups at a time; warn of copies on both sides.

        Parameters
        ----------
        share
            Share of the images in the first part, met as nearly as whole groups allow.
        by
            What stays together: a column, a Series by id or one value per image. By default the
            corpus' group, else the parent; ``by=corpus.ids`` keeps nothing together.
        time
            Column or values: the earlier images are the first part, no chance enters.
        strata
            Column or values within each of which the share is to be met.
        seed
            Of the draw.

        Returns
        -------
        tuple of Corpus
            Each in the order of this corpus.

        Raises
        ------
        InputError
            If a column is not there, the share is out of range, times are missing or not ISO
            8601, or one part would be empty.

        Examples
        --------
        >>> table = pd.DataFrame({"year": [1936, 1941, 1938]}, index=["a", "b", "c"])
        >>> early, late = Corpus(Path(), table[[]], table).split(time="year", share=.6)
        >>> list(early), list(late)
        (['a', 'c'], ['b'])
        """
        columns = self._columns()
        together = self.groups if by is None else values_of(by, "by", columns=columns)
        first = first_side(
            as_text(together).fillna(self.ids.to_series()),
            share=share,
            times=None if time is None else moments(values_of(time, "time", columns=columns)),
            strata=None if strata is None else values_of(strata, "strata", columns=columns),
            seed=seed,
        )
        caution = leakage(self.images, first)
        if caution:
            warn(caution)
        return self.take(np.flatnonzero(first)), self.take(np.flatnonzero(~first))

    def regions(
        self,
        *,
        grid: tuple[int, int] | None = None,
        cells: Cells | None = None,
        boxes: pd.DataFrame | str | Path | None = None,
    ) -> Self:
        """Cut every image into regions; each is an image of a derived corpus.

        Parameters
        ----------
        grid
            Rows and columns of equal cells, named ``r1c1`` and so on.
        cells
            From a name to left, top, right, bottom: the same cells in every image, all as
            fractions of the picture (0 to 1) or all in pixels.
        boxes
            A table with the columns image, left, top, right, bottom in pixels, and part if
            regions have names; further columns become metadata.

        Returns
        -------
        Corpus
            Ids are ``parent#part``, metadata are the parent's. A box that reaches out of its
            picture is a failed image with the reason. Boxes are kept in pixels of the file.

        Raises
        ------
        InputError
            If not exactly one of the three is given, or the sizes are not yet known by a check.

        Examples
        --------
        >>> sheets = pd.DataFrame({"width": [90], "height": [60], "status": ["ok"]}, index=["s"])
        >>> corpus = Corpus(Path(), sheets, sheets[[]]).regions(grid=(1, 2))
        >>> corpus.images[["parent", "left", "right"]].values.tolist()
        [['s', 0, 45], ['s', 45, 90]]
        """
        derived, metadata = cut(self.images, self.metadata, grid=grid, cells=cells, boxes=boxes)
        return replace(self, images=derived, metadata=metadata)

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
        counts = ", ".join(f"{count:,} {status}" for status, count in states.items())
        columns = len(self.metadata.columns)
        return f"Corpus({len(self):,} {kind}: {counts or 'none'}; {columns} columns of metadata)"

    def _repr_html_(self) -> str:
        head = self.metadata.iloc[:5].to_html(max_cols=8, border=0)
        return f"<p>{html.escape(repr(self))}</p>{head}"

    def _columns(self) -> pd.DataFrame:
        """Give the user's columns and, where they leave a name free, the corpus' own."""
        metadata = self.metadata
        own = self.images.drop(columns=metadata.columns, errors="ignore")
        return pd.concat([metadata, own], axis="columns")

    def _source(self, image: str) -> Source:
        if image not in self.ids:
            known = listed(map(repr, self.ids[:2])) or "none: it is empty"
            raise InputError(
                f"{image!r} is not an id of this corpus; its ids are text such as {known}."
            )
        at = int(self.ids.get_indexer(pd.Index([image]))[0])
        row = self.images.iloc[at : at + 1]  # a slice is a view: quick, however wide the table
        (source,) = make_sources(self.root, row)
        if not source.path:
            raise ReadError(f"{image}: {row['reason'].fillna('missing').iloc[0]}")
        return source


class _Indexer:
    """What ``corpus.iloc[...]`` and ``corpus.loc[...]`` go through."""

    def __init__(self, corpus: Corpus, *, by_position: bool) -> None:
        self._corpus, self._by_position = corpus, by_position

    def __getitem__(self, key: Any) -> Any:
        if not self._by_position:
            return self._corpus.select([key] if isinstance(key, str) else key)
        return self._corpus.take(np.atleast_1d(np.arange(len(self._corpus))[key]))


@dataclass(frozen=True, eq=False)
class Check:
    """What a check of a corpus found.

    Parameters
    ----------
    corpus
        The corpus with status, size, hash, flags and so on filled in.
    duplicates
        One row per image that has a copy: image, group, kind (exact or near).

    Examples
    --------
    >>> from pathlib import Path
    >>> from iconometrics.corpus import Corpus
    >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
    >>> corpus.check().summary()["failed"]
    1
    """

    corpus: Corpus
    duplicates: pd.DataFrame = frame("image", "group", "kind")  # noqa: RUF009 (a descriptor)

    @property
    def groups(self) -> pd.Series:
        """The copies' group of each image, named by its first image; `split(by=)` takes it."""
        copies = self.duplicates
        first = copies.drop_duplicates("group").set_index("group")["image"]
        named = copies.set_index("image")["group"].map(first)
        ids = self.corpus.ids.to_series()
        return ids.mask(ids.isin(named.index), named.reindex(ids.index)).rename("copies")

    def table(self) -> pd.DataFrame:
        """Give one row per image: status, reason, changes, size, flags and the copies' group.

        Returns
        -------
        pandas.DataFrame
            Indexed by image; columns that are empty for all images are left out.

        Examples
        --------
        >>> from pathlib import Path
        >>> from iconometrics.corpus import Corpus
        >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
        >>> corpus.check().table()["status"].tolist()
        ['failed']
        """
        copies = self.duplicates.set_index("image")
        table = self.corpus.images.dropna(axis="columns", how="all")
        if len(copies):
            table["copies"] = copies["group"].reindex(table.index).astype("Int64")
            table["kind"] = copies["kind"].reindex(table.index)
        return table

    def summary(self) -> dict[str, int]:
        """Count what came in and what was found.

        Returns
        -------
        dict
            files (= ok + converted + failed), skipped, unmatched; tiny, extreme shape, blank,
            blurred, changed; exact and near copies (images that have one).

        Examples
        --------
        >>> from pathlib import Path
        >>> from iconometrics.corpus import Corpus
        >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
        >>> corpus.check().summary()["files"]
        1
        """
        images, corpus = self.corpus.images, self.corpus
        counts = {"files": len(images)}
        for status in ("ok", "converted", "failed"):
            counts[status] = int((images["status"] == status).sum())
        counts["skipped"] = len(corpus.skipped)
        counts["unmatched"] = int(corpus.ids.isin(corpus.unmatched).sum())
        for flag in _FLAGS:
            counts[flag] = int(images["flags"].str.contains(flag, na=False).sum())
        for kind in ("exact", "near"):
            counts[kind] = int((self.duplicates["kind"] == kind).sum())
        return counts

    def __repr__(self) -> str:
        counts = [f"{count:,} {name}" for name, count in self.summary().items() if count]
        return f"Check({', '.join(counts)})"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{count:,}</td></tr>"
            for name, count in self.summary().items()
            if count
        )
        return f"<table>{cells}</table>"


def checked(corpus: Corpus, seen: pa.Table) -> Check:
    """Put what `inspect` saw into the corpus, and find the copies.

    Parameters
    ----------
    corpus
        The corpus that was inspected.
    seen
        Rows of `inspect`, in any order. Rows of images that were lost before (missing, refused)
        keep their reason; images without a row stay as they are.

    Returns
    -------
    Check
        A file that is not as it was when it was listed or last checked is flagged "changed".

    Examples
    --------
    >>> from pathlib import Path
    >>> from iconometrics.corpus import Corpus, inspect
    >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
    >>> checked(corpus, inspect(corpus.sources())).corpus.images["status"].tolist()
    ['failed']
    """
    images, changed = updated(corpus.images, seen, place=corpus.place)
    notes = corpus.notes
    if changed.any():
        names = listed(images.index[changed])
        notes = (*notes, f"{counted(int(changed.sum()), 'file')} changed during the run: {names}")
    return Check(replace(corpus, images=images, notes=notes), find_duplicates(images))
