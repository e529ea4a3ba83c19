"""The steps before any model: the corpus, features, themes, samples and people's codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from iconometrics.corpus.regions import grid_cells
from iconometrics.errors import InputError
from iconometrics.study.results import Results
from iconometrics.study.steps import check as checking
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps import new as making
from iconometrics.study.steps import themes as grouping

if TYPE_CHECKING:
    from iconometrics.corpus import Check, Corpus
    from iconometrics.features import Extractor
    from iconometrics.study.disk.parts import Rows
    from iconometrics.themes import Themes

__all__ = ["SETS", "Exploration"]

SETS = ("color", "hog")


class Exploration(Results):
    """The steps before any model."""

    def check(self, *, rehash: bool = False, executor: Executor | None = None) -> Check:
        """Bring the corpus up to date: list the images, and read those that are new or changed.

        Parameters
        ----------
        rehash
            Whether files whose size and time are unchanged are read again.
        executor
            Where to work; None for processes on this machine.

        Returns
        -------
        Check
            The corpus with status and reason for each file, duplicates, counts.
        """
        return checking.check(self._layout, self._settings, rehash=rehash, executor=executor)

    def cut(
        self,
        name: str,
        *,
        cells: Mapping[str, Sequence[float]] | None = None,
        grid: tuple[int, int] | None = None,
        replace: bool = False,
    ) -> Self:
        """Cut every image into the same regions, and make a study of them within this one.

        Regions are images in their own right: they have features, themes, codings and measures,
        and each knows its parent. They follow when images are added to this study.

        Parameters
        ----------
        name
            What the regions are called; their study is the folder derived/NAME.
        cells
            Left, top, right and bottom of each region by its name: pixels, or fractions of the
            image if all are at most 1.
        grid
            Instead of cells: numbers of rows and columns.
        replace
            Whether other regions of that name are replaced.

        Returns
        -------
        Study

        Raises
        ------
        InputError
            If not exactly one of cells and grid is given.
        StudyError
            If there are other regions of that name.
        """
        if (cells is None) == (grid is None):
            raise InputError("study.cut: give either cells= or grid=.")
        wanted = grid_cells(grid) if grid is not None else cells or {}
        return type(self)(making.derive(self._layout, name, wanted, replace=replace).folder)

    def features(
        self,
        sets: Sequence[str | Extractor] = SETS,
        *,
        executor: Executor | None = None,
    ) -> pd.DataFrame:
        """Measure the images by stated rules; only rows that are not there yet are computed.

        Parameters
        ----------
        sets
            Names of extractors, with options where wanted (``"color:size=256"``), or extractors.
        executor
            Where to work; None for processes on this machine.

        Returns
        -------
        pandas.DataFrame
            float32, one row an image that could be measured, all sets side by side.
        """
        found = self._extracted(featuring.extractors(sets), executor)
        featuring.tell(found)
        return featuring.side_by_side(rows.values for rows in found.values())

    def themes(
        self,
        k: int | Iterable[int] = range(2, 11),
        *,
        features: Sequence[str | Extractor] = SETS,
        seed: int | None = None,
        name: str = "themes",
        method: str = "kmeans",
        stability: bool = False,
        **options: Any,
    ) -> Themes:
        """Find themes.

        Parameters
        ----------
        k
            The number of themes, or the numbers to try; "density" finds its own.
        features
            Sets of features; those that lack are extracted.
        seed
            Of the starts; by default the study's.
        name
            What the themes are called.
        method
            "kmeans", "hierarchical", "mixture", "density" or "spherical".
        stability
            Whether it is studied how far the themes are found again, which takes a while.
        **options
            Further options of the method, such as ``restarts`` (`iconometrics.themes`).

        Returns
        -------
        Themes
        """
        made = featuring.extractors(features)
        return grouping.find(
            self._layout,
            featuring.side_by_side(rows.values for rows in self._extracted(made).values()),
            inputs=self._inputs(made),
            sets=[extractor.spec for extractor in made.values()],
            k=k,
            seed=self.seed if seed is None else seed,
            name=name,
            method=method,
            stability=stability,
            **options,
        )

    def _checked(self) -> Corpus:
        """Give the readable images; look at them first if nobody has."""
        corpus = self.corpus
        return (
            self.check().corpus if (corpus.images["status"] == "new").any() else corpus
        ).readable

    def _extracted(
        self, sets: Mapping[str, Extractor], executor: Executor | None = None
    ) -> dict[str, Rows]:
        return featuring.extract(self._layout, self._checked(), sets, executor=executor)

    def _inputs(self, sets: Mapping[str, Extractor]) -> dict[str, Any]:
        """Name features of the present images, for keys and the log."""
        images = featuring.fingerprint(self.corpus.readable.sources())
        return {"features": featuring.keys(sets), "images": images}
