"""Cross-fitting: each row's variables predicted by a learner that did not see the row's fold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.inference.regression.moments import PairedRows
from iconometrics.inference.regression.prepared import Prepared
from iconometrics.stats.categories import indicators
from iconometrics.stats.cross_fitting import folds_of
from iconometrics.stats.ridge import ridge_by_gcv
from iconometrics.wording import as_text, counted, listed

__all__ = ["LEARNERS", "Learner", "basis", "check_folds", "crossfit", "crossfitted"]

Learner = Literal["ridge", "forest"]

_PENALTIES = np.logspace(-3, 4, 15)
_KNOTS = (0.25, 0.5, 0.75)
_FEW = 3
_TREES = 100
_LEAST = 1e-6


def basis(predictions: np.ndarray, covariates: np.ndarray) -> np.ndarray:
    """Make the learner's inputs: predictions with bends, further columns, and their products."""
    parts = [predictions, covariates]
    for column in predictions.T:
        if len(np.unique(column)) > _FEW:
            knots = np.quantile(column, _KNOTS)
            parts.append(np.maximum(column[:, None] - knots, 0))
        parts.append(column[:, None] * covariates)
    stacked = np.hstack(parts)
    spread = stacked.std(axis=0)
    varying = spread > 1e-12 * np.abs(stacked).max(axis=0)
    return np.asarray((stacked - stacked.mean(axis=0))[:, varying] / spread[varying])


def _by_ridge(
    rows: np.ndarray,
    wanted: np.ndarray,
    weights: np.ndarray,
    *,
    new: np.ndarray,
    seed: np.random.Generator,
) -> np.ndarray:
    fitted = ridge_by_gcv(rows, wanted, weights, penalties=_PENALTIES)
    return np.asarray(fitted[0] + new @ fitted[1:])


def _by_forest(
    rows: np.ndarray,
    wanted: np.ndarray,
    weights: np.ndarray,
    *,
    new: np.ndarray,
    seed: np.random.Generator,
) -> np.ndarray:
    from sklearn.ensemble import RandomForestRegressor

    number = int(seed.integers(2**31))
    forest = RandomForestRegressor(_TREES, min_samples_leaf=5, random_state=number)
    forest.fit(rows, wanted if wanted.shape[1] > 1 else wanted[:, 0], sample_weight=weights)
    return np.asarray(forest.predict(new)).reshape(len(new), -1)


LEARNERS: dict[str, Callable[..., np.ndarray]] = {"forest": _by_forest, "ridge": _by_ridge}


def crossfitted(
    prepared: Prepared,
    features: Sequence[str],
    *,
    folds: int,
    seed: np.random.Generator,
    learner: Learner = "ridge",
    repeats: int = 1,
) -> Iterator[tuple[list[str], PairedRows, tuple[str, ...]]]:
    """Evaluate the formula on codes and on predictions, over each division into folds."""
    units = _in_order(prepared) if prepared.clusters is None else prepared.clusters
    parts, targets = prepared.inputs(features), prepared.targets()
    combined = basis if learner == "ridge" else _side_by_side
    inputs = [combined(*parts)]
    if prepared.first_phase is not None:
        inputs.append(combined(*prepared.inputs(features, by_first=True)))
    for _ in range(repeats):
        fold = folds_of(units, prepared.coded, folds=folds, seed=seed)
        yield prepared.versions(*(
            dict(crossfit(own, targets, prepared.weight, fold=fold, seed=seed, learner=learner))
            for own in inputs
        ))  # fmt: skip


def _side_by_side(predictions: np.ndarray, covariates: np.ndarray) -> np.ndarray:
    return np.hstack([predictions, covariates])


def _in_order(prepared: Prepared) -> np.ndarray:
    """Number the rows by their names in the index: the order of a table decides nothing."""
    names = as_text(prepared.table.index.to_series()).to_numpy(dtype=object)
    return names.argsort(kind="stable").argsort()


def crossfit(
    inputs: np.ndarray,
    targets: pd.DataFrame,
    weights: np.ndarray,
    *,
    fold: np.ndarray,
    seed: np.random.Generator,
    learner: Learner,
) -> Iterator[tuple[str, np.ndarray | pd.DataFrame]]:
    """Predict each target in each fold from the coded rows of the other folds.

    Of a categorical target (rows, categories) probabilities are predicted.
    """
    coded = weights > 0
    for name in targets:
        column = targets[name]
        is_text = isinstance(column.dtype, pd.CategoricalDtype)
        kinds = column.cat.categories if is_text else None
        wanted = column.to_numpy(float)[:, None] if kinds is None else indicators(column, kinds)
        guesses = np.empty_like(wanted)
        for left_out in np.unique(fold):
            train, test = coded & (fold != left_out), fold == left_out
            guesses[test] = LEARNERS[learner](
                inputs[train], wanted[train], weights[train], new=inputs[test], seed=seed
            )
        if kinds is not None:
            chances = np.maximum(guesses, _LEAST)
            yield str(name), pd.DataFrame(chances / chances.sum(axis=1)[:, None], columns=kinds)
        else:
            known = wanted[coded]
            yield str(name), np.clip(guesses[:, 0], known.min(), known.max())


def check_folds(prepared: Prepared, *, folds: int, repeats: int, learner: str = "ridge") -> None:
    """Refuse learners that there are not, and folds without enough rows that people coded."""
    if learner not in LEARNERS:
        raise InputError(f"learner={learner!r}: expected one of {listed(map(repr, LEARNERS))}.")
    if folds < 2 or repeats < 1:
        raise InputError(f"folds={folds}, repeats={repeats}: expected at least 2 and 1.")
    units, what = int(prepared.coded.sum()), "row"
    if prepared.clusters is not None:
        units, what = len(np.unique(prepared.clusters[prepared.coded])), "cluster"
    if units < 2 * folds:
        raise InputError(
            f"people coded {listed(prepared.predicted)} in {counted(units, what)} used, too few "
            f"for {folds} folds: expected at least {2 * folds}. Code more, or ask for fewer folds."
        )
