"""Where a torch network runs: on a GPU if there is one, else each core on pictures of its own."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError, MissingPackageError

if TYPE_CHECKING:
    import torch

__all__ = ["by_core", "choose_device", "import_torch", "mixed_precision"]

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]

# More pictures at a time leave the caches of a core, and are slower.
_TOGETHER = 4
_one_batch = threading.Lock()


def choose_device(name: str = "auto") -> torch.device:
    """Choose the device.

    Parameters
    ----------
    name
        "auto", "cpu", "cuda" (or "cuda:1"), or "mps".

    Returns
    -------
    torch.device

    Raises
    ------
    InputError
        If there is no such device on this machine.

    Examples
    --------
    >>> choose_device("cpu").type
    'cpu'
    """
    import torch

    gpus = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    there = [kind for kind, available in gpus.items() if available]
    if name == "auto":
        return torch.device([*there, "cpu"][0])
    if name.split(":")[0] not in {*there, "cpu"}:
        raise InputError(
            f"device={name!r}: this machine has {', '.join([*there, 'cpu'])}. Choose one of them, "
            'or "auto".'
        )
    return torch.device(name)


def mixed_precision(device: torch.device) -> bool:
    """Whether a device computes with 16 bits where that is precise enough; a CPU does not."""
    import torch

    return device.type == "cuda" and torch.cuda.is_bf16_supported()


def import_torch(task: str) -> Any:
    """Import torch, or say that a task needs it and how it is installed."""
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise MissingPackageError(
            f"{task} needs the package torch, which is not installed. Install it: "
            "pip install 'iconometrics[networks]'."
        ) from error


def by_core(run: Run, batch: NDArray[np.float32]) -> NDArray[np.float32]:
    """Run a batch in pieces, one core for each piece, instead of all cores on each picture."""
    if len(batch) <= 1:
        return run(batch)
    with _one_batch, _alone() as cores:
        step = min(_TOGETHER, -(-len(batch) // cores))
        pieces = [batch[at : at + step] for at in range(0, len(batch), step)]
        with ThreadPoolExecutor(cores) as pool:
            return np.concatenate(list(pool.map(run, pieces)))


@contextmanager
def _alone() -> Iterator[int]:
    """Keep torch to one core per thread; yield how many cores it has."""
    import torch

    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield cores
    finally:
        torch.set_num_threads(cores)
