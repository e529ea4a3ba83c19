"""Where brightness changes, how much, and which way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["gradients", "magnitude_direction"]


def gradients(gray: NDArray[Any]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Take the first-order differences of a gray picture.

    Parameters
    ----------
    gray
        Shape (height, width).

    Returns
    -------
    gx
        Each pixel's right neighbor minus the pixel; zero in the last column.
    gy
        Each pixel's lower neighbor minus the pixel; zero in the last row. Both have the shape of
        `gray`, float32.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> gx, gy = images.gradients(np.array([[0, 10], [0, 10]]))
    >>> gx.tolist(), gy.tolist()
    ([[10.0, 0.0], [10.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]])
    """
    gray = np.asarray(gray, np.float32)
    gx, gy = np.zeros_like(gray), np.zeros_like(gray)
    gx[:, :-1] = np.diff(gray, axis=1)
    gy[:-1] = np.diff(gray, axis=0)
    return gx, gy


def magnitude_direction(
    gx: NDArray[Any], gy: NDArray[Any]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Turn gradients into the strength and the direction of edges.

    Parameters
    ----------
    gx, gy
        Horizontal and vertical differences, of one shape.

    Returns
    -------
    magnitude
        sqrt(gx^2 + gy^2), float32.
    direction
        arctan(gx / gy) in degrees, above -90 to 90, float32: the angle of the gradient from the
        vertical, without its sign. 0 is a horizontal edge, 90 a vertical one, and 0 stands where
        there is no edge at all. (Other texts measure arctan(gy / gx), from the horizontal.)

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> magnitude, direction = images.magnitude_direction(np.array([3.0]), np.array([4.0]))
    >>> float(magnitude[0]), round(float(direction[0]), 2)
    (5.0, 36.87)
    """
    gx, gy = np.asarray(gx, np.float32), np.asarray(gy, np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = np.degrees(np.arctan(gx / gy))
    direction = np.where((gx == 0) & (gy == 0), np.float32(0), np.where(gy == 0, 90, angle))
    return np.hypot(gx, gy), direction.astype(np.float32)
