"""Themes found again under other conditions: seeds, samples, numbers, representations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.progress import progress
from iconometrics.themes.method import Method
from iconometrics.themes.methods.find import prepared_for
from iconometrics.themes.preparation import distinct

__all__ = ["Plan", "Run"]

_NEARBY = (-2, -1, 1, 2)
_COMPONENTS = (10, 25)
_SUBSET = 2 / 3

Matrix = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
_Variant = tuple[str, pd.DataFrame, int | None]


class Run(NamedTuple):
    """One partition that might have been found instead."""

    over: str
    name: str
    rows: Codes
    codes: Codes
    k: int
    within_ss: float


@dataclass(frozen=True, eq=False)
class Plan:
    """What all runs share.

    Parameters
    ----------
    data
        The table, in the order of the matrix.
    matrix
        (images, axes) what it was made into.
    k
        The number of themes.
    name
        The method's name.
    method
        The method.
    runs
        How many seeds, and how many samples.
    seed
        Of all chance.
    made
        How tables are made into matrices: standardize, components.
    """

    data: pd.DataFrame
    matrix: Matrix
    k: int
    name: str
    method: Method
    runs: int
    seed: int
    made: Mapping[str, Any]

    def all(
        self, over: Sequence[str], representations: Mapping[str, pd.DataFrame]
    ) -> Iterator[Run]:
        """Run everything, one after the other.

        Parameters
        ----------
        over
            What is varied.
        representations
            Other tables of the same images by name.

        Yields
        ------
        Run
        """
        variants = self._variants(representations)
        jobs: dict[str, Callable[[], Iterator[Run]]] = {
            "seeds": self._seeds,
            "bootstrap": self._samples,
            "k": self._numbers,
            "representations": lambda: self._represented(variants),
        }
        counts = {"k": len(_NEARBY), "representations": len(variants)}
        total = sum(counts.get(one, self.runs) for one in over)
        with progress(total, "finding themes again") as bar:
            for one in over:
                for run in jobs[one]():
                    bar.advance()
                    yield run

    def _seeds(self) -> Iterator[Run]:
        for seed in self._drawn():
            found = self.method.one(self.matrix, self.k, seed=seed)
            yield Run("seeds", str(seed), self._every, found.codes, self.k, found.within_ss)

    def _samples(self) -> Iterator[Run]:
        n = len(self.matrix)
        for seed in self._drawn():
            rows = np.sort(self._sample(n, generator(seed)))
            part = self.matrix[rows]
            if distinct(part, self.k) < self.k:
                continue
            codes = self.method.one(part, self.k, seed=seed).codes
            once, first = np.unique(rows, return_index=True)
            yield Run("bootstrap", str(seed), once, codes[first], self.k, np.nan)

    def _sample(self, n: int, random: np.random.Generator) -> Codes:
        """Draw with replacement; without, where images drawn twice would look dense."""
        if self.method.counts_copies:
            return random.permutation(n)[: round(_SUBSET * n)]
        return random.integers(n, size=n)

    def _numbers(self) -> Iterator[Run]:
        most = distinct(self.matrix, self.k + max(_NEARBY))
        for k in (self.k + step for step in _NEARBY):
            if 2 <= k <= most:
                found = self.method.one(self.matrix, k, seed=self.seed)
                yield Run("k", f"k = {k}", self._every, found.codes, k, found.within_ss)

    def _represented(self, variants: Sequence[_Variant]) -> Iterator[Run]:
        for name, table, components in variants:
            rows = np.flatnonzero(self.data.index.isin(table.index))
            if len(rows) <= self.k:
                raise InputError(
                    f"representation {name!r}: it has {len(rows)} of the {len(self.data)} images; "
                    "expected the same images. Index it by image id."
                )
            part = table.loc[self.data.index[rows]]
            made = dict(self.made) | {"components": components}
            prepared = prepared_for(part, method=self.name, **made)
            codes = self.method.one(prepared.matrix, self.k, seed=self.seed).codes
            yield Run("representations", name, rows, codes, self.k, np.nan)

    def _variants(self, tables: Mapping[str, pd.DataFrame]) -> list[_Variant]:
        """Take the tables given, or blocks of the columns and other numbers of components."""
        own = self.made["components"]
        if tables:
            return [(name, table, own) for name, table in tables.items()]
        names = pd.Series([str(name).split("_")[0] for name in self.data.columns])
        blocks = [block for block, size in names.value_counts(sort=False).items() if size > 1]
        found = [
            (f"{block} only", self.data.loc[:, (names == block).to_numpy()], own)
            for block in (blocks if len(blocks) > 1 else [])
        ]
        fewer = [n for n in _COMPONENTS if n < min(own or self.data.shape[1], self.data.shape[1])]
        return found + [(f"{n} components", self.data, n) for n in fewer]

    @property
    def _every(self) -> Codes:
        return np.arange(len(self.matrix))

    def _drawn(self) -> list[int]:
        seeds: list[int] = generator(self.seed).integers(2**31, size=self.runs).tolist()
        return seeds
