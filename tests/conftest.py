"""What every test folder shares."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings
from PIL import Image
from sklearn.datasets import load_sample_image

os.environ.setdefault("MPLBACKEND", "agg")

settings.register_profile("iconometrics", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("iconometrics")

_VARIABLE = "ICONOMETRICS_TEST_DATA"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get(_VARIABLE):
        return
    skip = pytest.mark.skip(reason=f"{_VARIABLE} names no folder")
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; for tests marked `data`."""
    return Path(os.environ[_VARIABLE])


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).resolve().parents[1]


def _tiles(name: str, side: int) -> list[np.ndarray]:
    picture = load_sample_image(name)
    rows, columns = picture.shape[0] // side, picture.shape[1] // side
    return [
        picture[r * side : (r + 1) * side, c * side : (c + 1) * side]
        for r in range(rows)
        for c in range(columns)
    ]


@pytest.fixture(scope="session")
def make_desk() -> Callable[..., Path]:
    """Lay out what a user has: photos/, posts.csv, and codes.csv of every second image."""

    def make(folder: Path, *, side: int = 100, coded: int = 2) -> Path:
        (folder / "photos").mkdir(parents=True)
        rows = []
        generator = np.random.default_rng(1)
        for protest, name in (("no", "china.jpg"), ("yes", "flower.jpg")):
            for number, tile in enumerate(_tiles(name, side)):
                file = f"{Path(name).stem}-{number:02}.png"
                Image.fromarray(tile).save(folder / "photos" / file)
                followers = int(generator.integers(100, 1000))
                likes = followers // 10 + 30 * (protest == "yes") + int(generator.integers(20))
                rows.append((file, f"account{number % 7}", followers, likes, protest))
        table = pd.DataFrame(rows, columns=["file", "account", "followers", "likes", "protest"])
        table.drop(columns="protest").to_csv(folder / "posts.csv", index=False)
        codes = table.rename(columns={"file": "image"})[["image", "protest"]]
        codes.iloc[::coded].to_csv(folder / "codes.csv", index=False)
        return folder

    return make
