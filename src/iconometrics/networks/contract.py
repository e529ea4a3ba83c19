"""What everything that embeds pictures has and does."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.errors import InputError, warn
from iconometrics.networks.preprocessing import Preprocessing

__all__ = ["Embedder", "Network", "assumed_preprocessing", "prepared_by"]


class Network(Protocol):
    """A trained network, ready to embed pictures: an ONNX file, a torch network, or your own.

    Notes
    -----
    `OnnxNetwork` and `TorchNetwork` are such networks. Another class with the same properties and
    methods can be given to `embed` in their place.

    Examples
    --------
    >>> from iconometrics.networks import OnnxNetwork
    >>> all(hasattr(OnnxNetwork, name) for name in ("name", "spec", "layers", "embed"))
    True
    """

    @property
    def name(self) -> str:
        """What its columns are called after."""

    @property
    def spec(self) -> dict[str, Any]:
        """What its numbers depend on, for keys and logs."""

    @property
    def origin(self) -> str:
        """What `network` opens it by again: a path or a name; empty where there is none."""

    @property
    def least(self) -> int:
        """Pixels that the short side of a picture should have."""

    def layers(self) -> pd.DataFrame:
        """List the layers that can be taken."""

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Bring one picture, (height, width, 3), to the network's input."""

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute the embedding of some prepared pictures: one row each."""

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Compute the embedding of one picture."""

    def changed(
        self, *, layer: str | None = None, pool: str | None = None, size: int | None = None
    ) -> Self:
        """Take another layer, pool or size of input; None for the network's own."""


class Embedder:
    """A network with its layer, pool and preprocessing; those that derive from it run it."""

    preprocessing: Preprocessing | None
    layer: str | None
    pool: str

    @property
    def spec(self) -> dict[str, Any]:
        """What its numbers depend on: network (by hash), layer, pool and preprocessing."""
        return {
            "sha256": self._digest,
            "layer": self.layer,
            "pool": self.pool,
            "preprocessing": self._prepared.settings(),
        }

    @property
    def least(self) -> int:
        """Pixels that the short side of a picture should have, so that nothing is enlarged."""
        return self._prepared.least

    def prepare(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Bring one picture to the network's input.

        Parameters
        ----------
        pixels
            (height, width, 3), uint8.

        Returns
        -------
        numpy.ndarray
            (channels, height, width), float32.
        """
        return self._prepared(pixels)

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Compute the embedding of some prepared pictures.

        Parameters
        ----------
        batch
            (images, channels, height, width), as `prepare` gives them.

        Returns
        -------
        numpy.ndarray
            (images, numbers), float32.
        """
        raise NotImplementedError

    def embed(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Compute the embedding of one picture.

        Parameters
        ----------
        pixels
            (height, width, 3), uint8.

        Returns
        -------
        numpy.ndarray
            (numbers,), float32.
        """
        row: NDArray[np.float32] = self.run(self.prepare(pixels)[None])[0]
        return row

    def changed(
        self, *, layer: str | None = None, pool: str | None = None, size: int | None = None
    ) -> Self:
        """Take another layer, pool or size of input.

        Parameters
        ----------
        layer, pool
            As for the class; None for the network's own.
        size
            Of the input in pixels, the crop in proportion; None for the network's own.

        Returns
        -------
        OnnxNetwork or TorchNetwork
            Of the same class.
        """
        choices = {"layer": layer, "pool": pool}
        wanted: dict[str, Any] = {
            name: value for name, value in choices.items() if value is not None
        }
        if size is not None:
            own = self._prepared
            short = None if own.short is None else max(size, round(own.short * size / own.size))
            wanted["preprocessing"] = replace(own, size=size, short=short)
        return self._again(**wanted) if wanted else self

    def _named(self, first: str, usual_layer: str) -> str:
        """Give a name, then layer and pool where they are not the usual."""
        usual = usual_layer, "mean"
        chosen = str(self.layer), self.pool
        unusual = [choice for choice, other in zip(chosen, usual, strict=True) if choice != other]
        return re.sub(r"[^0-9A-Za-z]+", "-", "-".join([first, *unusual])).strip("-")

    @property
    def _prepared(self) -> Preprocessing:
        assert self.preprocessing is not None
        return self.preprocessing

    @cached_property
    def _digest(self) -> str:
        raise NotImplementedError

    def _again(self, **wanted: Any) -> Self:
        raise NotImplementedError


def prepared_by(network: Network, preprocessing: Preprocessing) -> Network:
    """Give a network another preprocessing."""
    if not isinstance(network, Embedder):
        raise InputError(
            f"preprocessing= for a {type(network).__name__}, which prepares pictures by itself: "
            "expected preprocessing=None. Change what the network does in prepare()."
        )
    return network._again(preprocessing=preprocessing)


def assumed_preprocessing(name: str, *, channels: int, size: int) -> Preprocessing:
    """Take what most networks trained on ImageNet do to a picture, and warn that it is a guess."""
    prepared = Preprocessing(order="gray" if channels == 1 else "rgb", size=size)
    warn(
        f"{name}: its preprocessing is not stated, so that of most ImageNet networks is taken "
        f"(order {prepared.order}, mean {prepared.mean}, scale {prepared.scale}, size {size}). "
        "Give preprocessing= as it was trained with."
    )
    return prepared
