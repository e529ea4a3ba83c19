"""Descriptors of patches on a grid: in which directions brightness changes, and where in the patch.

What SIFT says of a keypoint, said of every place: the raw material of visual words.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError

__all__ = ["dense_sift"]

_BINS = 4
_DIRECTIONS = 8
_CLIP = 0.2
# Where neighboring pixels differ by less than half a gray level, directions are those of noise.
_FLAT = 0.5


def dense_sift(
    gray: NDArray[Any], *, cell: int = 4, step: int = 8
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Describe square patches on a grid by their gradients, as SIFT does.

    A patch has 4 x 4 cells; each cell sums gradient magnitudes in 8 directions, shared among
    neighboring cells and directions in proportion to nearness; cells far from the middle count
    less; the 128 numbers are brought to length 1, clipped at .2, and brought to length 1 again.

    Parameters
    ----------
    gray
        (height, width), 0-255.
    cell
        Side of a cell in pixels, an even number; a patch is four cells wide.
    step
        Pixels from one patch to the next.

    Returns
    -------
    descriptors
        (patches, 128), float32: cells row by row, 8 directions each; of length 1, or all 0 where
        the patch is flat (about half a gray level from pixel to pixel). None where no patch fits.
    centers
        (patches, 2), float32: row and column of each patch's middle.

    Raises
    ------
    InputError
        If ``cell`` is not an even number above 0, or ``step`` is below 1.

    Notes
    -----
    Lowe, D. (2004). Distinctive image features from scale-invariant keypoints. IJCV 60. Weighting
    whole cells instead of single pixels by their distance from the middle is what makes it fast:
    Vedaldi, A. & Fulkerson, B. (2010). VLFeat. ACM Multimedia.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics.features import dense_sift
    >>> descriptors, centers = dense_sift(np.tile(np.arange(64.0), (64, 1)), step=16)
    >>> descriptors.shape, centers[0].tolist()
    ((16, 128), [8.0, 8.0])
    """
    if cell < 2 or cell % 2 or step < 1:
        raise InputError(
            f"cell={cell}, step={step}: expected an even cell, and a step of 1 or more."
        )
    rows, columns = (_starts(side, cell, step) for side in gray.shape)
    if not len(rows) or not len(columns):
        return np.zeros((0, _BINS**2 * _DIRECTIONS), np.float32), np.zeros((0, 2), np.float32)
    cells = _cell_sums(np.asarray(gray, np.float32), cell)
    places = np.arange(_BINS) * cell
    sampled = cells[:, (rows[:, None] + places)[:, None, :, None], _across(columns, places)]
    raw = np.moveaxis(sampled, 0, -1).reshape(-1, _BINS, _BINS, _DIRECTIONS)
    middle = (_BINS - 1) / 2 * cell
    down, right = np.meshgrid(rows + middle, columns + middle, indexing="ij")
    centers = np.stack([down.ravel(), right.ravel()], axis=1).astype(np.float32)
    return _normalized(raw * _nearness() / np.float32(_BINS * cell**2)), centers


def _starts(side: int, cell: int, step: int) -> NDArray[np.intp]:
    """Where the middles of first cells lie, so that whole patches are inside."""
    first, last = cell // 2, side - _BINS * cell + cell // 2
    spare = max(0, last - first) % step // 2
    return np.arange(first + spare, last + 1, step) if last >= first else np.arange(0)


def _across(columns: NDArray[np.intp], places: NDArray[np.intp]) -> NDArray[np.intp]:
    return (columns[:, None] + places)[None, :, None, :]


def _cell_sums(gray: NDArray[np.float32], cell: int) -> NDArray[np.float32]:
    """Sum magnitudes by direction around every pixel, as far as a cell reaches."""
    import cv2

    smooth = cv2.GaussianBlur(gray, (0, 0), max(cell / 6, 0.5), borderType=cv2.BORDER_REFLECT_101)
    slope, here = np.array([-0.5, 0, 0.5]), np.ones(1)
    across: Any = cv2.sepFilter2D(smooth, -1, slope, here)
    down: Any = cv2.sepFilter2D(smooth, -1, here, slope)
    magnitude, angle = (np.asarray(part) for part in cv2.cartToPolar(across, down))
    place = angle * np.float32(_DIRECTIONS / (2 * np.pi))
    tent = (1 - np.abs(np.arange(1 - cell, cell) / cell)).astype(np.float32)
    sums = np.empty((_DIRECTIONS, *gray.shape), np.float32)
    for direction in range(_DIRECTIONS):
        gap = np.abs(place - np.float32(direction))
        share = np.maximum(0, 1 - np.minimum(gap, np.float32(_DIRECTIONS) - gap))
        sums[direction] = cv2.sepFilter2D(magnitude * share, -1, tent, tent, borderType=0)
    return sums


@lru_cache(maxsize=1)
def _nearness() -> NDArray[np.float32]:
    """Weights of cells: a Gaussian of half a patch."""
    away = (np.arange(_BINS) - (_BINS - 1) / 2) / (_BINS / 2)
    weight = np.exp(-(away**2) / 2)
    return (weight[:, None] * weight)[:, :, None].astype(np.float32)


def _normalized(raw: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = raw.reshape(len(raw), -1)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    clipped = np.minimum(flat / np.maximum(length, 1e-12), _CLIP)
    again = np.linalg.norm(clipped, axis=1, keepdims=True)
    unit: NDArray[np.float32] = clipped / np.maximum(again, 1e-12)
    return np.where(length > _FLAT, unit, 0).astype(np.float32)
