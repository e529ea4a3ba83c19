"""What an extractor costs: the time it takes for one picture on this machine."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.extractor import Extractor

__all__ = ["milliseconds"]

_SHAPE = (406, 600)


def milliseconds(extractor: Extractor, *, rounds: int = 3) -> float:
    """Measure a picture of 406 x 600 pixels and report how long it took."""
    picture = _picture()
    extractor.measure(picture)
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        extractor.measure(picture)
        times.append(time.perf_counter() - began)
    return 1000 * min(times)


def _picture() -> NDArray[np.uint8]:
    """Draw hills of color with grain: smooth areas, edges and fine detail, as photographs have."""
    rows, columns = np.indices(_SHAPE) / 60
    waves = [np.sin(rows * k + np.cos(columns * (k + 1))) for k in (1.0, 1.7, 2.6)]
    grain = np.random.default_rng(1).normal(0, 4, (*_SHAPE, 3))
    steps = 90 * np.sign(np.sin(columns * 2 + rows))[..., None] * (rows > 3)[..., None]
    values = 128 + 50 * np.stack(waves, axis=2) + steps / 2 + grain
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)
