"""Published test errors of classical models on MNIST (James et al., An introduction to SL)."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from iconometrics.coders import FeatureClassifier


def digits(folder: Path, name: str) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    images = gzip.decompress((folder / f"{name}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / f"{name}-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784)
    return pixels / 255, np.frombuffer(labels, np.uint8, offset=8)


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*columns are constant")
@pytest.mark.parametrize(("model", "error"), [("lda", 12.7), ("logistic", 7.2)])
def test_mnist(model: str, error: float, shared_data: Path) -> None:
    coder = FeatureClassifier(model, features=None, scale=False, calibrate=None, folds=None)
    coder.fit(*digits(shared_data / "mnist", "train"))
    found = 100 * (1 - coder.score(*digits(shared_data / "mnist", "t10k")))
    assert found == pytest.approx(error, abs=0.4)
