"""What everything that embeds pictures has, whatever runs it."""

from __future__ import annotations

from typing import Any, Protocol, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Network"]


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
