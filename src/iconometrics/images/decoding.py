"""From a stream of bytes to a decoded Pillow image, or the reason why not."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from PIL import Image, ImageFile

from iconometrics.errors import ReadError
from iconometrics.images.formats import HEAD, decoder, sniff
from iconometrics.images.scaling import fit

__all__ = ["TruncatedError", "explained", "load", "opened", "salvaged"]

_REDUCTION = 2
# Their decoders take the whole file at once, so that its end says nothing about the failure.
_READ_WHOLE = frozenset({"AVIF", "HEIF", "WEBP"})
_TRUNCATED = "truncated: the file ends before the picture does; download or copy it again"


class TruncatedError(ReadError):
    """A file that ends before its picture does."""


@contextmanager
def explained() -> Iterator[None]:
    """Turn any error of a decoder into a `ReadError` that gives the reason."""
    try:
        yield
    except ReadError:
        raise
    except Exception as error:
        if "truncated" in str(error).lower():
            raise TruncatedError(_TRUNCATED) from error
        raise ReadError(_reason(error)) from error


def opened(stream: IO[bytes], max_pixels: int) -> ImageFile.ImageFile:
    """Read a picture's header and nothing else."""
    stream.seek(0)
    kind = sniff(stream.read(HEAD))
    image = _header(stream, kind)
    width, height = image.size
    if width * height > max_pixels:
        raise ReadError(
            f"too large: {width} x {height} pixels, the limit is {max_pixels:,} in all; make it "
            "smaller, or raise max_pixels"
        )
    if kind == "PNG":
        # Pillow decodes a PNG without looking at the checksums of its pixels.
        image.verify()
        image = _header(stream, kind)
    return image


def _header(stream: IO[bytes], kind: str) -> ImageFile.ImageFile:
    stream.seek(0)
    try:
        return decoder(kind)(stream)
    except (SyntaxError, IndexError, struct.error) as error:
        if kind not in _READ_WHOLE and not stream.read(1):
            raise TruncatedError(_TRUNCATED) from error
        raise


def load(image: ImageFile.ImageFile, size: int | None) -> tuple[int, int]:
    """Decode a picture to its end, a JPEG at a reduced scale where that is enough."""
    full = image.size
    if size is None or image.format != "JPEG":
        image.load()
        return image.size
    width, height = fit(full, size)
    image.draft(None, (_REDUCTION * width, _REDUCTION * height))
    image.load()
    return full


def salvaged(stream: IO[bytes], max_pixels: int) -> ImageFile.ImageFile:
    """Open a truncated JPEG with the end mark that is missing; what is missing becomes gray."""
    stream.seek(0)
    content = stream.read()
    if sniff(content[:HEAD]) != "JPEG":
        raise TruncatedError(_TRUNCATED)
    return opened(io.BytesIO(content + b"\xff\xd9"), max_pixels)


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "too large for the memory that is free: make it smaller"
    if isinstance(error, Image.DecompressionBombError):
        return "too large: a part of it has more pixels than can be read safely; make it smaller"
    text = " ".join(str(error).split())[:120] or type(error).__name__
    if "unsupported" in text.lower() or "cannot handle" in text:
        return f"a rare kind that is not supported ({text}): save it as PNG"
    if "too large" in text:
        return "corrupt: a block of text in it unpacks to too much; save it again without metadata"
    return f"corrupt: cannot be decoded ({text}); download or copy it again"
