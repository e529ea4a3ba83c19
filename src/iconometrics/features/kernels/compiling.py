"""Compile a loop to machine code once, and keep the result for all later processes."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

__all__ = ["keeping_place", "kernel"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a function at its first call; used as a decorator."""
    return cast(_Function, _numba().njit(nogil=True, cache=_is_kept())(function))


def keeping_place(here: Path, home: Path, temporary: Path) -> Path | None:
    """Choose where machine code lies if the compiler's own two places cannot be written to."""
    if any(_is_writable(folder) for folder in (here / "__pycache__", home)):
        return None
    owner = os.getuid() if hasattr(os, "getuid") else 0
    own = temporary / f"iconometrics-kernels-{owner}"
    try:
        own.mkdir(mode=0o700, exist_ok=True)
        facts = own.lstat()
    except OSError:
        return None
    # Machine code is run unseen: a folder that others can write to must not be read.
    private = not own.is_symlink() and (os.name == "nt" or facts.st_mode & 0o022 == 0)
    return own if private and (os.name == "nt" or facts.st_uid == owner) else None


@cache
def _numba() -> Any:
    """Load the compiler, which tries to load ``coverage``: a user's own file may have that name."""
    hidden = "coverage" not in sys.modules
    if hidden:
        sys.modules["coverage"] = None  # type: ignore[assignment]
    try:
        import numba
    finally:
        if hidden:
            del sys.modules["coverage"]
    return numba


@cache
def _is_kept() -> bool:
    """Prepare the place; False where there is none, and each process compiles for itself."""
    settings = _numba().config
    if settings.CACHE_DIR:
        return True
    here, home = Path(__file__).parent, _home()
    place = keeping_place(here, home, Path(tempfile.gettempdir()))
    if place is not None:
        settings.CACHE_DIR = str(place)
        return True
    return _is_writable(here / "__pycache__") or _is_writable(home)


def _home() -> Path:
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home()))
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _is_writable(folder: Path) -> bool:
    """Whether a folder, or the nearest one above that exists, can be written to."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK)
