"""What makes k-means a poor choice: images far from all others, themes of unequal spread."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from iconometrics.themes.partition import Partition, closest_two
from iconometrics.wording import count, number, percent

__all__ = ["cautions"]

_FAR_SHARE = 0.02
_UNEQUAL = 3.0
_FEW = 5
_FEWEST = 10
_SINGLE = 0.005


def cautions(matrix: npt.NDArray[np.float64], partition: Partition) -> list[str]:
    """Look for images far out and for themes of unequal spread."""
    distances = closest_two(matrix, partition)[0]
    found = [_small(partition), _far(distances), _unequal(distances, partition)]
    return [text for text in found if text]


def _small(partition: Partition) -> str:
    sizes = np.bincount(partition.codes)
    small = int((sizes < _SINGLE * len(partition.codes)).sum())
    if not small:
        return ""
    holds = "1 theme holds" if small == 1 else f"{count(small)} themes hold"
    return (
        f"{holds} fewer than one image in 200: images far from all others draw a center to "
        "themselves. Look at them, leave them out, or use themes.density"
    )


def _far(distances: npt.NDArray[np.float64]) -> str:
    lower, upper = np.quantile(distances, [0.25, 0.75])
    far = distances > upper + 3 * (upper - lower)
    share = float(far.mean())
    if share <= _FAR_SHARE or far.sum() < _FEW:
        return ""
    return (
        f"{percent(share, 1)} of the images lie far from every center: k-means takes squares, so "
        "these draw centers to themselves. Look at them, or use themes.density"
    )


def _unequal(distances: npt.NDArray[np.float64], partition: Partition) -> str:
    codes = partition.codes
    sizes = np.bincount(codes)
    spreads = np.sqrt(np.bincount(codes, distances**2) / np.maximum(sizes, 1))
    spreads = spreads[(sizes >= _FEWEST) & (spreads > 0)]
    if len(spreads) < 2 or spreads.max() < _UNEQUAL * spreads.min():
        return ""
    ratio = number(spreads.max() / spreads.min(), 1)
    return (
        f"the widest theme is {ratio} times as wide as the narrowest: k-means expects equal "
        "spread, cuts wide groups and joins narrow ones. Compare with themes.mixture"
    )
