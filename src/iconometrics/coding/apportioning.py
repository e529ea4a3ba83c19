"""How a sample is shared out over strata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import listed

__all__ = ["Allocation", "allocate", "apportion", "shares"]

Allocation: TypeAlias = Literal["proportional", "equal", "optimal"] | Mapping[str, int]
"""How a stratified sample is shared out: by a rule, or numbers by stratum."""


def allocate(sizes: np.ndarray, n: int) -> np.ndarray:
    """Share a sample out over strata in proportion to their sizes."""
    return apportion(np.asarray(sizes, float), np.asarray(sizes, np.int64), n)


def apportion(weights: np.ndarray, most: np.ndarray, n: int) -> np.ndarray:
    """Share whole units out in proportion to weights, within bounds."""
    least = np.full(len(most), float(n >= len(most)))
    top = most.astype(float)
    factor = _factor(weights, least, top, n)
    quota = np.clip(factor * weights, least, top)
    inner = (quota > least) & (quota < top)
    if inner.any():
        rest = n - quota[~inner].sum()
        quota[inner] = weights[inner] * (rest / weights[inner].sum())
    result = np.floor(quota + 1e-9).astype(np.int64)
    remainder = np.where(result < most, np.round(quota - result, 9), -1.0)
    remainder[~inner & (quota < top)] -= 1.0
    order = np.argsort(-remainder, kind="stable")
    result[order[: n - result.sum()]] += 1
    return result


def shares(
    sizes: pd.Series, n: int, allocation: Allocation, *, spread: Mapping[str, float] | None
) -> pd.Series:
    """Say how many images to draw from each stratum."""
    most = sizes.to_numpy(np.int64)
    if isinstance(allocation, Mapping):
        return _given(sizes, n, allocation)
    if allocation == "proportional":
        weights = most.astype(float)
    elif allocation == "equal":
        weights = np.ones(len(most))
    elif allocation == "optimal":
        weights = most * _spread(sizes, spread)
    else:
        raise InputError(
            f'allocation={allocation!r}: expected "proportional", "equal", "optimal", or how many '
            "images to draw by stratum."
        )
    return pd.Series(apportion(weights, most, n), index=sizes.index)


def _factor(weights: np.ndarray, least: np.ndarray, most: np.ndarray, n: int) -> float:
    """Find by how much to multiply the weights so that they add up to n within the bounds."""
    positive = weights[weights > 0]
    low, high = 0.0, float(most.max() / positive.min()) * 2
    if np.clip(high * weights, least, most).sum() < n:
        raise InputError(
            "strata with a spread of 0 would have to give more than one image each; give them a "
            "spread above 0."
        )
    for _ in range(200):
        middle = (low + high) / 2
        if np.clip(middle * weights, least, most).sum() < n:
            low = middle
        else:
            high = middle
    return high


def _spread(sizes: pd.Series, spread: Mapping[str, float] | None) -> np.ndarray:
    known = pd.Series(dict(spread or {}), dtype="float64").rename(str).reindex(sizes.index)
    bad = known.index[~(known >= 0)]
    if len(bad) or not (known > 0).any():
        raise InputError(
            f"spread={spread!r}: the optimal allocation needs the outcome's standard deviation in "
            f"each stratum, 0 or more, not all 0 (missing: {listed(bad) or 'none'}); for a share p "
            "it is the root of p (1 - p)."
        )
    return known.to_numpy()


def _given(sizes: pd.Series, n: int, counts: Mapping[str, int]) -> pd.Series:
    wanted = {str(name): count for name, count in counts.items()}
    unknown = [name for name in wanted if name not in sizes.index]
    if unknown:
        raise InputError(f"no stratum {unknown[0]!r}; there are {listed(sizes.index, 8)}.")
    for name, count in wanted.items():
        whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
        if not whole or not 0 <= count <= sizes[name]:
            raise InputError(
                f"allocation: {count!r} images of stratum {name!r}, which has {sizes[name]:,}; "
                "expected a whole number up to that."
            )
    if sum(wanted.values()) != n:
        raise InputError(f"allocation adds up to {sum(wanted.values()):,} images, not to n={n:,}.")
    return pd.Series(wanted).reindex(sizes.index).fillna(0).astype("int64")
