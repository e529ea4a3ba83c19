"""Read one picture: any file, any content, to upright 8-bit sRGB or one reason why not."""

from __future__ import annotations

import errno
import io
import os
import stat
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from iconometrics.errors import InputError, ReadError
from iconometrics.images import convert, decoding, exif, profiles
from iconometrics.images.picture import Picture
from iconometrics.images.scaling import check_size, fit, scaled

__all__ = ["MAX_PIXELS", "open", "read"]

MAX_PIXELS = 120_000_000

_SALVAGED = "truncated: read as far as it goes, the rest is gray"
_REASONS = {
    errno.ENOENT: "missing: no such file; check the name, or copy it there",
    errno.EACCES: "permission denied: ask for the right to read it, or copy it",
    errno.EPERM: "permission denied: ask for the right to read it, or copy it",
    errno.ELOOP: "a link that leads nowhere: replace it by the file",
}


def open(
    source: str | os.PathLike[str] | bytes,
    size: int | None = None,
    *,
    max_pixels: int = MAX_PIXELS,
    salvage: bool = False,
) -> Picture:
    """Read one picture as upright 8-bit sRGB, decoded to its end.

    Orientation is applied once, color profiles are converted to sRGB, transparency is laid on
    white, 16-bit and floating-point values are rescaled, the first frame is taken; `changes` of
    the result says what was done.

    Parameters
    ----------
    source
        Path of a file, or a file's content as bytes. Only regular files are opened, and what
        they are is decided by their content, not their name.
    size
        Longest side of the result in pixels at most, never enlarged; None for all pixels. A
        JPEG is then decoded at a reduced scale, several times as fast.
    max_pixels
        Width times height above which a picture is refused; known from the header, before
        memory is taken.
    salvage
        Read a truncated JPEG as far as it goes; the missing part is gray, `changes` says so.

    Returns
    -------
    Picture
        Pixels, original size, changes, frames, and the time and place from EXIF.

    Raises
    ------
    ReadError
        If it cannot be read; the message is the reason, in words, with the next step.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> gray = images.encode(np.full((6, 8), 128, np.uint8), "png")
    >>> images.open(gray, size=4).pixels.shape
    (3, 4, 3)
    """
    size = None if size is None else check_size(size)
    with _stream(source) as stream:
        try:
            with decoding.explained():
                return _picture(decoding.opened(stream, max_pixels), size)
        except decoding.TruncatedError:
            if not salvage:
                raise
        with decoding.explained():
            return _picture(decoding.salvaged(stream, max_pixels), size, _SALVAGED)


def read(
    source: str | os.PathLike[str] | bytes,
    size: int | None = None,
    *,
    max_pixels: int = MAX_PIXELS,
    salvage: bool = False,
) -> NDArray[np.uint8]:
    """Read the pixels of one picture, as `open` does, and nothing else about it.

    Parameters
    ----------
    source
        Path of a file, or a file's content as bytes.
    size
        Longest side of the result in pixels at most, never enlarged; None for all pixels.
    max_pixels
        Width times height above which a picture is refused.
    salvage
        Read a truncated JPEG as far as it goes.

    Returns
    -------
    numpy.ndarray
        Red, green and blue in sRGB, shape (height, width, 3), uint8.

    Raises
    ------
    ReadError
        If it cannot be read; the message is the reason, in words, with the next step.

    Examples
    --------
    >>> import numpy as np
    >>> from iconometrics import images
    >>> images.read(images.encode(np.zeros((6, 8, 3), np.uint8))).shape
    (6, 8, 3)
    """
    return open(source, size, max_pixels=max_pixels, salvage=salvage).pixels


def _stream(source: str | os.PathLike[str] | bytes) -> IO[bytes]:
    if isinstance(source, bytes | bytearray | memoryview):
        return io.BytesIO(source)
    if not isinstance(source, str | os.PathLike):
        raise InputError(f"{type(source).__name__}: expected the path of a picture, or its bytes.")
    try:
        # Opening a named pipe would wait for ever, and a device may do anything.
        path = Path(source)
        if not stat.S_ISREG(path.stat().st_mode):
            raise ReadError("not a regular file but a folder, pipe or device: name a file")
        return path.open("rb")
    except OSError as error:
        text = _REASONS.get(error.errno or 0, f"cannot be opened: {error.strerror}; copy it again")
        raise ReadError(text) from error
    except ValueError as error:
        raise ReadError("missing: no file can have this name; check the table") from error


def _picture(image: ImageFile.ImageFile, size: int | None, *notes: str) -> Picture:
    deep = "16-bit color reduced to 8-bit" if convert.is_deep(image) else ""
    frames = getattr(image, "n_frames", 1)
    full = decoding.load(image, size)
    facts = exif.facts(image)
    flat, depth = convert.eight_bit(image)
    small = flat if size is None else scaled(flat, fit(full, size))
    colored, color = profiles.to_srgb(small, image.info.get("icc_profile"))
    turned, turn = convert.upright(colored, facts.orientation)
    width, height = full[::-1] if convert.is_sideways(facts.orientation) else full
    changes = (
        *notes,
        f"first of {frames} frames" if frames > 1 else "",
        deep,
        depth,
        color,
        turn,
        "damaged EXIF ignored" if facts.damaged else "",
    )
    return Picture(
        np.array(turned if turned.mode == "RGB" else turned.convert("RGB")),
        width=width,
        height=height,
        changes=tuple(filter(None, changes)),
        frames=frames,
        captured=facts.captured,
        place=facts.place,
    )
