"""Calibrated confidence of a network: one temperature, fitted to images it was not trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iconometrics import stats

__all__ = ["fitted", "probabilities"]

Scores = NDArray[np.float64]


def fitted(scores: Scores, targets: NDArray[np.int64], *, several: bool = False) -> float:
    """Fit the temperature to a network's scores of images that it was not trained on."""
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
    """Turn a network's scores into probabilities."""
    scores = np.asarray(scores, float)
    if several:
        return np.asarray(stats.softmax(np.stack([0 * scores, scores], -1), temperature)[..., 1])
    return np.asarray(stats.softmax(scores, temperature))
