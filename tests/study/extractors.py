"""Extractors of the tests' own; workers import them from here."""

from __future__ import annotations

import os
import signal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.features import Column, Extractor


class Deadly(Extractor):
    """Ends its process, as a broken decoder would, on pictures whose first pixel is pure red."""

    name = "deadly"

    def columns(self) -> tuple[Column, ...]:
        words = ("Mean", "mean of the pixels", 0.0, 255.0, "gray levels", "", "light", "dark", True)
        return (Column("deadly_mean", *words),)

    def compute(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        if tuple(pixels[0, 0]) == (255, 0, 0):
            os.kill(os.getpid(), signal.SIGKILL)
        return np.array([pixels.mean()])

    def show(self, pixels: NDArray[np.uint8], ax: Any = None) -> Any:
        raise NotImplementedError
