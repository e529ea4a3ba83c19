"""Searching settings of a network: grid or random, resumable, on any executor."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from iconometrics import options
from iconometrics.coders.compare.compare import predicted
from iconometrics.coders.compare.search_result import Search
from iconometrics.coders.compare.trials import Trial, estimator_key, images_key, run_trials, taken
from iconometrics.coders.folds import make_folds
from iconometrics.coders.labels import align, as_plain
from iconometrics.coders.network.classifier import ImageClassifier
from iconometrics.coders.training_set import Labels, known_labels
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError
from iconometrics.wording import counted

__all__ = ["LECTURE_GRID", "search"]

Grid: TypeAlias = Mapping[str, Sequence[Any]]
Split: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp] | None]

_SHARES = 5
_FILTERS = range(16, 129, 16)

#: The grid of Torres and Cantu (2022): convolution blocks with 16 to 128 filters each, dropout,
#: two fully connected layers, and the rate. Far too many for a grid: draw some with how="random".
LECTURE_GRID: list[dict[str, list[Any]]] = [
    {
        "blocks": [blocks],
        "filters": list(itertools.product(_FILTERS, repeat=blocks)),
        "dropout": [0.1, 0.2, 0.3, 0.4, 0.5],
        "fc": list(itertools.product(range(50, 201, 20), range(10, 101, 10))),
        "rate": [0.0001, 0.0003, 0.001, 0.003, 0.01],
    }
    for blocks in (1, 2, 3)
]


def search(
    settings: Grid | Sequence[Grid],
    images: Corpus | NDArray[Any],
    values: Any,
    *,
    how: str = "grid",
    n: int | None = None,
    groups: Any = None,
    validation: tuple[Any, Any] | None = None,
    folds: int | None = None,
    seed: int = 1,
    file: str | Path | None = None,
    executor: Executor | None = None,
    **fixed: Any,
) -> Search:
    """Train a network with many settings, and see which does best on images held out.

    Parameters
    ----------
    settings
        By name the values to try: parameters of `ImageClassifier` (architecture, rate, batch,
        optimizer, ...) and options of the architecture (of "cnn": blocks, filters, kernel, pool,
        fc, dropout, activation); or several such grids. `LECTURE_GRID` is one.
    images
        A corpus, or an array of pictures.
    values
        Labels: a Series by image id, or one entry per image.
    how
        "grid" for all combinations, "random" for `n` of them; there, what can be drawn from
        (``rvs``, as scipy's distributions) may stand for a list of values.
    n
        How many combinations are drawn.
    groups
        The account or event of each image; none is both trained on and held out.
    validation
        Other images with their labels to score on, such as those that the network is meant for.
        By default a fifth of the images is held out, the same for all settings.
    folds
        Score by cross-validation instead, in so many folds.
    seed
        Names what is drawn, held out and trained.
    file
        Where each result is written as soon as it is there; run again with the same file, only
        what is missing is trained.
    executor
        Where to train; None for one training after the other, here.
    **fixed
        Settings of every `ImageClassifier`, such as ``epochs=5``.

    Returns
    -------
    Search
        The best first. Its accuracy is the highest of many, so it is optimistic: judge it on
        images that the search has not seen.

    Raises
    ------
    InputError
        If there is nothing to try, no setting can be trained, or labels cannot be used.

    Notes
    -----
    Bergstra, J. and Bengio, Y. (2012). Random search for hyper-parameter optimization. Journal of
    Machine Learning Research 13, 281-305. `LECTURE_GRID`: Torres, M. and Cantu, F. (2022).
    Learning to see: convolutional neural networks for the analysis of social science data.
    Political Analysis 30, 113-131; their defaults are 2 blocks, dropout .5, 128 and 50 units and
    a rate of .0001 for at most 45 epochs. The usual ones are batches of 32, a rate of .01, 80 %
    of the images for training, 1 to 3 blocks, twice as many filters in each further one, filters
    of 3 x 3 and pooling by 2 x 2.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits(n_class=2)
    >>> pictures = (digits.images * 15).astype(np.uint8)
    >>> tried = search({"filters": [4, 8]}, pictures, digits.target, epochs=2, size=8, channels=1,
    ...                blocks=1)
    >>> sorted(tried.table()["filters"].tolist())
    [4, 8]
    """
    ids = images.ids if isinstance(images, Corpus) else None
    known = known_labels(values, groups, ids=ids, n=len(images))
    labeled = taken(images, known.at)
    combinations = _combinations(settings, how=how, n=n, seed=seed)
    classifiers = [_classifier({**fixed, **chosen}, seed=seed) for chosen in combinations]
    others, truth = _others(validation, folds, trained=known.y)
    splits = _splits(known, folds, seed=seed, others=others is not None)
    inputs = [images_key(labeled, known.y), None if others is None else images_key(others, truth)]
    member = None if known.groups is None else [str(group) for group in known.groups]
    trials = [
        Trial(
            options.key("search", estimator_key(classifier), inputs, member, train, test),
            partial(
                _tried,
                clone(classifier),
                labeled,
                known,
                split=(train, test),
                others=others,
                truth=truth,
            ),
        )
        for classifier in classifiers
        for train, test in splits
    ]
    results = run_trials(trials, file=file, executor=executor, label="searching")
    cells = [results[i : i + len(splits)] for i in range(0, len(results), len(splits))]
    return Search.of(combinations, cells, estimators=classifiers)


def _combinations(
    settings: Grid | Sequence[Grid], *, how: str, n: int | None, seed: int
) -> list[dict[str, Any]]:
    from sklearn.model_selection import ParameterGrid

    if how not in {"grid", "random"} or (how == "random") != (n is not None):
        raise InputError(
            f'how={how!r}, n={n}: expected how="grid" without n, or how="random" with n=, the '
            "number of combinations to draw."
        )
    grids = [settings] if isinstance(settings, Mapping) else list(settings)
    for name, some in ((name, some) for grid in grids for name, some in grid.items()):
        if not hasattr(some, "rvs") and (isinstance(some, str) or not len(some)):
            raise InputError(f"{name}={some!r}: expected a list of values to try.")
    plain = [
        {name: v if hasattr(v, "rvs") else list(v) for name, v in grid.items()} for grid in grids
    ]
    combinations = list(ParameterGrid(plain)) if how == "grid" else _drawn(plain, n or 0, seed)
    if not combinations or combinations == [{}]:
        raise InputError("there is no setting to try: expected values by name, such as rate.")
    return combinations


def _drawn(grids: Sequence[Mapping[str, Any]], n: int, seed: int) -> list[dict[str, Any]]:
    """Draw a grid, each as likely as the others, and of it a value for each setting."""
    random = options.generator(seed)
    combinations: dict[str, dict[str, Any]] = {}
    for _ in range(20 * n):
        grid = grids[int(random.integers(len(grids)))]
        combination = {
            name: some.rvs(random_state=random)
            if hasattr(some, "rvs")
            else some[int(random.integers(len(some)))]
            for name, some in grid.items()
        }
        combinations.setdefault(repr(combination), combination)
        if len(combinations) == n:
            break
    return list(combinations.values())


def _classifier(settings: Mapping[str, Any], *, seed: int) -> Any:
    """Tell parameters of the classifier from options of its architecture."""
    known = ImageClassifier().get_params()
    own = {name: value for name, value in settings.items() if name in known}
    others = {name: value for name, value in settings.items() if name not in known}
    own["options"] = {**(own.get("options") or {}), **others} or None
    return ImageClassifier(**{"seed": seed, **own})


def _others(
    validation: tuple[Any, Any] | None, folds: int | None, *, trained: NDArray[Any]
) -> tuple[Any, NDArray[Any]]:
    if validation is None:
        return None, np.empty(0)
    if folds is not None:
        raise InputError(f"validation= and folds={folds} at once: expected one of them.")
    images, values = validation
    ids = images.ids if isinstance(images, Corpus) else None
    aligned = align(values, ids, n=len(images), what="validation labels")
    if pd.isna(aligned).any():
        unknown = counted(int(pd.isna(aligned).sum()), "image")
        raise InputError(f"no label for {unknown} in validation=.")
    truth = as_plain(aligned)
    if not set(truth.tolist()) & set(trained.tolist()):
        raise InputError(
            f"no label for validation, such as {truth[0]}, is one to train with, such as "
            f"{trained[0]}: expected the same labels, and either text or numbers in both."
        )
    return images, truth


def _splits(known: Labels, folds: int | None, *, seed: int, others: bool) -> list[Split]:
    if others:
        return [(np.arange(len(known.y)), None)]
    splits = make_folds(
        known.y, known.groups, folds=folds or _SHARES, counts=known.counts, seed=seed
    )
    return list(splits) if folds else list(splits[:1])


def _tried(
    estimator: Any,
    images: Any,
    known: Labels,
    *,
    split: Split,
    others: Any,
    truth: NDArray[Any],
) -> dict[str, Any]:
    """Train with one setting and count what is right; a setting that cannot be used says why."""
    train, test = split
    try:
        predictions = predicted(
            estimator, images, known.y, groups=known.groups, train=train, test=test, others=others
        )
    except InputError as error:
        return {"reason": str(error)}
    truth = truth if test is None else known.y[test]
    classes = np.unique(known.y)
    rows = [
        (row, label) for row, label in zip(predictions["probabilities"], truth, strict=True) if row
    ]
    shares = np.array([row for row, _ in rows], np.float64).reshape(len(rows), len(classes))
    right = np.array([label for _, label in rows])[:, None] == classes
    hits = (shares.argmax(axis=1)[:, None] == np.arange(len(classes))) & right
    return {
        "right": int(hits.sum()),
        "n": len(rows),
        "loss": float(-np.log(np.clip((shares * right).sum(axis=1), 1e-12, 1)).sum()),
        "seconds": predictions["seconds"],
        "parameters": predictions.get("parameters"),
    }
