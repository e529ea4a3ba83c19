"""Faces cut out of pictures, upright and of one size."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.images.boxes import Box, clipped
from iconometrics.images.faces import find_faces
from iconometrics.images.scaling import as_image
from iconometrics.images.values import gray

__all__ = ["align_face", "crop_face"]

_MARGIN = 0.2
_STEEPEST = 30.0
_LOCK = threading.Lock()


def crop_face(
    pixels: NDArray[np.uint8], *, margin: float = _MARGIN, box: Box | None = None
) -> NDArray[np.uint8]:
    """Cut the largest face out of a picture.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), uint8.
    margin
        Added on every side of the face's box, as a share of the box.
    box
        (left, top, right, bottom) of the face; None for the largest that `find_faces` finds.

    Returns
    -------
    numpy.ndarray
        The face; the whole picture where none is found.

    Raises
    ------
    InputError
        If the array is no picture.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.crop_face(np.zeros((50, 40), np.uint8), box=(10, 10, 20, 20)).shape
    (14, 14)
    """
    pixels = np.asarray(as_image(pixels))
    face = _largest(pixels) if box is None else box
    if face is None:
        return pixels.copy()
    left, top, right, bottom = face
    across, down = margin * (right - left), margin * (bottom - top)
    wide = (left - across, top - down, right + across, bottom + down)
    left, top, right, bottom = clipped(wide, pixels.shape)  # type: ignore[arg-type]
    inside = left < right and top < bottom
    return pixels[top:bottom, left:right].copy() if inside else pixels.copy()


def align_face(pixels: NDArray[np.uint8], *, margin: float = _MARGIN) -> NDArray[np.uint8]:
    """Cut the largest face out of a picture after turning it until the eyes are level.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), uint8.
    margin
        As for `crop_face`.

    Returns
    -------
    numpy.ndarray
        The face; not turned where two eyes are not found, and the whole picture where no face is.

    Raises
    ------
    InputError
        If the array is no picture.

    Notes
    -----
    Eyes are found by the cascade that OpenCV ships, in the upper 60 % of the face; a slope above
    30 degrees is taken for an error. What comes in from outside the picture repeats its edge.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.align_face(np.zeros((50, 40), np.uint8)).shape
    (50, 40)
    """
    import cv2

    pixels = np.asarray(as_image(pixels))
    box = _largest(pixels)
    eyes = None if box is None else _eyes(pixels, box)
    if box is None or eyes is None:
        return crop_face(pixels, margin=margin, box=box)
    (x1, y1), (x2, y2) = eyes
    slope = float(np.degrees(np.arctan2(y2 - y1, x2 - x1)))
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    turn = cv2.getRotationMatrix2D(middle, slope, 1.0)
    size = (pixels.shape[1], pixels.shape[0])
    turned = cv2.warpAffine(
        pixels, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    # An upright box around a slanted face sits loosely: the turned face is looked for again.
    around = crop_face(np.asarray(turned, np.uint8), margin=0.5, box=box)
    again = _largest(around)
    if again is None:
        return crop_face(np.asarray(turned, np.uint8), margin=margin, box=box)
    return crop_face(around, margin=margin, box=again)


def _largest(pixels: NDArray[np.uint8]) -> Box | None:
    faces = find_faces(pixels)
    return max(faces, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


def _eyes(
    pixels: NDArray[np.uint8], box: Box
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Find the middles of the left and the right eye of a face; None where there are not two."""
    left, top, right, bottom = clipped(box, pixels.shape)
    upper = gray(pixels[top : top + round(0.6 * (bottom - top)), left:right])
    side = max(3, (right - left) // 8)
    with _LOCK:
        detections = _cascade().detectMultiScale(
            np.rint(upper).astype(np.uint8), scaleFactor=1.1, minNeighbors=3, minSize=(side, side)
        )
    middles = [(left + x + w / 2, top + y + h / 2, w) for x, y, w, h in detections]
    center = (left + right) / 2
    sides = [[m for m in middles if (m[0] < center) == here] for here in (True, False)]
    if not all(sides):
        return None
    left_eye, right_eye = (max(eyes, key=lambda eye: eye[2])[:2] for eyes in sides)
    slope = np.degrees(np.arctan2(right_eye[1] - left_eye[1], right_eye[0] - left_eye[0]))
    return (left_eye, right_eye) if abs(slope) <= _STEEPEST else None


@lru_cache(maxsize=1)
def _cascade() -> Any:
    import cv2
    from cv2.data import haarcascades

    return cv2.CascadeClassifier(haarcascades + "haarcascade_eye_tree_eyeglasses.xml")
