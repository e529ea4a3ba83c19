"""What follows what: transitions between codes, observed against expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from iconometrics.errors import InputError

__all__ = ["Lagged", "adjusted_residuals", "lagged", "markov_order"]


class Lagged(NamedTuple):
    """Pairs of codes at a lag.

    Parameters
    ----------
    given, then
        (pairs,) codes of the earlier and the later event.
    sequence
        (pairs,) number of the sequence.

    Examples
    --------
    >>> Lagged(np.array([0]), np.array([1]), np.array([0])).then.tolist()
    [1]
    """

    given: np.ndarray
    then: np.ndarray
    sequence: np.ndarray


def lagged(
    given: Sequence[np.ndarray], then: Sequence[np.ndarray] | None = None, *, lag: int = 1
) -> Lagged:
    """Pair each event with the one that comes `lag` events later in its sequence.

    Parameters
    ----------
    given
        One array of codes (0, 1, ...) a sequence, in order of time.
    then
        The same sequences coded otherwise, such as by who acted; by default as `given`.
    lag
        1 for the next event.

    Returns
    -------
    Lagged
        Pairs never reach from one sequence into another.

    Raises
    ------
    InputError
        If the lag is below 1.

    Examples
    --------
    >>> pairs = lagged([np.array([0, 1, 1]), np.array([1, 0])])
    >>> list(zip(pairs.given.tolist(), pairs.then.tolist()))
    [(0, 1), (1, 1), (1, 0)]
    """
    if lag < 1:
        raise InputError(f"lag={lag}: expected 1 (the next event) or more.")
    then = given if then is None else then
    first = [codes[:-lag] for codes in given]
    second = [codes[lag:] for codes in then]
    number = [np.full(len(codes), i) for i, codes in enumerate(first)]
    nothing = np.array([], dtype=int)
    return Lagged(*(np.concatenate([nothing, *parts]) for parts in (first, second, number)))


def adjusted_residuals(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compare a table of transitions with what independence would give.

    Parameters
    ----------
    counts
        (given, then) observed transitions.

    Returns
    -------
    tuple of numpy.ndarray
        Expected counts, and adjusted residuals: about standard normal where rows and columns are
        independent; NaN in empty rows and columns.

    Notes
    -----
    All transitions are taken to come from one mix: of sequences that differ in theirs, pooled, the
    residuals are too far from 0; those of `inference.sequences` allow for it.

    Haberman, S. J. (1973). The analysis of residuals in cross-classified tables. Biometrics 29,
    205-220; Bakeman, R. and Quera, V. (2011). Sequential analysis and observational methods for
    the behavioral sciences. Cambridge University Press.

    Examples
    --------
    >>> expected, residual = adjusted_residuals(np.array([[10, 0], [0, 10]]))
    >>> expected[0, 0], round(residual[0, 0], 2)
    (np.float64(5.0), np.float64(4.47))
    """
    counts = np.asarray(counts, float)
    total = counts.sum()
    rows, columns = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = rows * columns / total
        spread = np.sqrt(expected * (1 - rows / total) * (1 - columns / total))
        residual = np.where(spread > 0, (counts - expected) / spread, np.nan)
    return expected, residual


def markov_order(sequences: Sequence[np.ndarray], order: int) -> tuple[float, int, float]:
    """Test whether the code `order` events back still matters, given those in between.

    Parameters
    ----------
    sequences
        One array of codes (0, 1, ...) a sequence.
    order
        1: does the last event matter at all; 2: does the one before it matter too.

    Returns
    -------
    tuple
        Likelihood-ratio statistic, degrees of freedom (of cells that can occur), and p.

    Notes
    -----
    All sequences are taken to be of one chain in which every code can follow every other. Where
    they differ in their mix of codes, or repeats were merged, it says yes far too often: the test
    of `inference.sequences` allows for both.

    Anderson, T. W. and Goodman, L. A. (1957). Statistical inference about Markov chains. Annals
    of Mathematical Statistics 28, 89-110.

    Examples
    --------
    >>> steps = np.tile([0, 1], 50)
    >>> statistic, degrees, p = markov_order([steps], 1)
    >>> degrees, p < 1e-6
    (1, True)
    """
    from scipy.special import chdtrc

    runs = [
        np.lib.stride_tricks.sliding_window_view(codes, order + 1)
        for codes in sequences
        if len(codes) > order
    ]
    if not runs:
        return float("nan"), 0, float("nan")
    windows = np.concatenate(runs)
    _, between = np.unique(windows[:, 1:-1], axis=0, return_inverse=True)
    statistic, degrees = 0.0, 0
    for middle in range(int(between.max()) + 1):
        part = windows[between.ravel() == middle]
        table = _cross(part[:, 0], part[:, -1])
        expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / table.sum()
        seen = table > 0
        statistic += 2 * float((table[seen] * np.log(table[seen] / expected[seen])).sum())
        degrees += (table.shape[0] - 1) * (table.shape[1] - 1)
    return statistic, degrees, float(chdtrc(degrees, statistic)) if degrees else float("nan")


def _cross(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Count pairs, over the codes that occur."""
    rows, at = np.unique(first, return_inverse=True)
    columns, to = np.unique(second, return_inverse=True)
    table = np.zeros((len(rows), len(columns)))
    np.add.at(table, (at, to), 1)
    return table
