"""Features by rule, what a network sees, and metadata: together in one classifier."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from iconometrics.coders.classical.classifier import FeatureClassifier
from iconometrics.coders.classical.feature_blocks import blocks_of, joined, learned
from iconometrics.coders.classical.models import Grid
from iconometrics.coders.compare.compare import compare
from iconometrics.coders.compare.comparison import Comparison
from iconometrics.coders.training_set import FeatureRows
from iconometrics.coding import Codings
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError, warn
from iconometrics.wording import listed

__all__ = ["HybridClassifier", "OnBlocks", "compare_blocks"]


class HybridClassifier(FeatureClassifier):
    """Classify images by features of a rule, what a network sees, and metadata together.

    A `FeatureClassifier` whose columns are those of several blocks, named rule_..., network_...
    and metadata_...; ``importance(..., by="set")`` says what each block is worth.

    Parameters
    ----------
    model
        As for `FeatureClassifier`.
    rule
        Feature sets or extractors; empty for none.
    network
        What `networks.embed` takes, such as the path of an ONNX file; or a DataFrame of
        embeddings by image id; None for none.
    metadata
        Columns of the corpus's metadata: numbers are taken as they are, where one is missing the
        mean of those trained on; text becomes a column of 0 and 1 for each category that occurs
        at least twice.
    scale, reduce, grid, calibrate, folds, name, seed
        As for `FeatureClassifier`.

    Attributes
    ----------
    metadata_
        What was learned of the metadata: means and categories.

    Notes
    -----
    Arold, B. (2024). Images as data, lecture 2: image-based analysis pipeline.

    Examples
    --------
    >>> from iconometrics import Corpus
    >>> corpus = Corpus.from_folder("photos", metadata="posts.csv")  # doctest: +SKIP
    >>> coder = HybridClassifier(rule=["color"], network="squeezenet.onnx",
    ...                          metadata=["followers"])  # doctest: +SKIP
    >>> coder.fit(corpus, protest).code(corpus)  # doctest: +SKIP
    """

    features = None

    def __init__(
        self,
        model: str = "logistic",
        *,
        rule: Sequence[Any] = ("color", "hog"),
        network: Any = None,
        metadata: Sequence[str] = (),
        scale: bool = True,
        reduce: str | None = None,
        grid: str | Grid | None = None,
        calibrate: str | None = "auto",
        folds: int | None = 5,
        name: str = "hybrid",
        seed: int = 0,
    ) -> None:
        self.model = model
        self.rule = rule
        self.network = network
        self.metadata = metadata
        self.scale = scale
        self.reduce = reduce
        self.grid = grid
        self.calibrate = calibrate
        self.folds = folds
        self.name = name
        self.seed = seed

    def code(
        self,
        corpus: Corpus | pd.DataFrame,
        *,
        executor: Executor | None = None,
        features: pd.DataFrame | None = None,
    ) -> Codings:
        if features is not None or not isinstance(corpus, Corpus):
            return super().code(corpus, executor=executor, features=features)
        table, reasons = self._joined(corpus, executor=executor)
        codings = super().code(corpus, features=table)
        if not reasons:
            return codings
        reason = codings.data["image"].map(reasons).astype("str").fillna(codings.data["reason"])
        return dataclasses.replace(codings, data=codings.data.assign(reason=reason))

    def save(self, folder: str | Path) -> Path:
        if not isinstance(self.network, str | Path | None):
            raise InputError(
                f"network= is a {type(self.network).__name__}: a coder that is saved needs the "
                "path or name of its network. Pass that, and train again."
            )
        return super().save(folder)

    def card(self) -> dict[str, Any]:
        card: dict[str, Any] = super().card()
        del card["settings"]["features"]
        return {**card, "metadata": self.metadata_}

    def _settings(self) -> dict[str, Any]:
        rule = [
            extractor if isinstance(extractor, str) else extractor.spec for extractor in self.rule
        ]
        network = None if self.network is None else str(self.network)
        return {
            **self.get_params(deep=False),
            "rule": rule,
            "network": network,
            "features": rule,
        }

    def _joined(
        self, corpus: Corpus, *, executor: Executor | None = None
    ) -> tuple[pd.DataFrame, dict[str, str]]:
        blocks, reasons = blocks_of(
            corpus,
            rule=self.rule,
            network=self.network,
            metadata=self.metadata_,
            executor=executor,
        )
        return joined(blocks), reasons

    def _training_rows(self, X: Any) -> FeatureRows:
        self.metadata_: dict[str, dict[str, Any]] = {}
        if not isinstance(X, Corpus):
            return super()._training_rows(X)
        if self.metadata:
            self.metadata_ = learned(X.metadata, self.metadata)
        table, reasons = self._joined(X)
        _warn_of_left_out(reasons, len(table))
        return super()._training_rows(table.drop(index=list(reasons)))

    def _values(self, X: Any) -> NDArray[Any]:
        if isinstance(X, Corpus):
            X, reasons = self._joined(X)
            if reasons:
                raise InputError(
                    f"{len(reasons)} of {len(X)} images cannot be used, such as "
                    f"{listed(map(repr, reasons))}: use code(), which gives them a reason, or "
                    "leave them out."
                )
        return super()._values(X)


def compare_blocks(
    corpus: Corpus,
    values: Any,
    *,
    rule: Sequence[Any] = ("color", "hog"),
    network: Any = None,
    metadata: Sequence[str] = (),
    model: str = "logistic",
    groups: Any = None,
    folds: int = 5,
    seed: int = 1,
    file: str | Path | None = None,
    executor: Executor | None = None,
) -> Comparison:
    """Compare what each block of features is worth, and all of them together.

    Every block is computed once. The same kind of model is trained on each of them and on all,
    on the same folds, so that they are compared image by image.

    Parameters
    ----------
    corpus
        The images.
    values
        Labels: a Series by image id, or one entry per image.
    rule, network, metadata
        The blocks, as for `HybridClassifier`; two of them at least.
    model
        As for `FeatureClassifier`.
    groups, folds, seed, file, executor
        As for `compare`.

    Returns
    -------
    Comparison
        Its models are called rule, network and metadata, and "both" or "all".

    Raises
    ------
    InputError
        If there are fewer than two blocks; or as `compare`.

    Examples
    --------
    >>> from iconometrics import coders
    >>> comparison = coders.compare_blocks(
    ...     corpus, protest, rule=["color", "hog"], network="squeezenet.onnx"
    ... )  # doctest: +SKIP
    >>> comparison.tests()  # doctest: +SKIP
    """
    known = learned(corpus.metadata, metadata) if metadata else None
    blocks, reasons = blocks_of(
        corpus, rule=rule, network=network, metadata=known, executor=executor
    )
    if len(blocks) < 2:
        raise InputError(f"one block only, {next(iter(blocks))}: expected two or three to compare.")
    table = joined(blocks)
    _warn_of_left_out(reasons, len(table))
    if isinstance(values, pd.Series):
        values = values.reindex(corpus.ids)
    kept = ~table.index.isin(list(reasons))
    values = pd.Series(list(values), index=corpus.ids, name="value")[kept]
    groups = None if groups is None else _by_image(groups, corpus)[kept]
    classifier = FeatureClassifier(model, calibrate=None, folds=None, features=None, seed=seed)
    if not hasattr(classifier, "predict_proba"):
        classifier.set_params(calibrate="auto", folds=5)
    every = "both" if len(blocks) == 2 else "all"
    models = {name: OnBlocks((name,), classifier) for name in blocks}
    models[every] = OnBlocks(tuple(blocks), classifier)
    return compare(
        models,
        table[kept],
        values,
        groups=groups,
        folds=folds,
        seed=seed,
        file=file,
        executor=executor,
    )


class OnBlocks(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Train a classifier on some blocks of a joined table."""

    def __init__(self, blocks: tuple[str, ...], classifier: Any) -> None:
        self.blocks = blocks
        self.classifier = classifier

    def fit(self, X: pd.DataFrame, y: Any, *, groups: Any = None) -> Self:
        """Train on the blocks; columns that are the same for all images are left out."""
        own = X[[name for name in X if str(name).split("_")[0] in self.blocks]]
        varied = own.loc[:, own.nunique() > 1]
        self.trained_ = clone(self.classifier).fit(varied, y, groups=groups)
        self.classes_ = self.trained_.classes_
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:
        """Give each image the probability of each class."""
        return np.asarray(self.trained_.predict_proba(X))


def _by_image(groups: Any, corpus: Corpus) -> pd.Series:
    if isinstance(groups, pd.Series):
        return groups.reindex(corpus.ids)
    return pd.Series(list(groups), index=corpus.ids)


def _warn_of_left_out(reasons: dict[str, str], total: int) -> None:
    if reasons:
        image, reason = next(iter(reasons.items()))
        warn(f"{len(reasons)} of {total} images are left out: {reason} ({image}).")
