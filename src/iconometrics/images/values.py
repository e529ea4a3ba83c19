"""Pixels as plain numbers: gray, normalized, or one long vector."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iconometrics.errors import InputError
from iconometrics.images.scaling import resize

__all__ = ["gray", "normalize", "vector"]

_RED, _BLUE = np.float32(0.299), np.float32(0.114)


def gray(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Weight red, green and blue into one gray value per pixel.

    Parameters
    ----------
    pixels
        Shape (height, width, 3), 0 to 255; a gray picture of shape (height, width) stays as it is.

    Returns
    -------
    numpy.ndarray
        Shape (height, width), float32, 0 (black) to 255 (white).

    Raises
    ------
    InputError
        If the array is no picture.

    Notes
    -----
    Weights .299, .587 and .114 of ITU-R Recommendation BT.601, not rounded to whole values. They
    are laid on the differences from green, so that where all three are equal nothing is rounded.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.gray(np.full((1, 1, 3), [255, 0, 0], np.uint8)).round(1)
    array([[76.2]], dtype=float32)
    """
    pixels = np.asarray(pixels)
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    if pixels.ndim != 3 or pixels.shape[2] != 3:
        raise InputError(
            f"array of shape {pixels.shape}: expected a picture, (height, width, 3) or "
            "(height, width)."
        )
    red, green, blue = (pixels[..., channel].astype(np.float32) for channel in range(3))
    # Channel by channel: the rounding of a matrix product hangs on the processor.
    red -= green
    blue -= green
    red *= _RED
    blue *= _BLUE
    green += red
    green += blue
    return green


def normalize(pixels: NDArray[Any], mean: ArrayLike, std: ArrayLike) -> NDArray[np.float32]:
    """Scale pixels to 0-1, then subtract a mean and divide by a standard deviation.

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width), 0 to 255.
    mean, std
        On the scale 0 to 1: one number, or one for each channel.

    Returns
    -------
    numpy.ndarray
        The shape of `pixels`, float32.

    Raises
    ------
    InputError
        If a standard deviation is not above zero.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.normalize(np.full((1, 1), 255, np.uint8), mean=0.5, std=0.5)
    array([[1.]], dtype=float32)
    """
    shift, scale = np.asarray(mean, np.float32), np.asarray(std, np.float32)
    if not (scale > 0).all():
        raise InputError(f"std={std!r}: expected numbers above 0, on the scale 0 to 1.")
    return (np.asarray(pixels, np.float32) / np.float32(255) - shift) / scale


def vector(
    pixels: NDArray[Any], shape: tuple[int, int] | None = None, *, gray: bool = False
) -> NDArray[np.float32]:
    """Lay the raw pixels of a picture out as one vector, row by row.

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width), uint8.
    shape
        (height, width) to resize to first, so that pictures become comparable; None to keep it.
    gray
        Whether to reduce color to gray.

    Returns
    -------
    numpy.ndarray
        Shape (height * width * 3,), or (height * width,) for gray; float32, 0 to 255.

    Raises
    ------
    InputError
        If the array is no picture, or the shape no pair of positive whole numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.vector(np.zeros((600, 600, 3), np.uint8)).shape
    (1080000,)
    """
    pixels = pixels if shape is None else resize(pixels, shape=shape)
    return (_gray(pixels) if gray else pixels.astype(np.float32)).ravel()


_gray = gray
