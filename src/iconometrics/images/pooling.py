"""Pooling: one number for every patch of a picture, its largest or its mean."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.images.convolution import output_size
from iconometrics.images.scaling import check_size

__all__ = ["pool"]

_RULES: dict[str, Any] = {"mean": np.mean, "max": np.max}


def pool(
    pixels: NDArray[Any],
    size: int = 2,
    *,
    stride: int | None = None,
    by: Literal["max", "mean"] = "max",
) -> NDArray[np.float64]:
    """Summarize the patches of a picture, so that a smaller picture is left.

    Parameters
    ----------
    pixels
        (height, width), or (height, width, channels), each of which is pooled by itself.
    size
        Side of a patch in pixels.
    stride
        Pixels from one patch to the next; None for patches side by side. Pixels that are left
        over at the far ends are not used.
    by
        "max", the largest number of a patch, or "mean", which is called downsampling.

    Returns
    -------
    numpy.ndarray
        (rows, columns), or (rows, columns, channels).

    Raises
    ------
    InputError
        If the patch is larger than the picture, or ``by`` is neither of the two.

    Notes
    -----
    Lectures 0 and 4.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> picture = np.array([[1, 1, 1, 1], [1, 0, 0, 1]])
    >>> images.pool(picture, by="mean").tolist(), images.pool(picture).tolist()
    ([[0.75, 0.75]], [[1.0, 1.0]])
    """
    pixels = np.asarray(pixels, np.float64)
    if by not in _RULES or pixels.ndim not in {2, 3}:
        raise InputError(
            f"by={by!r}, pixels of shape {pixels.shape}: expected 'max' or 'mean', and a picture "
            "(height, width) or (height, width, channels)."
        )
    step = check_size(size if stride is None else stride)
    for side in pixels.shape[:2]:
        output_size(side, size, stride=step)
    patches = sliding_window_view(pixels, (size, size), axis=(0, 1))[::step, ::step]
    result: NDArray[np.float64] = _RULES[by](patches, axis=(-2, -1))
    return result
