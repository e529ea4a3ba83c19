"""Pictures for the tests of features: a photograph, faces, and files that fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from iconometrics import Corpus


@pytest.fixture(scope="session")
def photograph() -> NDArray[np.uint8]:
    return np.asarray(data.astronaut()[:, 100:450])


@pytest.fixture
def folder(tmp_path: Path, photograph: NDArray[np.uint8]) -> Path:
    """Four pictures that can be read and two that cannot."""
    Image.fromarray(photograph).save(tmp_path / "a.png")
    Image.fromarray(photograph[::-1]).save(tmp_path / "b.png")
    Image.fromarray(photograph[:40, :30]).save(tmp_path / "c.png")
    Image.new("L", (3, 2), 128).save(tmp_path / "d.png")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "page.jpg").write_text("<html></html>")
    return tmp_path


@pytest.fixture
def corpus(folder: Path) -> Any:
    return Corpus.from_folder(folder)
