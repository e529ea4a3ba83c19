"""Real handwriting: scikit-learn's 1,797 digits, shared out among people who never meet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Hand", "share_out"]


class Hand(NamedTuple):
    """One clerk's handwriting: some real digits that no other clerk uses.

    ``strokes`` holds the pictures, (n, 8, 8) from 0 (paper) to 1 (ink); ``digit`` what each shows;
    ``source`` its number among the 1,797.
    """

    strokes: NDArray[np.float32]
    digit: NDArray[np.int64]
    source: NDArray[np.int64]


def share_out(*, trainers: int = 25, clerks: int = 40) -> tuple[list[Hand], list[Hand]]:
    """Share the digits out among trainers and clerks, no digit to two of them.

    The digits stand in the order in which they were collected, so neighbors are mostly by one
    writer; each hand gets neighboring digits of all ten kinds.

    Parameters
    ----------
    trainers
        How many hands write the sheets that the coder is trained on.
    clerks
        How many hands write the sheets that are measured.

    Returns
    -------
    tuple of two lists of Hand
        The trainers' hands and the clerks'.

    Examples
    --------
    >>> training, measured = share_out(trainers=2, clerks=3)
    >>> len(training), len(measured), sum(len(hand.digit) for hand in training + measured)
    (2, 3, 1797)
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    owner = np.empty(len(data.target), dtype=np.int64)
    for digit in range(10):
        found = np.flatnonzero(data.target == digit)
        owner[found] = np.arange(len(found)) * (trainers + clerks) // len(found)
    strokes = (data.images / 16).astype(np.float32)
    hands = [
        Hand(strokes[mine], data.target[mine], mine)
        for mine in (np.flatnonzero(owner == hand) for hand in range(trainers + clerks))
    ]
    return hands[:trainers], hands[trainers:]
