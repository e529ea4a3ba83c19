"""The store: people's codings in one SQLite file that survives crashes and network folders."""

from __future__ import annotations

import pandas as pd

from iconometrics.coding import database
from iconometrics.coding.codings import Codings
from iconometrics.coding.records import Records, holding, introduce, samples
from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import COLUMNS, EVENT_COLUMNS
from iconometrics.errors import InputError

__all__ = ["Store"]


class Store(Records):
    """People, samples, assignments, codebooks and people's codings, in one SQLite file.

    Codings are only ever added; the view `current` holds each coder's last word, and what was
    undone stays on file. Any number of
    processes may read and write at once, also in a network folder: every change is one
    transaction, on the disk before the call returns. ``sqlite3 codings.db`` reads it as well.

    Parameters
    ----------
    path
        The file; made with the first addition.

    Raises
    ------
    StudyError
        From every method: if the file is no store, damaged, full or locked for a minute.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = Store(f"{folder}/codings.db")
    ...     values = pd.Series({"a.jpg": "yes"}, name="protest")
    ...     store.add_codings(Codings.from_series(values, coder="anna"))
    ...     store.codings()["protest"].to_dict()
    {'a.jpg': 'yes'}
    """

    def add_sample(self, sample: Sample) -> None:
        """Add a sample; one that is there already with the same images stays as it is.

        Parameters
        ----------
        sample
            The sample with its inclusion probabilities.

        Raises
        ------
        InputError
            If another sample has the same name.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(f"{folder}/codings.db")
        ...     store.add_sample(Sample("s", pd.DataFrame({"image": ["a"], "probability": [1]})))
        ...     list(store.samples())
        ['s']
        """
        with self._writing() as connection:
            there = samples(connection).get(sample.name)
            if there is not None:
                if not there.table.equals(sample.table):
                    raise InputError(
                        f"there is another sample {sample.name!r} in {self.path.name}; samples are "
                        "kept as they were drawn: give the new one another name."
                    )
                return
            connection.execute("INSERT INTO samples VALUES (?, ?)", (sample.name, database.now()))
            rows = sample.table.assign(sample=sample.name, position=range(len(sample)))
            database.insert(connection, "sampled", rows)

    def add_codings(self, codings: Codings) -> None:
        """Add codings by people; those without a time get the present one.

        Parameters
        ----------
        codings
            People's codings; their sample must have been added before.

        Raises
        ------
        InputError
            If the sample is unknown to the store.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(f"{folder}/codings.db")
        ...     codes = Codings.from_series(pd.Series({"a": "1"}, name="flags"), coder="anna")
        ...     store.add_codings(codes)
        ...     len(store.codings())
        1
        """
        rows = codings.table()
        rows["time"] = rows["time"].fillna(database.now())
        with self._writing() as connection:
            self._require(connection, set(rows["sample"].dropna()))
            introduce(connection, codings.coders)
            database.insert(connection, "codings", rows)

    def samples(self) -> dict[str, Sample]:
        """Read all samples.

        Returns
        -------
        dict
            Sample by name, in the order in which they were added.

        Examples
        --------
        >>> Store("nowhere.db").samples()
        {}
        """
        with self._reading() as connection:
            return samples(connection) if connection else {}

    def codings(self) -> Codings:
        """Read every coder's last word on every image and variable.

        Returns
        -------
        Codings
            In the order in which they were added; with the newest sample that holds all images
            that were coded in a sample.

        Examples
        --------
        >>> len(Store("nowhere.db").codings())
        0
        """
        with self._reading() as connection:
            if connection is None:
                return Codings(pd.DataFrame(columns=list(COLUMNS)))
            data = database.read(connection, "current", "ORDER BY id")
            data = data[[name for name in (*COLUMNS, *EVENT_COLUMNS) if name in data]]
            return Codings(data, sample=holding(samples(connection), data))

    def undo(
        self, coder: str, *, image: str | None = None, variable: str | None = None
    ) -> pd.DataFrame:
        """Undo a coder's last coding; the one before it counts again.

        Parameters
        ----------
        coder
            Who coded.
        image, variable
            Of which the last coding is undone; by default of all.

        Returns
        -------
        pandas.DataFrame
            The coding undone, one row; no row if there was none left.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(f"{folder}/codings.db")
        ...     for value in ("yes", "no"):
        ...         codes = pd.Series({"a.jpg": value}, name="protest")
        ...         store.add_codings(Codings.from_series(codes, coder="anna"))
        ...     undone = store.undo("anna")["value"].tolist()
        ...     undone, store.codings()["protest"].to_dict()
        (['no'], {'a.jpg': 'yes'})
        """
        wanted = {"coder": coder, "image": image, "variable": variable}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = :{name}" for name in wanted)
        query = (
            f"SELECT * FROM codings WHERE {where} AND undoes IS NULL AND id NOT IN "
            "(SELECT undoes FROM codings WHERE undoes IS NOT NULL) ORDER BY id DESC LIMIT 1"
        )
        with self._writing() as connection:
            last = pd.read_sql_query(query, connection, params=wanted)
            row = last[["image", "variable", "coder", "sample"]]
            database.insert(
                connection, "codings", row.assign(time=database.now(), undoes=last["id"])
            )
        return last[[*COLUMNS, *EVENT_COLUMNS]]

    def history(self) -> pd.DataFrame:
        """Read all that ever happened, also what was coded anew or undone.

        Returns
        -------
        pandas.DataFrame
            One row a coding or undoing, oldest first: id, the columns of codings, undoes.

        Examples
        --------
        >>> Store("nowhere.db").history().empty
        True
        """
        with self._reading() as connection:
            if connection is None:
                return pd.DataFrame(columns=["id", *COLUMNS, "undoes"])
            return database.read(connection, "codings", "ORDER BY id")
