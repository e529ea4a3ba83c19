"""Telling what a picture is of from what is behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.images.scaling import as_image, fit, resize

__all__ = ["foreground", "remove_background"]

_SIDE = 160
_ROUNDS = 3
_SEED = 1
_LEAST = 8
_GRAY = 128


def foreground(pixels: NDArray[np.uint8], *, margin: float = 0.05) -> NDArray[np.bool_]:
    """Find the pixels of what a picture is of, taking its margin for background (GrabCut).

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), uint8.
    margin
        Share of the shorter side that is background on every side: the subject must not reach
        into it. Above 0, below .5.

    Returns
    -------
    numpy.ndarray
        (height, width) of bool. Where nothing differs from the margin, all of it: there is no
        background to be told apart.

    Raises
    ------
    InputError
        If the array is not a picture, or the margin is not one of those shares.

    Notes
    -----
    Rother, C., Kolmogorov, V. & Blake, A. (2004). GrabCut. ACM Transactions on Graphics 23. The
    cut is made at 160 pixels per side, three rounds.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> picture = np.full((60, 60, 3), 30, np.uint8)
    >>> picture[20:40, 20:40] = (250, 80, 60)
    >>> int(images.foreground(picture).sum())
    400
    """
    import cv2

    whole = np.asarray(as_image(pixels))
    if not 0 < margin < 0.5:
        raise InputError(f"margin={margin!r}: expected a share above 0 and below .5, such as .05.")
    color = whole if whole.ndim == 3 else np.repeat(whole[..., None], 3, axis=2)
    width, height = fit((whole.shape[1], whole.shape[0]), _SIDE)
    everything = np.ones(whole.shape[:2], bool)
    edge = max(1, round(margin * min(width, height)))
    if min(width, height) < max(_LEAST, 2 * edge + 2) or not color.std(axis=(0, 1)).any():
        return everything
    small = resize(color, shape=(height, width))
    mask = np.full((height, width), cv2.GC_PR_FGD, np.uint8)
    mask[:edge], mask[-edge:], mask[:, :edge], mask[:, -edge:] = (cv2.GC_BGD,) * 4
    # The mixtures start from OpenCV's own generator, which is set so that results come back.
    cv2.setRNGSeed(_SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, mask, None, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    in_front = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if not in_front.any():
        return everything
    shape = (whole.shape[1], whole.shape[0])
    large: Any = cv2.resize(in_front.astype(np.float32), shape, interpolation=cv2.INTER_LINEAR)
    return np.asarray(large >= 0.5)


def remove_background(
    pixels: NDArray[np.uint8], mask: NDArray[Any] | None = None, *, margin: float = 0.05
) -> NDArray[np.uint8]:
    """Make everything gray but what a picture is of.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), uint8.
    mask
        (height, width): true where the subject is; None for `foreground`.
    margin
        As for `foreground`.

    Returns
    -------
    numpy.ndarray
        A copy whose background is middle gray (128).

    Raises
    ------
    InputError
        If the array is no picture, or the mask has another size.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.remove_background(np.array([[9, 7]], np.uint8), [[True, False]]).tolist()
    [[9, 128]]
    """
    result = np.array(as_image(pixels))
    kept = foreground(result, margin=margin) if mask is None else np.asarray(mask, bool)
    if kept.shape != result.shape[:2]:
        raise InputError(
            f"mask of shape {kept.shape} for a picture of {result.shape[:2]}: expected the same "
            "height and width."
        )
    result[~kept] = _GRAY
    return result
