"""A clusterer: what every method gives to the search for the number of themes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from iconometrics.errors import InputError
from iconometrics.themes.partition import Partition

__all__ = ["Method", "Partitions", "at_least_one", "one_of"]

Partitions = Callable[[npt.NDArray[np.float64], Sequence[int], int], list[Partition]]


def _centered(matrix: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    centered: npt.NDArray[np.float64] = matrix - matrix.mean(axis=0)
    return centered


@dataclass(frozen=True, eq=False)
class Method:
    """A clusterer, ready to be run on any matrix."""

    name: str
    partitions: Partitions
    settings: Mapping[str, Any] = field(default_factory=dict)
    trial: Partitions | None = None
    counts_copies: bool = False
    seen: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]] = _centered

    @property
    def tried(self) -> Partitions:
        """The cheaper variant, or the method itself."""
        return self.trial or self.partitions

    def one(self, matrix: npt.NDArray[np.float64], k: int, *, seed: int) -> Partition:
        """Find one partition."""
        return self.partitions(matrix, [k], seed)[0]


def at_least_one(**counts: int | None) -> None:
    """Refuse options that are not counts."""
    for name, value in counts.items():
        if value is not None and value < 1:
            raise InputError(f"{name}={value}: expected a whole number, at least 1.")


def one_of(known: Sequence[str], **options: str) -> None:
    """Refuse options that are not one of the known words."""
    for name, value in options.items():
        if value not in known:
            raise InputError(f"{name}={value!r}: expected one of {', '.join(known)}.")
