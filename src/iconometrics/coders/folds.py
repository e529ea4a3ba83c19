"""Folds for cross-validation: stratified, and by group where there are groups."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError, warn

__all__ = ["make_folds"]


def make_folds(
    y: NDArray[Any],
    groups: NDArray[Any] | None,
    *,
    folds: int,
    counts: dict[Any, int],
    seed: int,
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Split images into folds so that each class is in every training part."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    if isinstance(folds, bool) or not isinstance(folds, int | np.integer) or folds < 2:
        raise InputError(f"folds={folds!r}: expected a whole number from 2 on, such as 5.")
    used = min(folds, *counts.values())
    if used < folds:
        scarce = min(counts, key=lambda label: counts[label])
        unit = "examples" if groups is None else "groups"
        warn(f"class {str(scarce)!r} has only {used} {unit}: {used} folds instead of {folds}.")
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    splitter = kind(used, shuffle=True, random_state=seed)
    splits = list(splitter.split(np.zeros((len(y), 1)), y, groups))
    for train, _ in splits:
        absent = set(counts) - set(np.unique(y[train]).tolist())
        if absent:
            raise InputError(
                f"class {str(absent.pop())!r} falls into one fold with all its groups: expected "
                "it in more groups. Use fewer folds, or code more groups."
            )
    return splits
