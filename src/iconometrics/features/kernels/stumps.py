"""The best threshold of every feature under given weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.kernels.compiling import kernel

__all__ = ["best_splits"]


@kernel
def best_splits(
    values: NDArray[Any],
    order: NDArray[Any],
    signed: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Find, for each feature, the threshold with the least weighted error."""
    features, examples = values.shape
    yes = 0.0
    for example in range(examples):
        yes += max(0.0, signed[example])
    errors = np.empty(features)
    thresholds = np.empty(features)
    for feature in range(features):
        # Below the threshold says yes: errors are "no" below and "yes" above.
        balance, best, sign, cut = 0.0, min(yes, 1 - yes), 1.0, 0.0
        sign = 1.0 if 1 - yes <= yes else -1.0
        cut = values[feature, order[feature, examples - 1]] + 1.0
        for rank in range(examples - 1):
            balance += signed[order[feature, rank]]
            here = values[feature, order[feature, rank]]
            following = values[feature, order[feature, rank + 1]]
            if here == following:
                continue
            # Rounding must not push an error of 0 below it: its sign gives the side.
            below = min(max(yes - balance, 0.0), 1.0)
            if below < best:
                best, sign, cut = below, 1.0, (here + following) / 2
            if 1 - below < best:
                best, sign, cut = 1 - below, -1.0, (here + following) / 2
        errors[feature] = best if sign > 0 else -(best + 1e-300)
        thresholds[feature] = cut
    return errors, thresholds
