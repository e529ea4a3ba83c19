"""Small folders of pictures, and what a study folder holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

Content = dict[str, bytes]


def draw(path: Path, number: int) -> None:
    """A picture that no other number gives."""
    random = np.random.default_rng(number)
    base = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    base[..., number % 3] //= 4
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(base).resize((40, 30)).save(path)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of twelve pictures, one of them broken, and a text file."""
    folder = tmp_path / "photos"
    for number in range(11):
        draw(folder / f"{'sub/' * (number % 2)}{number:02}.png", number)
    (folder / "broken.png").write_bytes((folder / "00.png").read_bytes()[:60])
    (folder / "notes.txt").write_text("no picture")
    return folder


@pytest.fixture
def posts(photos: Path) -> Path:
    """A table of those pictures."""
    files = sorted(path.relative_to(photos).as_posix() for path in photos.rglob("*.png"))
    table = pd.DataFrame(
        {
            "file": files,
            "account": [f"account {number % 4}" for number in range(len(files))],
            "likes": range(len(files)),
            "scene": ["street" if number % 3 else "field" for number in range(len(files))],
        }
    )
    path = photos.parent / "posts.csv"
    table.to_csv(path, index=False)
    return path


@pytest.fixture
def content() -> Callable[[Path], Content]:
    """What a study folder holds, without what tells the time: the log and the zips of models.

    With these go their cards, which name the zip by its hash.
    """

    def read(folder: Path) -> Content:
        left_out = {"log.jsonl", ".lock", "model.skops", "card.json"}
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in left_out
        }

    return read
