"""A network that codes pictures with a number."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import RegressorMixin

from iconometrics import stats
from iconometrics.coders import labels
from iconometrics.coders.card import sha256_of
from iconometrics.coders.network.base import ImageCoder
from iconometrics.coders.network.codings import alone
from iconometrics.coders.network.examples import LabeledPictures, numbers_of
from iconometrics.coders.network.fit import make_network, plan_of, train
from iconometrics.coding import Codings
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError

__all__ = ["ImageRegressor"]


@dataclass(eq=False, repr=False, kw_only=True)
class ImageRegressor(RegressorMixin, ImageCoder):  # type: ignore[misc]
    """Give pictures a number by a network that is trained on some.

    A scikit-learn regressor, otherwise as `ImageClassifier`. Numbers are standardized for
    training, and brought back to their scale.

    Parameters
    ----------
    architecture, weights, train, size, channels, epochs, batch, rate, optimizer, schedule, l1, l2
        As for `ImageClassifier`.
    loss
        "squared", "absolute" or "huber".
    early_stopping, patience, validation, augment, seed, device, options, name
        As for `ImageClassifier`.

    Attributes
    ----------
    training_
        The images trained on: image, sha256, label.
    accuracy_
        On the images held out: the share of variance explained (value, low, high, n, method) and
        the mean absolute error; None without.

    Notes
    -----
    Jean, N. et al. (2016). Combining satellite imagery and machine learning to predict poverty.
    Science 353, 790-794.

    Examples
    --------
    >>> X = np.random.default_rng(1).integers(0, 255, (60, 8, 8), dtype=np.uint8)
    >>> coder = ImageRegressor("mlp", channels=1, epochs=2).fit(X, X.mean(axis=(1, 2)))
    >>> coder.predict(X[:5]).shape
    (5,)
    """

    loss: str = "squared"

    def fit(
        self, X: Any, y: Any, *, groups: Any = None, checkpoint: str | Path | None = None
    ) -> Self:
        """Train on pictures with known numbers.

        Parameters
        ----------
        X
            A corpus, or an array of pictures.
        y
            Numbers: a Series by image id, or one per image. Images without one are not used.
        groups, checkpoint
            As for `ImageClassifier`.

        Returns
        -------
        ImageRegressor
            Itself.

        Raises
        ------
        InputError
            If a number is infinite, all are the same, ids do not match, or a setting cannot be
            used; always before any training.
        MissingPackageError
            If torch is not installed.
        """
        if y is None:
            raise InputError("ImageRegressor requires y to be passed, but the target y is None.")
        plan = plan_of(self.get_params(deep=False), **self._target())
        labeled = numbers_of(X, y, groups)
        self.scale_ = float(labeled.y.mean()), float(labeled.y.std())
        targets = ((labeled.y - self.scale_[0]) / self.scale_[1]).astype(np.float32)[:, None]
        net = make_network(self.get_params(deep=False), labeled, outputs=1)
        learned = train(
            labeled,
            targets,
            net=net,
            plan=plan,
            strata=None,
            share=self.validation,
            score=_explained,
            checkpoint=checkpoint,
        )
        self._keep(labeled, learned)
        self._judge(labeled, learned.held, self._on_scale(learned.scores))
        return self

    def predict(self, X: Any) -> NDArray[np.float64]:
        """Give each picture a number.

        Parameters
        ----------
        X
            A corpus or an array of pictures.

        Returns
        -------
        numpy.ndarray
            (n,), on the scale that was trained on.

        Raises
        ------
        InputError
            If a picture cannot be read.
        """
        return self._on_scale(self._all_scores(X))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Give the share of variance explained.

        Parameters
        ----------
        X
            A corpus or an array of pictures.
        y
            Numbers: a Series by image id, or one per image. Images without one are not used.
        sample_weight
            Weights of the images, in the same form, or None.

        Returns
        -------
        float
            One minus the squared errors over those around the mean; below 0 where the mean would
            do better.
        """
        from sklearn.metrics import r2_score

        predicted = self.predict(X)
        ids = X.ids if isinstance(X, Corpus) else None
        known = labels.align(y, ids, n=len(predicted), what="values").astype(float)
        has, weights = labels.labeled(known), sample_weight
        if weights is not None:
            weights = labels.align(weights, ids, n=len(predicted), what="weights")[has]
        return float(r2_score(known[has], predicted[has], sample_weight=weights))

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
            One coding per image. An image that cannot be read has no value, and a reason.

        Raises
        ------
        InputError
            If there is no image.
        """
        parts = [
            (pd.Series(self._on_scale(rows), some.ids), reasons)
            for some, rows, reasons in self._parts(corpus)
        ]
        return Codings.from_series(
            pd.concat([values for values, _ in parts]),
            variable=self.variables_[0],
            coder=self.name,
            reason=pd.concat([reasons for _, reasons in parts]),
            sha256=sha256_of(corpus),
            trained_on=self.training_["image"],
        )

    def _on_scale(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        if not len(scores):
            return np.empty(0)
        return np.asarray(scores[:, 0], float) * self.scale_[1] + self.scale_[0]

    def _judge(
        self, labeled: LabeledPictures, held: NDArray[np.intp], predicted: NDArray[np.float64]
    ) -> None:
        self.accuracy_: dict[str, Any] | None = None
        known, groups = labeled.y[held], labeled.groups[held] if labeled.grouped else None
        if len(held) < 3 or np.ptp(known) == 0 or alone(groups):
            return
        share = stats.explained(known, predicted, groups=groups, seed=self.seed)
        low, high = share.explained_interval
        self.accuracy_ = {
            "value": share.explained,
            "low": float(low),
            "high": float(high),
            "n": len(held),
            "method": "share of variance explained, images held out",
            "absolute_error": float(np.abs(known - predicted).mean()),
        }

    def _target(self) -> dict[str, Any]:
        return {"target": "number"}

    def _more(self) -> dict[str, Any]:
        return {"scale": self.scale_}

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "learned_")


def _explained(scores: NDArray[Any], targets: NDArray[Any]) -> float:
    around = float(((targets - targets.mean()) ** 2).sum())
    return 1 - float(((scores - targets) ** 2).sum()) / around if around else float("nan")
