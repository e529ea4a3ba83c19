"""From a layer's output to one row of numbers per image."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError

__all__ = ["POOLS", "pooled"]

POOLS = ("mean", "max", "generalized", "center", "first", "flatten")
"""Names of the ways that maps become one row: see `pooled`."""

_POWER = 3
_TINY = 1e-6

Maps = NDArray[np.float32]


def pooled(output: NDArray[Any], pool: str = "mean") -> NDArray[np.float32]:
    """Bring a layer's output to one row per image.

    Parameters
    ----------
    output
        (images, channels, height, width) maps, (images, tokens, channels) of a transformer, or
        (images, channels), which stays as it is.
    pool
        "mean" or "max" over places; "generalized": the third root of the mean third power, which
        lies between the two; "center": the middle place; "first": the first token, a
        transformer's summary; "flatten": every place for itself.

    Returns
    -------
    numpy.ndarray
        (images, numbers), float32.

    Raises
    ------
    InputError
        If the pool is unknown, or the output has another number of axes.

    Notes
    -----
    Radenovic, F., Tolias, G. and Chum, O. (2019). Fine-tuning CNN image retrieval with no human
    annotation. IEEE Transactions on Pattern Analysis and Machine Intelligence 41, 1655-1668
    (generalized mean).

    Examples
    --------
    >>> maps = np.array([[[[0., 2.], [4., 6.]]]])
    >>> pooled(maps).tolist(), pooled(maps, "max").tolist()
    ([[3.0]], [[6.0]])
    """
    if pool not in POOLS:
        raise InputError(f"pool={pool!r}: expected one of {', '.join(POOLS)}.")
    output = np.asarray(output, np.float32)
    if output.ndim == 2:
        return output
    if output.ndim not in {3, 4}:
        raise InputError(
            f"a layer's output of shape {output.shape}: expected (images, channels), (images, "
            "tokens, channels) or (images, channels, height, width). Choose another layer."
        )
    places = output.swapaxes(1, 2) if output.ndim == 3 else output.reshape(*output.shape[:2], -1)
    if pool == "center":
        return _center(output)
    return np.ascontiguousarray(_OVER_PLACES[pool](places), np.float32)


def _center(output: Maps) -> NDArray[np.float32]:
    if output.ndim == 3:
        raise InputError(
            'pool="center": tokens of a transformer have no middle; expected maps. Use '
            'pool="first" or "mean".'
        )
    return np.ascontiguousarray(output[:, :, output.shape[2] // 2, output.shape[3] // 2])


def _generalized(places: Maps) -> Maps:
    # A third power of large activations would leave the range of float32 if it were not scaled.
    top = np.maximum(places.max(axis=2, keepdims=True), _TINY)
    powers = (np.maximum(places, 0) / top) ** _POWER
    result: Maps = top[:, :, 0] * powers.mean(axis=2) ** (1 / _POWER)
    return result


_OVER_PLACES: Mapping[str, Callable[[Maps], Maps]] = MappingProxyType(
    {
        "mean": lambda places: places.mean(axis=2),
        "max": lambda places: places.max(axis=2),
        "generalized": _generalized,
        "first": lambda places: places[:, :, 0],
        "flatten": lambda places: places.reshape(len(places), -1),
    }
)
