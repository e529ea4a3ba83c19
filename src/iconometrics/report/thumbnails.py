"""Pictures as they stand in the page: small, re-encoded, sharp on fine screens, within a budget."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from iconometrics import images
from iconometrics.errors import IconometricsError
from iconometrics.report.blocks import Block, Pictures, Shot, Spectrum, leaves
from iconometrics.report.picture_rows import PictureRows, shape, shapes_of

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["STRIP", "Thumbnail", "make", "wanted"]

Pixels = npt.NDArray[np.uint8]

STRIP = 84
_BUDGET = 5_000_000
_ENCODINGS = ((2.0, 80), (2.0, 68), (1.6, 66), (1.3, 60), (1.0, 55))
_TRIED = 24
_SMALL = 64
_FACES = 1024
_WIDEST = 4.0
_MISSING = np.full((60, 80, 3), 200, np.uint8)


class Thumbnail(NamedTuple):
    """A picture ready for the page: data URI, size in pixels, shape, whether it is tiny."""

    uri: str
    width: int
    height: int
    ratio: str
    small: bool


def wanted(blocks: Sequence[Block], rows: Mapping[int, PictureRows]) -> list[tuple[Shot, int]]:
    """List the pictures that blocks show."""
    shown: list[tuple[Shot, int]] = []
    for block in leaves(blocks):
        if isinstance(block, Pictures):
            shots = (shot for line in rows[id(block)].lines for shot in line)
            shown += [(shot, block.height) for shot in shots]
        elif isinstance(block, Spectrum):
            shown += [(shot, STRIP) for shot in (*block.low, *block.high)]
    return shown


def make(
    corpus: Corpus | None, shots: Sequence[tuple[Shot, int]], *, anonymize: bool = False
) -> dict[tuple[int, int], Thumbnail]:
    """Read, reduce and encode pictures, as finely as the page's budget allows."""
    read = _reader(corpus, anonymize=anonymize)
    workers = min(8, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        scale, quality = _encoding(read, shots, pool)
        encoded = pool.map(partial(_thumbnail, read, scale=scale, quality=quality), shots)
        return {
            (id(shot), height): thumbnail
            for (shot, height), thumbnail in zip(shots, encoded, strict=True)
        }


Read = Callable[[Shot, int, float], Pixels]


def _reader(corpus: Corpus | None, *, anonymize: bool) -> Read:
    """Make the function that reads a shot at the size it is shown in."""
    shapes = {} if corpus is None else shapes_of(corpus.images)

    def read(shot: Shot, height: int, scale: float) -> Pixels:
        tall = round(height * scale)
        if isinstance(shot.image, str) and corpus is not None:
            longest = round(tall * max(shapes.get(shot.image, 1.5), 1.0))
            try:
                pixels = corpus.pixels(shot.image, max(longest, _FACES) if anonymize else longest)
            except (IconometricsError, OSError):
                return _MISSING
        else:
            pixels = np.asarray(shot.image)
        return _fit(images.anonymize(pixels) if anonymize else pixels, tall)

    return read


def _fit(pixels: Pixels, height: int) -> Pixels:
    """Reduce to a height, or to the width that the most extreme shape shown has."""
    high, wide = pixels.shape[:2]
    factor = min(height / high, height * _WIDEST / wide)
    if factor >= 1:
        return pixels
    return images.resize(pixels, shape=(max(1, round(high * factor)), max(1, round(wide * factor))))


def _encoding(
    read: Read, shots: Sequence[tuple[Shot, int]], pool: ThreadPoolExecutor
) -> tuple[float, int]:
    """Choose the finest encoding with which all pictures stay within the budget."""
    some = shots[:: max(1, len(shots) // _TRIED)]
    for scale, quality in _ENCODINGS[:-1]:
        encoded = pool.map(partial(_thumbnail, read, scale=scale, quality=quality), some)
        size = sum(len(thumbnail.uri) for thumbnail in encoded)
        if size / max(1, len(some)) * len(shots) <= _BUDGET:
            return scale, quality
    return _ENCODINGS[-1]


def _thumbnail(read: Read, wanted: tuple[Shot, int], *, scale: float, quality: int) -> Thumbnail:
    shot, height = wanted
    pixels = read(shot, height, scale)
    high, wide = pixels.shape[:2]
    small = max(high, wide) <= _SMALL
    if max(high, wide) <= 2 * _SMALL:
        data = images.data_uri(pixels, format="png")
    else:
        data = images.data_uri(pixels, quality=quality)
    return Thumbnail(data, wide, high, f"{shape(wide, high):.3f}", small and high < height)
