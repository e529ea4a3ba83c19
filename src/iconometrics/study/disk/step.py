"""What every step does around its work: the lock, the leftovers, the disk, the log."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from iconometrics.errors import StudyError
from iconometrics.study.disk import log
from iconometrics.study.disk.folders import sweep
from iconometrics.study.disk.layout import Layout
from iconometrics.study.disk.lock import held

__all__ = ["Step", "step"]

_REASONS = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "the disk is full"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "the folder may not be written"),
}
# Reports and exports are written without a lock, studies within a study under their own.
_OTHERS = ("report", "derived")


@dataclass(frozen=True)
class Step:
    """A step under way."""

    layout: Layout
    name: str
    began: float

    def done(self, name: str, key: str, **entry: Any) -> bool:
        """Log a result, unless the log already says that it is the newest of its name."""
        newest = log.latest(log.entries(self.layout.log), self.name).get(name, {})
        empty: dict[str, Any] = {"inputs": {}, "options": {}, "seed": None, "result": {}}
        line = log.logged({"step": self.name, "name": name, "key": key, **empty, **entry})
        if all(newest.get(part) == line[part] for part in ("key", "inputs", "result")):
            return False
        log.append(self.layout.log, {**line, "seconds": round(time.monotonic() - self.began, 3)})
        return True


@contextmanager
def step(layout: Layout, name: str) -> Iterator[Step]:
    """Do a step: alone, on a clean folder, with a clear word when the disk is full."""
    try:
        with held(layout.lock, name) as first:
            if first:
                _clean(layout)
            yield Step(layout, name, time.monotonic())
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        raise StudyError(
            f"{layout.folder}: {_REASONS[error.errno]}. Everything made before is intact: change "
            "that, then run the same step again; it goes on where it stopped."
        ) from error


def _clean(layout: Layout) -> None:
    """Remove what interrupted steps left, where nobody writes without this lock."""
    for path in layout.folder.glob(".*.tmp"):
        # .NAME.PROCESS.tmp
        if layout.is_own(path.name[1:].rsplit(".", 2)[0]):
            path.unlink(missing_ok=True)
    for path in layout.results():
        if path.is_dir() and path.name not in _OTHERS:
            sweep(path)
