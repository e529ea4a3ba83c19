"""Real handwriting: scikit-learn's 1,797 digits, shared out among people who never meet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Hand", "share_out"]


class Hand(NamedTuple):
    """One clerk's handwriting: some real digits that no other clerk uses."""

    strokes: NDArray[np.float32]
    digit: NDArray[np.int64]
    source: NDArray[np.int64]


def share_out(*, trainers: int = 25, clerks: int = 40) -> tuple[list[Hand], list[Hand]]:
    """Share the digits out among trainers and clerks, no digit to two of them."""
    from sklearn.datasets import load_digits

    data = load_digits()
    owner = np.empty(len(data.target), dtype=np.int64)
    for digit in range(10):
        rows = np.flatnonzero(data.target == digit)
        owner[rows] = np.arange(len(rows)) * (trainers + clerks) // len(rows)
    strokes = (data.images / 16).astype(np.float32)
    hands = [
        Hand(strokes[mine], data.target[mine], mine)
        for mine in (np.flatnonzero(owner == hand) for hand in range(trainers + clerks))
    ]
    return hands[:trainers], hands[trainers:]
