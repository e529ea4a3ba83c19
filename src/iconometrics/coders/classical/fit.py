"""Training a classical model: search, cross-validate, calibrate, fit on everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iconometrics import stats
from iconometrics.coders.classical import scores
from iconometrics.coders.classical.models import Grid, calibration, full_grid, pipeline
from iconometrics.coders.folds import make_folds
from iconometrics.errors import InputError

__all__ = ["ModelSettings", "Trained", "train"]


@dataclass(frozen=True)
class ModelSettings:
    """What decides how a model is trained, all else being data."""

    model: str
    scale: bool
    reduce: str | None
    grid: str | Grid | None
    calibrate: str | None
    folds: int | None
    seed: int


@dataclass(frozen=True, eq=False)
class Trained:
    """A model fitted to all images, its calibration, and how it did on folds it had not seen."""

    pipeline: Any
    calibrator: Any = None
    accuracy: dict[str, Any] | None = None
    chosen: dict[str, Any] = field(default_factory=dict)

    def predict(self, data: NDArray[Any]) -> NDArray[Any]:
        """Give each row its most probable class."""
        if self.calibrator is None:
            return np.asarray(self.pipeline.predict(data))
        return np.asarray(self.calibrator.predict(self._scores(data)))

    def predict_proba(self, data: NDArray[Any]) -> NDArray[np.float64]:
        """Give each row the probability of each class."""
        if self.calibrator is None:
            return np.asarray(self.pipeline.predict_proba(data))
        return np.asarray(self.calibrator.predict_proba(self._scores(data)))

    @property
    def has_probabilities(self) -> bool:
        """Whether `predict_proba` can be asked for."""
        return self.calibrator is not None or hasattr(self.pipeline, "predict_proba")

    def _scores(self, data: NDArray[Any]) -> NDArray[Any]:
        margins = getattr(self.pipeline, scores.method_of(self.pipeline))(data)
        return np.asarray(margins).reshape(len(data), -1)


def train(
    data: NDArray[Any],
    y: NDArray[Any],
    *,
    groups: NDArray[Any] | None,
    counts: Mapping[Any, int],
    settings: ModelSettings,
) -> Trained:
    """Train a model."""
    try:
        return _trained(data, y, groups, counts=counts, settings=settings)
    except InputError:
        raise
    except ValueError as error:
        raise InputError(
            f"model={settings.model!r} cannot be trained on {len(y)} images with these settings: "
            f"{error}"
        ) from error


def _trained(
    data: NDArray[Any],
    y: NDArray[Any],
    groups: NDArray[Any] | None,
    *,
    counts: Mapping[Any, int],
    settings: ModelSettings,
) -> Trained:
    kind = calibration(settings.model, settings.calibrate)
    estimator = pipeline(
        settings.model,
        scale=settings.scale,
        reduce=settings.reduce,
        confidence=bool(kind),
        seed=settings.seed,
    )
    if settings.folds is None:
        if kind or settings.grid is not None:
            raise InputError(
                f"folds=None with calibrate={settings.calibrate!r}, grid={settings.grid!r}: both "
                "need folds. Pass folds=5, or calibrate=None and grid=None."
            )
        return Trained(estimator.fit(data, y))
    splits = make_folds(y, groups, folds=settings.folds, counts=dict(counts), seed=settings.seed)
    best = _searched(estimator, data, y, splits=splits, settings=settings)
    estimator.set_params(**best)
    held_out = scores.out_of_fold(estimator, data, y, splits=splits)
    method = scores.method_of(estimator)
    scored = scores.Scores(method).fit(held_out, y)
    calibrator = None
    if kind:
        calibrator = scores.calibrated(method, held_out, y, kind=kind, splits=splits)
    correct = (calibrator or scored).predict(held_out) == y
    accuracy = _accuracy(correct, groups, folds=len(splits), settings=settings)
    return Trained(estimator.fit(data, y), calibrator, accuracy, best)


def _searched(
    estimator: Any, data: NDArray[Any], y: NDArray[Any], *, splits: Any, settings: ModelSettings
) -> dict[str, Any]:
    """Find the point of the grid with the highest cross-validated accuracy."""
    from sklearn.model_selection import GridSearchCV

    if settings.grid is None:
        return {}
    grid = full_grid(settings.model, settings.grid, estimator)
    search = GridSearchCV(estimator, grid, cv=splits, refit=False, error_score="raise")
    return dict(search.fit(data, y).best_params_)


def _accuracy(
    correct: NDArray[np.bool_], groups: NDArray[Any] | None, *, folds: int, settings: ModelSettings
) -> dict[str, Any]:
    """Give the share of images that were right while held out, with a 95 % interval."""
    if groups is None:
        low, high = stats.wilson(int(correct.sum()), len(correct))
    else:
        low, high = stats.bootstrap(np.mean, correct, groups=groups, seed=settings.seed)
    method = f"cross-validated, {folds} folds" + ("" if groups is None else " by group")
    if settings.grid is not None:
        method += "; the settings were chosen on the same folds, so it is slightly optimistic"
    return {
        "value": float(correct.mean()),
        "low": float(low),
        "high": float(high),
        "n": len(correct),
        "method": method,
    }
