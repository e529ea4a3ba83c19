"""Orders that a video's events could have had: shuffles within each, compiled.

Nothing here is imported before it is needed: loading the compiler takes a third of a second.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics.features.kernels.compiling import kernel

__all__ = ["pairs_of_shuffles", "rewalk", "second_order"]

_LONGEST_TURN = 9
"""Events that one move may turn around: enough to reach every order, and cheap."""


@kernel
def _has_like_neighbor(place: NDArray[Any], classes: NDArray[Any], at: int) -> bool:
    """Whether the event at a position shares a class with one beside it."""
    for row in range(len(classes)):
        own = classes[row, place[at]]
        if own == classes[row, place[at - 1]] or own == classes[row, place[at + 1]]:
            return True
    return False


@kernel
def _turn(place: NDArray[Any], low: int, high: int) -> None:
    while low < high:
        place[low], place[high] = place[high], place[low]
        low, high = low + 1, high - 1


@kernel
def _walk(
    place: NDArray[Any], classes: NDArray[Any], first: int, end: int, random: np.random.Generator
) -> None:
    """Shuffle a sequence between its ends by swaps and turns that put no two of a class together.

    Each move is as likely as its way back, so all such orders are equally likely in the long run.
    """
    inner = end - first - 2
    factor = 2 if len(classes) == 0 else 4
    for _ in range(int(factor * inner * (1 + np.log(inner)))):
        low = first + 1 + int(random.random() * inner)
        high = first + 1 + int(random.random() * inner)
        swapped = random.random() < 0.5
        if low > high:
            low, high = high, low
        if swapped:
            place[low], place[high] = place[high], place[low]
        else:
            high = min(high, low + _LONGEST_TURN)
            _turn(place, low, high)
        if _has_like_neighbor(place, classes, low) or _has_like_neighbor(place, classes, high):
            if swapped:
                place[low], place[high] = place[high], place[low]
            else:
                _turn(place, low, high)


@kernel
def pairs_of_shuffles(
    given: NDArray[Any],
    then: NDArray[Any],
    *,
    classes: NDArray[Any],
    starts: NDArray[Any],
    lag: int,
    draws: int,
    random: np.random.Generator,
) -> NDArray[np.int32]:
    """Count pairs at a lag: (draws + 1, given, then), first as observed, then of shuffles.

    All shuffles set out from a common order that a walk from the observed one leads to: if order
    does not matter, what was observed is one of draws + 1 alike, however short the walks
    (Besag and Clifford 1989).
    """
    tables = np.zeros((draws + 1, given.max() + 1, then.max() + 1), np.int32)
    place = np.arange(len(given))
    for sequence in range(len(starts) - 1):
        first, end = starts[sequence], starts[sequence + 1]
        for at in range(first, end - lag):
            tables[0, given[at], then[at + lag]] += 1
        if end - first > 3:
            _walk(place, classes, first, end, random)
        middle = place[first:end].copy()
        for draw in range(1, draws + 1):
            place[first:end] = middle
            if end - first > 3:
                _walk(place, classes, first, end, random)
            for at in range(first, end - lag):
                tables[draw, given[place[at]], then[place[at + lag]]] += 1
    return tables


@kernel
def rewalk(states: NDArray[Any], new: NDArray[Any], random: np.random.Generator) -> None:
    """Order a sequence anew so that each transition is as frequent as before, all alike.

    The last way out of each state is drawn as a random tree (Wilson 1996), the others shuffled
    (Altschul and Erickson 1985).
    """
    n, kinds = len(states), states.max() + 1
    head = np.zeros(kinds + 1, np.int64)
    for at in range(n - 1):
        head[states[at] + 1] += 1
    for kind in range(kinds):
        head[kind + 1] += head[kind]
    ways = np.empty(n - 1, np.int64)
    fill = head[:-1].copy()
    for at in range(n - 1):
        ways[fill[states[at]]] = states[at + 1]
        fill[states[at]] += 1
    reached = np.zeros(kinds, np.bool_)
    reached[states[n - 1]] = True
    last = np.zeros(kinds, np.int64)
    for at in range(n - 1):
        state = states[at]
        while not reached[state]:
            last[state] = head[state] + int(random.random() * (head[state + 1] - head[state]))
            state = ways[last[state]]
        state = states[at]
        while not reached[state]:
            reached[state] = True
            state = ways[last[state]]
    for kind in range(kinds):
        low, high = head[kind], head[kind + 1]
        if kind != states[n - 1] and high > low:
            high -= 1
            ways[last[kind]], ways[high] = ways[high], ways[last[kind]]
        for at in range(high - 1, low, -1):
            other = low + int(random.random() * (at - low + 1))
            ways[at], ways[other] = ways[other], ways[at]
    new[0] = states[0]
    for at in range(1, n):
        state = new[at - 1]
        new[at] = ways[head[state]]
        head[state] += 1


@kernel
def second_order(
    states: NDArray[Any],
    given: NDArray[Any],
    then: NDArray[Any],
    *,
    starts: NDArray[Any],
    draws: int,
    twins: tuple[np.random.Generator, np.random.Generator],
) -> NDArray[np.float64]:
    """Measure how far triples are from what transitions alone give: as observed, then of shuffles.

    `given` and `then` are codes by state. Shuffles are made twice, by twin generators, first for
    their mean: so no more than one table is held.
    """
    wide, deep = given.max() + 1, then.max() + 1
    cells = wide * wide * deep
    mean, table, statistics = np.zeros(cells), np.zeros(cells), np.zeros(draws + 1)
    new = states.copy()
    for measuring in (False, True):
        random = twins[1] if measuring else twins[0]
        for draw in range(draws + 1):
            new[:] = states
            table[:] = 0
            for sequence in range(len(starts) - 1):
                first, end = starts[sequence], starts[sequence + 1]
                if draw and end - first > 3:
                    rewalk(states[first:end], new[first:end], random)
                for at in range(first, end - 2):
                    before = given[new[at]] * wide + given[new[at + 1]]
                    table[before * deep + then[new[at + 2]]] += 1
            for cell in range(cells):
                if not measuring:
                    mean[cell] += table[cell] / (draws + 1)
                elif mean[cell] > 0:
                    statistics[draw] += (table[cell] - mean[cell]) ** 2 / mean[cell]
    return statistics
