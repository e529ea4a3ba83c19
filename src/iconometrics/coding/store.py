"""The store: people's codings in one SQLite file that survives crashes and network folders."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from iconometrics.coding import database
from iconometrics.coding.assigning import Assignments
from iconometrics.coding.codebook import Codebook
from iconometrics.coding.codings import Codings
from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import COLUMNS, EVENT_COLUMNS
from iconometrics.errors import InputError, StudyError, warn
from iconometrics.wording import counted, listed

__all__ = ["Store"]

_RULES = ("majority", "median", "dawid-skene", "coder", "discussion")
_WAIT_SECONDS = 60


class Store:
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
        From every method: if the file is not a store, damaged, full or locked for a minute.

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
            former = _samples(connection).get(sample.name)
            if former is not None:
                if not former.table.equals(sample.table):
                    raise InputError(
                        f"there is another sample {sample.name!r} in {self.path.name}; samples are "
                        "kept as they were drawn: give the new one another name."
                    )
                return
            connection.execute("INSERT INTO samples VALUES (?, ?)", (sample.name, database.now()))
            rows = sample.table.assign(sample=sample.name, position=range(len(sample)))
            database.insert(connection, "sampled", rows)

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

    def add_codebook(self, codebook: Codebook) -> Codebook:
        """Keep a codebook; one that changed after coding began gets a new version.

        Parameters
        ----------
        codebook
            The codebook as it stands.

        Returns
        -------
        Codebook
            As it is kept: under a new version, with a warning that says what changed, if codings
            were made by another one of that version. Those keep theirs.

        Examples
        --------
        >>> import tempfile
        >>> from iconometrics.coding import Variable
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(f"{folder}/codings.db")
        ...     store.add_codebook(Codebook([Variable("people", type="count")])).version
        '1'
        """
        with self._writing() as connection:
            kept, caution = _admitted(codebook, _codebooks(connection), connection)
        if caution:
            warn(caution)
        return kept

    def codebooks(self) -> dict[str, Codebook]:
        """Read all codebooks.

        Returns
        -------
        dict
            Codebook by version, in the order in which they were added.

        Examples
        --------
        >>> Store("nowhere.db").codebooks()
        {}
        """
        with self._reading() as connection:
            return _codebooks(connection) if connection else {}

    def assign(self, assignments: Assignments) -> None:
        """Keep who is to code which image; what is there already stays.

        Parameters
        ----------
        assignments
            From `iconometrics.coding.assign`; the sample must have been added before.

        Raises
        ------
        InputError
            If the sample is unknown to the store.

        Examples
        --------
        >>> import tempfile
        >>> from iconometrics.coding import assign
        >>> sample = Sample("s", pd.DataFrame({"image": ["a", "b"], "probability": 1}))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(f"{folder}/codings.db")
        ...     store.add_sample(sample)
        ...     store.assign(assign(sample, ["anna", "ben"], overlap=1, seed=1))
        ...     len(store.assignments())
        4
        """
        rows = assignments.table()[["sample", "coder", "position", "image"]]
        with self._writing() as connection:
            self._require(connection, set(rows["sample"]))
            _introduce(connection, assignments.coders)
            known = database.read(connection, "assignments")
            keys = ["sample", "coder", "image"]
            fresh = ~pd.MultiIndex.from_frame(rows[keys]).isin(
                pd.MultiIndex.from_frame(known[keys])
            )
            database.insert(connection, "assignments", rows[fresh].assign(added=database.now()))

    def assignments(self) -> pd.DataFrame:
        """Read who is to code which image, and whether it is done.

        Returns
        -------
        pandas.DataFrame
            Columns sample, coder, position, image, done; in the order in which to code.

        Examples
        --------
        >>> Store("nowhere.db").assignments().empty
        True
        """
        columns = ["sample", "coder", "position", "image", "done"]
        with self._reading() as connection:
            rows = pd.DataFrame()
            if connection is not None:
                rows = database.read(connection, "assignments", "ORDER BY sample, coder, position")
            if connection is None or rows.empty:
                return pd.DataFrame(columns=columns)
            done = database.read(connection, "current")[["coder", "image"]]
        coded = pd.MultiIndex.from_frame(done)
        is_done = pd.MultiIndex.from_frame(rows[["coder", "image"]]).isin(coded)
        return rows.assign(done=is_done)[columns]

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
            _introduce(connection, codings.coders)
            database.insert(connection, "codings", rows)

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
            return Codings(data, sample=_holding(_samples(connection), data))

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
        """Read all that ever happened, also what was coded again or undone.

        Returns
        -------
        pandas.DataFrame
            One row per coding or undoing, oldest first: id, the columns of codings, undoes.

        Examples
        --------
        >>> Store("nowhere.db").history().empty
        True
        """
        with self._reading() as connection:
            if connection is None:
                return pd.DataFrame(columns=["id", *COLUMNS, "undoes"])
            return database.read(connection, "codings", "ORDER BY id")

    def add_adjudication(self, codings: Codings, *, rule: str, person: str | None = None) -> None:
        """Keep the values that disagreeing codings were settled on.

        Parameters
        ----------
        codings
            One value per image and variable, as from `adjudicate`.
        rule
            How: "majority", "median", "dawid-skene", "coder" (one coder's word) or "discussion".
        person
            Who settled them, where a person did.

        Raises
        ------
        InputError
            If the rule is unknown, an image has two values, or the sample is unknown.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(f"{folder}/codings.db")
        ...     gold = Codings.from_series(pd.Series({"a": "yes"}, name="v"), coder="adjudicated")
        ...     store.add_adjudication(gold, rule="discussion", person="carl")
        ...     store.adjudicated()["v"].to_dict()
        {'a': 'yes'}
        """
        if rule not in _RULES:
            raise InputError(f"rule={rule!r}: expected one of {', '.join(_RULES)}.")
        for variable in codings.variables:
            codings[variable]
        kept = ["image", "variable", "value", "confidence", "reason", "sample"]
        rows = codings.data[[*kept, "codebook_version"]].drop_duplicates(["image", "variable"])
        rows = rows.assign(rule=rule, person=person, time=database.now())
        with self._writing() as connection:
            self._require(connection, set(rows["sample"].dropna()))
            database.insert(connection, "adjudications", rows)

    def adjudicated(
        self, *, sample: str | None = None, apart_from: Collection[str] = ()
    ) -> Codings:
        """Read the values that disagreeing codings were settled on, the last of each.

        Parameters
        ----------
        sample
            Only values of codings that were made in this sample.
        apart_from
            Samples whose values do not count.

        Returns
        -------
        Codings
            By the coder "adjudicated".

        Examples
        --------
        >>> len(Store("nowhere.db").adjudicated())
        0
        """
        with self._reading() as connection:
            data = pd.DataFrame()
            if connection is not None:
                data = database.read(connection, "adjudications", "ORDER BY id")
            if len(data):
                wanted = ~data["sample"].isin(list(apart_from))
                data = data[wanted if sample is None else data["sample"] == sample]
                data = data.drop_duplicates(["image", "variable"], keep="last")
            if connection is None or data.empty:
                return Codings(pd.DataFrame(columns=list(COLUMNS)))
            holding = _holding(_samples(connection), data)
            return Codings(data.assign(coder="adjudicated"), sample=holding)

    def _require(self, connection: sqlite3.Connection, names: set[str]) -> None:
        unknown = names - set(_samples(connection))
        if unknown:
            raise InputError(
                f"the sample {listed(sorted(unknown))} is not in {self.path.name}; "
                "add it first with add_sample()."
            )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.exists():
            yield None
            return
        with self._errors(), closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection if database.is_made(connection) else None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._errors(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                if database.is_made(connection):
                    database.migrate(connection)
                else:
                    database.make(connection)
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
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, pd.errors.DatabaseError) as error:
            raise StudyError(
                f"{self.path}: {error}. Nothing of this change was kept; what was there before "
                "is intact. Make sure that it is a store of codings, that the disk has room and "
                "that no other program holds it, then try again."
            ) from error


def _introduce(connection: sqlite3.Connection, people: tuple[str, ...]) -> None:
    """Note people that are not known yet."""
    rows = [(name, database.now()) for name in people]
    connection.executemany("INSERT OR IGNORE INTO people VALUES (?, ?)", rows)


def _samples(connection: sqlite3.Connection) -> dict[str, Sample]:
    """Read all samples."""
    names = [row[0] for row in connection.execute("SELECT name FROM samples ORDER BY rowid")]
    columns = "image, stratum, cluster, probability, wave"
    query = f"SELECT {columns} FROM sampled WHERE sample = ? ORDER BY position"
    return {
        name: Sample(name, pd.read_sql_query(query, connection, params=(name,))) for name in names
    }


def _holding(known: dict[str, Sample], data: pd.DataFrame) -> Sample | None:
    """Give the newest sample that holds all that was coded in a sample: a topped-up one does."""
    inside = data[data["sample"].notna()]
    if inside.empty:
        return None
    drawn = set(inside["sample"])
    fitting = [sample for sample in known.values() if inside["image"].isin(sample.images).all()]
    own = [sample for sample in fitting if {sample.name} == drawn]
    return (own or fitting)[-1] if fitting else None


def _admitted(
    codebook: Codebook, known: Mapping[str, Codebook], connection: sqlite3.Connection
) -> tuple[Codebook, str]:
    """Keep a codebook under its version, or a new one if codings were made by another of it."""
    former = known.get(codebook.version)
    changes = codebook.changes(former) if former else ()
    if former is not None and not changes:
        return former, ""
    query = "SELECT count(*) FROM codings WHERE codebook_version = ?"
    codings = connection.execute(query, (codebook.version,)).fetchone()[0]
    caution = ""
    if changes and codings:
        same = [book for book in known.values() if not codebook.changes(book)]
        fresh = _next_version(codebook.version, known)
        kept = same[-1] if same else replace(codebook, version=fresh)
        caution = (
            f"codebook {codebook.name!r} changed after {counted(codings, 'coding')} by version "
            f"{codebook.version}: {'; '.join(changes)}. It is kept as version {kept.version}; the "
            f"codings there are keep version {codebook.version}. Write that version into your file."
        )
        codebook = kept
    connection.execute(
        "INSERT INTO codebooks VALUES (?, ?, ?) ON CONFLICT (version) DO UPDATE SET text = ?",
        (codebook.version, codebook.text(), database.now(), codebook.text()),
    )
    return codebook, caution


def _codebooks(connection: sqlite3.Connection) -> dict[str, Codebook]:
    """Read all codebooks."""
    rows = connection.execute("SELECT version, text FROM codebooks ORDER BY rowid").fetchall()
    return {version: Codebook.parse(text, source=f"version {version}") for version, text in rows}


def _next_version(version: str, known: Collection[str]) -> str:
    """Number a version on."""
    digits = re.search(r"\d+$", version)
    stem, number = (version[: digits.start()], int(digits[0])) if digits else (f"{version}-", 1)
    number += 1
    while f"{stem}{number}" in known:
        number += 1
    return f"{stem}{number}"
