"""The classical pipeline: features, scaling, selection, a model, calibrated confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from iconometrics.coders import card, corpus_chunks, labels, matrix, storage
from iconometrics.coders.classical.fit import ModelSettings, train
from iconometrics.coders.classical.interpretation import (
    Importance,
    PartialDependence,
    columns_by_set,
    dependence,
    permuted,
)
from iconometrics.coders.classical.models import MODELS, Grid, pipeline
from iconometrics.coders.training_set import FeatureRows, gather
from iconometrics.coding import Codings
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError
from iconometrics.features import Extractor, get
from iconometrics.options import plain
from iconometrics.wording import listed

__all__ = ["FeatureClassifier"]


class FeatureClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Classify images by features: the classical pipeline.

    A scikit-learn classifier. Images come as a corpus, of which features are extracted, as a
    DataFrame of features by image id, or as an array (n, columns). Labels that are a Series are
    aligned with the images by id.

    Parameters
    ----------
    model
        "svm", "forest", "bagging", "neighbors", "tree", "polynomial", "ridge", "lasso", "lda" or
        "logistic".
    features
        Names of feature sets or extractors, for corpora; None where only tables come.
    scale
        Whether columns are standardized first.
    reduce
        "pca" keeps components that hold 95 % of the variance, "select" the quarter of the columns
        that differ most between classes (F test), None all.
    grid
        Parameters of the model with values to try: "default", or a dict such as
        ``{"C": [1, 10]}``; the best by cross-validated accuracy is taken. None for no search.
    calibrate
        How scores become probabilities: "temperature", "sigmoid" or "isotonic", fitted to
        cross-validated scores; "auto" is temperature, but sigmoid for models that count votes
        (bagging, neighbors, tree); None leaves them as they are.
    folds
        Folds of the cross-validation that accuracy, calibration and search rest on; None for
        none, with calibrate=None and grid=None.
    name
        The coder's name in codings.
    seed
        Seeds the folds and any random draws of the model.

    Attributes
    ----------
    classes_
        The classes, sorted.
    training_
        The images trained on: image, sha256, label.
    accuracy_
        Cross-validated accuracy: value, low, high, n, method; None without folds.

    Notes
    -----
    Arold, B. (2024). Images as data, lecture 2: image-based analysis pipeline. Temperature: Guo,
    C., Pleiss, G., Sun, Y. & Weinberger, K. (2017). On calibration of modern neural networks.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> X = X[:, X[:900].any(axis=0)]
    >>> coder = FeatureClassifier("lda", seed=1).fit(X[:900], y[:900])
    >>> coder.predict_proba(X[900:]).shape
    (897, 10)
    >>> round(coder.accuracy_["value"], 2)
    0.95
    """

    def __init__(
        self,
        model: str = "svm",
        *,
        features: Sequence[str | Extractor] | None = ("color", "hog"),
        scale: bool = True,
        reduce: str | None = None,
        grid: str | Grid | None = None,
        calibrate: str | None = "auto",
        folds: int | None = 5,
        name: str = "classifier",
        seed: int = 0,
    ) -> None:
        self.model = model
        self.features = features
        self.scale = scale
        self.reduce = reduce
        self.grid = grid
        self.calibrate = calibrate
        self.folds = folds
        self.name = name
        self.seed = seed

    def fit(self, X: Any, y: Any, *, groups: Any = None) -> Self:
        """Train on labeled images.

        Parameters
        ----------
        X
            A corpus, a DataFrame of features by image id, or an array (n, columns).
        y
            Labels: a Series by image id, or one entry per image. Images without one are not used.
        groups
            The account or event of each image, in the same form; one is never on both sides of a
            fold.

        Returns
        -------
        FeatureClassifier
            Itself.

        Raises
        ------
        InputError
            If a class has one example, there is one class only, a value is missing or infinite,
            or ids do not match; always before any training.
        """
        if y is None:
            raise InputError("FeatureClassifier requires y to be passed, but the target y is None.")
        examples = gather(X, y, groups=groups, numbers=self._training_rows)
        rows, known = examples.rows, examples.labels
        settings = ModelSettings(
            self.model, self.scale, self.reduce, self.grid, self.calibrate, self.folds, self.seed
        )
        self.trained_ = train(
            rows.values, known.y, groups=known.groups, counts=known.counts, settings=settings
        )
        self.classes_ = np.unique(known.y)
        self.columns_ = rows.columns
        self.variable_ = known.variable
        self.training_ = card.training_table(rows.ids, known.y, card.sha256_of(X))
        self.data_hash_ = card.data_hash(self.training_, rows.values)
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Give each image its most probable class.

        Parameters
        ----------
        X
            As for `fit`. A table may have further columns.

        Returns
        -------
        numpy.ndarray
            (n,) labels.

        Raises
        ------
        InputError
            If an image cannot be read, a column is missing, or a value is missing or infinite.
        """
        data = self._values(X)
        return np.asarray(self.trained_.predict(data))

    @available_if(lambda self: self._has_probabilities())  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Give each image the probability of each class.

        Parameters
        ----------
        X
            As for `predict`.

        Returns
        -------
        numpy.ndarray
            (n, classes), in the order of ``classes_``; rows sum to 1.

        Raises
        ------
        InputError
            As for `predict`.
        """
        data = self._values(X)
        return np.asarray(self.trained_.predict_proba(data))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Give the share of images that get their label.

        Parameters
        ----------
        X
            As for `predict`.
        y
            Labels: a Series by image id, or one entry per image. Images without one are not used.
        sample_weight
            Weights of the images, in the same form, or None.

        Returns
        -------
        float
            Accuracy.
        """
        return labels.share_right(self.predict(X), y, _ids(X), weights=sample_weight)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variable that is coded: the name of the labels that were trained on."""
        return (self.variable_,) if hasattr(self, "variable_") else ()

    @property
    def accuracy_(self) -> dict[str, Any] | None:
        """Cross-validated accuracy on the training images."""
        check_is_fitted(self)
        accuracy: dict[str, Any] | None = self.trained_.accuracy
        return accuracy

    def code(
        self,
        corpus: Corpus | pd.DataFrame,
        *,
        executor: Executor | None = None,
        features: pd.DataFrame | None = None,
    ) -> Codings:
        """Code images; however many there are, some thousand are in memory at a time.

        Parameters
        ----------
        corpus
            The images, or a DataFrame of their features by image id.
        executor
            Where features are computed; None for processes on this machine.
        features
            Features that are there already, by image id.

        Returns
        -------
        Codings
            One coding per image with its confidence, and the probabilities of all classes. An
            image that cannot be read has no value, and a reason.

        Raises
        ------
        InputError
            If there is no image, or a column that was trained on is missing.
        """
        check_is_fitted(self)
        tables = corpus_chunks.tables(corpus, self.features, table=features, executor=executor)
        coded = [self._coded(table, reasons) for table, reasons in tables]
        known = [table for _, _, table in coded if table is not None]
        return Codings.from_series(
            pd.concat([values for values, _, _ in coded]),
            variable=self.variable_,
            coder=self.name,
            probabilities=pd.concat(known) if known else None,
            reason=pd.concat([reasons for _, reasons, _ in coded]),
            sha256=card.sha256_of(corpus),
            trained_on=self.training_["image"],
        )

    def importance(
        self, X: Any, y: Any, *, by: str = "column", repeats: int = 5, seed: int = 0
    ) -> Importance:
        """Show what the model goes by: the accuracy that is lost when a column is shuffled.

        Parameters
        ----------
        X
            Labeled images, best ones that were not trained on; as for `predict`.
        y
            Their labels; as for `score`. Images without one are not used.
        by
            "column", or "set" to shuffle all columns of a feature set together: columns that
            say the same stand in for one another, so that each alone seems to matter little.
        repeats
            Shuffles of each.
        seed
            Names the shuffles.

        Returns
        -------
        Importance

        Raises
        ------
        InputError
            If ``by`` is neither, or as for `predict`.
        """
        data = self._values(X)
        names = self._column_names()
        if by not in {"column", "set"}:
            raise InputError(f'by={by!r}: expected "column" or "set".')
        single = {name: [position] for position, name in enumerate(names)}
        columns = single if by == "column" else columns_by_set(names)
        truth, predict = self._labels(X, y), self.trained_.predict
        has = labels.labeled(truth)
        known = labels.as_plain(truth[has])
        return permuted(predict, data[has], known, columns=columns, repeats=repeats, seed=seed)

    def partial_dependence(
        self, X: Any, column: str | int, *, points: int = 20
    ) -> PartialDependence:
        """Show how probable each class would be if a column had a given value in every image.

        Parameters
        ----------
        X
            Images; as for `predict`.
        column
            Name of a column, or its position.
        points
            How many values of the column at most.

        Returns
        -------
        PartialDependence

        Raises
        ------
        InputError
            If there is no such column, or as for `predict`.
        """
        names = self._column_names()
        name = (
            names[column] if isinstance(column, int) and 0 <= column < len(names) else str(column)
        )
        if name not in names:
            raise InputError(
                f"column {column!r} was not trained on: {listed(map(repr, names))} were."
            )
        values, means = dependence(
            self.trained_.predict_proba, self._values(X), names.index(name), points=points
        )
        table = pd.DataFrame(means, index=values, columns=self.classes_)
        return PartialDependence(name, table)

    def card(self) -> dict[str, Any]:
        """Say what the model is, what it was made from and how well it did.

        Returns
        -------
        dict
            Ready to be written as JSON.
        """
        check_is_fitted(self)
        counts = self.training_["label"].value_counts()
        contents = {
            "kind": type(self).__name__,
            "name": self.name,
            "variable": self.variable_,
            "classes": self.classes_,
            "model": MODELS[self.model].label,
            "settings": self._settings(),
            "chosen": self.trained_.chosen,
            "features": {s: get(s).version for s in self._settings()["features"] or ()},
            "columns": self.columns_,
            "n": len(self.training_),
            "n_per_class": {str(label): int(counts[str(label)]) for label in self.classes_},
            "accuracy": self.accuracy_,
            "data_hash": self.data_hash_,
            "versions": card.versions(),
        }
        plain_card: dict[str, Any] = plain(contents, nan_as_text=True)
        return plain_card

    def save(self, folder: str | Path) -> Path:
        """Write the model to a folder that `load` reads: model.skops, card.json, training.parquet.

        Parameters
        ----------
        folder
            Created if it is missing; an earlier model in it is replaced.

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        StudyError
            If it cannot be written.
        """
        check_is_fitted(self)
        parts = {"pipeline": self.trained_.pipeline, "calibrator": self.trained_.calibrator}
        return storage.write_fitted(Path(folder), parts, card=self.card(), training=self.training_)

    def _coded(
        self, table: pd.DataFrame, reasons: Mapping[str, str]
    ) -> tuple[pd.Series, pd.Series, pd.DataFrame | None]:
        """Values, reasons and probabilities of some images."""
        table = matrix.chosen(table, self.columns_)
        whole, reason = corpus_chunks.usable(table, reasons)
        value = pd.Series(pd.NA, index=table.index, dtype="object")
        if not whole.any():
            return value, reason, None
        data = validate_data(self, table[whole], reset=False)
        if not hasattr(self, "predict_proba"):
            value[whole] = self.trained_.predict(data)
            return value, reason, None
        shares = self.trained_.predict_proba(data)
        value[whole] = self.classes_[shares.argmax(axis=1)]
        return value, reason, pd.DataFrame(shares, table.index[whole], self.classes_)

    def _settings(self) -> dict[str, Any]:
        """The options, feature sets as text."""
        sets = self.features
        if sets is not None:
            sets = [
                extractor if isinstance(extractor, str) else extractor.spec for extractor in sets
            ]
        return {**self.get_params(deep=False), "features": sets}

    def _has_probabilities(self) -> bool:
        if self.calibrate is not None:
            return True
        estimator = pipeline(self.model, scale=False, reduce=None, confidence=False, seed=0)
        return hasattr(estimator, "predict_proba")

    def _training_rows(self, X: Any) -> FeatureRows:
        table = matrix.features_of(X, self.features, strict=False)
        values = validate_data(self, table, ensure_all_finite=False)
        if not isinstance(table, pd.DataFrame):
            return FeatureRows(values, None, None)
        return FeatureRows(values, table.index, list(table.columns))

    def _values(self, X: Any) -> NDArray[Any]:
        """The rows of numbers that the model takes, checked."""
        check_is_fitted(self)
        table = matrix.features_of(X, self.features, strict=True)
        ids = table.index if isinstance(table, pd.DataFrame) else None
        if ids is not None:
            table = matrix.chosen(table, self.columns_)
        values = validate_data(self, table, reset=False, ensure_all_finite=False)
        matrix.check_finite(values, ids, self.columns_)
        return np.asarray(values)

    def _labels(self, X: Any, y: Any) -> NDArray[Any]:
        n = len(X) if hasattr(X, "__len__") else len(np.asarray(X))
        return labels.align(y, _ids(X), n=n, what="labels")

    def _column_names(self) -> list[str]:
        check_is_fitted(self)
        return self.columns_ or [str(position) for position in range(self.n_features_in_)]


def _ids(X: Any) -> pd.Index | None:
    return X.ids if isinstance(X, Corpus) else X.index if isinstance(X, pd.DataFrame) else None
