"""Pictures as bytes and as text that a web page can hold."""

from __future__ import annotations

import base64
import io
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.images.scaling import as_image

__all__ = ["data_uri", "encode"]


def encode(
    pixels: NDArray[Any], format: Literal["jpeg", "png"] = "jpeg", *, quality: int = 85
) -> bytes:
    """Encode pixels as a JPEG or PNG file that holds nothing but them.

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width), uint8.
    format
        "jpeg", or "png" which loses nothing.
    quality
        Of a JPEG, 1 to 95.

    Returns
    -------
    bytes
        The file's content, without metadata.

    Raises
    ------
    InputError
        If the array is no picture, or the format or quality is another.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.encode(np.zeros((8, 8, 3), np.uint8))[:2].hex()
    'ffd8'
    """
    if format not in ("jpeg", "png") or not 1 <= quality <= 95:
        raise InputError(
            f"format={format!r}, quality={quality!r}: expected 'jpeg' or 'png', 1 to 95."
        )
    if np.asarray(pixels).dtype != np.uint8:
        raise InputError(f"pixels of type {np.asarray(pixels).dtype}: expected uint8, 0 to 255.")
    stream = io.BytesIO()
    as_image(pixels).save(stream, format, quality=quality)
    return stream.getvalue()


def data_uri(
    pixels: NDArray[Any], format: Literal["jpeg", "png"] = "jpeg", *, quality: int = 85
) -> str:
    """Write pixels as a data URI, so that a page can hold the picture itself.

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width), uint8.
    format
        "jpeg" or "png".
    quality
        Of a JPEG, 1 to 95.

    Returns
    -------
    str
        Such as "data:image/jpeg;base64,...", for the `src` of an HTML image.

    Raises
    ------
    InputError
        If the array is no picture, or the format or quality is another.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.data_uri(np.zeros((8, 8, 3), np.uint8), "png")[:22]
    'data:image/png;base64,'
    """
    content = base64.b64encode(encode(pixels, format, quality=quality)).decode("ascii")
    return f"data:image/{format};base64,{content}"
