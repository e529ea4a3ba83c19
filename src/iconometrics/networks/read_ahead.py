"""Reading ahead: threads prepare pictures while a network works on those before."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

__all__ = ["read_ahead"]

_Item = TypeVar("_Item")
_Picture = TypeVar("_Picture")

_AHEAD = 3


def read_ahead(
    batches: Iterable[Sequence[_Item]], read: Callable[[_Item], _Picture]
) -> Iterator[tuple[Sequence[_Item], list[_Picture]]]:
    """Yield batches with what was read for them, a few read ahead and no more."""
    coming = iter(batches)
    waiting: deque[tuple[Sequence[_Item], list[Future[_Picture]]]] = deque()
    with ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as threads:
        try:
            while True:
                for batch in islice(coming, _AHEAD - len(waiting)):
                    waiting.append((batch, [threads.submit(read, item) for item in batch]))
                if not waiting:
                    return
                batch, futures = waiting.popleft()
                yield batch, [future.result() for future in futures]
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
