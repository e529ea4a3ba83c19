"""Folds for cross-fitting: what predicts a row never saw its fold."""

from __future__ import annotations

import numpy as np

__all__ = ["folds_of"]


def folds_of(
    units: np.ndarray, coded: np.ndarray, *, folds: int, seed: np.random.Generator
) -> np.ndarray:
    """Assign rows to folds, whole clusters together, the coded ones spread evenly."""
    size = int(units.max()) + 1
    has_codes = np.bincount(units, coded, size) > 0
    fold = np.empty(size, dtype=int)
    for there in (has_codes, ~has_codes):
        places = np.flatnonzero(there)
        fold[seed.permutation(places)] = np.arange(len(places)) % folds
    return np.asarray(fold[units])
