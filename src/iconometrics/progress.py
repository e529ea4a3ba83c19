"""Progress bars on standard error, for anything that takes more than two seconds."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["Bar", "enable", "progress"]

_PATIENCE = 2.0
_enabled = False


def enable(show: bool = True) -> None:
    """Turn progress bars on (the command line does) or off (the default in Python)."""
    global _enabled
    _enabled = show


class Bar:
    """One bar; nothing is drawn before two seconds have passed or when bars are off."""

    def __init__(self, total: int, label: str) -> None:
        self.total = total
        self.label = label
        self.done = 0
        self._began = time.monotonic()
        self._drawn: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def advance(self, n: int = 1) -> None:
        """Count units as done."""
        self.done += n
        if self._drawn is not None:
            self._drawn.update(self._drawn.task_ids[0], completed=self.done)
        elif _enabled and self.done < self.total and self._late():
            self._drawn = _draw(self.total, self.label, self.done)

    def rename(self, label: str) -> None:
        """Say something else of what is being done."""
        self.label = label
        if self._drawn is not None:
            self._drawn.update(self._drawn.task_ids[0], description=label)

    def _late(self) -> bool:
        return time.monotonic() - self._began > _PATIENCE

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn is not None:
            self._drawn.stop()


def progress(total: int, label: str) -> Bar:
    """Start a bar for a piece of work."""
    return Bar(total, label)


def _draw(total: int, label: str, done: int) -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class _Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f}/s" if speed else "", style="dim")

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    bar.start()
    bar.add_task(label, total=total, completed=done)
    return bar
