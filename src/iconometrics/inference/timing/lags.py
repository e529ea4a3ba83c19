"""Least squares on lags within viewers, with errors by viewer or by moments shared by all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

__all__ = ["Fitted", "lag_matrix", "within_fit"]


class Fitted(NamedTuple):
    """Coefficients with their covariance.

    Parameters
    ----------
    coefficients
        (k,).
    covariance
        (k, k).
    degrees
        Of Student's t.

    Examples
    --------
    >>> Fitted(np.zeros(1), np.eye(1), 9).degrees
    9
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    degrees: int


def lag_matrix(signals: np.ndarray, lags: list[int]) -> np.ndarray:
    """Lay each signal's past values side by side.

    Parameters
    ----------
    signals
        (seconds, signals).
    lags
        In seconds, 0 or more.

    Returns
    -------
    numpy.ndarray
        (seconds, signals x lags), all lags of the first signal first; NaN before the beginning.

    Examples
    --------
    >>> lag_matrix(np.array([[1.0], [2], [3]]), [0, 1])[2].tolist()
    [3.0, 2.0]
    """
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
    span: int = 0,
) -> Fitted:
    """Regress within viewers (each has a level of their own).

    Parameters
    ----------
    y
        (n,) reactions.
    X
        (n, k) lagged signals.
    viewer
        (n,) numbers 0, 1, ... of the viewers.
    second
        (n,) second of each reaction: errors may then be shared by all viewers and last for a
        while (Driscoll and Kraay); None: errors by viewer.
    span
        Seconds that shared errors last.

    Returns
    -------
    Fitted

    Notes
    -----
    Cameron, A. C. and Miller, D. L. (2015). A practitioner's guide to cluster-robust inference.
    Journal of Human Resources 50, 317-372. Driscoll, J. C. and Kraay, A. C. (1998). Consistent
    covariance matrix estimation with spatially dependent panel data. Review of Economics and
    Statistics 80, 549-560.

    Examples
    --------
    >>> X = np.array([[0.0], [1], [0], [1]])
    >>> found = within_fit(np.array([0, 2, 5, 7.0]), X, np.array([0, 0, 1, 1]))
    >>> found.coefficients.round(6).tolist()
    [2.0]
    """
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
    sums = _sums(scores, second)
    meat = sums.T @ sums
    for lag in range(1, span + 1):
        shared = sums[lag:].T @ sums[:-lag]
        meat += (1 - lag / (span + 1)) * (shared + shared.T)
    moments = len(np.unique(second))
    meat *= moments / (moments - 1) * (n - 1) / (n - k)
    return Fitted(beta, bread @ meat @ bread, moments - 1)


def _demeaned(part: np.ndarray, viewer: np.ndarray, viewers: int) -> np.ndarray:
    counts = np.bincount(viewer, minlength=viewers)[:, None]
    return np.asarray(part - (_sums(part, viewer) / counts)[viewer])


def _sums(part: np.ndarray, member: np.ndarray) -> np.ndarray:
    sums = np.zeros((int(member.max()) + 1, part.shape[1]))
    np.add.at(sums, member, part)
    return sums
