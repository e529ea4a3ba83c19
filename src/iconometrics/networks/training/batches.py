"""Batches for a network: pictures read ahead by threads, or frozen features; and what it is fed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from iconometrics import images
from iconometrics.corpus import Source, read_source
from iconometrics.errors import InputError, ReadError
from iconometrics.networks.preprocessing import Preprocessing
from iconometrics.networks.read_ahead import read_ahead

__all__ = ["KEPT", "Fed", "Inputs", "Part", "Pictures"]

# Bytes of decoded pictures that are kept in memory; more are read again in each epoch.
KEPT = 2**28
_MEAN = Preprocessing().mean
_SCALE = Preprocessing().scale

Rows: TypeAlias = NDArray[np.intp]
Read: TypeAlias = Callable[[int], NDArray[Any]]


class Pictures:
    """Pictures of one size, in a fixed order.

    Memory holds `KEPT` bytes of them and a few batches, however many there are.

    Parameters
    ----------
    read
        Gives the picture at a position, (height, width, channels).
    n
        How many there are.
    size
        Height and width, in pixels.
    channels
        1 (gray) or 3.
    keep
        Bytes that are kept.

    Examples
    --------
    >>> made = Pictures.of_array(np.zeros((5, 8, 8), np.uint8), size=(8, 8), channels=1)
    >>> [pixels.shape for _, pixels in made.batches(np.arange(5), 3)]
    [(3, 8, 8, 1), (2, 8, 8, 1)]
    """

    def __init__(
        self, read: Read, n: int, *, size: tuple[int, int], channels: int, keep: int = KEPT
    ) -> None:
        self.size = size
        self.channels = channels
        self.failed: dict[int, str] = {}
        self._read = read
        self._n = n
        kept = min(n, keep // (size[0] * size[1] * channels))
        self._kept: NDArray[Any] = np.empty((kept, *size, channels), np.uint8)
        self._there = np.zeros(kept, bool)

    @classmethod
    def of_sources(
        cls, sources: Sequence[Source], *, size: tuple[int, int], channels: int, keep: int = KEPT
    ) -> Pictures:
        """Read pictures from the files of a corpus; the whole picture is brought to the size.

        Parameters
        ----------
        sources
            From `Corpus.sources`.
        size, channels, keep
            As for the class.

        Returns
        -------
        Pictures
        """

        def read(at: int) -> NDArray[Any]:
            pixels = _opened(sources[at], size)
            return _fitted(pixels, size, channels)

        return cls(read, len(sources), size=size, channels=channels, keep=keep)

    @classmethod
    def of_array(cls, array: NDArray[Any], *, size: tuple[int, int], channels: int) -> Pictures:
        """Take pictures from an array.

        Parameters
        ----------
        array
            (n, height, width, channels) or (n, height, width): uint8 from 0 to 255, or floats,
            which the network gets as they are.
        size, channels
            As for the class.

        Returns
        -------
        Pictures

        Raises
        ------
        InputError
            If the array holds no pictures, or floats of another size.
        """
        array = _checked(array)
        if array.shape[1:] == (*size, channels):
            pictures = cls(array.__getitem__, len(array), size=size, channels=channels, keep=0)
            pictures._kept, pictures._there = array, np.ones(len(array), bool)
            return pictures
        if array.dtype != np.uint8:
            raise InputError(
                f"numbers of shape {array.shape[1:]} for a network of {(*size, channels)}: "
                "expected the same shape, or pictures of type uint8, which are resized."
            )
        return cls(
            lambda at: _fitted(array[at], size, channels), len(array), size=size, channels=channels
        )

    def __len__(self) -> int:
        return self._n

    def batches(self, order: Rows, batch: int) -> Iterator[tuple[Rows, NDArray[Any]]]:
        """Yield pictures in an order, a few batches read ahead.

        Parameters
        ----------
        order
            Positions.
        batch
            How many at a time; one that would stand alone at the end joins those before.

        Yields
        ------
        tuple of numpy.ndarray
            Positions and pixels (n, height, width, channels) of those that can be read; why the
            others cannot stands in `failed`.
        """
        parts = _parts(order, batch)
        if all(self._has(part) for part in parts):
            for part in parts:
                yield part, self._kept[part]
            return
        for positions, results in read_ahead(
            (part.tolist() for part in parts), self._pixels_or_reason
        ):
            at, pixels = self._readable(np.array(positions, np.intp), results)
            if len(at):
                yield at, pixels

    def _has(self, part: Rows) -> bool:
        return (
            bool(len(part)) and int(part.max()) < len(self._there) and bool(self._there[part].all())
        )

    def _pixels_or_reason(self, at: int) -> NDArray[Any] | str:
        if at < len(self._there) and self._there[at]:
            return np.asarray(self._kept[at])
        try:
            pixels = self._read(at)
        except ReadError as error:
            return str(error)
        if at < len(self._there):
            self._kept[at] = pixels
            self._there[at] = True
        return pixels

    def _readable(
        self, part: Rows, results: Sequence[NDArray[Any] | str]
    ) -> tuple[Rows, NDArray[Any]]:
        readable = [(i, r) for i, r in zip(part, results, strict=True) if not isinstance(r, str)]
        failed = {int(i): r for i, r in zip(part, results, strict=True) if isinstance(r, str)}
        self.failed |= failed
        if not readable:
            return part[:0], np.empty((0, *self.size, self.channels), np.uint8)
        return np.array([i for i, _ in readable], np.intp), np.stack(
            [pixels for _, pixels in readable]
        )


class Fed:
    """Rows of numbers in the place of pictures.

    Parameters
    ----------
    rows
        (n, columns), float32.
    failed
        Why pictures have none, by position.
    made_by
        Names the network that made them, for checkpoints.

    Examples
    --------
    >>> made = Fed(np.zeros((3, 2), np.float32), {1: "truncated"})
    >>> [at.tolist() for at, _ in made.batches(np.arange(3), 2)]
    [[0], [2]]
    """

    size = (1, 1)
    channels = 1

    def __init__(
        self, rows: NDArray[np.float32], failed: dict[int, str], made_by: str = ""
    ) -> None:
        self.rows = rows
        self.failed = failed
        self.made_by = made_by

    def __len__(self) -> int:
        return len(self.rows)

    def batches(
        self, order: NDArray[np.intp], batch: int
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float32]]]:
        """Yield rows in an order.

        Parameters
        ----------
        order
            Positions.
        batch
            How many at a time.

        Yields
        ------
        tuple of numpy.ndarray
            Positions and rows of pictures that could be read.
        """
        for start in range(0, len(order), batch):
            at = order[start : start + batch]
            at = at[~np.isin(at, list(self.failed))]
            if len(at):
                yield at, self.rows[at]


class Part(NamedTuple):
    """Pictures with what is to be learned of them.

    Parameters
    ----------
    pictures
        All pictures.
    at
        Positions of those of this part, in the order in which they are taken.
    targets
        What is to be learned, an entry for each of all pictures.

    Examples
    --------
    >>> made = Pictures.of_array(np.zeros((4, 2, 2), np.uint8), size=(2, 2), channels=1)
    >>> Part(made, np.arange(3), np.zeros(4)).at.tolist()
    [0, 1, 2]
    """

    pictures: Pictures | Fed
    at: NDArray[np.intp]
    targets: NDArray[Any]


class Inputs:
    """Turns a batch of pixels into what a network takes, on its device."""

    def __init__(
        self,
        channels: int,
        device: torch.device,
        *,
        augment: nn.Module | None = None,
        preprocessing: Preprocessing | None = None,
    ) -> None:
        usual = ((0.0,), (255.0,)) if channels == 1 else (_MEAN, _SCALE)
        mean, scale = usual
        self.backward = False
        if preprocessing is not None and preprocessing.channels == channels:
            mean, scale = preprocessing.mean, preprocessing.scale
            self.backward = preprocessing.order == "bgr"
        # (value - mean) / scale, as one product and one sum.
        self.times = 1 / torch.tensor(scale, device=device).view(1, -1, 1, 1)
        self.plus = -torch.tensor(mean, device=device).view(1, -1, 1, 1) * self.times
        self.device = device
        self.augment = augment

    def __call__(self, pixels: NDArray[Any]) -> Tensor:
        """Prepare a batch."""
        inputs = torch.from_numpy(np.ascontiguousarray(pixels)).to(self.device)
        if pixels.ndim == 2:
            return inputs
        inputs = inputs.permute(0, 3, 1, 2)
        if pixels.dtype != np.uint8:
            if self.augment is not None:
                raise InputError(
                    f"augment= changes pictures of type uint8, and these are {pixels.dtype}, which "
                    "stay as they are: expected pictures from 0 to 255, or augment=()."
                )
            return inputs.contiguous()
        inputs = inputs.contiguous().float()
        if self.augment is not None:
            inputs = self.augment(inputs / 255) * 255
        if self.backward:
            inputs = inputs.flip(1)
        return inputs.mul_(self.times).add_(self.plus)


def _parts(order: Rows, batch: int) -> list[Rows]:
    """Cut positions into batches; none is of one picture, which has no spread."""
    parts = [order[start : start + batch] for start in range(0, len(order), batch)]
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [np.concatenate(parts[-2:])]
    return parts


def _checked(array: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(array)
    if array.ndim == 3:
        array = array[..., None]
    kind = array.dtype == np.uint8 or array.dtype.kind == "f"
    if array.ndim != 4 or not kind or array.shape[3] not in (1, 3) or 0 in array.shape[1:]:
        raise InputError(
            f"array of shape {array.shape} and type {array.dtype}: expected pictures, (n, height, "
            "width, 3) or (n, height, width), of type uint8, or a corpus."
        )
    if array.dtype.kind == "f":
        bad = ~np.isfinite(array).all(axis=(1, 2, 3))
        if bad.any():
            raise InputError(
                f"{bad.sum()} of {len(array)} pictures hold NaN or inf, such as the one at "
                f"{int(bad.argmax())}: leave them out."
            )
        return array.astype(np.float32, copy=False)
    return array


def _fitted(pixels: NDArray[Any], size: tuple[int, int], channels: int) -> NDArray[np.uint8]:
    """Bring a picture to a size and number of channels."""
    pixels = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    if channels == 1 and pixels.ndim == 3:
        pixels = np.rint(images.gray(pixels)).astype(np.uint8)
    resized = images.resize(pixels, shape=size)
    resized = resized[..., None] if resized.ndim == 2 else resized
    return np.repeat(resized, channels, axis=2) if resized.shape[2] != channels else resized


def _opened(source: Source, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Open a picture as small as can be with enough pixels on both sides."""
    width, height = _sides(source)
    need = max(size[0] / max(1, height), size[1] / max(1, width)) * max(width, height)
    return read_source(source, max(*size, int(np.ceil(need)))).pixels


def _sides(source: Source) -> tuple[int, int]:
    """Look up width and height in the header; a square is assumed where that fails."""
    from PIL import Image

    if source.box is not None:
        left, top, right, bottom = source.box
        return right - left, bottom - top
    try:
        with Image.open(source.path) as picture:
            return picture.size
    except Exception:
        # Reading it properly says what is wrong with it.
        return 1, 1
