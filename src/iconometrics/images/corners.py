"""Corners: places where brightness changes in two directions at once."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.images.values import gray

__all__ = ["corners", "harris"]

_K = 0.05
_SIGMA = 1.0
_KERNEL = 9
_THRESHOLDS = {"harris": 0.01, "fast": 20.0}


def corners(
    pixels: NDArray[Any],
    method: Literal["harris", "fast"] = "harris",
    *,
    threshold: float | None = None,
) -> NDArray[np.float64]:
    """Find corners.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), 0-255.
    method
        "harris": pixels whose response (`harris`) is the largest of the 3 x 3 pixels around.
        "fast": pixels for which 9 neighboring ones of the 16 on a circle of radius 3 are all
        lighter, or all darker, and that are so by more than the 3 x 3 pixels around.
    threshold
        What a corner must exceed: the response for "harris" (None: .01), the difference in gray
        levels for "fast" (None: 20).

    Returns
    -------
    numpy.ndarray
        (corners, 3): row, column, strength; the strongest first. Strength is the response for
        "harris", and the largest difference that the circle would still bear for "fast".

    Raises
    ------
    InputError
        If the method is neither of the two, or the array is no picture.

    Notes
    -----
    Harris, C. & Stephens, M. (1988). A combined corner and edge detector. Alvey Vision
    Conference. Rosten, E. & Drummond, T. (2006). Machine learning for high-speed corner
    detection. ECCV.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> picture = np.zeros((40, 40), np.uint8)
    >>> picture[10:30, 10:30] = 255
    >>> sorted(images.corners(picture)[:, :2].tolist())
    [[10.0, 10.0], [10.0, 29.0], [29.0, 10.0], [29.0, 29.0]]
    """
    if method not in _THRESHOLDS:
        raise InputError(f"method={method!r}: expected 'harris' or 'fast'.")
    least = _THRESHOLDS[method] if threshold is None else float(threshold)
    points = _harris(gray(pixels), least) if method == "harris" else _fast(gray(pixels), least)
    return points[np.lexsort((points[:, 1], points[:, 0], -points[:, 2]))]


def harris(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Measure how much of a corner every pixel is.

    Parameters
    ----------
    pixels
        (height, width, 3) or (height, width), 0-255.

    Returns
    -------
    numpy.ndarray
        (height, width): det A - .05 trace(A)^2, A the sums of products of the Sobel differences
        (of gray values from 0 to 1) under a Gaussian of one pixel; around 0 where it is flat,
        negative on edges. It grows with the fourth power of contrast.

    Notes
    -----
    Harris, C. & Stephens, M. (1988). A combined corner and edge detector. Alvey Vision
    Conference. Outside the picture counts as black, as in scikit-image.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> bool(np.abs(images.harris(np.zeros((8, 8)))).max() == 0)
    True
    """
    import cv2

    values = gray(pixels) / np.float32(255)
    down = cv2.Sobel(values, -1, 0, 1, borderType=cv2.BORDER_CONSTANT)
    across = cv2.Sobel(values, -1, 1, 0, borderType=cv2.BORDER_CONSTANT)
    products = np.dstack([down * down, down * across, across * across])
    blur = cv2.getGaussianKernel(_KERNEL, _SIGMA, cv2.CV_32F)
    sums: Any = cv2.sepFilter2D(products, -1, blur, blur, borderType=cv2.BORDER_CONSTANT)
    first, mixed, second = np.moveaxis(sums, 2, 0)
    response: NDArray[np.float32] = (
        first * second - mixed * mixed - np.float32(_K) * (first + second) ** 2
    )
    return response


def _harris(values: NDArray[np.float32], least: float) -> NDArray[np.float64]:
    import cv2

    # Outside counts as black, which makes a false edge along every border: mirrored instead.
    margin = _KERNEL // 2 + 1
    wide = cv2.copyMakeBorder(values, *(margin,) * 4, cv2.BORDER_REFLECT)
    response = harris(wide)[margin:-margin, margin:-margin]
    largest = cv2.dilate(response, np.ones((3, 3), np.uint8))
    rows, columns = np.nonzero((response == largest) & (response > least))
    return np.column_stack([rows, columns, response[rows, columns]]).astype(np.float64)


def _fast(values: NDArray[np.float32], least: float) -> NDArray[np.float64]:
    import cv2

    detector = cv2.FastFeatureDetector.create(threshold=round(least), nonmaxSuppression=True)
    keypoints = detector.detect(np.rint(values).astype(np.uint8))
    rows = [(keypoint.pt[1], keypoint.pt[0], keypoint.response) for keypoint in keypoints]
    return np.array(rows, np.float64).reshape(-1, 3)
