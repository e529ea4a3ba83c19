"""What a network is to learn: classes, several labels, an order; and how much each counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.coders.network.fit import training_room
from iconometrics.errors import InputError

__all__ = ["classes_in", "order_of", "ordered", "share_right", "targets_of", "weights_by_class"]


def order_of(y: Any) -> list[Any] | None:
    """Tell the order of an ordered categorical; None for numbers, whose order is known."""
    if isinstance(y, pd.Series) and isinstance(y.dtype, pd.CategoricalDtype) and y.cat.ordered:
        return list(y.cat.categories)
    values = np.asarray(y)
    known = values[~np.asarray(pd.isna(values))]
    if pd.api.types.infer_dtype(known, skipna=True) in {"string", "mixed"}:
        raise InputError(
            f"ordinal=True with labels such as {known[0]!r}: expected numbers, or an ordered "
            'categorical: pd.Categorical(y, ["low", "middle", "high"], ordered=True) as a Series.'
        )
    return None


def classes_in(y: NDArray[Any], order: list[Any] | None) -> NDArray[Any]:
    """List the classes that occur."""
    classes = np.unique(y)
    if order is None:
        return classes
    known = set(classes.tolist())
    return np.array([label for label in order if label in known])


def targets_of(y: NDArray[Any], classes: NDArray[Any], *, several: bool) -> NDArray[Any]:
    """Write labels as a network learns them."""
    if several:
        return y.astype(np.float32)
    position = {label: at for at, label in enumerate(classes.tolist())}
    return np.array([position[label] for label in y.tolist()], np.int64)


def ordered(net: Any, categories: int) -> Any:
    """Put cutpoints behind a network that gives one number."""
    if categories < 3:
        raise InputError(f"ordinal=True with {categories} classes: expected three or more.")
    return training_room().OrderedLogit(net, categories)


def weights_by_class(
    wanted: str | Mapping[Any, float] | None, targets: NDArray[Any], classes: NDArray[Any]
) -> tuple[float, ...] | None:
    """Say how much an example of each class counts."""
    if wanted is None:
        return None
    if isinstance(wanted, Mapping):
        names = classes.tolist()
        if any(name not in wanted for name in names) or min(wanted.values()) <= 0:
            raise InputError(
                f"class_weights={dict(wanted)}: expected a weight above 0 for each of "
                f"{', '.join(map(str, names))}."
            )
        return tuple(float(wanted[name]) for name in names)
    if wanted != "balanced":
        raise InputError(f'class_weights={wanted!r}: expected None, "balanced" or a dict by class.')
    if targets.ndim > 1:
        shares = targets.mean(axis=0)
        return tuple(float(weight) for weight in (1 - shares) / shares)
    counts = np.bincount(targets)
    return tuple(float(weight) for weight in len(targets) / (len(counts) * counts))


def share_right(scores: NDArray[Any], targets: NDArray[Any]) -> float:
    """Give the share that is right, of images or of labels."""
    predicted = scores > 0 if targets.ndim > 1 else scores.argmax(axis=1)
    return float((predicted == targets).mean())
