"""Feature maps: what each unit of a layer makes of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.networks.inside import layers
from iconometrics.networks.inside.inputs import Pictures, Prepare, batches, preparation

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

__all__ = ["FeatureMaps", "feature_maps"]

_SIDE = 64


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """What the units of a layer make of some pictures.

    Parameters
    ----------
    values
        (images, units, height, width), float32.
    pictures
        (height, width, 3) uint8, one per image.
    images
        Ids.
    layer
        The layer's name.

    Examples
    --------
    >>> maps = FeatureMaps(np.ones((1, 2, 4, 4)), [np.zeros((4, 4, 3), np.uint8)], ["a"], "conv1")
    >>> maps.table()["mean"].tolist()
    [1.0, 1.0]
    """

    values: NDArray[np.float32]
    pictures: Sequence[NDArray[np.uint8]]
    images: Sequence[str]
    layer: str

    def table(self) -> pd.DataFrame:
        """Give one row per image and unit.

        Returns
        -------
        pandas.DataFrame
            image, unit, mean, highest, active (share of places above 0).
        """
        count, units = self.values.shape[:2]
        flat = self.values.reshape(count * units, -1)
        return pd.DataFrame(
            {
                "image": np.repeat(list(self.images), units),
                "unit": np.tile(np.arange(units), count),
                "mean": flat.mean(axis=1),
                "highest": flat.max(axis=1),
                "active": (flat > 0).mean(axis=1),
            }
        )

    def plot(self, image: int = 0, *, most: int = 32) -> Figure:
        """Draw a picture and the maps of its most excited units.

        Parameters
        ----------
        image
            Which of the pictures.
        most
            Units at most.

        Returns
        -------
        matplotlib.figure.Figure
        """
        maps = self.values[image]
        order = np.argsort(-maps.reshape(len(maps), -1).max(axis=1), kind="stable")[:most]
        shown = [self.pictures[image], *(_gray(maps[unit]) for unit in order)]
        lines = [str(self.images[image]), *(f"unit {unit}" for unit in order)]
        return figures.contact_sheet(
            {f"{self.layer}: {len(order)} of {len(maps)} units": shown},
            captions={f"{self.layer}: {len(order)} of {len(maps)} units": lines},
            columns=9,
        )

    def _repr_html_(self) -> str:
        return figures.svg(self.plot(), alt=f"feature maps of {self.layer}")


def feature_maps(
    network: Any,
    pictures: Pictures,
    *,
    layer: str | None = None,
    prepare: Prepare | None = None,
    batch: int = 16,
) -> FeatureMaps:
    """Compute the maps of any layer for some pictures.

    Parameters
    ----------
    network
        A torch network, or a trained `ImageClassifier`.
    pictures
        A corpus, or uint8 arrays (height, width, 3).
    layer
        The layer; by default the last block of convolutions.
    prepare
        What is done to a picture first; by default what the network was trained with.
    batch
        Pictures that go through the network together.

    Returns
    -------
    FeatureMaps

    Raises
    ------
    InputError
        If there is no such layer, its output has no places, or no picture can be read.
    MissingPackageError
        If torch is not installed.

    Notes
    -----
    Zeiler, M. D. and Fergus, R. (2014). Visualizing and understanding convolutional networks.
    European Conference on Computer Vision.

    Examples
    --------
    >>> from iconometrics import networks
    >>> net = networks.create("cnn", classes=2, size=32)
    >>> picture = np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)
    >>> networks.inside.feature_maps(net, [picture]).values.ndim
    4
    """
    torch = layers.torch_module()
    net = layers.module_of(network)
    where = layers.layer_of(net, layer)
    names: list[str] = []
    shown: list[NDArray[np.uint8]] = []
    maps: list[Tensor] = []
    with layers.quiet(net) as device, torch.no_grad():
        for seen in batches(pictures, preparation(net, prepare), size=batch):
            with layers.listening(net, where) as heard:
                net(torch.from_numpy(seen.inputs).to(device))
            # A layer that is used several times is heard as often; what it gave last counts.
            maps.append(layers.as_maps(heard[-1], where, seen.inputs.shape[-2:]).float().cpu())
            names += seen.names
            shown += seen.pictures
    return FeatureMaps(torch.cat(maps).numpy(), shown, names, where)


def _gray(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    low, high = float(values.min()), float(values.max())
    drawn = np.asarray(np.rint(255 * (values - low) / ((high - low) or 1)), np.uint8)
    times = max(1, _SIDE // max(drawn.shape))
    return drawn.repeat(times, axis=0).repeat(times, axis=1)
