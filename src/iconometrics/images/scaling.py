"""Sizes: smaller copies of a picture, antialiased, never without a pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iconometrics.errors import InputError

__all__ = ["as_image", "check_size", "fit", "resize", "scaled"]


def resize(
    pixels: NDArray[Any], size: int | None = None, shape: tuple[int, int] | None = None
) -> NDArray[Any]:
    """Resize a picture with an antialiasing filter (Lanczos).

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width), uint8; or (height, width) of floats.
    size
        Longest side of the result in pixels at most; the picture is never enlarged, its
        proportions are kept, and no side falls below one pixel.
    shape
        Exact (height, width) of the result in pixels, instead of `size`; may enlarge or distort.

    Returns
    -------
    numpy.ndarray
        The resized picture; uint8 stays uint8; floats become float32 and may
        overshoot a little at sharp edges, as the filter has negative weights.

    Raises
    ------
    InputError
        If neither or both of `size` and `shape` are given, or one is not a positive whole number.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.resize(np.zeros((1, 65500, 3), np.uint8), size=224).shape
    (1, 224, 3)
    """
    image = as_image(pixels)
    if (size is None) == (shape is None):
        raise InputError(f"size={size}, shape={shape}: give one of the two.")
    if shape is not None:
        height, width = shape
        target = check_size(width), check_size(height)
    else:
        target = fit(image.size, check_size(size))
    return np.array(scaled(image, target))


def check_size(size: Any) -> int:
    """Return a number of pixels, or say what is wrong with it."""
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
        raise InputError(f"size {size!r}: expected a whole number of pixels, 1 or more.")
    return int(size)


def fit(full: tuple[int, int], size: int) -> tuple[int, int]:
    """Find the width and height of a picture whose longest side is at most `size`."""
    share = min(1.0, size / max(full))
    return max(1, round(full[0] * share)), max(1, round(full[1] * share))


def scaled(image: Image.Image, target: tuple[int, int]) -> Image.Image:
    """Bring a Pillow image to a width and height by the one filter used everywhere."""
    return image if image.size == target else image.resize(target, Image.Resampling.LANCZOS)


def as_image(pixels: NDArray[Any]) -> Image.Image:
    """Wrap an array of pixels for Pillow."""
    pixels = np.asarray(pixels)
    color = pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8
    plain = pixels.ndim == 2 and (pixels.dtype == np.uint8 or pixels.dtype.kind == "f")
    if not (color or plain) or 0 in pixels.shape:
        raise InputError(
            f"array of shape {pixels.shape} and type {pixels.dtype}: expected a picture, (height, "
            "width, 3) or (height, width), of type uint8 (or floats for a gray one)."
        )
    return Image.fromarray(pixels if pixels.dtype == np.uint8 else pixels.astype(np.float32))
