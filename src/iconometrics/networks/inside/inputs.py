"""Pictures on their way into a network, and as the network sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import images
from iconometrics.corpus import Corpus, Source, read_source
from iconometrics.errors import InputError, ReadError, warn
from iconometrics.networks.preprocessing import Preprocessing
from iconometrics.networks.read_ahead import read_ahead

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "Pictures",
    "Prepare",
    "Seen",
    "batches",
    "by_image",
    "names_of",
    "preparation",
]

Pixels: TypeAlias = NDArray[np.uint8]
Prepare: TypeAlias = Callable[[Pixels], NDArray[np.float32]]
Pictures: TypeAlias = Corpus | NDArray[np.uint8] | Sequence[Pixels]

_SHOWN = 256


class Seen(NamedTuple):
    """Some pictures: their ids, what is shown of them, and the network's input."""

    names: list[str]
    pictures: list[Pixels]
    inputs: NDArray[np.float32]


def preparation(net: nn.Module, wanted: Prepare | None) -> Prepare:
    """Decide what is done to a picture: what was asked, or what training does."""
    if wanted is not None:
        return wanted
    size: tuple[int, int] = tuple(getattr(net, "size", None) or (224, 224))
    gray = getattr(net, "channels", 3) == 1
    own = getattr(net, "preprocessing", None)
    if own is None or (own.channels == 1) != gray:
        own = Preprocessing(order="gray", mean=(0.0,), scale=(255.0,)) if gray else Preprocessing()
    mean, scale = (np.array(part, np.float32)[:, None, None] for part in (own.mean, own.scale))
    step = -1 if own.order == "bgr" else 1

    def prepare(pixels: Pixels) -> NDArray[np.float32]:
        shown = np.rint(images.gray(pixels)).astype(np.uint8) if gray else pixels
        resized = images.resize(shown, shape=size)
        planes = resized[None] if gray else resized[:, :, ::step].transpose(2, 0, 1)
        return np.asarray((planes - mean) / scale, np.float32)

    return prepare


def batches(pictures: Pictures, prepare: Prepare, *, size: int = 16) -> Iterator[Seen]:
    """Read pictures in threads ahead of the network, some at a time."""
    items = _items(pictures)
    reasons: dict[str, str] = {}
    any_good = False
    parts = (items[start : start + size] for start in range(0, len(items), size))
    for _, chunk in read_ahead(parts, partial(_prepared, prepare=prepare)):
        good = [(name, shown, inputs) for name, shown, inputs in chunk if inputs is not None]
        reasons |= {name: str(shown) for name, shown, inputs in chunk if inputs is None}
        if good:
            any_good = True
            names, shown, inputs = zip(*good, strict=True)
            yield Seen(list(names), list(shown), np.stack(inputs))
    examples = "; ".join(f"{reason} ({name})" for name, reason in list(reasons.items())[:3])
    if not any_good:
        raise InputError(f"there is no picture to look at: {examples or 'none was given'}.")
    if reasons:
        warn(f"{len(reasons)} of {len(items)} images are left out: {examples}.")


def names_of(pictures: Pictures) -> list[str]:
    """Name pictures: ids of a corpus, else their numbers."""
    return [name for name, _ in _items(pictures)]


def by_image(values: Any, names: Sequence[str], *, what: str) -> list[Any]:
    """Bring what is known of images into their order."""
    if isinstance(values, pd.Series):
        known = values.set_axis(values.index.astype("str"))
        if known.index.has_duplicates or not known.index.isin(list(names)).any():
            raise InputError(
                f"{what}= is a Series whose index is {list(values.index[:3])}, ...: expected each "
                f"image's id once, such as {names[0]!r}."
            )
        return list(known.reindex(list(names)))
    listed = list(values)
    if len(listed) != len(names):
        raise InputError(
            f"{what}= has {len(listed)} entries for {len(names)} images: expected one for each, or "
            "a Series by image id."
        )
    return listed


def _items(pictures: Pictures) -> list[tuple[str, Any]]:
    if isinstance(pictures, Corpus):
        return [(source.image, source) for source in pictures.sources()]
    if isinstance(pictures, np.ndarray) and pictures.ndim == 3 and pictures.shape[2] in {1, 3}:
        pictures = [pictures]
    listed = list(pictures)
    for number, picture in enumerate(listed):
        shape, kind = (
            getattr(picture, "shape", ()),
            getattr(picture, "dtype", type(picture).__name__),
        )
        if kind != np.uint8 or len(shape) not in {2, 3}:
            raise InputError(
                f"picture {number} is {kind} of shape {tuple(shape)}: expected uint8 (height, "
                "width, 3), values from 0 to 255. Or give a corpus."
            )
    return [(str(number), picture) for number, picture in enumerate(listed)]


def _prepared(named: tuple[str, Any], *, prepare: Prepare) -> tuple[str, Any, Any]:
    """Give an image's name, what is shown of it, and the input; a reason and None if it fails."""
    name, item = named
    try:
        pixels = read_source(item).pixels if isinstance(item, Source) else item
    except ReadError as error:
        return name, str(error), None
    pixels = pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    pixels = np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels
    return name, _shown(pixels, prepare), np.asarray(prepare(pixels), np.float32)


def _shown(pixels: Pixels, prepare: Prepare) -> Pixels:
    """Cut a picture as the network sees it, in its own colors."""
    if isinstance(prepare, Preprocessing) and prepare.crop == "center":
        plain = replace(prepare, order="rgb", mean=(0.0,) * 3, scale=(1.0,) * 3)
        return np.clip(np.rint(plain(pixels)), 0, 255).astype(np.uint8).transpose(1, 2, 0)
    return np.asarray(images.resize(pixels, _SHOWN), np.uint8)
