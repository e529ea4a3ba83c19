"""What ran, when, with which inputs: log.jsonl, one line per result, only ever appended to."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from iconometrics.options import canonical

__all__ = ["append", "entries", "installed", "latest", "logged"]

Entry = dict[str, Any]

_PACKAGES = (
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "pillow",
    "opencv-python-headless",
    "scikit-learn",
    "statsmodels",
)


def append(path: Path, entry: Mapping[str, Any]) -> None:
    """Add a line with the time and the versions."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = json.dumps({"time": now, **logged(entry), "versions": installed()})
    with path.open("a+b") as file:
        file.write(_line_end(path) + line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def logged(values: Mapping[str, Any]) -> Entry:
    """Turn the values of an entry into what is read back from the log."""
    return {name: canonical(value) for name, value in values.items()}


def _line_end(path: Path) -> bytes:
    """End a line that an interrupted process left half written."""
    if not path.stat().st_size:
        return b""
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return b"" if file.read(1) == b"\n" else b"\n"


def entries(path: Path) -> list[Entry]:
    """Read the log, oldest entry first; a half-written line is passed over."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    parsed = (_entry(line) for line in lines)
    return [entry for entry in parsed if entry is not None]


def _entry(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "step" in entry else None


def latest(known: list[Entry], step: str) -> dict[str, Entry]:
    """Pick the newest entry of each name that a step made."""
    newest: dict[str, Entry] = {}
    for entry in known:
        if entry["step"] == step:
            newest.pop(str(entry.get("name", "")), None)
            newest[str(entry.get("name", ""))] = entry
    return newest


@cache
def installed() -> dict[str, str]:
    """Give the versions of Python, iconometrics and what its numbers depend on."""
    from iconometrics import __version__

    versions = {"python": platform.python_version(), "iconometrics": __version__}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions
