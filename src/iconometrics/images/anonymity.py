"""Make people in a picture unrecognizable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iconometrics.images.boxes import Box, clipped
from iconometrics.images.faces import find_faces
from iconometrics.images.scaling import as_image

__all__ = ["anonymize", "blur"]

_CELLS = 5
_MARGIN = 0.2


def blur(pixels: NDArray[Any], boxes: Iterable[Box]) -> NDArray[Any]:
    """Blur regions beyond recognition.

    Each region is averaged down to at most 5 x 5 values and drawn from those alone, so that no
    sharpening can bring it back.

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width), uint8.
    boxes
        (left, top, right, bottom) in pixels; what lies outside the picture is left out.

    Returns
    -------
    numpy.ndarray
        A copy with those regions blurred.

    Raises
    ------
    InputError
        If the array is no picture.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> picture = np.random.default_rng(1).integers(0, 256, (40, 40), np.uint8)
    >>> bool(images.blur(picture, [(0, 0, 40, 40)]).std() < picture.std() / 2)
    True
    """
    image = as_image(pixels).copy()
    for box in boxes:
        left, top, right, bottom = clipped(box, pixels.shape)
        if left < right and top < bottom:
            region = image.crop((left, top, right, bottom))
            image.paste(_vague(region), (left, top))
    return np.array(image)


def anonymize(pixels: NDArray[Any], boxes: Iterable[Box] | None = None) -> NDArray[Any]:
    """Blur faces, or the regions given, with a margin around each.

    Parameters
    ----------
    pixels
        Shape (height, width, 3) or (height, width), uint8.
    boxes
        (left, top, right, bottom) in pixels; None for the faces that `find_faces` finds, which
        misses some.

    Returns
    -------
    numpy.ndarray
        A copy; where nothing was found it equals the picture.

    Raises
    ------
    InputError
        If the array is no picture.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> picture = np.zeros((64, 64, 3), np.uint8)
    >>> bool((images.anonymize(picture) == picture).all())
    True
    """
    regions = find_faces(pixels) if boxes is None else boxes
    return blur(pixels, [_widened(box) for box in regions])


def _vague(region: Image.Image) -> Image.Image:
    cells = min(_CELLS, region.width), min(_CELLS, region.height)
    few = region.resize(cells, Image.Resampling.BOX)
    return few.resize(region.size, Image.Resampling.BICUBIC)


def _widened(box: Box) -> Box:
    left, top, right, bottom = box
    across, down = round(_MARGIN * (right - left)), round(_MARGIN * (bottom - top))
    return left - across, top - down, right + across, bottom + down
