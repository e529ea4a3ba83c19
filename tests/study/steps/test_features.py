"""Features of a study: the numbers of the extractors, only what is missing, whatever happens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from PIL import Image

from iconometrics import features
from iconometrics.errors import IconometricsWarning
from iconometrics.study import Study

from ..conftest import draw
from ..extractors import Deadly


@pytest.fixture
def study(photos: Path, tmp_path: Path) -> Study:
    return Study.create(tmp_path / "study", photos)


def files(study: Study, name: str) -> dict[str, int]:
    return {
        path.relative_to(study.folder).as_posix(): path.stat().st_mtime_ns
        for path in study.folder.glob(f"features/{name}-*/*")
    }


def test_numbers_are_the_extractors_own(study: Study) -> None:
    table = study.features(["color", "hog"])
    direct = features.extract(study.corpus.readable, ["color", "hog"])
    pd.testing.assert_frame_equal(table, direct)


def test_a_second_run_writes_nothing(study: Study, content: Callable) -> None:
    study.features(["color"])
    before = (content(study.folder), files(study, "color"), len(study.log()))
    study.features(["color"])
    assert (content(study.folder), files(study, "color"), len(study.log())) == before


def test_new_images_compute_only_their_rows(study: Study, photos: Path) -> None:
    study.features(["color"])
    before = files(study, "color")
    draw(photos / "new.png", 50)
    draw(photos / "04.png", 51)
    study.check()
    table = study.features(["color"])
    after = files(study, "color")
    assert before.items() <= after.items()
    (added,) = after.keys() - before.keys()
    assert pq.read_table(study.folder / added)["image"].to_pylist() == ["04.png", "new.png"]
    pd.testing.assert_frame_equal(table, features.extract(study.corpus.readable, ["color"]))


def test_another_option_makes_a_second_folder(study: Study) -> None:
    study.features(["color"])
    study.features(["color:size=8"])
    assert len({Path(name).parent for name in files(study, "color")}) == 2
    assert list(study.feature_tables()) == ["color:size=8"]
    study.features(["color"])
    assert list(study.feature_tables()) == ["color"]


def test_a_set_that_lacks_parts_gets_only_these(study: Study) -> None:
    study.features(["color", "hog"])
    (part,) = study.folder.glob("features/hog-*/part-*")
    before = files(study, "color")
    part.unlink()
    study.features(["color", "hog"])
    assert files(study, "color") == before
    assert part.exists()


def test_row_30_a_worker_that_dies_fails_only_its_image(study: Study, photos: Path) -> None:
    Image.fromarray(np.full((9, 9, 3), (255, 0, 0), np.uint8)).save(photos / "05-deadly.png")
    study.check()
    with pytest.warns(IconometricsWarning, match=r"1 of 12 .*05-deadly.png"):
        table = study.features([Deadly()])
    assert len(table) == 11
    assert "05-deadly.png" not in table.index
    (folder,) = study.folder.glob("features/deadly-*")
    rows = pd.read_parquet(folder).set_index("image")
    assert "crash" in rows.loc["05-deadly.png", "reason"]
    assert rows["reason"].notna().sum() == 1
    stamps = files(study, "deadly")
    with pytest.warns(IconometricsWarning, match="05-deadly"):
        study.features([Deadly()])
    assert files(study, "deadly") == stamps


def test_a_file_that_changed_after_the_check_is_told(study: Study, photos: Path) -> None:
    study.check()
    draw(photos / "02.png", 98)
    with pytest.warns(UserWarning, match=r"1 of 11 images .*changed since it was checked"):
        table = study.features(["color"])
    assert "02.png" not in table.index
    study.check()
    assert "02.png" in study.features(["color"]).index


def test_the_log_says_what_was_computed(study: Study) -> None:
    study.features(["color"])
    entry = json.loads((study.folder / "log.jsonl").read_text().splitlines()[-1])
    assert entry["step"] == "features"
    assert entry["options"] == {"size": 512}
    assert (study.folder / entry["result"]["folder"]).is_dir()
    assert entry["result"]["images"] == 11
    assert entry["seconds"] >= 0
