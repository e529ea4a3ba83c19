"""Which areas are predicted together: at random, by block of space, or by group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.wording import counted

__all__ = ["by_group", "random_folds", "spatial_blocks"]


def random_folds(n: int, folds: int, seed: int) -> np.ndarray:
    """Deal areas out at random."""
    return generator(seed).permutation(np.arange(n) % folds)


def spatial_blocks(coordinates: np.ndarray, blocks: int, seed: int) -> np.ndarray:
    """Cut a map into compact blocks of areas that lie together (k-means of the coordinates)."""
    from sklearn.cluster import KMeans

    places = len(np.unique(coordinates, axis=0))
    if places < blocks:
        raise InputError(
            f"{counted(places, 'different place')}: expected at least {blocks}, one per block."
        )
    fold = KMeans(blocks, n_init=5, random_state=seed).fit_predict(coordinates)
    return np.asarray(fold)


def by_group(groups: np.ndarray, folds: int, seed: int) -> np.ndarray:
    """Deal whole groups out at random, the larger ones first, so that folds come out even."""
    names, member, counts = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise InputError(
            f"one group only ({pd.unique(groups)[0]!r}): folds by group need at least two."
        )
    filled = np.zeros(min(folds, len(names)))
    fold = np.empty(len(names), dtype=int)
    shuffled = generator(seed).permutation(len(names))
    for group in shuffled[np.argsort(-counts[shuffled], kind="stable")]:
        fold[group] = int(np.argmin(filled))
        filled[fold[group]] += counts[group]
    return np.asarray(fold[member])
