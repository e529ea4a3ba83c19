"""The filters of a layer of convolutions, as pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.networks.inside import layers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Filters", "filters"]

_SIDE = 44


@dataclass(frozen=True, eq=False)
class Filters:
    """The weights of a layer of convolutions.

    Parameters
    ----------
    weights
        (filters, channels, height, width).
    layer
        The layer's name.

    Examples
    --------
    >>> found = Filters(np.ones((1, 3, 2, 2), np.float32), "conv1")
    >>> found.table()[["filter", "mean", "low", "high"]].values.tolist()
    [[0.0, 1.0, 1.0, 1.0]]
    """

    weights: NDArray[np.float32]
    layer: str

    def table(self) -> pd.DataFrame:
        """Give one row per filter.

        Returns
        -------
        pandas.DataFrame
            filter, mean, low and high (of its weights), norm (0: the filter is dead).
        """
        flat = self.weights.reshape(len(self.weights), -1)
        return pd.DataFrame(
            {
                "filter": range(len(flat)),
                "mean": flat.mean(axis=1),
                "low": flat.min(axis=1),
                "high": flat.max(axis=1),
                "norm": np.linalg.norm(flat, axis=1),
            }
        )

    def pictures(self) -> list[NDArray[np.uint8]]:
        """Draw each filter: gray is 0, lighter is more; in color where it takes three channels.

        Returns
        -------
        list of numpy.ndarray
            (height, width, 3) or (height, width), uint8. Filters of more channels are averaged.
        """
        color = self.weights.shape[1] == 3
        shown = self.weights.transpose(0, 2, 3, 1) if color else self.weights.mean(axis=1)
        most = np.abs(shown).reshape(len(shown), -1).max(axis=1)
        scale = np.where(most > 0, most, 1).reshape(-1, *[1] * (shown.ndim - 1))
        drawn = np.rint(127.5 + 127.5 * shown / scale).astype(np.uint8)
        times = max(1, _SIDE // drawn.shape[1])
        return [picture.repeat(times, axis=0).repeat(times, axis=1) for picture in drawn]

    def plot(self, *, most: int = 96) -> Figure:
        """Draw the filters in rows.

        Parameters
        ----------
        most
            How many at most.

        Returns
        -------
        matplotlib.figure.Figure
        """
        shown = self.pictures()[:most]
        heading = f"{len(self.weights)} filters of {self.layer}"
        return figures.contact_sheet({heading: shown}, columns=min(16, max(8, len(shown))))

    def _repr_html_(self) -> str:
        return figures.svg(self.plot(), alt=f"filters of {self.layer}")


def filters(network: Any, *, layer: str | None = None) -> Filters:
    """Take the filters of a layer of convolutions.

    Parameters
    ----------
    network
        A torch network, or a trained `ImageClassifier`.
    layer
        The layer; by default the first with convolutions, whose filters see the picture itself.

    Returns
    -------
    Filters

    Raises
    ------
    InputError
        If there is no such layer, or it has no filters.
    MissingPackageError
        If torch is not installed.

    Notes
    -----
    Krizhevsky, A., Sutskever, I. and Hinton, G. E. (2012). ImageNet classification with deep
    convolutional neural networks. Advances in Neural Information Processing Systems 25, figure 3.

    Examples
    --------
    >>> from iconometrics import networks
    >>> networks.inside.filters(networks.create("lenet5", classes=10)).weights.shape[0]
    6
    """
    torch = layers.torch_module()
    net = layers.module_of(network)
    if layer is None:
        first = (n for n, module in net.named_modules() if isinstance(module, torch.nn.Conv2d))
        layer = next(first, None)
    weights = None if layer is None else getattr(layers.named(net, layer), "weight", None)
    if layer is None or weights is None or weights.ndim != 4:
        raise InputError(
            f"layer={layer!r} has no filters: expected a layer of convolutions, such as the first "
            "of a network that has some. networks.describe(net) lists them."
        )
    return Filters(weights.detach().cpu().float().numpy(), layer)
