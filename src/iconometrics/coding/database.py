"""The tables of the store, and how one of an older version becomes one of this."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import pandas as pd

__all__ = ["VERSION", "insert", "is_made", "make", "migrate", "now", "read"]

VERSION = 2
_FIRST = """
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
CREATE VIEW current AS SELECT * FROM codings;
"""
# What version 2 adds: events, assignments, adjudications.
_SECOND = """
ALTER TABLE codings ADD COLUMN start REAL;
ALTER TABLE codings ADD COLUMN "end" REAL;
ALTER TABLE codings ADD COLUMN actor TEXT;
ALTER TABLE codings ADD COLUMN target TEXT;
CREATE INDEX codings_by_coder ON codings (coder, id);
DROP VIEW current;
CREATE VIEW current AS SELECT * FROM codings
    WHERE id IN (
        SELECT max(id) FROM codings
        WHERE undoes IS NULL
            AND id NOT IN (SELECT undoes FROM codings WHERE undoes IS NOT NULL)
        GROUP BY image, variable, coder, region, sample, start, "end", actor, target
    );
CREATE TABLE assignments (
    sample TEXT NOT NULL REFERENCES samples (name),
    coder TEXT NOT NULL REFERENCES people (name),
    position INTEGER NOT NULL,
    image TEXT NOT NULL,
    added TEXT NOT NULL,
    PRIMARY KEY (sample, coder, image)
);
CREATE TABLE adjudications (
    id INTEGER PRIMARY KEY,
    image TEXT NOT NULL,
    variable TEXT NOT NULL,
    value TEXT,
    confidence REAL,
    reason TEXT,
    sample TEXT REFERENCES samples (name),
    codebook_version TEXT,
    rule TEXT NOT NULL,
    person TEXT,
    time TEXT NOT NULL
);
CREATE TRIGGER adjudications_stay BEFORE UPDATE ON adjudications
    BEGIN SELECT RAISE (ABORT, 'adjudications are never changed: add a new one'); END;
CREATE TRIGGER adjudications_remain BEFORE DELETE ON adjudications
    BEGIN SELECT RAISE (ABORT, 'adjudications are never deleted: add a new one'); END;
CREATE VIEW adjudicated AS SELECT * FROM adjudications
    WHERE id IN (SELECT max(id) FROM adjudications GROUP BY image, variable);
PRAGMA user_version = 2;
"""


def is_made(connection: sqlite3.Connection) -> bool:
    """Tell a store from an empty file; refuse a database of something else."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if 1 <= version <= VERSION:
        return True
    if version or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("not a database of codings that this version can read")
    return False


def make(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty file, within the transaction under way."""
    _run(connection, _FIRST)
    _run(connection, _SECOND)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables to this version, within the transaction under way; codings stay."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == 1:
        _run(connection, _SECOND)


def insert(connection: sqlite3.Connection, table: str, rows: pd.DataFrame) -> None:
    """Add rows to a table."""
    marks = ", ".join("?" * rows.shape[1])
    plain = rows.astype(object).where(rows.notna(), None)
    columns = ", ".join(f'"{name}"' for name in rows.columns)
    connection.executemany(
        f"INSERT INTO {table} ({columns}) VALUES ({marks})",
        plain.itertuples(index=False, name=None),
    )


def read(connection: sqlite3.Connection, table: str, rest: str = "") -> pd.DataFrame:
    """Read a table or view; one missing from an older version is empty."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if known is None:
        return pd.DataFrame()
    return pd.read_sql_query(f"SELECT * FROM {table} {rest}", connection)


def now() -> str:
    """Give the present time as it is stored."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Run statements one by one: sqlite3's own executescript would end the transaction."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
