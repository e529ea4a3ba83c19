"""A fingerprint of what a picture shows, alike for pictures that look alike."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.images.scaling import resize
from iconometrics.images.values import gray

__all__ = ["hamming", "perceptual_hash"]

_SIDE = 32
_KEPT = 8


def perceptual_hash(pixels: NDArray[Any]) -> str:
    """Fingerprint a picture by the signs of its 64 lowest frequencies (pHash).

    The gray picture is resized to 32 x 32 and transformed by a discrete cosine transform; each of
    the 8 x 8 lowest coefficients gives one bit: whether it is above their median.

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width), uint8.

    Returns
    -------
    str
        16 hexadecimal digits (64 bits), for `hamming`.

    Raises
    ------
    InputError
        If the array is no picture.

    Notes
    -----
    Zauner, C. (2010). Implementation and benchmarking of perceptual image hash functions. Upper
    Austria University of Applied Sciences, Hagenberg.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.perceptual_hash(np.full((40, 30, 3), 255, np.uint8))
    '8000000000000000'
    """
    small = resize(gray(pixels), shape=(_SIDE, _SIDE)).astype(float)
    basis = _cosines()
    # Rounded, so that a blank picture's fingerprint is not that of the rounding errors.
    low = (basis @ small @ basis.T).round(3)
    bits = np.packbits(low > np.median(low))
    return bits.tobytes().hex()


def hamming(a: str, b: str) -> int:
    """Count the bits in which two fingerprints differ.

    Parameters
    ----------
    a, b
        What `perceptual_hash` returned.

    Returns
    -------
    int
        0 for pictures that look the same, about 32 for unrelated ones, 64 at most.

    Raises
    ------
    InputError
        If one is not a hexadecimal number, or their lengths differ.

    Examples
    --------
    >>> from iconometrics import images
    >>> images.hamming("00000000000000ff", "0000000000000000")
    8
    """
    try:
        if len(a) == len(b):
            return (int(a, 16) ^ int(b, 16)).bit_count()
    except ValueError:
        pass
    raise InputError(f"fingerprints {a!r} and {b!r}: expected 16 hexadecimal digits each.")


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float64]:
    """Build the first rows of the discrete cosine transform, type II."""
    frequency, position = np.mgrid[:_KEPT, :_SIDE]
    basis: NDArray[np.float64] = np.cos(np.pi * frequency * (2 * position + 1) / (2 * _SIDE))
    return basis
