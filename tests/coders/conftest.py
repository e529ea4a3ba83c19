"""Handwritten digits as numbers, and photographs as a corpus with labels."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage import data
from sklearn.datasets import load_digits
from threadpoolctl import threadpool_limits

from iconometrics import Corpus


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Small matrices are slower on several threads."""
    with threadpool_limits(1):
        yield


class Digits(NamedTuple):
    X: NDArray[np.float64]
    y: NDArray[np.str_]
    X_new: NDArray[np.float64]
    y_new: NDArray[np.str_]


@pytest.fixture(scope="session")
def digits() -> Digits:
    """Real digits; the always empty pixels are left out."""
    X, y = load_digits(return_X_y=True)
    X, y = X[:, X[:400].std(axis=0) > 0], np.array(list("zabcdefghi"))[y]
    return Digits(X[:400], y[:400], X[400:800], y[400:800])


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hundred patches, half of them faces, and two files that fail."""
    folder = tmp_path_factory.mktemp("patches")
    for number, patch in enumerate(data.lfw_subset()):
        gray = np.rint(255 * patch).astype(np.uint8)
        Image.fromarray(gray).save(folder / f"{number:03d}.png")
    return folder


@pytest.fixture(scope="session")
def corpus(pictures: Path) -> Corpus:
    return Corpus.from_folder(pictures)


@pytest.fixture(scope="session")
def faces(corpus: Corpus) -> pd.Series:
    values = ["face"] * 100 + ["other"] * 100
    return pd.Series(values, index=corpus.ids, name="content")


@pytest.fixture(scope="session")
def table(corpus: Corpus) -> pd.DataFrame:
    from iconometrics import features

    return features.extract(corpus, ["hog:size=32:cell=16"])


@pytest.fixture
def broken(tmp_path: Path, pictures: Path) -> Any:
    """A corpus of ten patches and two files that cannot be read."""
    for number in range(95, 105):
        (tmp_path / f"{number:03d}.png").write_bytes((pictures / f"{number:03d}.png").read_bytes())
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "page.jpg").write_text("<html></html>")
    return Corpus.from_folder(tmp_path)
