"""Pictures to make files of."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

Encode = Callable[..., bytes]


def encoded(image: Image.Image | np.ndarray[Any, Any], kind: str, **options: Any) -> bytes:
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


@pytest.fixture(scope="session")
def encode() -> Encode:
    """Write an array or a Pillow image in a format of Pillow's."""
    return encoded


@pytest.fixture(scope="session")
def chunk() -> Callable[[bytes, bytes], bytes]:
    """One chunk of a PNG with its checksum."""

    def make(name: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)

    return make


@pytest.fixture(scope="session")
def photo() -> np.ndarray[Any, Any]:
    """A photograph that is not square, so that turning shows."""
    return np.ascontiguousarray(data.astronaut()[20:260, 60:380])


@pytest.fixture(scope="session")
def jpeg(photo: np.ndarray[Any, Any]) -> bytes:
    return encoded(photo, "JPEG", quality=90)
