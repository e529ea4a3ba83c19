"""One writer at a time: a lock on a file, which the system frees when its process ends."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from iconometrics.errors import StudyError, warn

__all__ = ["WAIT", "held"]

# A step that only looks whether there is anything to do is over by then.
WAIT = 5.0
_PAUSE = 0.05


class _Holder:
    """What this process knows of one study's lock: its threads take turns, one of them nests."""

    def __init__(self) -> None:
        self.turn = threading.RLock()
        self.depth = 0
        self.file: int | None = None


_holders: dict[Path, _Holder] = {}
_registry = threading.Lock()


@contextmanager
def held(path: Path, step: str, *, wait: float = WAIT) -> Iterator[bool]:
    """Hold the lock of a study while something is written."""
    with _registry:
        holder = _holders.setdefault(path.resolve(), _Holder())
    if not holder.turn.acquire(timeout=wait):
        raise StudyError(_busy(path))
    try:
        if holder.depth == 0:
            holder.file = _acquire(path, step, wait)
        holder.depth += 1
        try:
            yield holder.depth == 1
        finally:
            holder.depth -= 1
            if holder.depth == 0 and holder.file is not None:
                os.close(holder.file)
                holder.file = None
    finally:
        holder.turn.release()


def _acquire(path: Path, step: str, wait: float) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + wait
    while not _try(file):
        if time.monotonic() > deadline:
            os.close(file)
            raise StudyError(_busy(path))
        time.sleep(_PAUSE)
    _sign(file, step)
    return file


def _sign(file: int, step: str) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps(
        {"process": os.getpid(), "machine": socket.gethostname(), "step": step, "since": now}
    )
    os.ftruncate(file, 0)
    os.pwrite(file, text.encode(), 0) if hasattr(os, "pwrite") else os.write(file, text.encode())


def _busy(path: Path) -> str:
    by = _signature(path)
    who = f" (process {by['process']} on {by['machine']}, step {by['step']})" if by else ""
    return (
        f"{path.parent} is in use by another process{who}. Nothing was changed: "
        "wait until it is done, then run the same step again."
    )


def _signature(path: Path) -> dict[str, Any] | None:
    try:
        signature = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return signature if isinstance(signature, dict) else None


if sys.platform == "win32":
    import msvcrt

    # A locked byte cannot be read by others, so it lies far behind the signature.
    _BYTE = 1 << 30

    def _try(file: int) -> bool:
        os.lseek(file, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            warn(f"this file system has no locks ({error.strerror}): run one step at a time.")
        return True
