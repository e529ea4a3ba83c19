"""Pictures and folders that the tests of the corpus share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Write = Callable[..., Path]


def _pixels(seed: int, width: int, height: int) -> np.ndarray:
    """Blobs with sharp edges: distinct for each seed, neither blank nor blurred."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.NEAREST))


@pytest.fixture
def write() -> Write:
    def write(path: Path, seed: int = 0, *, size: tuple[int, int] = (64, 48), **options) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            kind = "PNG" if path.suffix.lower() == ".png" else "JPEG"
            Image.fromarray(_pixels(seed, *size)).save(handle, kind, **options)
        return path

    return write


@pytest.fixture
def photos(tmp_path: Path, write: Write) -> Path:
    """A folder of four different pictures, one of them in a folder of its own."""
    folder = tmp_path / "photos"
    for seed, name in enumerate(("a.jpg", "b.jpg", "c.png", "more/d.jpg")):
        write(folder / name, seed)
    return folder


@pytest.fixture
def threads() -> Iterator[Executor]:
    """An executor that starts at once, where processes are not what is tested."""
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture(scope="session")
def data() -> Path:
    folder = os.environ.get("ICONOMETRICS_TEST_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("ICONOMETRICS_TEST_DATA names no folder")
    return Path(folder)
