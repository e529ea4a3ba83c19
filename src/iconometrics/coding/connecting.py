"""Reading and writing the store's file: one transaction a change, on the disk before it returns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd

from iconometrics.coding import database
from iconometrics.errors import StudyError

__all__ = ["Connected"]

_WAIT_SECONDS = 60


class Connected:
    """A SQLite file that any number of processes read and write at once.

    Parameters
    ----------
    path
        The file; made with the first addition.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self.path.exists():
            yield None
            return
        with self._told(), closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection if database.is_made(connection) else None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._told(), closing(self._connect()) as connection:
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
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, pd.errors.DatabaseError) as error:
            raise StudyError(
                f"{self.path}: {error}. Nothing of this change was kept; what was there before "
                "is intact. Make sure that it is a store of codings, that the disk has room and "
                "that no other program holds it, then try again."
            ) from error
