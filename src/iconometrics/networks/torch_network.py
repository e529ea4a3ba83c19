"""A torch network, ready to embed pictures: any layer of any of them."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.errors import InputError
from iconometrics.networks import tapping
from iconometrics.networks.contract import Embedder, assumed_preprocessing
from iconometrics.networks.devices import by_core
from iconometrics.networks.pooling import pooled
from iconometrics.networks.preprocessing import Preprocessing

if TYPE_CHECKING:
    import torch

__all__ = ["TorchNetwork"]


@dataclass(frozen=True, eq=False)
class TorchNetwork(Embedder):
    """A torch network with what its input must look like; `embed` takes any of its layers.

    The network is copied: training it further changes nothing here.

    Parameters
    ----------
    net
        The network: of `create`, or any torch module that takes (images, channels, height, width).
    preprocessing
        What is done to a picture first. None: what the network states (its ``preprocessing``), or
        the common one of ImageNet, with a warning, for a wrong one makes embeddings worse
        silently.
    layer
        The module whose output is taken, by its dotted name (`layers` lists them), or
        "before NAME" for what a module is fed. By default what the network's ``head`` is fed, or
        its output where it states no head.
    pool
        How maps become one row: see `pooled`.
    origin
        What `network` opens it by again, such as the path of its weights.

    Raises
    ------
    InputError
        If there is no such layer, or the channels do not fit.

    Notes
    -----
    It runs on a GPU where torch finds one. Where a module is used several times, its last output
    is taken. What comes after the layer is not computed.

    Examples
    --------
    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
    >>> made = TorchNetwork(net, Preprocessing(mean=0, scale=255, size=8), layer="0", pool="max")
    >>> made.embed(np.zeros((9, 9, 3), np.uint8)).shape
    (4,)
    """

    net: torch.nn.Module
    preprocessing: Preprocessing | None = None
    layer: str | None = field(default=None, kw_only=True)
    pool: str = field(default="mean", kw_only=True)
    origin: str = field(default="", kw_only=True)
    _own: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        stated = getattr(self.net, "preprocessing", None)
        prepared = self.preprocessing or stated or _usual(self.net)
        channels = getattr(self.net, "channels", prepared.channels)
        if prepared.channels != channels:
            raise InputError(
                f"order={prepared.order!r} gives {prepared.channels} channels, but the network "
                f'takes {channels}: expected order="{"gray" if channels == 1 else "rgb"}". '
                "Change the preprocessing."
            )
        layer = tapping.usual(self.net) if self.layer is None else self.layer
        tapping.check(self.net, layer)
        pooled(np.zeros((1, 1)), self.pool)
        object.__setattr__(self, "layer", layer)
        object.__setattr__(self, "preprocessing", prepared)
        object.__setattr__(self, "_own", tapping.ready(copy.deepcopy(self.net)))

    @property
    def name(self) -> str:
        """The architecture, or the origin's name, then layer and pool where not the usual."""
        # Names of the hub have points, too: "eye-1.5".
        file = re.sub(r"[.](safetensors|pth?)$", "", Path(self.origin).name)
        first = file or getattr(self._own, "architecture", None) or type(self._own).__name__
        return self._named(first, tapping.usual(self._own))

    def layers(self) -> pd.DataFrame:
        """List the layers that can be taken.

        Returns
        -------
        pandas.DataFrame
            layer, kind, shape of one image's output, in order of computation.
        """
        rows = tapping.calls(self._own, self._blank)[:-1]
        table = pd.DataFrame(rows, columns=["layer", "kind", "shape"])
        return table.drop_duplicates("layer", keep="last", ignore_index=True)

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        taken = partial(tapping.taken, self._own, layer=str(self.layer), uses=self._uses)
        try:
            output = by_core(taken, batch) if tapping.device(self._own) == "cpu" else taken(batch)
        except RuntimeError as error:
            raise InputError(
                f"{self.name} cannot be run on pictures of {batch.shape[2]} x {batch.shape[3]} "
                f"pixels: {str(error).strip().splitlines()[0][:160].rstrip('.')}. It was made for "
                f"{getattr(self._own, 'size', 'an unstated size')}: give that size."
            ) from error
        return pooled(output, self.pool)

    def _again(self, **wanted: Any) -> Self:
        return replace(self, **{"net": self._own, **wanted})

    @property
    def _blank(self) -> NDArray[np.float32]:
        size = self._prepared.size
        return np.zeros((1, self._prepared.channels, size, size), np.float32)

    @cached_property
    def _uses(self) -> int:
        """How often the network uses the layer's module for one picture."""
        return tapping.uses(self._own, self._blank, str(self.layer))

    @cached_property
    def _digest(self) -> str:
        return tapping.digest(self._own)


def _usual(net: Any) -> Preprocessing:
    size = max(getattr(net, "size", None) or (224,))
    name = getattr(net, "architecture", type(net).__name__)
    return assumed_preprocessing(name, channels=getattr(net, "channels", 3), size=size)
