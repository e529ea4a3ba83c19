"""Taking the light out of a picture: even contrast, and white that is white."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.images.scaling import as_image

__all__ = ["equalize", "gray_world"]

_TILES = 8


def equalize(pixels: NDArray[np.uint8], *, limit: float = 2.0) -> NDArray[np.uint8]:
    """Even out contrast in 8 x 8 parts of a picture, shadow and light each by themselves (CLAHE).

    Color keeps its hue: only lightness (L of CIE Lab) is changed.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), uint8.
    limit
        How far contrast is raised at most: a gray level counts for no more than this many times
        its even share of a part's pixels.

    Returns
    -------
    numpy.ndarray
        The same shape, uint8.

    Raises
    ------
    InputError
        If the array is no picture, or the limit is not above 0.

    Notes
    -----
    Zuiderveld, K. (1994). Contrast limited adaptive histogram equalization. Graphics Gems IV.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> dim = np.tile(np.arange(64, dtype=np.uint8), (64, 1))
    >>> bool(images.equalize(dim).std() > dim.std())
    True
    """
    import cv2

    pixels = np.asarray(as_image(pixels))
    if not limit > 0:
        raise InputError(f"limit={limit!r}: expected a number above 0, such as 2.")
    even = cv2.createCLAHE(limit, (_TILES, _TILES))
    if pixels.ndim == 2:
        return np.asarray(even.apply(pixels), np.uint8)
    lab = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2Lab))
    lab[..., 0] = even.apply(np.ascontiguousarray(lab[..., 0]))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB), np.uint8)


def gray_world(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Take the tint of the light out: make the mean color of a picture gray.

    Parameters
    ----------
    pixels
        (height, width, 3), uint8; a gray picture (height, width) stays as it is.

    Returns
    -------
    numpy.ndarray
        The same shape, uint8: each channel is multiplied so that its mean becomes the mean of
        the three; what would be above 255 is 255.

    Raises
    ------
    InputError
        If the array is no picture.

    Notes
    -----
    Buchsbaum, G. (1980). A spatial processor model for object colour perception. Journal of the
    Franklin Institute 310. The rule takes a red wall for red light.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.gray_world(np.array([[[100, 50, 150]]], np.uint8)).tolist()
    [[[100, 100, 100]]]
    """
    values: NDArray[Any] = np.asarray(as_image(pixels))
    if values.ndim == 2:
        return values.copy()
    means = values.reshape(-1, 3).mean(axis=0)
    # A channel that is black everywhere stays black.
    factors = means.mean() / np.where(means > 0, means, 1)
    return np.asarray(np.rint(np.minimum(values * factors, 255)), np.uint8)
