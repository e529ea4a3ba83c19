"""A network that codes pictures into classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin

from iconometrics.coders import labels, matrix
from iconometrics.coders.card import sha256_of
from iconometrics.coders.network.base import ImageCoder
from iconometrics.coders.network.codings import codings_of, judged, probabilities
from iconometrics.coders.network.examples import LabeledPictures, classes_of, labels_of
from iconometrics.coders.network.fit import make_network, plan_of, train
from iconometrics.coders.network.targets import (
    classes_in,
    order_of,
    ordered,
    share_right,
    targets_of,
    weights_by_class,
)
from iconometrics.coding import Codings
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError

__all__ = ["ImageClassifier"]


@dataclass(eq=False, repr=False, kw_only=True)
class ImageClassifier(ClassifierMixin, ImageCoder):  # type: ignore[misc]
    """Classify pictures by a network that is trained on labeled ones.

    A scikit-learn classifier. Pictures come as a corpus or as an array (n, height, width, 3) or
    (n, height, width), uint8; each is brought to the network's size, whole. Needs the extra
    ``networks``.

    Parameters
    ----------
    architecture
        A name, see `networks.architectures`, or a ``torch.nn.Module`` of your own.
    weights
        Where training begins: None (from chance), "imagenet", or the path of a file of weights,
        such as another model's model.safetensors.
    train
        What is trained: "all" (with weights, what lies below the last block at a tenth of the
        rate), "last" (the last block), a number (so many of the last blocks), or "frozen" (the
        last layer, on features that are computed once: quickest).
    size
        Height and width in pixels, or one number for both; by default an array's own, for a
        corpus what the network was published with.
    channels
        3, or 1 for gray.
    epochs
        Times every picture is seen, at most.
    batch
        Pictures per step.
    rate
        The learning rate.
    optimizer
        "sgd" (with momentum), "adam" or "rmsprop".
    loss
        "cross_entropy", "focal" or "hinge".
    schedule
        Of the rate: None, "step", "exponential", "cosine", "warmup" or "plateau".
    l1, l2
        Weights of the sums of absolute and squared weights that are added to the loss.
    early_stopping
        Whether training ends when the validation loss has not fallen for `patience` epochs, and
        the best epoch is kept. Without it the last epoch is kept.
    patience
        In epochs.
    validation
        Share of the labeled images that is held out: for early stopping, calibration and
        accuracy. 0 for none of these.
    class_weights
        None, "balanced" (each class counts the same), or weights by class.
    label_smoothing
        Share of the target that is spread over all classes.
    augment
        Changes at random: "flip", "rotate", "zoom", "crop", "color", or with a strength, such as
        "rotate:30"; look at them first with `show_augmentation`.
    seed
        Names the split, the first weights and all chance in training.
    device
        "auto" (a GPU where there is one), "cpu", "cuda" or "mps".
    multilabel
        Whether an image may have several labels; labels are then a DataFrame of 0 and 1, and each
        column is a variable that is coded.
    ordinal
        Whether classes have an order: numbers, or an ordered categorical. The network gives one
        number, and cutpoints are learned: an ordered logit.
    options
        Of the architecture, such as ``{"blocks": 3, "dropout": 0.3}``.
    name
        The coder's name in codings.

    Attributes
    ----------
    classes_
        The classes, sorted; with several labels, their names.
    training_
        The images trained on: image, sha256, label.
    accuracy_
        Accuracy on the images held out: value, low, high, n, method; None without, or where these
        are all of one group.
    temperature_
        What scores are divided by to make calibrated probabilities; None without.

    Notes
    -----
    Torres, M. & Cantu, F. (2022). Learning to see. Political Analysis 30, 113-131. Temperature:
    Guo, C., Pleiss, G., Sun, Y. & Weinberger, K. (2017). On calibration of modern neural networks.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits()
    >>> X, y = (digits.images * 15).astype("uint8"), digits.target
    >>> coder = ImageClassifier("cnn", channels=1, epochs=3, options={"dropout": 0.0})
    >>> coder.fit(X[:800], y[:800]).predict_proba(X[800:]).shape
    (997, 10)
    """

    loss: str = "cross_entropy"
    class_weights: str | Mapping[Any, float] | None = None
    label_smoothing: float = 0
    multilabel: bool = False
    ordinal: bool = False

    def fit(
        self, X: Any, y: Any, *, groups: Any = None, checkpoint: str | Path | None = None
    ) -> Self:
        """Train on labeled pictures.

        Parameters
        ----------
        X
            A corpus, or an array of pictures.
        y
            Labels: a Series by image id, or one entry per image; with ``multilabel`` a DataFrame
            of 0 and 1. Images without one are not used.
        groups
            The account or event of each image, in the same form; one is never both trained on
            and held out.
        checkpoint
            A folder to write to after each epoch. The same call goes on from there, and ends with
            the same model as if it had not been interrupted.

        Returns
        -------
        ImageClassifier
            Itself.

        Raises
        ------
        InputError
            If a class has one example, there is one class only, ids do not match, or a setting
            cannot be used; always before any training.
        MissingPackageError
            If torch is not installed.
        """
        plan = plan_of({**self.get_params(deep=False), "class_weights": None}, **self._target())
        labeled = self._gather(X, y, groups)
        order = order_of(y) if self.ordinal else None
        classes = np.array(labeled.names) if self.multilabel else classes_in(labeled.y, order)
        targets = targets_of(labeled.y, classes, several=self.multilabel)
        plan = dataclasses.replace(
            plan, class_weights=weights_by_class(self.class_weights, targets, classes)
        )
        outputs = 1 if self.ordinal else len(classes)
        net = make_network(self.get_params(deep=False), labeled, outputs=outputs)
        if self.ordinal:
            net = ordered(net, len(classes))
        self.classes_ = classes
        learned = train(
            labeled,
            targets,
            net=net,
            plan=plan,
            strata=None if self.multilabel else labeled.y,
            share=self.validation,
            score=share_right,
            checkpoint=checkpoint,
        )
        self._keep(labeled, learned)
        held = targets[learned.held], labeled.groups[learned.held] if labeled.grouped else None
        self.temperature_, self.accuracy_ = judged(
            learned.scores, *held, chosen=plan.early_stopping, seed=self.seed
        )
        counts = targets.sum(axis=0) if self.multilabel else np.bincount(targets)
        self.n_per_class_ = dict(zip(map(str, classes), map(int, counts), strict=True))
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Give each picture its most probable class.

        Parameters
        ----------
        X
            A corpus or an array of pictures.

        Returns
        -------
        numpy.ndarray
            (n,) classes; with several labels (n, labels) of 0 and 1.

        Raises
        ------
        InputError
            If a picture cannot be read.
        """
        return self._chosen(self._all_scores(X))

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Give each picture the calibrated probability of each class.

        Parameters
        ----------
        X
            A corpus or an array of pictures.

        Returns
        -------
        numpy.ndarray
            (n, classes) in the order of ``classes_``; rows sum to 1, but not of several labels.

        Raises
        ------
        InputError
            As for `predict`.
        """
        return self._shares(self._all_scores(X))

    def scores(self, X: Any) -> pd.DataFrame:
        """Give the network's scores, before they become probabilities.

        Parameters
        ----------
        X
            A corpus or an array of pictures.

        Returns
        -------
        pandas.DataFrame
            One row per image, one column per class.

        Raises
        ------
        InputError
            As for `predict`.
        """
        rows = self._all_scores(X)
        ids = X.ids if isinstance(X, Corpus) else pd.RangeIndex(len(rows))
        return pd.DataFrame(rows, index=ids, columns=self.classes_)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Give the share of pictures that get their label.

        Parameters
        ----------
        X
            A corpus or an array of pictures.
        y
            Labels: a Series by image id, or one entry per image; with several labels a DataFrame
            by image id. Images without one are not used.
        sample_weight
            Weights of the images, in the same form, or None.

        Returns
        -------
        float
            Accuracy; with several labels, over all images and labels.
        """
        if self.multilabel and isinstance(y, pd.DataFrame):
            named = y.set_axis(y.columns.map(str), axis=1)
            y = matrix.chosen(named, self.variables_) if {*named} & {*self.variables_} else y
        ids = X.ids if isinstance(X, Corpus) else None
        return labels.share_right(self.predict(X), y, ids, weights=sample_weight)

    def code(self, corpus: Corpus, *, executor: Executor | None = None) -> Codings:
        """Code images; however many there are, some thousand are in memory at a time.

        Parameters
        ----------
        corpus
            The images.
        executor
            Not used: the network runs in this process, which reads pictures ahead.

        Returns
        -------
        Codings
            One coding per image and variable with its confidence, and the probabilities of all
            classes. An image that cannot be read has no value, and a reason.

        Raises
        ------
        InputError
            If there is no image.
        """
        parts = [
            (pd.DataFrame(self._shares(rows), some.ids, self.classes_), reasons)
            for some, rows, reasons in self._parts(corpus)
        ]
        shares = pd.concat([table for table, _ in parts])
        reasons = pd.concat([reason for _, reason in parts])
        more = {
            "coder": self.name,
            "sha256": sha256_of(corpus),
            "trained_on": self.training_["image"],
        }
        return codings_of(
            shares, reasons, variables=self.variables_, several=self.multilabel, **more
        )

    def _gather(self, X: Any, y: Any, groups: Any) -> LabeledPictures:
        if y is None:
            raise InputError("ImageClassifier requires y to be passed, but the target y is None.")
        if self.multilabel and self.ordinal:
            raise InputError("multilabel=True and ordinal=True at once: expected one of them.")
        gather = labels_of if self.multilabel else classes_of
        return gather(X, y, groups)

    def _target(self) -> dict[str, Any]:
        kind = "labels" if self.multilabel else "order" if self.ordinal else "classes"
        return {"target": kind}

    def _settings(self) -> dict[str, Any]:
        settings = super()._settings()
        if isinstance(self.class_weights, Mapping):
            weights = {str(label): self.class_weights[label] for label in self.classes_.tolist()}
            settings["class_weights"] = weights
        return settings

    def _shares(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        good = ~np.isnan(scores).any(axis=1)
        shares = np.full((len(scores), len(self.classes_)), np.nan)
        if good.any():
            heat = self.temperature_ or 1.0
            shares[good] = probabilities(scores[good], heat, several=self.multilabel)
        return shares

    def _chosen(self, scores: NDArray[np.float64]) -> NDArray[Any]:
        if self.multilabel:
            return (scores > 0).astype(int)
        return np.asarray(self.classes_[scores.argmax(axis=1)])

    def _more(self) -> dict[str, Any]:
        net = self.learned_.net
        cuts = getattr(net, "cuts", None)
        return {
            "classes": self.classes_,
            "n_per_class": self.n_per_class_,
            "temperature": self.temperature_,
            "cutpoints": None if cuts is None else cuts.steps.detach().cpu().tolist(),
        }

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "learned_")
