"""How sharp and how full of contrast a picture is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["contrast", "sharpness"]


def sharpness(gray: NDArray[Any]) -> float:
    """Measure how much detail a gray picture has: the variance of its Laplacian.

    It grows with the size at which a picture is looked at, so compare pictures of one size only.

    Parameters
    ----------
    gray
        Shape (height, width), 0 to 255.

    Returns
    -------
    float
        0 for a blank picture, or one of fewer than 3 x 3 pixels; below about 100 at several
        hundred pixels per side most pictures look blurred.

    Notes
    -----
    Pech-Pacheco, J. L., et al. (2000). Diatom autofocusing in brightfield microscopy. ICPR 3.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.sharpness(np.full((8, 8), 7.0))
    0.0
    """
    gray = np.asarray(gray, np.float32)
    if min(gray.shape) < 3:
        return 0.0
    neighbors = gray[:-2, 1:-1] + gray[2:, 1:-1] + gray[1:-1, :-2] + gray[1:-1, 2:]
    return float((neighbors - 4 * gray[1:-1, 1:-1]).var(dtype=np.float64))


def contrast(gray: NDArray[Any]) -> float:
    """Measure the contrast of a gray picture: the standard deviation of its values.

    Parameters
    ----------
    gray
        Shape (height, width), 0 to 255.

    Returns
    -------
    float
        0 for a blank picture, 127.5 at most.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.contrast(np.array([[0, 255], [0, 255]]))
    127.5
    """
    return float(np.asarray(gray).std(dtype=np.float64))
