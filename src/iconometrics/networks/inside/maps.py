"""Maps of what a network goes by, one per picture, drawn over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.networks.inside import layers
from iconometrics.networks.inside.inputs import (
    Pictures,
    Prepare,
    batches,
    by_image,
    names_of,
    preparation,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor, nn

__all__ = ["Maps", "explained", "positions"]

_MOST = 24


@dataclass(frozen=True, eq=False)
class Maps:
    """Where in each picture a network finds what it goes by.

    Parameters
    ----------
    values
        (images, height, width) of the network's input, float32: higher where it matters more.
    pictures
        (height, width, 3) uint8, one per image, as the network saw it, made smaller.
    images
        Ids.
    classes
        The class that each map explains.
    kind
        What made the maps.

    Examples
    --------
    >>> import numpy as np
    >>> maps = Maps(np.eye(2)[None], [np.zeros((4, 4, 3), np.uint8)], ["a"], ["cat"], "Grad-CAM")
    >>> maps.table()[["image", "class"]].values.tolist()
    [['a', 'cat']]
    """

    values: NDArray[np.float32]
    pictures: Sequence[NDArray[np.uint8]]
    images: Sequence[str]
    classes: Sequence[Any]
    kind: str

    def __len__(self) -> int:
        return len(self.images)

    def table(self) -> pd.DataFrame:
        """Give one row per image: where its map is highest, and how widely it is spread.

        Returns
        -------
        pandas.DataFrame
            image, class, x and y (of the highest place, as shares of width and height), highest,
            spread (share of the picture that holds half of what is above 0; missing where nothing
            is).
        """
        count, height, width = self.values.shape
        flat = self.values.reshape(count, -1)
        top = flat.argmax(axis=1)
        return pd.DataFrame(
            {
                "image": list(self.images),
                "class": list(self.classes),
                "x": (top % width + 0.5) / width,
                "y": (top // width + 0.5) / height,
                "highest": flat.max(axis=1),
                "spread": [_spread(row) for row in flat],
            }
        )

    def overlaid(self) -> list[NDArray[np.uint8]]:
        """Lay each map over its picture.

        Returns
        -------
        list of numpy.ndarray
            (height, width, 3), uint8.
        """
        return [figures.overlay(p, v) for p, v in zip(self.pictures, self.values, strict=True)]

    def plot(self, *, most: int = _MOST, columns: int | None = None) -> Figure:
        """Draw pictures beside their maps, by class.

        Parameters
        ----------
        most
            Pictures of each class at most.
        columns
            How many pictures stand in a row, maps included.

        Returns
        -------
        matplotlib.figure.Figure
        """
        over = self.overlaid()
        kinds = list(dict.fromkeys(map(str, self.classes)))
        shown: dict[str, list[NDArray[np.uint8]]] = {}
        lines: dict[str, list[str]] = {}
        for kind in kinds:
            at = [i for i, label in enumerate(self.classes) if str(label) == kind][:most]
            heading = f"{self.kind}, {kind}"
            shown[heading] = [side for i in at for side in (self.pictures[i], over[i])]
            lines[heading] = [line for i in at for line in (str(self.images[i]), "")]
        return figures.contact_sheet(shown, captions=lines, columns=columns)

    def _repr_html_(self) -> str:
        return figures.svg(self.plot(most=8), alt=f"{self.kind} of {len(self)} images")


def positions(
    outputs: Tensor, wanted: Sequence[Any] | None, *, labels: Sequence[Any] | None
) -> tuple[Tensor, list[Any]]:
    """Decide which class each map explains."""
    import torch

    classes = max(outputs.shape[1], 2)
    if wanted is None:
        single = outputs.shape[1] == 1
        predicted = (outputs[:, 0] > 0).long() if single else outputs.argmax(dim=1)
        at = predicted.tolist()
    else:
        at = [_position(label, labels, classes) for label in wanted]
    tensor = torch.tensor(at, device=outputs.device)
    return tensor, at if labels is None else [labels[i] for i in at]


def explained(
    network: Any,
    pictures: Pictures,
    compute: Callable[[nn.Module, Tensor, Callable[[Tensor], Tensor]], Tensor],
    *,
    kind: str,
    target: Any = None,
    prepare: Prepare | None = None,
    batch: int = 16,
) -> Maps:
    """Make a map for each picture."""
    torch = layers.torch_module()
    net = layers.module_of(network)
    labels = getattr(network, "classes_", None)
    names: list[str] = []
    shown: list[NDArray[np.uint8]] = []
    classes: list[Any] = []
    values: list[NDArray[np.float32]] = []

    wanted = _wanted(target, pictures)

    def choose(seen: Sequence[str], outputs: Tensor) -> Tensor:
        known = None if wanted is None else [wanted[name] for name in seen]
        at, explained_classes = positions(outputs, known, labels=labels)
        classes.extend(explained_classes)
        return at

    with layers.quiet(net) as device:
        for seen in batches(pictures, preparation(net, prepare), size=batch):
            inputs = torch.from_numpy(seen.inputs).to(device)
            maps = compute(net, inputs, partial(choose, seen.names))[:, None].float()
            size = inputs.shape[-2:]
            maps = torch.nn.functional.interpolate(maps, size, mode="bilinear")
            values.append(maps[:, 0].detach().cpu().numpy())
            names += seen.names
            shown += seen.pictures
    return Maps(np.concatenate(values), shown, names, classes, kind)


def _wanted(target: Any, pictures: Pictures) -> dict[str, Any] | None:
    """The class to explain by image; images that cannot be read have one, too."""
    if target is None:
        return None
    names = names_of(pictures)
    if not isinstance(target, list | tuple | np.ndarray | pd.Series):
        return dict.fromkeys(names, target)
    return dict(zip(names, by_image(target, names, what="target"), strict=True))


def _position(wanted: Any, labels: Sequence[Any] | None, classes: int) -> int:
    known: list[Any] = list(range(classes) if labels is None else map(str, labels))
    label = wanted if labels is None else str(wanted)
    if label not in known:
        known_labels = ", ".join(map(str, known[:6])) + (", ..." if classes > 6 else "")
        raise InputError(
            f"target={wanted!r}: the network knows no such class; it knows {known_labels}."
        )
    return known.index(label)


def _spread(row: NDArray[np.float32]) -> float:
    ordered = np.sort(np.clip(row, 0, None))[::-1].astype(np.float64)
    total = ordered.sum()
    if not total > 0:
        return float("nan")
    return float((np.searchsorted(np.cumsum(ordered), total / 2) + 1) / len(ordered))
