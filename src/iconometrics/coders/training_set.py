"""Labeled images, aligned and looked at before any training starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.coders import labels, matrix
from iconometrics.corpus import Corpus

__all__ = ["FeatureRows", "Labels", "TrainingSet", "gather", "known_labels"]


class FeatureRows(NamedTuple):
    """Images as rows of numbers, with ids and names of columns where they have any."""

    values: NDArray[Any]
    ids: pd.Index | None
    columns: list[str] | None

    def take(self, at: NDArray[np.intp]) -> FeatureRows:
        """Some of the images; no copy if it is all of them."""
        if len(at) == len(self.values):
            return self
        return FeatureRows(
            self.values[at], None if self.ids is None else self.ids[at], self.columns
        )


@dataclass(frozen=True, eq=False)
class Labels:
    """Which images have a label, and what is known of those."""

    at: NDArray[np.intp]
    y: NDArray[Any]
    groups: NDArray[Any] | None
    counts: dict[Any, int]
    variable: str

    def keep(self, some: NDArray[np.bool_]) -> Labels:
        """Some of the labeled images."""
        groups = None if self.groups is None else self.groups[some]
        counts = labels.check_classes(self.y[some], groups)
        return replace(self, at=self.at[some], y=self.y[some], groups=groups, counts=counts)


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """Rows of numbers with their labels."""

    rows: FeatureRows
    labels: Labels


def gather(X: Any, y: Any, *, groups: Any, numbers: Callable[[Any], FeatureRows]) -> TrainingSet:
    """Put labeled images together; of a corpus, only the labeled ones are opened."""
    if isinstance(X, Corpus) and len(X):
        known = known_labels(y, groups, ids=X.ids, n=len(X))
        opened = X.take(known.at)
        rows = numbers(opened)
        known = known.keep(np.isin(opened.ids, [] if rows.ids is None else rows.ids))
    else:
        rows = numbers(X)
        known = known_labels(y, groups, ids=rows.ids, n=len(rows.values))
        rows = rows.take(known.at)
    matrix.check_finite(*rows)
    matrix.warn_of_constants(rows.values, rows.columns)
    return TrainingSet(rows, known)


def known_labels(y: Any, groups: Any, *, ids: pd.Index | None, n: int) -> Labels:
    """Align labels and groups, find the images that have a label, and check those."""
    aligned = labels.align(y, ids, n=n, what="labels")
    has = labels.labeled(aligned)
    used = labels.as_plain(aligned[has])
    if groups is not None:
        groups = labels.groups_of(groups, ids, n=n, at=has)
    labels.warn_of_twins(used)
    counts = labels.check_classes(used, groups)
    variable = str(getattr(y, "name", None) or "label")
    return Labels(np.flatnonzero(has), used, groups, counts, variable)
