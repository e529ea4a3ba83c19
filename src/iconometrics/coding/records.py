"""What the store keeps beside codings: codebooks, assignments, adjudications."""

from __future__ import annotations

import sqlite3

import pandas as pd

from iconometrics.coding import database, versions
from iconometrics.coding.assigning import Assignments
from iconometrics.coding.codebook import Codebook
from iconometrics.coding.codings import Codings
from iconometrics.coding.connecting import Connected
from iconometrics.coding.sample import Sample
from iconometrics.coding.schema import COLUMNS
from iconometrics.errors import InputError, warn
from iconometrics.wording import listed

__all__ = ["Records", "holding", "introduce", "samples"]

_RULES = ("majority", "median", "dawid-skene", "coder", "discussion")


class Records(Connected):
    """Codebooks, assignments and adjudications in the store's file."""

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
        >>> from iconometrics.coding import Store
        >>> import tempfile
        >>> from iconometrics.coding import Variable
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     store = Store(f"{folder}/codings.db")
        ...     store.add_codebook(Codebook([Variable("people", type="count")])).version
        '1'
        """
        with self._writing() as connection:
            kept, told = versions.admitted(codebook, versions.codebooks(connection), connection)
        if told:
            warn(told)
        return kept

    def codebooks(self) -> dict[str, Codebook]:
        """Read all codebooks.

        Returns
        -------
        dict
            Codebook by version, in the order in which they were added.

        Examples
        --------
        >>> from iconometrics.coding import Store
        >>> Store("nowhere.db").codebooks()
        {}
        """
        with self._reading() as connection:
            return versions.codebooks(connection) if connection else {}

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
        >>> from iconometrics.coding import Store
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
            introduce(connection, assignments.coders)
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
        >>> from iconometrics.coding import Store
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
        told = pd.MultiIndex.from_frame(rows[["coder", "image"]]).isin(coded)
        return rows.assign(done=told)[columns]

    def add_adjudication(self, codings: Codings, *, rule: str, person: str | None = None) -> None:
        """Keep the values that disagreeing codings were settled on.

        Parameters
        ----------
        codings
            One value an image and variable, as from `adjudicate`.
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
        >>> from iconometrics.coding import Store
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

    def adjudicated(self) -> Codings:
        """Read the values that disagreeing codings were settled on, the last of each.

        Returns
        -------
        Codings
            By the coder "adjudicated".

        Examples
        --------
        >>> from iconometrics.coding import Store
        >>> len(Store("nowhere.db").adjudicated())
        0
        """
        with self._reading() as connection:
            data = pd.DataFrame()
            if connection is not None:
                data = database.read(connection, "adjudicated", "ORDER BY id")
            if connection is None or data.empty:
                return Codings(pd.DataFrame(columns=list(COLUMNS)))
            sample = holding(samples(connection), data)
            return Codings(data.assign(coder="adjudicated"), sample=sample)

    def _require(self, connection: sqlite3.Connection, names: set[str]) -> None:
        unknown = names - set(samples(connection))
        if unknown:
            raise InputError(
                f"the sample {listed(sorted(unknown))} is not in {self.path.name}; "
                "add it first with add_sample()."
            )


def introduce(connection: sqlite3.Connection, people: tuple[str, ...]) -> None:
    """Note people that are not known yet."""
    rows = [(name, database.now()) for name in people]
    connection.executemany("INSERT OR IGNORE INTO people VALUES (?, ?)", rows)


def samples(connection: sqlite3.Connection) -> dict[str, Sample]:
    """Read all samples."""
    names = [row[0] for row in connection.execute("SELECT name FROM samples ORDER BY rowid")]
    columns = "image, stratum, cluster, probability, wave"
    query = f"SELECT {columns} FROM sampled WHERE sample = ? ORDER BY position"
    return {
        name: Sample(name, pd.read_sql_query(query, connection, params=(name,))) for name in names
    }


def holding(samples: dict[str, Sample], data: pd.DataFrame) -> Sample | None:
    """Give the newest sample that holds all that was coded in a sample: a topped-up one does."""
    inside = data[data["sample"].notna()]
    if inside.empty:
        return None
    drawn = set(inside["sample"])
    fitting = [one for one in samples.values() if inside["image"].isin(one.images).all()]
    own = [one for one in fitting if {one.name} == drawn]
    return (own or fitting)[-1] if fitting else None
