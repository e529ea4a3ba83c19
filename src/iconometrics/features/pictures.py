"""All that can be measured, as pixels: arrays of several kinds, paths, lists of either."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import images
from iconometrics.errors import InputError

__all__ = ["as_gray", "as_list", "as_pixels", "frequencies", "names", "open_any"]


def as_pixels(array: Any) -> NDArray[np.uint8]:
    """Bring an array to (height, width, 3), 0-255, or say why it is no picture."""
    array = np.asarray(array)
    if array.ndim not in {2, 3} or array.shape[2:] not in {(), (3,)} or array.size == 0:
        raise InputError(
            f"an array of shape {array.shape}: expected a picture, (height, width) or "
            "(height, width, 3). Pass a stack of pictures as a list of them."
        )
    if array.dtype != np.uint8:
        array = _rescaled(array)
    color = array if array.ndim == 3 else np.repeat(array[:, :, None], 3, axis=2)
    return np.ascontiguousarray(color)


def as_gray(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Reduce a picture to whole gray values: .299 R + .587 G + .114 B, rounded."""
    import cv2

    pixels = as_pixels(pixels) if pixels.ndim == 3 or pixels.dtype != np.uint8 else pixels
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def frequencies(gray: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Count how often each of 256 values occurs."""
    import cv2

    # Counts are given as single floats, which are exact up to 2 ** 24.
    if gray.size < 1 << 24:
        return cv2.calcHist([gray], [0], None, [256], [0, 256]).ravel().astype(np.int64)
    return np.bincount(gray.ravel(), minlength=256)


def as_list(X: Any) -> list[Any]:
    """Give one picture or several as a list of paths and arrays."""
    if isinstance(X, str | bytes | os.PathLike):
        return [X]
    if isinstance(X, np.ndarray):
        return list(X) if X.ndim in {1, 4} else [X]
    if isinstance(X, Sequence | pd.Series | pd.Index):
        return list(X)
    raise InputError(
        f"{type(X).__name__}: expected a corpus, a path, an array (height, width[, 3]), "
        "or a list of paths or arrays."
    )


def names(X: Sequence[Any]) -> pd.Index:
    """Name pictures by their paths, or by number where all are arrays."""
    if all(isinstance(item, np.ndarray) for item in X):
        return pd.RangeIndex(len(X), name="image")
    texts = [os.fspath(x) if isinstance(x, str | os.PathLike) else str(i) for i, x in enumerate(X)]
    return pd.Index(texts, name="image")


def open_any(item: Any, size: int | None) -> NDArray[np.uint8]:
    """Open a path at a reduced size; take an array as it is."""
    if isinstance(item, str | bytes | os.PathLike):
        return images.read(item, size)
    return as_pixels(item)


def _rescaled(array: NDArray[Any]) -> NDArray[np.uint8]:
    low, high = (float(array.min()), float(array.max())) if array.dtype.kind in "buif" else (-1, -1)
    top = 1 if array.dtype.kind in "bf" else 255
    if not (low >= 0 and high <= top):
        raise InputError(
            f"pixels of type {array.dtype} from {low:g} to {high:g}: expected whole numbers from "
            "0 to 255 or floats from 0 to 1. Rescale them first."
        )
    scale = 255 if top == 1 else 1
    return np.rint(array.astype(np.float64) * scale).astype(np.uint8)
