"""Rows of a corpus, taken the ways scikit-learn and pandas take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from iconometrics.corpus.schema import conform, frame, text_index
from iconometrics.corpus.selection import positions
from iconometrics.errors import InputError
from iconometrics.wording import listed

__all__ = ["Rows"]


class _Indexer:
    """What ``corpus.iloc[...]`` and ``corpus.loc[...]`` go through."""

    def __init__(self, rows: Rows, *, by_position: bool) -> None:
        self._rows, self._by_position = rows, by_position

    def __getitem__(self, key: Any) -> Any:
        if not self._by_position:
            return self._rows.select([key] if isinstance(key, str) else key)
        return self._rows.take(np.atleast_1d(np.arange(len(self._rows))[key]))


@dataclass(frozen=True, eq=False)
class Rows:
    """A table of images and a table of metadata with the same ids in the same order.

    Parameters
    ----------
    root
        The folder that the images' column ``file`` is relative to.
    images
        What is known of each image, indexed by id; missing columns are filled in.
    metadata
        The user's own columns, by the same ids.

    Raises
    ------
    InputError
        If ids are not unique or the two tables' ids differ.

    Examples
    --------
    >>> table = pd.DataFrame({"n": [1, 2]}, index=["a", "b"])
    >>> list(Rows(Path(), table[[]], table).select("n > 1"))
    ['b']
    """

    root: Path
    images: pd.DataFrame = frame()  # noqa: RUF009 (a descriptor)
    metadata: pd.DataFrame = frame()  # noqa: RUF009

    def __post_init__(self) -> None:
        images = conform(self.images)
        metadata = self.metadata.set_axis(text_index(self.metadata.index))
        if not images.index.is_unique:
            twice = images.index[images.index.duplicated()].unique()
            raise InputError(
                f"ids must be unique; {len(twice):,} occur more than once: {listed(twice)}."
            )
        if not images.index.equals(metadata.index):
            raise InputError("images and metadata must have the same ids in the same order.")
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "metadata", metadata)

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
        >>> rows = Rows(Path(), table, table)
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
            Ids in the order wanted; a boolean Series by id (images that it lacks are left out)
            or one boolean an image; or a rule over the columns of `metadata` and `images`, such
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
        >>> rows = Rows(Path(), table, table)
        >>> list(rows.select(["b"])), list(rows.select([True, False]))
        (['b'], ['a'])
        """
        columns = self._columns() if isinstance(which, str) else self.metadata
        return self.take(positions(which, self.ids, columns))

    def _columns(self) -> pd.DataFrame:
        """Give the user's columns and, where they leave a name free, the corpus' own."""
        metadata = self.metadata
        own = self.images.drop(columns=metadata.columns, errors="ignore")
        return pd.concat([metadata, own], axis="columns")
