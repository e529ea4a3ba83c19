"""Versions of the codebook in the store: codings keep the one that they were made by."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import replace

from iconometrics.coding.codebook import Codebook
from iconometrics.coding.database import now
from iconometrics.wording import counted

__all__ = ["admitted", "codebooks", "next_version"]


def admitted(
    codebook: Codebook, known: Mapping[str, Codebook], connection: sqlite3.Connection
) -> tuple[Codebook, str]:
    """Keep a codebook under its version, or a new one if codings were made by another of it."""
    former = known.get(codebook.version)
    changes = codebook.changes(former) if former else ()
    if former is not None and not changes:
        return former, ""
    query = "SELECT count(*) FROM codings WHERE codebook_version = ?"
    made = connection.execute(query, (codebook.version,)).fetchone()[0]
    told = ""
    if changes and made:
        same = [one for one in known.values() if not codebook.changes(one)]
        fresh = next_version(codebook.version, known)
        kept = same[-1] if same else replace(codebook, version=fresh)
        told = (
            f"codebook {codebook.name!r} changed after {counted(made, 'coding')} by version "
            f"{codebook.version}: {'; '.join(changes)}. It is kept as version {kept.version}; the "
            f"codings there are keep version {codebook.version}. Write that version into your file."
        )
        codebook = kept
    connection.execute(
        "INSERT INTO codebooks VALUES (?, ?, ?) ON CONFLICT (version) DO UPDATE SET text = ?",
        (codebook.version, codebook.text(), now(), codebook.text()),
    )
    return codebook, told


def codebooks(connection: sqlite3.Connection) -> dict[str, Codebook]:
    """Read all codebooks."""
    rows = connection.execute("SELECT version, text FROM codebooks ORDER BY rowid").fetchall()
    return {version: Codebook.parse(text, source=f"version {version}") for version, text in rows}


def next_version(version: str, known: Collection[str]) -> str:
    """Number a version on."""
    found = re.search(r"\d+$", version)
    stem, number = (version[: found.start()], int(found[0])) if found else (f"{version}-", 1)
    number += 1
    while f"{stem}{number}" in known:
        number += 1
    return f"{stem}{number}"
