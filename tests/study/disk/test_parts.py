"""Which rows are there and which are missing, whatever was interrupted and whatever is new."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iconometrics import engine
from iconometrics.errors import StudyError
from iconometrics.study.disk import parts as rows


class Image(NamedTuple):
    image: str
    sha256: str


def images(numbers: range) -> list[Image]:
    return [Image(f"{n:04}.jpg", f"hash {n}") for n in numbers]


def number(items: tuple[Image, ...]) -> pa.Table:
    """One row per image; every 97th has no value."""
    values = [float(item.image[:4]) for item in items]
    return pa.table(
        {
            "image": [item.image for item in items],
            "sha256": [item.sha256 for item in items],
            "reason": pa.array(
                ["truncated" if value % 97 == 0 else None for value in values], pa.string()
            ),
            "n_value": np.array(values, dtype=np.float32),
        }
    )


def extend(folder: Path, wanted: list[Image], only: object = None) -> None:
    """Compute missing rows; `only` picks the parts that are written before a kill."""
    for part in rows.blocks(rows.missing(wanted, folder), len(wanted)):
        if only is None or only(part):
            engine.write_table(number(part.items), folder / f"part-{part.name}.parquet")


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@settings(max_examples=25)
@given(data=st.data(), first=st.integers(1, 300), more=st.integers(0, 120))
def test_any_interrupted_run_ends_in_the_same_files(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, first: int, more: int
) -> None:
    """Parts of two runs, on a corpus and on a grown one, are written or not as Hypothesis says."""
    whole, broken = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("broken")
    before, after = images(range(0, first * 2, 2)), images(range(first + more))
    after = sorted({*before, *after})
    for wanted in (before, after):
        extend(whole, wanted)
        for _ in range(2):
            extend(broken, wanted, only=lambda part: data.draw(st.booleans()))
        extend(broken, wanted)
    assert content(whole) == content(broken)
    keys = pa.concat_tables(
        [rows.pq.read_table(path, columns=["image"]) for path in broken.iterdir()]
    )
    assert sorted(keys["image"].to_pylist()) == [image.image for image in after]


def test_rows_come_in_the_order_of_the_corpus(tmp_path: Path) -> None:
    extend(tmp_path, images(range(300)))
    wanted = images(range(299, -1, -1))
    read = rows.read(tmp_path, wanted)
    expected = [float(n) for n in range(299, -1, -1) if n % 97]
    assert read.values["n_value"].tolist() == expected
    assert read.values.to_numpy().dtype == np.float32
    assert read.reasons.to_dict() == {f"{n:04}.jpg": "truncated" for n in (291, 194, 97, 0)}


def test_a_changed_file_lacks_its_row(tmp_path: Path) -> None:
    wanted = images(range(1, 50))
    extend(tmp_path, wanted)
    changed = [Image(wanted[0].image, "another hash"), *wanted[1:]]
    assert rows.missing(changed, tmp_path) == changed[:1]
    assert rows.read(tmp_path, changed).reasons.to_dict() == {"0001.jpg": "not measured yet"}


def test_nothing_there_gives_nothing(tmp_path: Path) -> None:
    read = rows.read(tmp_path, images(range(2)))
    assert read.values.shape == (0, 0)
    assert len(read.reasons) == 2


def test_a_damaged_part_is_named(tmp_path: Path) -> None:
    extend(tmp_path, images(range(5)))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StudyError, match=rf"{path.name} cannot be read.*Delete that file"):
        rows.missing(images(range(5)), tmp_path)


def test_parts_can_be_read_by_pandas(tmp_path: Path) -> None:
    extend(tmp_path, images(range(40)))
    frame = pd.read_parquet(tmp_path)
    assert list(frame) == ["image", "sha256", "reason", "n_value"]
    assert len(frame) == 40
