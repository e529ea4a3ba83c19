"""Loading a coder that was saved."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from iconometrics.coders import card as cards
from iconometrics.coders import storage
from iconometrics.coders.feature_classifier import FeatureClassifier
from iconometrics.coders.training import Trained
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.features import get

__all__ = ["load"]


def load(folder: str | Path) -> FeatureClassifier:
    """Load a coder that was saved.

    Parameters
    ----------
    folder
        Where `FeatureClassifier.save` wrote it.

    Returns
    -------
    FeatureClassifier
        It gives the same codings as the one that was saved. One warning says what has changed in
        the packages or features since.

    Raises
    ------
    InputError
        If there is no model, it is damaged, or its file holds types that are none of ours.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_iris
    >>> from iconometrics.coders import FeatureClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> saved = FeatureClassifier("lda").fit(X, y).save(tempfile.mkdtemp())
    >>> load(saved).predict(X[:2])
    array([0, 0])
    """
    folder = Path(folder)
    card = storage.read_card(folder)
    if card["kind"] != FeatureClassifier.__name__:
        raise InputError(f"{folder}: a coder of kind {card['kind']!r}, expected FeatureClassifier.")
    parts, training = storage.read(folder, card)
    coder = FeatureClassifier(**card["settings"])
    coder.trained_ = Trained(
        parts["pipeline"], parts["calibrator"], card["accuracy"], card["chosen"]
    )
    coder.classes_ = coder.trained_.pipeline.classes_
    coder.columns_ = card["columns"]
    coder.variable_ = card["variable"]
    coder.training_ = training
    coder.data_hash_ = card["data_hash"]
    coder.n_features_in_ = coder.trained_.pipeline.n_features_in_
    if coder.columns_ is not None:
        coder.feature_names_in_ = np.array(coder.columns_, dtype=object)
    _warn_of_changes(card)
    return coder


def _warn_of_changes(card: dict[str, Any]) -> None:
    now = cards.versions()["scikit-learn"]
    then = card["versions"]["scikit-learn"]
    told = [f"scikit-learn {then}, now {now}"] if now != then else []
    for spec, version in card["features"].items():
        if get(spec).version != version:
            told.append(f"features {spec!r} version {version}, now {get(spec).version}")
    if told:
        warnings.warn(
            f"the model was trained with {'; '.join(told)}: validate it again, or train it again.",
            IconometricsWarning,
            stacklevel=3,
        )
