"""The works a report may cite."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from iconometrics.errors import InputError

__all__ = ["Reference", "listed", "references"]


@dataclass(frozen=True)
class Reference:
    """One work."""

    short: str
    authors: str
    year: int
    title: str
    source: str
    doi: str = ""


def listed(keys: Iterable[str]) -> list[tuple[str, Reference]]:
    """List works by author and year, each once."""
    wanted = set(keys)
    if unknown := sorted(wanted - set(references())):
        raise InputError(
            f"no reference {unknown[0]!r}: expected one of {', '.join(sorted(references()))}."
        )
    works = [(key, references()[key]) for key in wanted]
    return sorted(works, key=lambda pair: (pair[1].authors.casefold(), pair[1].year))


@cache
def references() -> Mapping[str, Reference]:
    """Read all works that can be cited."""
    text = (files("iconometrics.report") / "references.toml").read_text(encoding="utf-8")
    return {key: Reference(**entry) for key, entry in tomllib.loads(text).items()}
