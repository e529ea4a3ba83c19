"""Handwritten digits and a small network, on one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import nn

from iconometrics.networks.training import Pictures


class Digits(NamedTuple):
    pictures: Pictures
    pixels: NDArray[np.uint8]
    y: NDArray[np.int64]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def digits() -> Digits:
    found = load_digits()
    pixels = (found.images[:400] * 15).astype(np.uint8)
    pictures = Pictures.of_array(pixels, size=(8, 8), channels=1)
    return Digits(pictures, pixels, found.target[:400].astype(np.int64))


@pytest.fixture
def make_net() -> Callable[..., Any]:
    def make(*, dropout: float = 0.0, classes: int = 10) -> nn.Module:
        torch.manual_seed(7)
        return nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(128, classes),
        )

    return make
