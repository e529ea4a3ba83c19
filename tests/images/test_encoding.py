"""Pictures as bytes and as text."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from iconometrics import images
from iconometrics.errors import InputError


def test_png_keeps_every_pixel(photo: Any) -> None:
    for pixels in (photo, photo[..., 0]):
        stored = Image.open(io.BytesIO(images.encode(pixels, "png")))
        assert (np.asarray(stored) == pixels).all()


def test_jpeg_by_its_quality(photo: Any) -> None:
    low, high = images.encode(photo, quality=20), images.encode(photo, quality=95)
    assert len(low) < len(high) / 2
    assert np.abs(images.read(high).astype(int) - photo).mean() < 2


def test_data_uri_is_the_file(photo: Any) -> None:
    head, content = images.data_uri(photo, "png").split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(content) == images.encode(photo, "png")


def test_pixels_only(jpeg: bytes) -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    stream = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).save(stream, "JPEG", exif=exif)
    assert b"a secret" in stream.getvalue()
    assert b"a secret" not in images.encode(images.read(stream.getvalue()))


@pytest.mark.parametrize(
    ("format", "quality"), [("gif", 85), ("JPEG", 85), ("jpeg", 0), ("jpeg", 96)]
)
def test_other_formats_and_qualities(photo: Any, format: Any, quality: int) -> None:
    with pytest.raises(InputError, match="expected 'jpeg' or 'png'"):
        images.encode(photo, format, quality=quality)


def test_floats_are_refused() -> None:
    with pytest.raises(InputError, match="expected uint8"):
        images.encode(np.zeros((3, 3), np.float32))
