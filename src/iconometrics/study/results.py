"""What a study holds already; nothing here computes, writes or needs the lock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pandas as pd

from iconometrics.study.dataset import dataset, export
from iconometrics.study.dataset import pieces as assembling
from iconometrics.study.disk import log
from iconometrics.study.disk import parts as rows
from iconometrics.study.disk.layout import find
from iconometrics.study.disk.settings import Settings
from iconometrics.study.steps import agreement as agreeing
from iconometrics.study.steps import check as checking
from iconometrics.study.steps import embed as embedding
from iconometrics.study.steps import estimate as estimating
from iconometrics.study.steps import features as featuring
from iconometrics.study.steps import measure as measuring
from iconometrics.study.steps import themes as grouping

if TYPE_CHECKING:
    from iconometrics.coding import Codings, Sample
    from iconometrics.corpus import Corpus
    from iconometrics.inference import Estimates
    from iconometrics.study.disk.measured import Measured
    from iconometrics.themes import Themes
    from iconometrics.validity import Agreement

__all__ = ["Results"]

_Made = TypeVar("_Made")


class Results:
    """The results that lie in a study folder: what reports, tables and exports read.

    The newest result of each name counts; earlier ones stay in their folders.

    Parameters
    ----------
    folder
        A study folder, or a folder inside one.
    """

    def __init__(self, folder: str | Path) -> None:
        self._layout = find(Path(folder))
        self._settings = Settings.read(self._layout.settings)
        self._read: dict[str, Any] = {}
        self._state: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return f"Study {self.name!r} in {self.folder}"

    @property
    def folder(self) -> Path:
        """The study folder."""
        return self._layout.folder

    @property
    def name(self) -> str:
        """What the study is called."""
        return self._settings.name

    @property
    def seed(self) -> int:
        """The seed of every step that is given none."""
        return self._settings.seed

    @property
    def corpus(self) -> Corpus:
        """All images, with status, reason, changes and flags where `check` has run."""
        return self._once("corpus", lambda: checking.stored(self._layout, self._settings))

    def duplicates(self) -> pd.DataFrame:
        """Give the duplicates that the check found.

        Returns
        -------
        pandas.DataFrame
            Columns image, group, kind ("exact" or "near").
        """
        return checking.duplicates(self._layout)

    def feature_tables(self) -> dict[str, pd.DataFrame]:
        """Give the newest table of each set of features.

        Returns
        -------
        dict of str to pandas.DataFrame
            By set ("color", or "color:size=256"), one row an image that could be measured.
        """
        tables = self._once("features", self._feature_tables)
        return {name: table.copy(deep=False) for name, table in tables.items()}

    def _feature_tables(self) -> dict[str, pd.DataFrame]:
        sources = self.corpus.readable.sources()
        found = {
            extractor.spec: rows.read(featuring.folder_of(extractor, self._layout), sources).values
            for extractor in featuring.known(self._layout).values()
        }
        return {name: table for name, table in found.items() if len(table)}

    def embeddings(self) -> dict[str, pd.DataFrame]:
        """Give the newest embedding by each network.

        Returns
        -------
        dict of str to pandas.DataFrame
            By the network's name (with its layer, where that is not the usual one), one row an
            image that could be read.
        """
        return dict(
            self._once("embeddings", lambda: embedding.stored(self._layout, self.corpus.readable))
        )

    def latest_themes(self) -> Themes | None:
        """Give the newest themes.

        Returns
        -------
        Themes or None
            With the features they were found in, where these are there.
        """
        return self._once("themes", self._newest_themes)

    def _newest_themes(self) -> Themes | None:
        return grouping.newest(self._layout, self.feature_tables() | self.embeddings())

    def samples(self) -> list[Sample]:
        """Give the samples that were drawn.

        Returns
        -------
        list of Sample
            The first one drawn first.
        """
        from iconometrics.coding import Store

        return list(Store(self._layout.codings).samples().values())

    def codings(self) -> Codings:
        """Give people's codings, everybody's last word.

        Returns
        -------
        Codings
        """
        from iconometrics.coding import Store

        return Store(self._layout.codings).codings()

    def settled(self) -> Codings:
        """Give one value an image where people's codings were adjudicated, else all of them.

        Returns
        -------
        Codings
        """
        return agreeing.settled(self._layout, self.codings())

    def agreements(self) -> list[Agreement]:
        """Give the newest agreement on each variable.

        Returns
        -------
        list of Agreement
            The one compared last at the end.
        """
        return list(self._once("agreements", lambda: agreeing.newest(self._layout)))

    def measures(self) -> list[Measured]:
        """Give the newest codings of each coder, one variable each, with their accuracy.

        Returns
        -------
        list of Measured
        """
        return list(self._once("measures", lambda: measuring.newest(self._layout)))

    def estimates(self) -> list[Estimates]:
        """Give the newest estimates of each formula.

        Returns
        -------
        list of Estimates
        """
        return list(self._once("estimates", lambda: estimating.newest(self._layout)))

    def log(self) -> list[dict[str, Any]]:
        """Read the log.

        Returns
        -------
        list of dict
            Oldest first: time, step, name, key, inputs, options, seed, seconds, result, versions.
        """
        return log.entries(self._layout.log)

    def versions(self) -> dict[str, str]:
        """Give the versions of the packages that made the newest result.

        Returns
        -------
        dict of str to str
            By package.
        """
        entries = self.log()
        return dict(entries[-1].get("versions", {})) if entries else log.installed()

    def seeds(self) -> dict[str, int]:
        """Give the seed that each step last drew with.

        Returns
        -------
        dict of str to int
            By step.
        """
        return {
            entry["step"]: entry["seed"] for entry in self.log() if entry.get("seed") is not None
        }

    def table(self, *, by: str | None = None) -> pd.DataFrame:
        """Give the data set: metadata, files, features, themes, measures, gold, probabilities.

        Parameters
        ----------
        by
            None for one row an image; "group", or a column of the metadata, for one row a group,
            with means of numbers and shares of categories.

        Returns
        -------
        pandas.DataFrame
            Indexed by image or group; `columns` tells what its columns are.
        """
        return self._data_set(by).table

    def columns(self, *, by: str | None = None) -> pd.DataFrame:
        """Tell what the columns of the data set are.

        Parameters
        ----------
        by
            As for `table`.

        Returns
        -------
        pandas.DataFrame
            One row a column: column, from, meaning, validated ("validated on n images" or "not
            validated", for measures).
        """
        return self._data_set(by).columns

    def export(
        self, path: str | Path, *, by: str | None = None, formula: Literal["keep", "safe"] = "keep"
    ) -> Path:
        """Write the data set as a file, and beside it a dictionary of its columns.

        Parameters
        ----------
        path
            Ends in .csv, .parquet, .dta or .xlsx; the dictionary is NAME-columns.csv.
        by
            As for `table`.
        formula
            "safe" puts an apostrophe before text in CSV that a spreadsheet would run as a formula.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InputError
            If the kind is unknown or the data set does not fit into it.
        """
        made = self._data_set(by)
        return export.write(made.table, made.columns, Path(path), formula=formula)

    def _data_set(self, by: str | None) -> dataset.DataSet:
        pieces, corpus = assembling.pieces(self), self.corpus
        if by is None:
            return dataset.join(pieces, corpus.ids)
        return dataset.by_group(pieces, assembling.groups_of(corpus, by))

    def _once(self, name: str, make: Callable[[], _Made]) -> _Made:
        """Read a result once, and again when the study has changed on the disk."""
        state = tuple(_stamp(path) for path in (self._layout.log, self._layout.corpus))
        if state != self._state:
            self._read, self._state = {}, state
        if name not in self._read:
            self._read[name] = make()
        result: _Made = self._read[name]
        return result


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
