"""Haar-like features of a window: sums over rectangles less sums over their neighbors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.errors import InputError

__all__ = ["KINDS", "haar_features", "haar_values", "integral"]

# Rows and columns of rectangles, and the sign of each.
KINDS: dict[str, NDArray[np.int64]] = {
    "two across": np.array([[1, -1]]),
    "two down": np.array([[1], [-1]]),
    "three across": np.array([[1, -1, 1]]),
    "three down": np.array([[1], [-1], [1]]),
    "four": np.array([[1, -1], [-1, 1]]),
}


def haar_features(
    shape: tuple[int, int] = (24, 24), *, kinds: Sequence[str] | None = None
) -> pd.DataFrame:
    """List every Haar-like feature that fits into a window.

    Parameters
    ----------
    shape
        (height, width) of the window in pixels.
    kinds
        Some of "two across", "two down", "three across", "three down" and "four"; None for all.

    Returns
    -------
    pandas.DataFrame
        One row per feature: kind; top, left, height, width of the whole in pixels. All rectangles
        of a feature are of one size.

    Raises
    ------
    InputError
        If a kind is not one of the five.

    Notes
    -----
    Viola, P. & Jones, M. (2001). Rapid object detection using a boosted cascade of simple
    features. CVPR. Their window of 24 x 24 pixels has 162,336 of them.

    Examples
    --------
    >>> from iconometrics.features import haar_features
    >>> haar_features((24, 24))["kind"].value_counts(sort=False).tolist()
    [43200, 43200, 27600, 27600, 20736]
    """
    wanted = list(KINDS) if kinds is None else list(kinds)
    unknown = [kind for kind in wanted if kind not in KINDS]
    if unknown:
        raise InputError(f"kinds={unknown}: expected some of {', '.join(KINDS)}.")
    tables = [_placed(kind, *shape).assign(kind=kind) for kind in wanted]
    return pd.concat(tables, ignore_index=True)[["kind", "top", "left", "height", "width"]]


def haar_values(windows: NDArray[Any], features: pd.DataFrame) -> NDArray[np.float32]:
    """Compute Haar-like features of windows, each from a few numbers of its integral image.

    Parameters
    ----------
    windows
        (n, height, width) gray values, or one window (height, width).
    features
        Rows of `haar_features`.

    Returns
    -------
    numpy.ndarray
        (n, features), float32: the sum over the first rectangle, the third, and the one across
        from it in "four", less the sum over the others.

    Raises
    ------
    InputError
        If a feature reaches beyond the window.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import haar_features, haar_values
    >>> window = np.array([[9, 1], [9, 1]])
    >>> features = haar_features((2, 2))
    >>> haar_values(window, features.query("height == 2"))[0].tolist()
    [16.0, 0.0, 0.0, 0.0, 0.0]
    """
    windows = np.asarray(windows, np.float64)
    stack = windows[None] if windows.ndim == 2 else windows
    bottom, right = features["top"] + features["height"], features["left"] + features["width"]
    if stack.ndim != 3 or (bottom > stack.shape[1]).any() or (right > stack.shape[2]).any():
        raise InputError(
            f"windows of shape {windows.shape}: expected (n, height, width), and features of a "
            "window no larger than that."
        )
    sums = integral(stack)
    flat = sums.reshape(len(sums), -1)
    result = np.empty((len(flat), len(features)), np.float32)
    kinds = features["kind"].to_numpy()
    boxes = features[["top", "left", "height", "width"]].to_numpy()
    for kind, signs in KINDS.items():
        chosen = np.flatnonzero(kinds == kind)
        result[:, chosen] = _differences(flat, boxes[chosen], signs, sums.shape[2])
    return result


def integral(pixels: NDArray[Any]) -> NDArray[np.float64]:
    """Sum all pixels above and to the left of every pixel's corner.

    Parameters
    ----------
    pixels
        (..., height, width).

    Returns
    -------
    numpy.ndarray
        (..., height + 1, width + 1): at [r, c] the sum over rows before r and columns before c;
        the sum over any rectangle is four of these numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import integral
    >>> integral(np.array([[1, 2], [3, 4]])).tolist()
    [[0.0, 0.0, 0.0], [0.0, 1.0, 3.0], [0.0, 4.0, 10.0]]
    """
    pixels = np.asarray(pixels, np.float64)
    sums = np.zeros((*pixels.shape[:-2], pixels.shape[-2] + 1, pixels.shape[-1] + 1))
    sums[..., 1:, 1:] = pixels.cumsum(axis=-2).cumsum(axis=-1)
    return sums


@lru_cache(maxsize=16)
def _placed(kind: str, height: int, width: int) -> pd.DataFrame:
    """All places and sizes, by top, left, then height and width of a rectangle."""
    rows, columns = KINDS[kind].shape
    top, left, tall, wide = np.indices((height, width, height + 1, width + 1)).reshape(4, -1)
    fits = (tall > 0) & (wide > 0)
    fits &= (top + rows * tall <= height) & (left + columns * wide <= width)
    place = {"top": top, "left": left, "height": rows * tall, "width": columns * wide}
    return pd.DataFrame({name: values[fits] for name, values in place.items()})


def _differences(
    flat: NDArray[np.float64], boxes: NDArray[Any], signs: NDArray[np.int64], wide: int
) -> NDArray[np.float64]:
    rows, columns = signs.shape
    # How often each corner of the grid of rectangles enters the signed sum.
    weights = np.zeros((rows + 1, columns + 1))
    for (row, column), sign in np.ndenumerate(signs):
        weights[row : row + 2, column : column + 2] += sign * np.array([[1, -1], [-1, 1]])
    top, left, tall, across = boxes.T
    total = np.zeros((len(flat), len(boxes)))
    for (row, column), weight in np.ndenumerate(weights):
        if weight:
            at = (top + row * tall // rows) * wide + left + column * across // columns
            total += weight * flat[:, at]
    return total
