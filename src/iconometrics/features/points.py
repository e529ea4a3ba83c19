"""What any set of points in a picture has: how many, how strong, how far apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.column import Column

__all__ = ["density", "point_columns", "point_numbers", "spread"]

_PIXELS = 10_000


def point_numbers(
    points: NDArray[Any], strength: NDArray[Any], shape: tuple[int, ...]
) -> NDArray[np.float64]:
    """Compute density, mean strength and spread of points."""
    if len(points) == 0:
        return np.zeros(3)
    return np.array([density(len(points), shape), strength.mean(), spread(points, shape)])


def density(count: int, shape: tuple[int, ...]) -> float:
    """Give the number of points per 10,000 pixels."""
    return count * _PIXELS / (shape[0] * shape[1])


def spread(points: NDArray[Any], shape: tuple[int, ...]) -> float:
    """Give the root mean square distance of points from their middle, by half the diagonal."""
    half = np.hypot(max(1, shape[0] - 1), max(1, shape[1] - 1)) / 2
    away = points - points.mean(axis=0)
    return float(min(1.0, np.sqrt((away**2).sum(axis=1).mean()) / half))


def point_columns(
    extractor: str, kind: str, what: str, *, strength: dict[str, Any], source: str
) -> tuple[Column, ...]:
    """Describe the three numbers."""
    place = f"{extractor}_{kind}"
    fields: dict[str, Any] = {"low": 0.0, "source": source, "plain": True}
    label = f"Strength of {what}"
    return (
        Column(name=place, **fields, **_density(what)),
        Column(name=f"{place}_strength", label=label, **fields, **strength),
        Column(name=f"{place}_spread", **fields, **_spread(what)),
    )


def _density(what: str) -> dict[str, Any]:
    return {
        "label": f"Density of {what}",
        "formula": f"Number of {what}, divided by the number of pixels at the working size, times "
        "10,000",
        "high": float(_PIXELS),
        "unit": "per 10,000 pixels",
        "means_high": f"Many {what}",
        "means_low": f"No {what}",
    }


def _spread(what: str) -> dict[str, Any]:
    return {
        "label": f"Spread of {what}",
        "formula": f"Root mean square distance of {what} from their middle, divided by half the "
        "picture's diagonal; 0 without any",
        "high": 1.0,
        "unit": "share of half the diagonal",
        "means_high": "At opposite ends of the picture; .58 when evenly everywhere",
        "means_low": "All in one place, or none",
    }
