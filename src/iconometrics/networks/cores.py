"""A batch through a torch network, each core with pictures of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

__all__ = ["by_core"]

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]

# More pictures at a time leave the caches of a core, and are slower.
_TOGETHER = 4
_one_batch = threading.Lock()


def by_core(run: Run, batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Run a batch in pieces, one core a piece, instead of all cores on each picture."""
    if len(batch) <= 1:
        return run(batch)
    with _one_batch, _alone() as cores:
        step = min(_TOGETHER, -(-len(batch) // cores))
        pieces = [batch[at : at + step] for at in range(0, len(batch), step)]
        with ThreadPoolExecutor(cores) as pool:
            return np.concatenate(list(pool.map(run, pieces)))


@contextmanager
def _alone() -> Iterator[int]:
    """Keep torch to one core a thread; yield how many cores it has."""
    import torch

    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield cores
    finally:
        torch.set_num_threads(cores)
