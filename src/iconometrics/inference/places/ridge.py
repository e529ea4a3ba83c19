"""Ridge regression at many penalties at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["ridge_chosen", "ridge_path"]


def ridge_path(
    X: np.ndarray, y: np.ndarray, new: np.ndarray, *, penalties: Sequence[float]
) -> np.ndarray:
    """Predict new rows by ridge on standardized features, at every penalty."""
    mean, spread = X.mean(axis=0), X.std(axis=0)
    spread[spread == 0] = 1
    Z, W, centered = (X - mean) / spread, (new - mean) / spread, y - y.mean()
    if X.shape[1] <= X.shape[0]:
        roots, Q = np.linalg.eigh(Z.T @ Z)
        left, right = W @ Q, Q.T @ (Z.T @ centered)
    else:
        roots, Q = np.linalg.eigh(Z @ Z.T)
        left, right = (W @ Z.T) @ Q, Q.T @ centered
    shrunk = np.maximum(roots, 0) + np.asarray(penalties, float)[:, None]
    usable = shrunk > 1e-10 * max(float(roots[-1]), 1e-300)
    weights = np.divide(right, shrunk, out=np.zeros_like(shrunk), where=usable)
    return np.asarray(weights @ left.T + y.mean())


def ridge_chosen(
    X: np.ndarray, y: np.ndarray, folds: np.ndarray, *, penalties: Sequence[float]
) -> float:
    """Choose the penalty with the smallest squared error over folds left out."""
    errors = np.zeros(len(penalties))
    for fold in np.unique(folds):
        out = folds == fold
        predicted = ridge_path(X[~out], y[~out], X[out], penalties=penalties)
        errors += ((predicted - y[out]) ** 2).sum(axis=1)
    best = np.flatnonzero(errors <= errors.min() * (1 + 1e-12))
    return float(max(np.asarray(penalties, float)[best]))
