"""Amounts laid over a picture: where in it something is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from iconometrics.errors import InputError
from iconometrics.figures import palette

__all__ = ["overlay"]

_LOW, _HIGH = "#ffd75e", "#c2410c"
_STRONGEST = 0.82
_PALE = 0.25


def overlay(pixels: npt.NDArray[np.uint8], amounts: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Lay amounts over a picture: the picture turns gray, the amounts yellow to red.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), uint8.
    amounts
        (rows, columns) of any size, stretched over the picture; the largest is drawn strongest,
        what is 0 or less not at all.

    Returns
    -------
    numpy.ndarray
        (height, width, 3), uint8.

    Raises
    ------
    InputError
        If the amounts are no table of numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import figures
    >>> over = figures.overlay(np.full((8, 8, 3), 100, np.uint8), [[0, 0], [0, 1]])
    >>> over[0, 0].tolist() == over[0, 1].tolist(), bool(over[7, 7, 0] > over[7, 7, 2])
    (True, True)
    """
    from PIL import Image

    table = np.asarray(amounts, np.float32)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise InputError(
            f"amounts of shape {table.shape}: expected a table of finite numbers, rows by columns."
        )
    height, width = pixels.shape[:2]
    gray = np.asarray(Image.fromarray(pixels).convert("L"))
    most = float(table.max())
    share = np.clip(table / most, 0, 1) if most > 0 else np.zeros_like(table)
    share = np.asarray(Image.fromarray(share).resize((width, height), Image.Resampling.BILINEAR))
    colors = _colors()[np.rint(255 * share).astype(int)]
    base = (1 - _PALE) * gray.astype(np.float32)[:, :, None] + _PALE * 255
    weight = _STRONGEST * share[:, :, None] ** 0.8
    mixed = (1 - weight) * base + weight * colors
    return np.asarray(np.rint(mixed), np.uint8)


def _colors() -> npt.NDArray[np.float32]:
    ramp = palette.mixed(_LOW, _HIGH)
    return np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in ramp], np.float32)
