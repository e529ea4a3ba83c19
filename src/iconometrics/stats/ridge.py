"""Ridge regression: one decomposition for all penalties, and two ways to choose among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

__all__ = ["RidgePath", "ridge_by_folds", "ridge_by_gcv", "ridge_path", "standardized_ridge"]


class RidgePath(NamedTuple):
    """Fits at each penalty: (penalties, columns, targets) slopes, (penalties,) free rows."""

    center: np.ndarray
    level: np.ndarray
    slopes: np.ndarray
    free: np.ndarray

    def predict(self, new: np.ndarray) -> np.ndarray:
        """(penalties, rows, targets) predictions."""
        return np.asarray((new - self.center) @ self.slopes + self.level)


def ridge_path(
    X: np.ndarray,
    targets: np.ndarray,
    *,
    penalties: Sequence[float] | np.ndarray,
    weights: np.ndarray | None = None,
) -> RidgePath:
    """Fit (rows, targets) outcomes; weights count relative to their mean."""
    weights = np.ones(len(X)) if weights is None else weights
    share, root = weights / weights.sum(), np.sqrt(weights / weights.mean())[:, None]
    center, level = share @ X, share @ targets
    Z, Y = (X - center) * root, (targets - level) * root
    if X.shape[1] <= X.shape[0]:
        roots, basis = np.linalg.eigh(Z.T @ Z)
        turned = basis.T @ (Z.T @ Y)
    else:
        roots, left = np.linalg.eigh(Z @ Z.T)
        basis, turned = Z.T @ left, left.T @ Y
    roots = np.maximum(roots, 0)
    shrunk = roots + np.asarray(penalties, float)[:, None]
    usable = shrunk > 1e-10 * max(float(roots[-1]), 1e-300)
    inverse = np.divide(1, shrunk, out=np.zeros_like(shrunk), where=usable)
    free = np.maximum(len(X) - 1 - inverse @ roots, 1e-9)
    return RidgePath(center, level, basis @ (inverse[:, :, None] * turned), free)


def ridge_by_gcv(
    X: np.ndarray, targets: np.ndarray, weights: np.ndarray, *, penalties: np.ndarray
) -> np.ndarray:
    """Fit, the penalty of each target chosen by generalized cross-validation.

    Gives (1 + columns, targets) coefficients, the intercepts first.
    """
    path = ridge_path(X, targets, penalties=penalties, weights=weights)
    best = np.zeros(path.slopes.shape[1:])
    lowest = np.full(targets.shape[1], np.inf)
    for slopes, free in zip(path.slopes, path.free, strict=True):
        left = targets - path.level - (X - path.center) @ slopes
        score = weights @ left**2 / free**2
        better = score < lowest
        best[:, better], lowest[better] = slopes[:, better], score[better]
    return np.vstack([path.level - path.center @ best, best])


def standardized_ridge(
    X: np.ndarray, y: np.ndarray, new: np.ndarray, *, penalties: Sequence[float]
) -> np.ndarray:
    """(penalties, rows) predictions of new rows, by ridge on standardized columns."""
    mean, spread = X.mean(axis=0), X.std(axis=0)
    spread[spread == 0] = 1
    path = ridge_path((X - mean) / spread, y[:, None], penalties=penalties)
    return path.predict((new - mean) / spread)[:, :, 0]


def ridge_by_folds(
    X: np.ndarray, y: np.ndarray, folds: np.ndarray, *, penalties: Sequence[float]
) -> float:
    """Choose the penalty with the smallest squared error over folds left out."""
    errors = np.zeros(len(penalties))
    for fold in np.unique(folds):
        out = folds == fold
        predicted = standardized_ridge(X[~out], y[~out], X[out], penalties=penalties)
        errors += ((predicted - y[out]) ** 2).sum(axis=1)
    best = np.flatnonzero(errors <= errors.min() * (1 + 1e-12))
    return float(max(np.asarray(penalties, float)[best]))
