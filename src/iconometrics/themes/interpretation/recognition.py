"""How well marks set intruders apart from members: kappa, its interval, how many images settle it.

With the shares of both kinds fixed by the drawing, kappa is a function of two rates, of intruders
that are marked and of members that are, which rises with the first and falls with the second. So
its interval comes from exact ones of the two rates, by the squares of how far each moves kappa:
Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures.
Statistics in Medicine 27, 1693-1702.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from iconometrics import stats

__all__ = ["Marks", "images_to_settle", "kappa_interval", "likeness"]

_MOST = 100.0
_STEP = 1.02

Numbers = npt.NDArray[np.float64]


class Marks(NamedTuple):
    """What coders marked of one theme.

    Parameters
    ----------
    found, false
        Shares of intruders and of members that were marked.
    intruders, members
        How many images there are of each.
    worth
        How many independent marks the coders' marks of an image are worth.
    """

    found: float
    false: float
    intruders: float
    members: float
    worth: float

    def kappa(self, found: float, false: float) -> float:
        """Give the kappa that such rates have in the limit."""
        share = self.intruders / (self.intruders + self.members)
        marked = share * found + (1 - share) * false
        apart = 2 * share * (1 - share) * (found - false)
        return apart / (share * (1 - marked) + (1 - share) * marked)

    def times(self, factor: float) -> Marks:
        """Give the same rates of so many times the images."""
        return self._replace(intruders=factor * self.intruders, members=factor * self.members)


def likeness(cells: Sequence[Numbers]) -> float:
    """Correlation of two coders' marks of an image, within images of a kind (images, coders)."""
    coders = cells[0].shape[1]
    free = sum(len(cell) - 1 for cell in cells)
    if coders < 2 or not free:
        return float(coders > 1)
    means = [cell.mean(axis=1) for cell in cells]
    between = coders * sum(float(((mean - mean.mean()) ** 2).sum()) for mean in means) / free
    left = [cell - mean[:, None] for cell, mean in zip(cells, means, strict=True)]
    within = sum(float((cell**2).sum()) for cell in left)
    within /= sum(map(len, cells)) * (coders - 1)
    # Where no mark differs from another of its kind, coders may as well repeat each other.
    if not between + within:
        return 1.0
    return float(np.clip((between - within) / (between + (coders - 1) * within), 0, 1))


def kappa_interval(marks: Marks, level: float, *, kappa: float) -> tuple[float, float]:
    """Give the interval about a kappa, the coders' mean."""
    low, high = _by_squares(marks, level)
    tail = (1 - level) / 2
    # Few images end at 0 or 1, where squares fall short: rates may also both be off a little.
    least, most = _corners(marks, 1 - 2 * np.sqrt(tail))
    middle = marks.kappa(marks.found, marks.false)
    ends = min(low, least - middle), max(high, most - middle)
    return max(-1.0, kappa + ends[0]), min(1.0, kappa + ends[1])


def _by_squares(marks: Marks, level: float) -> tuple[float, float]:
    """How far kappa may lie below and above where it is seen."""
    (found_low, found_high), (false_low, false_high) = _rates(marks, level)
    middle = marks.kappa(marks.found, marks.false)
    below = (marks.kappa(found_low, marks.false), marks.kappa(marks.found, false_high))
    above = (marks.kappa(found_high, marks.false), marks.kappa(marks.found, false_low))
    return (
        -float(np.hypot(middle - below[0], middle - below[1])),
        float(np.hypot(above[0] - middle, above[1] - middle)),
    )


def _corners(marks: Marks, level: float) -> tuple[float, float]:
    (found_low, found_high), (false_low, false_high) = _rates(marks, level)
    return marks.kappa(found_low, false_high), marks.kappa(found_high, false_low)


def _rates(marks: Marks, level: float) -> list[tuple[float, float]]:
    pairs = ((marks.found, marks.intruders), (marks.false, marks.members))
    ends = [
        stats.clopper_pearson(rate * n * marks.worth, n * marks.worth, level) for rate, n in pairs
    ]
    return [(float(low), float(high)) for low, high in ends]


def images_to_settle(marks: Marks, level: float, *, kappa: float, bar: float) -> float:
    """Count the images that would set kappa apart from the bar, if rates stayed as they are."""

    def settled(factor: float) -> bool:
        low, high = kappa_interval(marks.times(factor), level, kappa=kappa)
        return low > bar or high < bar

    if settled(1.0):
        return 0.0
    if not settled(_MOST):
        return np.inf
    few, many = 1.0, _MOST
    while many > _STEP * few:
        middle = np.sqrt(few * many)
        few, many = (few, middle) if settled(middle) else (middle, many)
    return float(np.ceil((many - 1) * (marks.intruders + marks.members)))
