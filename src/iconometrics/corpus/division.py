"""Dividing a corpus: in two for training and testing, and each image into regions."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from iconometrics.corpus.reading import Files
from iconometrics.corpus.regions import Cells, cut
from iconometrics.corpus.splitting import first_side, leakage, moments, values_of
from iconometrics.errors import warn
from iconometrics.wording import as_text

__all__ = ["Divisible"]


@dataclass(frozen=True, eq=False)
class Divisible(Files):
    """Files that can be split and cut into regions.

    Parameters
    ----------
    root, images, metadata
        As `Rows`.
    group
        The column of metadata that names the post or account an image belongs to.

    Examples
    --------
    >>> table = pd.DataFrame({"account": ["x", "x", "y"]}, index=["a", "b", "c"])
    >>> [len(side) for side in Divisible(Path(), table[[]], table, group="account").split(seed=2)]
    [2, 1]
    """

    _: KW_ONLY
    group: str | None = None

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
            What stays together: a column, a Series by id or one value an image. By default the
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
        >>> early, late = Divisible(Path(), table[[]], table).split(time="year", share=.6)
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
        told = leakage(self.images, first)
        if told:
            warn(told)
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
        >>> corpus = Divisible(Path(), sheets, sheets[[]]).regions(grid=(1, 2))
        >>> corpus.images[["parent", "left", "right"]].values.tolist()
        [['s', 0, 45], ['s', 45, 90]]
        """
        derived, metadata = cut(self.images, self.metadata, grid=grid, cells=cells, boxes=boxes)
        return replace(self, images=derived, metadata=metadata)
