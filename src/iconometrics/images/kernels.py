"""Kernels by name: the small matrices that blur, sharpen and find edges."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["kernels"]

_ROW = np.array([1, 4, 6, 4, 1], np.float64)
_BELL = np.outer(_ROW, _ROW)
_CENTER = np.zeros((5, 5))
_CENTER[2, 2] = 1


def _fixed(values: Any) -> NDArray[np.float64]:
    kernel = np.array(values, np.float64)
    kernel.setflags(write=False)
    return kernel


kernels: Mapping[str, NDArray[np.float64]] = MappingProxyType(
    {
        "identity": _fixed([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        "ridge 4": _fixed([[0, -1, 0], [-1, 4, -1], [0, -1, 0]]),
        "ridge 8": _fixed([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
        "sharpen": _fixed([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        "box blur": _fixed(np.ones((3, 3)) / 9),
        "gaussian 3": _fixed(np.outer([1, 2, 1], [1, 2, 1]) / 16),
        "gaussian 5": _fixed(_BELL / 256),
        # Twice the picture less its blur.
        "unsharp mask": _fixed((_BELL - 512 * _CENTER) / -256),
        "sobel x": _fixed([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        "sobel y": _fixed([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
    }
)
