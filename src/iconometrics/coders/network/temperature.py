"""Calibrated confidence of a network: one temperature, fitted to images it was not trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iconometrics import stats

__all__ = ["fitted", "probabilities"]

Scores = NDArray[np.float64]


def fitted(scores: Scores, targets: NDArray[np.int64], *, several: bool = False) -> float:
    """Fit the temperature to a network's scores of images that it was not trained on.

    As if one more image had been wrong (Laplace's rule): with few images that are all right, the
    best fit would be a confidence of 1 for everything.

    Parameters
    ----------
    scores
        (n, classes).
    targets
        (n,) classes from 0; with several labels an image, (n, labels) of 0 and 1.
    several
        Whether an image may have several labels.

    Returns
    -------
    float

    Notes
    -----
    Guo, C., Pleiss, G., Sun, Y. & Weinberger, K. (2017). On calibration of modern neural
    networks. ICML, 1321-1330.

    Examples
    --------
    >>> right = np.tile([[4.0, 0.0], [0.0, 4.0]], (10, 1))
    >>> round(fitted(right, np.tile([0, 1], 10)), 2)
    1.34
    """
    scores = np.asarray(scores, float)
    if several:
        scores = np.column_stack([np.zeros(scores.size), scores.ravel()])
        targets = np.asarray(targets).ravel()
    order = np.sort(scores, axis=1)
    typical = int(np.argsort(order[:, -1] - order[:, -2])[len(scores) // 2])
    wrong = int(np.argsort(scores[typical])[-2])
    return stats.fit_temperature(
        np.vstack([scores, scores[typical]]), np.append(np.asarray(targets, int), wrong)
    )


def probabilities(scores: Scores, temperature: float, *, several: bool = False) -> Scores:
    """Turn a network's scores into probabilities.

    Parameters
    ----------
    scores
        (n, classes).
    temperature
        From `fitted`.
    several
        Whether an image may have several labels.

    Returns
    -------
    numpy.ndarray
        (n, classes); rows sum to 1, except of several labels.

    Examples
    --------
    >>> probabilities(np.array([[0.0, 0.0]]), 2.0).tolist()
    [[0.5, 0.5]]
    """
    scores = np.asarray(scores, float)
    if several:
        return np.asarray(stats.softmax(np.stack([0 * scores, scores], -1), temperature)[..., 1])
    return np.asarray(stats.softmax(scores, temperature))
