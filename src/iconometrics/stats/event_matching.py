"""Events that two coders found: which are the same, and what each said at every moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from iconometrics.errors import InputError

__all__ = ["match_events", "time_table"]


def match_events(first: ArrayLike, second: ArrayLike, *, overlap: float = 0.5) -> np.ndarray:
    """Match the events of two coders one to one by how far they overlap in time.

    Parameters
    ----------
    first, second
        Events x 2: start and end, in seconds.
    overlap
        Least share of the common in the joint duration (temporal intersection over union), above
        0 and at most 1. Events without duration match those at the same moment.

    Returns
    -------
    numpy.ndarray
        Matches x 2: positions in `first` and `second`; as many matches as there can be, and of
        these the ones that overlap most.

    Raises
    ------
    InputError
        If an event ends before it starts, or `overlap` is not a share above 0.

    Notes
    -----
    Event-based agreement as in Bakeman, R., Quera, V. and Gnisci, A. (2009). Observer agreement
    for timed-event sequential data. Behavior Research Methods 41, 137-147, with overlap as the
    criterion.

    Examples
    --------
    >>> match_events([[0, 10], [20, 30]], [[1, 10], [29, 40]]).tolist()
    [[0, 0]]
    """
    if not 0 < overlap <= 1:
        raise InputError(f"overlap={overlap!r}: expected a share above 0 and at most 1.")
    spans, other = (_spans(events) for events in (first, second))
    if not len(spans) or not len(other):
        return np.empty((0, 2), dtype=int)
    from scipy.optimize import linear_sum_assignment

    common = np.minimum(spans[:, None, 1], other[:, 1]) - np.maximum(spans[:, None, 0], other[:, 0])
    joint = np.maximum(spans[:, None, 1], other[:, 1]) - np.minimum(spans[:, None, 0], other[:, 0])
    share = np.divide(np.maximum(common, 0), joint, out=np.ones_like(joint), where=joint > 0)
    fits = share >= overlap
    # A match counts more than any sum of overlaps, so that none is given up for a better one.
    worth = np.where(fits, share + min(share.shape) + 1, 0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    kept = fits[rows, columns]
    return np.column_stack([rows[kept], columns[kept]])


def time_table(
    first: tuple[ArrayLike, Sequence[int]],
    second: tuple[ArrayLike, Sequence[int]],
    *,
    categories: int,
    span: tuple[float, float],
) -> np.ndarray:
    """Add up the time during which the first coder said one thing and the second another.

    Parameters
    ----------
    first, second
        Events x 2 (start and end), and the position of each event's category, from 0.
    categories
        Number of categories.
    span
        Start and end of what was watched.

    Returns
    -------
    numpy.ndarray
        (categories + 1) x (categories + 1) seconds; the last row and column are "no event". Where
        a coder's own events overlap, the one that began last counts.

    Raises
    ------
    InputError
        If an event ends before it starts, or the span does.

    Notes
    -----
    Time-unit kappa is Cohen's kappa of this table: Bakeman, Quera and Gnisci (2009).

    Examples
    --------
    >>> time_table(([[0, 4]], [0]), ([[1, 5]], [0]), categories=1, span=(0, 10)).tolist()
    [[3.0, 1.0], [1.0, 5.0]]
    """
    spans = [_spans(events) for events, _ in (first, second)]
    if span[1] < span[0]:
        raise InputError(f"span={span!r}: expected a start and a later end.")
    moments = np.concatenate([spans[0].ravel(), spans[1].ravel(), np.asarray(span, dtype=float)])
    edges = np.unique(np.clip(moments, *span))
    lasting, middle = np.diff(edges), (edges[1:] + edges[:-1]) / 2
    codes = [
        _at(middle, events, np.asarray(labels, dtype=int), categories)
        for events, (_, labels) in zip(spans, (first, second), strict=True)
    ]
    table = np.zeros((categories + 1, categories + 1))
    np.add.at(table, tuple(codes), lasting)
    return table


def _spans(events: ArrayLike) -> np.ndarray:
    spans = np.asarray(events, dtype=float).reshape(-1, 2)
    bad = ~(spans[:, 1] >= spans[:, 0])
    if bad.any():
        start, end = spans[bad][0]
        raise InputError(f"an event from {start:g} to {end:g} s: expected an end after the start.")
    return spans


def _at(moments: np.ndarray, events: np.ndarray, labels: np.ndarray, nothing: int) -> np.ndarray:
    """Say which category holds at each moment."""
    said = np.full(len(moments), nothing)
    for place in np.argsort(events[:, 0], kind="stable"):
        said[(moments > events[place, 0]) & (moments < events[place, 1])] = labels[place]
    return said
