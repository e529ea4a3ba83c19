"""The store: people's codings in one SQLite file that survives crashes and network folders."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from iconometrics.coding.codings import Codings
from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import COLUMNS, named
from iconometrics.errors import InputError, StudyError

__all__ = ["Store"]

_WAIT_SECONDS = 60
_SCHEMA = """
CREATE TABLE people (name TEXT PRIMARY KEY, added TEXT NOT NULL);
CREATE TABLE codebooks (version TEXT PRIMARY KEY, text TEXT NOT NULL, added TEXT NOT NULL);
CREATE TABLE samples (name TEXT PRIMARY KEY, added TEXT NOT NULL);
CREATE TABLE sampled (
    sample TEXT NOT NULL REFERENCES samples (name),
    position INTEGER NOT NULL,
    image TEXT NOT NULL,
    stratum TEXT,
    cluster TEXT,
    probability REAL NOT NULL,
    wave INTEGER NOT NULL,
    PRIMARY KEY (sample, image)
);
CREATE TABLE codings (
    id INTEGER PRIMARY KEY,
    image TEXT NOT NULL,
    sha256 TEXT,
    variable TEXT NOT NULL,
    value TEXT,
    coder TEXT REFERENCES people (name),
    confidence REAL,
    reason TEXT,
    region TEXT,
    sample TEXT REFERENCES samples (name),
    codebook_version TEXT,
    time TEXT NOT NULL,
    undoes INTEGER REFERENCES codings (id)
);
CREATE INDEX codings_by_image ON codings (image, variable);
CREATE INDEX codings_undone ON codings (undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER codings_stay BEFORE UPDATE ON codings
    BEGIN SELECT RAISE (ABORT, 'codings are never changed: add a new one'); END;
CREATE TRIGGER codings_remain BEFORE DELETE ON codings
    BEGIN SELECT RAISE (ABORT, 'codings are never deleted: add one that undoes them'); END;
CREATE VIEW current AS SELECT * FROM codings
    WHERE id IN (
        SELECT max(id) FROM codings
        WHERE undoes IS NULL
            AND id NOT IN (SELECT undoes FROM codings WHERE undoes IS NOT NULL)
        GROUP BY image, variable, coder, region, sample
    );
PRAGMA user_version = 1;
"""


class Store:
    """People, samples and people's codings of a study, in one SQLite file.

    Codings are only ever added; the view `current` holds each coder's last word. Any number of
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

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

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
            there = _samples(connection).get(sample.name)
            if there is not None:
                if not there.table.equals(sample.table):
                    raise InputError(
                        f"there is another sample {sample.name!r} in {self.path.name}; samples are "
                        "kept as they were drawn: give the new one another name."
                    )
                return
            connection.execute("INSERT INTO samples VALUES (?, ?)", (sample.name, _now()))
            rows = sample.table.assign(sample=sample.name, position=range(len(sample)))
            _insert(connection, "sampled", rows)

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
        rows["time"] = rows["time"].fillna(_now())
        with self._writing() as connection:
            unknown = set(rows["sample"].dropna()) - set(_samples(connection))
            if unknown:
                raise InputError(
                    f"the sample {named(sorted(unknown))} is not in {self.path.name}; "
                    "add it first with add_sample()."
                )
            people = [(name, _now()) for name in codings.coders]
            connection.executemany("INSERT OR IGNORE INTO people VALUES (?, ?)", people)
            _insert(connection, "codings", rows)

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
            return _samples(connection) if connection else {}

    def codings(self) -> Codings:
        """Read every coder's last word on every image and variable.

        Returns
        -------
        Codings
            In the order in which they were added; with the sample, if all come from one.

        Examples
        --------
        >>> len(Store("nowhere.db").codings())
        0
        """
        with self._reading() as connection:
            if connection is None:
                return Codings(pd.DataFrame(columns=list(COLUMNS)))
            names = ", ".join(COLUMNS)
            data = pd.read_sql_query(f"SELECT {names} FROM current ORDER BY id", connection)
            drawn = data["sample"].dropna().unique()
            sample = _samples(connection)[drawn[0]] if len(drawn) == 1 else None
        return Codings(data, sample=sample)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.exists():
            yield None
            return
        with self._told(), closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection if _made(connection) else None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._told(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                if not _made(connection):
                    _make(connection)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, pd.errors.DatabaseError) as error:
            raise StudyError(
                f"{self.path}: {error}. Nothing of this change was kept; what was there before "
                "is intact. Make sure that it is a store of codings, that the disk has room and "
                "that no other program holds it, then try again."
            ) from error


def _made(connection: sqlite3.Connection) -> bool:
    """Tell a store from an empty file; refuse a database of something else."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == 1:
        return True
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("not a database of codings that this version can read")
    return False


def _make(connection: sqlite3.Connection) -> None:
    statement = ""
    for line in _SCHEMA.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _insert(connection: sqlite3.Connection, table: str, rows: pd.DataFrame) -> None:
    marks = ", ".join("?" * rows.shape[1])
    plain = rows.astype(object).where(rows.notna(), None)
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(rows.columns)}) VALUES ({marks})",
        plain.itertuples(index=False, name=None),
    )


def _samples(connection: sqlite3.Connection) -> dict[str, Sample]:
    names = [row[0] for row in connection.execute("SELECT name FROM samples ORDER BY rowid")]
    columns = "image, stratum, cluster, probability, wave"
    query = f"SELECT {columns} FROM sampled WHERE sample = ? ORDER BY position"
    return {
        name: Sample(name, pd.read_sql_query(query, connection, params=(name,))) for name in names
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
