"""The images that excite a unit of a network most, and the part of them that does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.networks.inside import layers
from iconometrics.networks.inside.inputs import Pictures, Prepare, batches, preparation

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

__all__ = ["Exciting", "exciting"]

_FRAME = np.array([194, 65, 12], np.uint8)


@dataclass(frozen=True, eq=False)
class Exciting:
    """The images that excite a unit most.

    Parameters
    ----------
    rows
        image, value, and left, top, right and bottom of the part that the unit saw, as shares of
        width and height; the most exciting first.
    pictures
        (height, width, 3) uint8, in the order of the rows.
    layer
        The layer's name.
    unit
        Which of its units.
    n
        How many images were looked at.

    Examples
    --------
    >>> row = {"image": "a", "value": 2.0, "left": 0, "top": 0, "right": 0.5, "bottom": 0.5}
    >>> found = Exciting(pd.DataFrame([row]), [np.zeros((8, 8, 3), np.uint8)], "conv1", 3, 10)
    >>> found.table()["image"].tolist()
    ['a']
    """

    rows: pd.DataFrame
    pictures: Sequence[NDArray[np.uint8]]
    layer: str
    unit: int
    n: int

    def table(self) -> pd.DataFrame:
        """Give one row per image, the most exciting first.

        Returns
        -------
        pandas.DataFrame
            image, value, left, top, right, bottom.
        """
        return self.rows.copy()

    def plot(self) -> Figure:
        """Draw the images with a frame around the part that excites the unit.

        Returns
        -------
        matplotlib.figure.Figure
        """
        boxes = self.rows[["left", "top", "right", "bottom"]].to_numpy(float)
        shown = [_framed(p, box) for p, box in zip(self.pictures, boxes, strict=True)]
        heading = f"{self.layer}, unit {self.unit}: {len(shown)} of {self.n:,} images"
        return figures.contact_sheet(
            {heading: shown}, captions={heading: self.rows["image"].astype(str).tolist()}
        )

    def _repr_html_(self) -> str:
        return figures.svg(self.plot(), alt=f"images that excite unit {self.unit} most")


def exciting(
    network: Any,
    pictures: Pictures,
    unit: int,
    *,
    layer: str | None = None,
    n: int = 9,
    prepare: Prepare | None = None,
    batch: int = 32,
) -> Exciting:
    """Find the images of a corpus that excite a unit most.

    However many images there are, only the best so far are kept in memory.

    Parameters
    ----------
    network
        A torch network, or a trained `ImageClassifier`.
    pictures
        A corpus, or uint8 arrays (height, width, 3).
    unit
        Which unit of the layer, from 0 on; of the last layer it is a class.
    layer
        The layer; by default the last block of convolutions.
    n
        How many images.
    prepare
        What is done to a picture first; by default what the network was trained with.
    batch
        Pictures that go through the network together.

    Returns
    -------
    Exciting
        The part that the unit saw is where a change of a pixel changes its value.

    Raises
    ------
    InputError
        If there is no such layer or unit, or no picture can be read.
    MissingPackageError
        If torch is not installed.

    Notes
    -----
    Zeiler, M. D. and Fergus, R. (2014). Visualizing and understanding convolutional networks.
    European Conference on Computer Vision, figure 2.

    Examples
    --------
    >>> from iconometrics import networks
    >>> net = networks.create("cnn", classes=2, size=32)
    >>> pictures = np.random.default_rng(1).integers(0, 256, (5, 40, 40, 3), np.uint8)
    >>> len(networks.inside.exciting(net, pictures, 0, n=2).table())
    2
    """
    torch = layers.torch_module()
    net = layers.module_of(network)
    where = layers.layer_of(net, layer)
    best: list[tuple[float, int, str, NDArray[np.uint8], NDArray[np.float32]]] = []
    count = 0
    with layers.quiet(net) as device:
        for seen in batches(pictures, preparation(net, prepare), size=batch):
            with torch.no_grad(), layers.listening(net, where) as heard:
                net(torch.from_numpy(seen.inputs).to(device))
            values = (
                _unit(heard[-1], unit, where, seen.inputs.shape[-2:])
                .flatten(1)
                .amax(dim=1)
                .tolist()
            )
            fresh = zip(values, seen.names, seen.pictures, seen.inputs, strict=True)
            best += [(v, count + i, *rest) for i, (v, *rest) in enumerate(fresh)]
            best = sorted(best, key=lambda entry: (-entry[0], entry[1]))[:n]
            count += len(values)
        inputs = torch.from_numpy(np.stack([entry[4] for entry in best])).to(device)
        boxes = [_part(net, picture[None], where, unit) for picture in inputs]
    rows = pd.DataFrame(boxes, columns=["left", "top", "right", "bottom"])
    rows.insert(0, "value", [entry[0] for entry in best])
    rows.insert(0, "image", [entry[2] for entry in best])
    return Exciting(rows, [entry[3] for entry in best], where, unit, count)


def _unit(output: Tensor, unit: int, layer: str, shape: Sequence[int]) -> Tensor:
    """Take what one unit gives out: a map, or a number, for each image."""
    maps = output if output.ndim == 2 else layers.as_maps(output, layer, shape)
    if not 0 <= unit < maps.shape[1]:
        raise InputError(
            f"unit={unit}: layer {layer!r} has {maps.shape[1]} units; expected one from 0 to "
            f"{maps.shape[1] - 1}."
        )
    return maps[:, unit]


def _part(
    net: nn.Module, picture: Tensor, layer: str, unit: int
) -> tuple[float, float, float, float]:
    """Find the pixels that the unit's highest value depends on."""
    import torch

    with torch.enable_grad(), layers.listening(net, layer, gradient=True) as heard:
        picture = picture.detach().requires_grad_()
        net(picture)
        highest = _unit(heard[-1], unit, layer, picture.shape[-2:]).max()
        (slope,) = torch.autograd.grad(highest, picture, allow_unused=True)
    height, width = picture.shape[-2:]
    touched = None if slope is None else slope[0].abs().amax(dim=0) > 0
    if touched is None or not touched.any():
        return 0.0, 0.0, 1.0, 1.0
    down, across = (touched.any(dim=d).nonzero().flatten().tolist() for d in (1, 0))
    return across[0] / width, down[0] / height, (across[-1] + 1) / width, (down[-1] + 1) / height


def _framed(pixels: NDArray[np.uint8], box: NDArray[np.float64]) -> NDArray[np.uint8]:
    framed = pixels.copy()
    height, width = pixels.shape[:2]
    left, right = round(box[0] * width), max(round(box[2] * width), round(box[0] * width) + 1)
    top, bottom = round(box[1] * height), max(round(box[3] * height), round(box[1] * height) + 1)
    thick = max(1, round(min(height, width) / 60))
    framed[top : top + thick, left:right] = framed[bottom - thick : bottom, left:right] = _FRAME
    framed[top:bottom, left : left + thick] = framed[top:bottom, right - thick : right] = _FRAME
    return framed
