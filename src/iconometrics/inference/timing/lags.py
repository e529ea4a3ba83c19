"""Least squares on lags within viewers, with errors by viewer or by moments shared by all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Fitted", "lag_matrix", "within_fit"]


class Fitted(NamedTuple):
    """Coefficients with their covariance."""

    coefficients: np.ndarray
    covariance: np.ndarray
    degrees: int


def lag_matrix(signals: np.ndarray, lags: list[int]) -> np.ndarray:
    """Lay each signal's past values side by side."""
    seconds, count = signals.shape
    moved = np.full((seconds, count, len(lags)), np.nan)
    for at, lag in enumerate(lags):
        moved[lag:, :, at] = signals[: max(seconds - lag, 0)]
    return moved.reshape(seconds, count * len(lags))


def within_fit(
    y: np.ndarray,
    X: np.ndarray,
    viewer: np.ndarray,
    *,
    second: np.ndarray | None = None,
) -> Fitted:
    """Regress within viewers (each has a level of their own)."""
    viewers = int(viewer.max()) + 1
    n, k = X.shape
    y, X = (_demeaned(part, viewer, viewers) for part in (y[:, None], X))
    bread = np.linalg.inv(X.T @ X)
    beta = bread @ (X.T @ y[:, 0])
    scores = X * (y[:, 0] - X @ beta)[:, None]
    if second is None:
        sums = _sums(scores, viewer)
        meat = sums.T @ sums * viewers / (viewers - 1) * (n - 1) / (n - k)
        return Fitted(beta, bread @ meat @ bread, viewers - 1)
    sums = _sums(scores, second - second.min())
    waves = _cosines(len(sums)) @ sums
    # What viewers share counts once a second: the degrees of freedom are seconds, not reactions.
    moments = len(np.unique(second))
    meat = waves.T @ waves * len(sums) / len(waves) * moments / max(moments - k, 1)
    return Fitted(beta, bread @ meat @ bread, len(waves))


def _cosines(moments: int) -> np.ndarray:
    """Slow waves over the time, as many as Lazarus et al. recommend."""
    count = max(int(0.4 * moments ** (2 / 3)), 2)
    middle = (np.arange(moments) + 0.5) / moments
    waves = np.cos(np.pi * np.arange(1, count + 1)[:, None] * middle)
    return np.asarray(np.sqrt(2 / moments) * waves)


def _demeaned(part: np.ndarray, viewer: np.ndarray, viewers: int) -> np.ndarray:
    counts = np.bincount(viewer, minlength=viewers)[:, None]
    return np.asarray(part - (_sums(part, viewer) / counts)[viewer])


def _sums(part: np.ndarray, member: np.ndarray) -> np.ndarray:
    sums = np.zeros((int(member.max()) + 1, part.shape[1]))
    np.add.at(sums, member, part)
    return sums
