"""Comparing networks, or any classifiers, on the same folds."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from iconometrics import options
from iconometrics.coders.compare.comparison import Comparison
from iconometrics.coders.compare.trials import (
    Trial,
    estimator_key,
    images_key,
    run_trials,
    taken,
    trained,
)
from iconometrics.coders.folds import make_folds
from iconometrics.coders.network.classifier import ImageClassifier
from iconometrics.coders.training_set import Labels, known_labels
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError
from iconometrics.networks import inside
from iconometrics.wording import as_text

__all__ = ["compare", "predicted"]

_SEEDS = ("seed", "random_state")


@dataclass(frozen=True, eq=False)
class _Entrant:
    """A classifier in the comparison, not trained yet."""

    name: str
    batch: int | None
    estimator: Any


def compare(
    models: Sequence[str] | Mapping[str, Any],
    images: Corpus | pd.DataFrame | NDArray[Any],
    values: Any,
    *,
    groups: Any = None,
    folds: int = 5,
    batches: Sequence[int] | None = None,
    repeats: int = 1,
    seed: int = 1,
    file: str | Path | None = None,
    executor: Executor | None = None,
    **settings: Any,
) -> Comparison:
    """Compare networks, or any classifiers, by cross-validation on the same folds.

    Every image is predicted once by every model, in a fold that the model was not trained on, so
    that intervals rest on as many predictions as there are images, and models are compared image
    by image.

    Parameters
    ----------
    models
        Names of architectures, which become an `ImageClassifier` each; or untrained classifiers
        by name: an `ImageClassifier`, a `FeatureClassifier`, any of scikit-learn's.
    images
        A corpus, a DataFrame of features by image id, or an array.
    values
        Labels: a Series by image id, or one entry per image. Images without one are not used.
    groups
        The patient, account or event of each image, in the same form: none is on both sides of a
        fold, and where one has several images, intervals are by bootstrap of groups.
    folds
        Folds of the cross-validation.
    batches
        Batch sizes to cross the networks with; by default each trains with its own.
    repeats
        Trainings of each fold, with other seeds. Their probabilities are averaged; the number of
        predictions stays the number of images.
    seed
        Names the folds and the trainings.
    file
        Where each training's predictions are written as soon as it is done; run again with the
        same file, only what is missing is trained.
    executor
        Where to train; None for one training after the other, here.
    **settings
        For every `ImageClassifier` made from a name, such as ``epochs=5``.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If nothing can be trained: as `FeatureClassifier.fit`; or if there is no model.

    Notes
    -----
    Bressem, K. K. et al. (2020). Comparing different deep learning architectures for
    classification of chest radiographs. Scientific Reports 10, 13590.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from iconometrics.coders import FeatureClassifier
    >>> X, y = load_digits(n_class=2, return_X_y=True)
    >>> X = X[:, X.std(axis=0) > 3]
    >>> models = {name: FeatureClassifier(name, calibrate=None, folds=None)
    ...           for name in ("lda", "logistic")}
    >>> compare(models, X, y, folds=3).table()["n"].tolist()
    [360, 360]
    """
    ids = images.ids if isinstance(images, Corpus) else getattr(images, "index", None)
    known = known_labels(values, groups, ids=ids, n=len(images))
    chosen = taken(images, known.at)
    entrants = _entrants(models, batches, settings)
    splits = make_folds(known.y, known.groups, folds=folds, counts=known.counts, seed=seed)
    inputs = images_key(chosen, known.y)
    trials = [
        _trial(entrant, chosen, known, test=test, train=train, seed=seed + repeat, inputs=inputs)
        for entrant in entrants
        for repeat in range(repeats)
        for train, test in splits
    ]
    results = run_trials(trials, file=file, executor=executor, label="comparing")
    classes = np.unique(known.y)
    shape = (len(entrants), repeats, len(splits))
    cells = np.array([None] * len(results), dtype=object)
    cells[:] = results
    cells = cells.reshape(shape)
    tests = [test for _, test in splits]
    probabilities = np.stack([_averaged(own, tests, classes=len(classes)) for own in cells])
    rows = [
        _row(entrant, own.ravel().tolist()) for entrant, own in zip(entrants, cells, strict=True)
    ]
    fold = np.empty(len(known.y), np.intp)
    for number, test in enumerate(tests):
        fold[test] = number
    names = np.arange(len(images)) if ids is None else ids.to_numpy()
    return Comparison.of(
        pd.DataFrame(rows),
        probabilities,
        images=pd.Index(names[known.at], name="image"),
        truth=known.y,
        groups=known.groups,
        fold=fold,
        repeats=repeats,
        seed=seed,
    )


def predicted(
    estimator: Any,
    images: Any,
    labels: NDArray[Any],
    *,
    groups: NDArray[Any] | None,
    train: NDArray[np.intp],
    test: NDArray[np.intp] | None = None,
    others: Any = None,
) -> dict[str, Any]:
    """Train a classifier on some images and predict others."""
    model, seconds = trained(clone(estimator), images, labels, groups=groups, rows=train)
    start = time.perf_counter()
    held = others if test is None else taken(images, test)
    table = _probabilities(model, held, np.unique(labels))
    spent = time.perf_counter() - start
    rows = [None if np.isnan(row).any() else row.tolist() for row in table]
    milliseconds = 1000 * spent / max(len(held), 1)
    return {"probabilities": rows, "seconds": seconds, "ms": milliseconds, **_size(model)}


def _entrants(
    models: Sequence[str] | Mapping[str, Any],
    batches: Sequence[int] | None,
    settings: Mapping[str, Any],
) -> list[_Entrant]:
    if isinstance(models, str):
        models = [models]
    if not len(models) or (settings and isinstance(models, Mapping)):
        raise InputError(
            f"{len(models)} models with settings {sorted(settings)}: expected names of "
            "architectures, to which settings apply, or classifiers by name, which have their own."
        )
    if not isinstance(models, Mapping):
        models = {name: ImageClassifier(name, **settings) for name in models}
    entrants = []
    for name, estimator in models.items():
        if not hasattr(estimator, "predict_proba"):
            raise InputError(
                f"{name} ({type(estimator).__name__}) gives no probabilities, which areas under "
                "the curve are made of: expected a classifier that does, such as one with "
                "calibrate= or probability=True."
            )
        crossed = "batch" in estimator.get_params()
        own = [estimator.get_params()["batch"]] if crossed else [None]
        for batch in batches if batches and crossed else own:
            entrants.append(_Entrant(str(name), batch, estimator))
    return entrants


def _trial(
    entrant: _Entrant,
    images: Any,
    known: Labels,
    *,
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    seed: int,
    inputs: str,
) -> Trial:
    estimator = clone(entrant.estimator)
    settable = estimator.get_params()
    changed = {"batch": entrant.batch} if entrant.batch is not None else {}
    # Those of the steps of a pipeline too, else its repeats would be the same or have no seed.
    changed |= {name: seed for name in settable if name.split("__")[-1] in _SEEDS}
    estimator.set_params(**changed)
    member = known.groups
    grouped = None if member is None else options.key([str(group) for group in member])
    beside = _beside(estimator, images)
    key = options.key(estimator_key(estimator), inputs, grouped, train, test, *beside)
    takes = member if _takes_groups(estimator) else None
    work = partial(predicted, estimator, images, known.y, groups=takes, train=train, test=test)
    return Trial(key, work)


def _beside(estimator: Any, images: Any) -> list[str]:
    """Name the metadata that a classifier learns from beside the pictures."""
    used = list(getattr(estimator, "metadata", None) or ())
    if not used or not isinstance(images, Corpus):
        return []
    return [images_key(images.metadata.reindex(columns=used), np.arange(0))]


def _takes_groups(estimator: Any) -> bool:
    return "groups" in inspect.signature(estimator.fit).parameters


def _probabilities(model: Any, images: Any, classes: NDArray[Any]) -> NDArray[np.float64]:
    """Bring predictions to (images, classes); NaN for an image that cannot be read."""
    table = np.full((len(images), len(classes)), np.nan)
    at = np.searchsorted(classes, model.classes_)
    if not isinstance(images, Corpus):
        table[:, at] = model.predict_proba(images)
        return table
    coded = model.code(images).probabilities
    wide = coded.pivot(index="image", columns="category", values="probability")
    columns = as_text(pd.Series(model.classes_)).tolist()
    table[:, at] = wide.reindex(index=images.ids.astype(str), columns=columns).to_numpy()
    return table


def _size(model: Any) -> dict[str, Any]:
    network = getattr(model, "network", None)
    if network is None or not hasattr(network, "parameters"):
        return {}
    parameters = sum(weight.numel() for weight in network.parameters())
    return {"parameters": parameters, "depth": inside.depth(network)}


def _averaged(
    cells: NDArray[Any], tests: Sequence[NDArray[np.intp]], *, classes: int
) -> NDArray[np.float64]:
    """Put the folds of each repeat together, and average the repeats."""
    stacked = np.full((len(cells), sum(map(len, tests)), classes), np.nan)
    for own, repeat in zip(stacked, cells, strict=True):
        for test, cell in zip(tests, repeat, strict=True):
            rows = [[np.nan] * classes if row is None else row for row in cell["probabilities"]]
            own[test] = np.array(rows, np.float64)
    return np.asarray(stacked.mean(axis=0))


def _row(entrant: _Entrant, cells: list[dict[str, Any]]) -> dict[str, Any]:
    first = cells[0]
    return {
        "network": entrant.name,
        "batch": entrant.batch,
        "depth": first.get("depth"),
        "parameters": first.get("parameters"),
        "seconds": float(np.mean([cell["seconds"] for cell in cells])),
        "ms": float(np.mean([cell["ms"] for cell in cells])),
    }
