"""What the coders that train a network have in common."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from iconometrics import figures
from iconometrics.coders import card as cards
from iconometrics.coders import storage
from iconometrics.coders.corpus_chunks import chunks
from iconometrics.coders.network.examples import LabeledPictures, pictures_of, size_of
from iconometrics.coders.network.fit import Learned, plan_of, scores_of, training_room
from iconometrics.corpus import Corpus
from iconometrics.errors import InputError
from iconometrics.options import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
from iconometrics.wording import listed

__all__ = ["ImageCoder"]

_SHOWN = 6
_VARIANTS = 4


@dataclass(eq=False, repr=False)
class ImageCoder(BaseEstimator):  # type: ignore[misc]
    """A coder that trains a network on pictures; its fields are scikit-learn's parameters."""

    architecture: Any = "cnn"
    _: KW_ONLY
    weights: str | Path | None = None
    train: str | int = "all"
    size: int | tuple[int, int] | None = None
    channels: int = 3
    epochs: int = 20
    batch: int = 32
    rate: float = 0.01
    optimizer: str = "sgd"
    loss: str
    schedule: str | None = None
    l1: float = 0
    l2: float = 0
    early_stopping: bool = True
    patience: int = 5
    validation: float = 0.2
    augment: str | Sequence[str] = ()
    seed: int = 1
    device: str = "auto"
    options: Mapping[str, Any] | None = None
    name: str = "network"

    @property
    def variables(self) -> tuple[str, ...]:
        """What is coded: the names of what was trained on."""
        return tuple(getattr(self, "variables_", ()))

    @property
    def history(self) -> pd.DataFrame:
        """One row per epoch: epoch, train_loss, validation_loss, accuracy, rate."""
        check_is_fitted(self)
        return self.learned_.history.copy()

    @property
    def network(self) -> Any:
        """The trained network, a ``torch.nn.Module``, to look inside."""
        check_is_fitted(self)
        return self.learned_.net

    def plot_history(self, ax: Axes | None = None) -> Axes:
        """Draw the learning curves, and the epoch that was kept.

        Parameters
        ----------
        ax
            Axes to draw in; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return figures.learning(self.history, best=self.learned_.best, ax=ax)

    def show_augmentation(self, X: Any, *, n: int = _SHOWN) -> Figure:
        """Show what augmentation makes of pictures, before it is used.

        Parameters
        ----------
        X
            A corpus or an array of pictures.
        n
            How many pictures, each with four variants.

        Returns
        -------
        matplotlib.figure.Figure
            One row per picture: as the network gets it, and its variants.

        Raises
        ------
        InputError
            If there is no augmentation to show, or no picture can be read.
        """
        settings = self.get_params(deep=False)
        plan = plan_of({**settings, "class_weights": None}, **self._target())
        if not plan.augment:
            raise InputError('augment=(): nothing is changed. Try augment=("flip", "rotate").')
        size = size_of(X, settings["size"]) or (224, 224)
        pictures = pictures_of(X, size=size, channels=settings["channels"])
        room = training_room()
        batches = list(pictures.batches(np.arange(min(n, len(pictures))), n))
        if not batches:
            raise InputError(f"no picture can be read: {'; '.join(pictures.failed.values())}.")
        pixels = batches[0][1]
        rows = [pixels]
        for number in range(1, _VARIANTS + 1):
            rows.append(room.augmented(pixels, plan.augment, seed=plan.seed + number))
        shown = [_drawable(row[at]) for at in range(len(pixels)) for row in rows]
        captions = ["as it is", *[f"variant {k}" for k in range(1, _VARIANTS + 1)]] * len(pixels)
        return figures.contact_sheet(shown, captions=captions, columns=len(rows))

    def save(self, folder: str | Path) -> Path:
        """Write the coder to a folder: model.safetensors, card.json, training.parquet.

        Parameters
        ----------
        folder
            Created if it is missing; an earlier model in it is replaced.

        Returns
        -------
        pathlib.Path
            The folder, for `load`.

        Raises
        ------
        InputError
            If the network is a module of your own, which no card can describe.
        StudyError
            If it cannot be written.
        """
        check_is_fitted(self)
        net, card = self.learned_.net, self.card()
        return storage.write_network(Path(folder), net, card=card, training=self.training_)

    def card(self) -> dict[str, Any]:
        """Say what the model is, what it was made from and how well it did.

        Returns
        -------
        dict
            Ready to be written as JSON.
        """
        check_is_fitted(self)
        net = self.learned_.net
        prepared = getattr(net, "preprocessing", None)
        contents = {
            "kind": type(self).__name__,
            "name": self.name,
            "variable": self.variables[0],
            "variables": self.variables,
            "model": str(getattr(net, "architecture", type(net).__name__)),
            "settings": self._settings(),
            "network": getattr(net, "settings", None),
            "preprocessing": None if prepared is None else prepared.settings(),
            "size": tuple(net.size),
            "parameters": sum(p.numel() for p in net.parameters()),
            "n": len(self.training_),
            "accuracy": self.accuracy_,
            "history": self.history.to_dict("records"),
            "kept_epoch": self.learned_.best,
            "data_hash": self.data_hash_,
            "versions": {**cards.versions(), **_versions()},
            **self._more(),
        }
        card: dict[str, Any] = plain(contents, nan_as_text=True)
        return card

    def _keep(self, labeled: LabeledPictures, learned: Learned) -> None:
        """Remember what was trained, and on what."""
        self.learned_ = learned
        self.variables_ = labeled.names
        table = labeled.training_table()
        self.training_ = table.drop(index=list(learned.failed)).reset_index(drop=True)
        self.data_hash_ = labeled.digest()

    def _settings(self) -> dict[str, Any]:
        """The parameters as text and numbers."""
        settings: dict[str, Any] = self.get_params(deep=False)
        if not isinstance(self.architecture, str):
            settings["architecture"] = type(self.architecture).__name__
        settings["weights"] = None if self.weights is None else str(self.weights)
        return settings

    def _more(self) -> dict[str, Any]:
        raise NotImplementedError

    def _target(self) -> dict[str, Any]:
        raise NotImplementedError

    def _all_scores(self, X: Any) -> NDArray[np.float64]:
        """Scores of all images; one that cannot be read is an error."""
        check_is_fitted(self)
        scores, reasons = self._scored(X)
        if reasons:
            raise InputError(
                f"{len(reasons)} of {len(scores)} images cannot be read, such as "
                f"{listed(repr(str(image)) for image in reasons)}: use code(), which gives them a "
                "reason, or leave them out."
            )
        return scores

    def _scored(self, X: Any) -> tuple[NDArray[np.float64], dict[Any, str]]:
        """Scores, NaN where an image cannot be read, and the reasons by id."""
        net = self.learned_.net
        pictures = pictures_of(X, size=tuple(net.size), channels=net.channels)
        plan = plan_of({**self.get_params(deep=False), "class_weights": None}, **self._target())
        scored, scores = scores_of(net, pictures, None, plan=plan)
        width = scores.shape[1] if len(scored) else 1
        rows = np.full((len(pictures), width), np.nan)
        if len(scored):
            rows[scored] = scores
        ids = X.ids if isinstance(X, Corpus) else pd.RangeIndex(len(pictures))
        return rows, {ids[at]: reason for at, reason in pictures.failed.items()}

    def _parts(self, corpus: Corpus) -> Iterator[tuple[Corpus, NDArray[np.float64], pd.Series]]:
        """Score a corpus some thousand images at a time, with the reasons of those that fail."""
        check_is_fitted(self)
        for chunk in chunks(corpus):
            scores, reasons = self._scored(chunk)
            yield chunk, scores, pd.Series(reasons, dtype="str").reindex(chunk.ids)


def _drawable(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    """Bring small pictures to a size that can be seen; pixels stay squares."""
    pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    times = max(1, 96 // max(pixels.shape[:2]))
    return pixels.repeat(times, axis=0).repeat(times, axis=1)


def _versions() -> dict[str, str]:
    return {"torch": importlib.metadata.version("torch")}
