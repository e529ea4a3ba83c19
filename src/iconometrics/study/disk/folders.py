"""Folders that are there as a whole or not at all, and the remains of interrupted writes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["sweep", "write_folder"]


def write_folder(folder: Path, write: Callable[[Path], object]) -> None:
    """Fill a folder under a temporary name and give it its own name when it is complete."""
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        write(temporary)
        _flush(temporary)
        _put(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what an interrupted process left behind; only under the lock."""
    for path in [*folder.rglob(".*.tmp")]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _put(temporary: Path, folder: Path) -> None:
    if folder.exists():
        former = folder.with_name(f".{folder.name}.former.tmp")
        shutil.rmtree(former, ignore_errors=True)
        folder.rename(former)
        temporary.rename(folder)
        shutil.rmtree(former, ignore_errors=True)
    else:
        temporary.rename(folder)
    _flush(folder.parent)


def _flush(folder: Path) -> None:
    """Make the folder's own entries durable; files flush themselves."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
