"""Loading a coder that was saved."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from iconometrics.coders import storage
from iconometrics.coders.classical.classifier import FeatureClassifier
from iconometrics.coders.classical.fit import Trained
from iconometrics.coders.classical.hybrid import HybridClassifier
from iconometrics.coders.network.classifier import ImageClassifier
from iconometrics.coders.network.fit import Learned, training_room
from iconometrics.coders.network.regressor import ImageRegressor
from iconometrics.errors import InputError, warn
from iconometrics.features import get

__all__ = ["load"]

Classical = TypeVar("Classical", bound=FeatureClassifier)


def load(folder: str | Path) -> Any:
    """Load a coder that was saved.

    Parameters
    ----------
    folder
        Where `FeatureClassifier.save`, `ImageClassifier.save` or `ImageRegressor.save` wrote it.

    Returns
    -------
    FeatureClassifier, ImageClassifier or ImageRegressor
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
    makers = {kind.__name__: maker for kind, maker in _MAKERS}
    if card["kind"] not in makers:
        raise InputError(
            f"{folder}: a coder of kind {card['kind']!r}, expected {', '.join(makers)}."
        )
    coder = makers[card["kind"]](folder, card)
    _warn_of_changes(card)
    return coder


def _hybrid_classifier(folder: Path, card: dict[str, Any]) -> HybridClassifier:
    coder = _classical(HybridClassifier(**card["settings"]), folder, card)
    coder.metadata_ = card["metadata"]
    return coder


def _feature_classifier(folder: Path, card: dict[str, Any]) -> FeatureClassifier:
    return _classical(FeatureClassifier(**card["settings"]), folder, card)


def _classical(coder: Classical, folder: Path, card: dict[str, Any]) -> Classical:
    """Give a classifier of rows of numbers what it was trained to."""
    parts, training = storage.read_fitted(folder, card)
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
    return coder


def _image_classifier(folder: Path, card: dict[str, Any]) -> ImageClassifier:
    coder: ImageClassifier = _network(ImageClassifier, folder, card)
    coder.classes_ = np.array(card["classes"])
    if isinstance(coder.class_weights, dict):
        # JSON has text as keys only.
        labels = {str(label): label for label in coder.classes_.tolist()}
        coder.class_weights = {labels.get(k, k): w for k, w in coder.class_weights.items()}
    coder.n_per_class_ = card["n_per_class"]
    coder.temperature_ = card["temperature"]
    return coder


def _image_regressor(folder: Path, card: dict[str, Any]) -> ImageRegressor:
    coder: ImageRegressor = _network(ImageRegressor, folder, card)
    coder.scale_ = tuple(card["scale"])
    return coder


def _network(kind: type[Any], folder: Path, card: dict[str, Any]) -> Any:
    training_room()
    net, training = storage.read_network(folder, card)
    history = pd.DataFrame(card["history"]).astype("float64").astype({"epoch": "int64"})
    nothing_held = np.arange(0), np.empty((0, 0), np.float32)
    coder = kind(**card["settings"])
    coder.learned_ = Learned(net, history, card["kept_epoch"], *nothing_held, {})
    coder.training_ = training
    coder.variables_ = tuple(card["variables"])
    coder.accuracy_ = card["accuracy"]
    coder.data_hash_ = card["data_hash"]
    return coder


_MAKERS: tuple[tuple[type[Any], Callable[[Path, dict[str, Any]], Any]], ...] = (
    (FeatureClassifier, _feature_classifier),
    (HybridClassifier, _hybrid_classifier),
    (ImageClassifier, _image_classifier),
    (ImageRegressor, _image_regressor),
)


def _warn_of_changes(card: dict[str, Any]) -> None:
    package = "scikit-learn" if "features" in card else "torch"
    now = importlib.metadata.version(package)
    then = card["versions"][package]
    changes = [f"{package} {then}, now {now}"] if now != then else []
    for spec, version in card.get("features", {}).items():
        if get(spec).version != version:
            changes.append(f"features {spec!r} version {version}, now {get(spec).version}")
    if changes:
        warn(
            f"the model was trained with {'; '.join(changes)}: validate it again, or train it "
            "again."
        )
