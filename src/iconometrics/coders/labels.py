"""Labels before any training: aligned with the images by id, and looked at for mistakes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d

from iconometrics.errors import InputError, warn
from iconometrics.wording import counted, listed

__all__ = [
    "align",
    "aligned_columns",
    "as_plain",
    "check_classes",
    "groups_of",
    "labeled",
    "share_right",
    "warn_of_twins",
]


def align(values: Any, ids: pd.Index | None, *, n: int, what: str) -> NDArray[Any]:
    """Bring labels or groups into the order of the images."""
    if isinstance(values, pd.DataFrame) and values.shape[1] == 1:
        values = values.iloc[:, 0]
    if isinstance(values, pd.Series) and ids is not None and not values.index.equals(ids):
        return _by_id(values, ids, what)
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = column_or_1d(array, warn=True)
    if array.ndim != 1 or len(array) != n:
        raise InputError(
            f"{what} of shape {array.shape} for {n} images: expected one entry per image, or a "
            "Series by image id."
        )
    return array


def as_plain(y: NDArray[Any]) -> NDArray[Any]:
    """Take text as numpy's text and numbers as numbers, so that classes are not objects."""
    if y.dtype != object:
        return y
    return y.astype(str) if all(isinstance(value, str) for value in y) else np.array(y.tolist())


def groups_of(groups: Any, ids: pd.Index | None, *, n: int, at: NDArray[Any]) -> NDArray[Any]:
    """Give the group of each labeled image."""
    aligned = align(groups, ids, n=n, what="groups")[at]
    if pd.isna(aligned).any():
        unknown = counted(int(pd.isna(aligned).sum()), "labeled image")
        raise InputError(f"no group for {unknown}: expected one for each.")
    return as_plain(aligned)


def labeled(y: NDArray[Any]) -> NDArray[np.bool_]:
    """Find the images that have a label, and warn of the others."""
    has = ~np.asarray(pd.isna(y), dtype=bool)
    if not has.any():
        raise InputError(f"none of {len(y)} images has a label: expected a value for each.")
    if not has.all():
        warn(f"{(~has).sum()} of {len(y)} images have no label and are not used.")
    return has


def share_right(
    predicted: NDArray[Any], y: Any, ids: pd.Index | None, *, weights: Any = None
) -> float:
    """Give the share of labeled images whose label was found."""
    n = len(predicted)
    if predicted.ndim > 1:
        known = aligned_columns(y, ids, n=n)
        if known.shape[1] != predicted.shape[1]:
            raise InputError(
                f"{counted(known.shape[1], 'column')} of labels: expected {predicted.shape[1]}, "
                "one per label."
            )
        has = labeled(known.sum(axis=1))
        right = (predicted == known).mean(axis=1)[has]
    else:
        aligned = align(y, ids, n=n, what="labels")
        has = labeled(aligned)
        right = predicted[has] == as_plain(aligned[has])
    if weights is not None:
        weights = np.asarray(align(weights, ids, n=n, what="weights")[has], float)
    return float(np.average(right, weights=weights))


def aligned_columns(y: Any, ids: pd.Index | None, *, n: int) -> NDArray[np.float64]:
    """Bring labels of which an image may have several into the order of the images."""
    if isinstance(y, pd.DataFrame):
        columns = [y.iloc[:, place] for place in range(y.shape[1])]
    else:
        columns = list(np.atleast_2d(np.asarray(y)).T)
    aligned = [align(column, ids, n=n, what="labels") for column in columns]
    numbers = [pd.Series(column).astype("Float64") for column in aligned]
    return np.column_stack(numbers).astype(float)


def warn_of_twins(y: NDArray[Any]) -> None:
    """Warn of labels that differ only by blanks around them or by capital letters."""
    alike = defaultdict(list)
    for label in np.unique(y):
        if isinstance(label, str):
            alike[label.strip().casefold()].append(str(label))
    twins = [same for same in alike.values() if len(same) > 1]
    blanks = [label for same in alike.values() for label in same if label != label.strip()]
    mistakes = [" and ".join(map(repr, same)) for same in twins] + [
        f"{label!r} (blank at its end)" for label in blanks if all(label not in t for t in twins)
    ]
    if mistakes:
        warn(
            f"labels that look like mistakes, taken as they are: {'; '.join(mistakes)}. Make them "
            "the same, or without blanks, if they mean the same."
        )


def check_classes(y: NDArray[Any], groups: NDArray[Any] | None) -> dict[Any, int]:
    """Count the examples of each class, in groups where there are any; refuse what cannot train."""
    if type_of_target(y).startswith("continuous"):
        raise InputError(
            f"labels are continuous numbers such as {y[0]}: expected classes. Cut them into "
            "classes first."
        )
    classes, counts = np.unique(y, return_counts=True)
    if len(classes) < 2:
        raise InputError(
            f"only one class, {classes[0]!s}, among {len(y)} labeled images: expected at least "
            "two classes with two examples each."
        )
    single = [str(label) for label, count in zip(classes, counts, strict=True) if count == 1]
    if single:
        raise InputError(
            f"class {listed(map(repr, single))} has one example: expected at least two of each "
            "class. Code more images, merge it with another class, or leave it out."
        )
    examples = dict(zip(classes.tolist(), counts.tolist(), strict=True))
    if groups is None:
        return examples
    spread = {label: len(np.unique(groups[y == label])) for label in classes.tolist()}
    alone = [str(label) for label, count in spread.items() if count == 1]
    if alone:
        raise InputError(
            f"class {listed(map(repr, alone))} occurs in one group only, so it cannot be "
            "trained on some groups and tested on others. Code more groups, or leave it out."
        )
    return spread


def _by_id(values: pd.Series, ids: pd.Index, what: str) -> NDArray[Any]:
    if not values.index.is_unique:
        twice = values.index[values.index.duplicated()][0]
        raise InputError(f"{what} name image {twice!r} twice: expected one entry per image.")
    aligned = values.reindex(ids)
    if not ids.isin(values.index).any():
        raise InputError(
            f"no image has one of the ids of the {what}: images have ids such as {list(ids[:2])}, "
            f"{what} such as {list(values.index[:2])}. Use the same ids, or an array in the order "
            "of the images."
        )
    return np.asarray(aligned)
