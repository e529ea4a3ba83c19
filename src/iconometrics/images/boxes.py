"""Regions of a picture."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from iconometrics.errors import InputError

__all__ = ["Box", "clipped", "crop"]

Box = tuple[int, int, int, int]


def crop(pixels: NDArray[Any], box: Box) -> NDArray[Any]:
    """Cut a region out of a picture.

    Parameters
    ----------
    pixels
        Shape (height, width) or (height, width, 3).
    box
        (left, top, right, bottom) in pixels of `pixels`, right and bottom excluded; what lies
        outside the picture is left out.

    Returns
    -------
    numpy.ndarray
        A copy of the region.

    Raises
    ------
    InputError
        If the box holds no pixel of the picture.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.crop(np.arange(12).reshape(3, 4), (1, 0, 3, 2)).tolist()
    [[1, 2], [5, 6]]
    """
    left, top, right, bottom = clipped(box, pixels.shape)
    if right <= left or bottom <= top:
        raise InputError(
            f"box {tuple(box)}: expected (left, top, right, bottom) inside the picture of "
            f"{pixels.shape[1]} x {pixels.shape[0]} pixels."
        )
    return pixels[top:bottom, left:right].copy()


def clipped(box: Box, shape: tuple[int, ...]) -> Box:
    """Round a box to whole pixels and cut off what lies outside the picture."""
    left, top, right, bottom = (round(edge) for edge in box)
    return max(left, 0), max(top, 0), min(right, shape[1]), min(bottom, shape[0])
