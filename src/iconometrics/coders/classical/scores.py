"""Calibrating confidence on scores that cross-validation has made already."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.metaestimators import available_if

__all__ = ["Scores", "calibrated", "method_of", "out_of_fold"]

Splits = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


class Scores(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose input are the scores themselves."""

    def __init__(self, method: str = "decision_function") -> None:
        self.method = method

    def fit(self, X: NDArray[Any], y: NDArray[Any]) -> Self:
        """Take note of the classes."""
        self.classes_ = np.unique(y)
        return self

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Take the class with the highest score."""
        if X.ndim == 1 or X.shape[1] == 1:
            return np.asarray(self.classes_[(X.ravel() > 0).astype(int)])
        return np.asarray(self.classes_[X.argmax(axis=1)])

    @available_if(lambda self: self.method == "decision_function")  # type: ignore[untyped-decorator]
    def decision_function(self, X: NDArray[Any]) -> NDArray[Any]:
        """Hand the scores on."""
        return X.ravel() if len(self.classes_) == 2 else X

    @available_if(lambda self: self.method == "predict_proba")  # type: ignore[untyped-decorator]
    def predict_proba(self, X: NDArray[Any]) -> NDArray[Any]:
        """Hand the scores on."""
        return X


def method_of(estimator: Any) -> str:
    """Say how an estimator gives scores: margins if it can, else probabilities."""
    return "decision_function" if hasattr(estimator, "decision_function") else "predict_proba"


def out_of_fold(estimator: Any, data: NDArray[Any], y: NDArray[Any], *, splits: Splits) -> Any:
    """Score each image by a model that was trained without its fold."""
    from sklearn.model_selection import cross_val_predict

    method = method_of(estimator)
    scores = cross_val_predict(estimator, data, y, cv=splits, method=method)
    return scores.reshape(len(y), -1)


def calibrated(
    method: str, scores: NDArray[Any], y: NDArray[Any], *, kind: str, splits: Splits
) -> Any:
    """Fit the calibration of scores."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.frozen import FrozenEstimator

    # scikit-learn's temperature scaling takes labels that are numbers for positions of columns.
    classes, codes = np.unique(y, return_inverse=True)
    frozen = FrozenEstimator(Scores(method).fit(scores, codes))
    calibrator = CalibratedClassifierCV(frozen, method=kind, cv=splits, ensemble=False)
    calibrator.fit(scores, codes)
    calibrator.classes_ = classes
    return calibrator
