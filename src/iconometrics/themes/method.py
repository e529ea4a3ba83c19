"""A way to find clusters: what every clusterer gives to the search for their number."""

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
    """A clusterer, ready to be run on any matrix.

    Parameters
    ----------
    name
        Its name, as it stands in reports.
    partitions
        Takes a matrix, numbers of clusters and a seed; gives a partition for each number.
    settings
        Its options, as they are kept with the themes.
    trial
        A cheaper variant (fewer starts) for the many runs on samples by which numbers of themes
        are judged; None where there is none.
    counts_copies
        Whether it takes copies of an image for a dense region.
    seen
        Brings rows to where its sums of squares are those of distances; by default around their
        mean.

    Examples
    --------
    >>> from iconometrics.themes.partition import within_ss
    >>> def halves(matrix, numbers, seed):
    ...     codes = (matrix[:, 0] > 0).astype(int)
    ...     return [Partition(codes, matrix[:2], within_ss(matrix, codes)) for _ in numbers]
    >>> Method("halves", halves).one(np.array([[1.], [-1.]]), 2, seed=1).codes.tolist()
    [1, 0]
    """

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
        """Find one partition.

        Parameters
        ----------
        matrix
            (rows, axes) numbers.
        k
            How many clusters.
        seed
            Of its chance.

        Returns
        -------
        Partition
        """
        return self.partitions(matrix, [k], seed)[0]


def at_least_one(**counts: int | None) -> None:
    """Refuse options that are no counts.

    Parameters
    ----------
    **counts
        Options by name; None is left alone.

    Raises
    ------
    InputError
        If one is below 1.

    Examples
    --------
    >>> at_least_one(restarts=10, components=None)
    """
    for name, value in counts.items():
        if value is not None and value < 1:
            raise InputError(f"{name}={value}: expected a whole number, at least 1.")


def one_of(known: Sequence[str], **options: str) -> None:
    """Refuse options that are none of the known words.

    Parameters
    ----------
    known
        The words.
    **options
        Options by name.

    Raises
    ------
    InputError
        If one is unknown.

    Examples
    --------
    >>> one_of(["ward", "average"], linkage="ward")
    """
    for name, value in options.items():
        if value not in known:
            raise InputError(f"{name}={value!r}: expected one of {', '.join(known)}.")
