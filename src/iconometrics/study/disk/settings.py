"""What a study was made from: study.toml."""

from __future__ import annotations

import os
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from iconometrics.errors import StudyError
from iconometrics.study.disk.log import installed
from iconometrics.study.disk.result_files import write_text
from iconometrics.study.disk.toml import to_toml

__all__ = ["Settings", "relative_to"]

# Where each setting stands in the file.
_PLACES = {
    "name": ("study", "name"),
    "seed": ("seeds", "study"),
    "root": ("images", "root"),
    "relative": ("images", "relative"),
    "place": ("images", "place"),
    "links": ("images", "links"),
    "metadata": ("metadata", "table"),
    "digest": ("metadata", "digest"),
    "id": ("metadata", "id"),
    "file": ("metadata", "file"),
    "group": ("metadata", "group"),
    "parent": ("regions", "parent"),
    "cells": ("regions", "cells"),
}


@dataclass(frozen=True)
class Settings:
    """What a study was made from."""

    name: str
    root: str
    relative: str | None = None
    place: bool = False
    links: bool = False
    metadata: str | None = None
    digest: str | None = None
    id: str | None = None
    file: str | None = None
    group: str | None = None
    parent: str | None = None
    cells: list[list[Any]] | None = None
    seed: int = 1

    def write(self, path: Path) -> None:
        """Write study.toml, whole, with the versions of today."""
        tables: dict[str, dict[str, Any]] = {}
        for name, (table, key) in _PLACES.items():
            if getattr(self, name) is not None:
                tables.setdefault(table, {})[key] = getattr(self, name)
        text = to_toml({**tables, "versions": installed()})
        write_text(text, path)

    @classmethod
    def read(cls, path: Path) -> Settings:
        """Read study.toml."""
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
            values = {n: tables.get(t, {}).get(k) for n, (t, k) in _PLACES.items()}
            return cls(**{name: value for name, value in values.items() if value is not None})
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise StudyError(
                f"{path} cannot be read ({error}): expected the settings of a study. "
                "Correct the file, or make the study again in another folder."
            ) from error

    def stated(self) -> dict[str, Any]:
        """Give the settings that are set, for the log."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def images(self, folder: Path) -> Path:
        """Find the folder of images, also after it moved together with the study."""
        moved = folder / self.relative if self.relative is not None else None
        if not Path(self.root).is_dir() and moved is not None and moved.is_dir():
            return moved.resolve()
        return Path(self.root)

    def table(self, folder: Path) -> Path | None:
        """Find the user's table."""
        if self.metadata is None:
            return None
        path = folder / self.metadata
        moved = self.images(folder) / os.path.relpath(self.metadata, self.root)
        return moved if not path.exists() and moved.exists() else path

    def differences(self, wanted: Settings) -> list[str]:
        """Say how other inputs differ from these, for an error message."""
        names = [f.name for f in fields(self) if f.name not in {"name", "relative"}]
        changed = [n for n in names if getattr(self, n) != getattr(wanted, n)]
        return [
            f"{n}: {_short(getattr(self, n))}, now {_short(getattr(wanted, n))}" for n in changed
        ]


def relative_to(root: Path, folder: Path) -> str | None:
    """Write a path as seen from a folder."""
    try:
        return Path(os.path.relpath(root, folder)).as_posix()
    except ValueError:
        return None


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
