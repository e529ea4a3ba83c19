"""Studies of regions: cut from another study's images, following it, measured like any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from iconometrics import images
from iconometrics.errors import InputError, StudyError
from iconometrics.study import Study

HALVES = {"left": (0, 0, 0.5, 1), "right": (0.5, 0, 1, 1)}


@pytest.fixture
def sheets(tmp_path):
    """Three sheets, dark on the left and bright on the right."""
    folder = tmp_path / "sheets"
    folder.mkdir()
    for number in range(3):
        _sheet(folder / f"{number}.png", 40 + number)
    return Study.create(tmp_path / "study", folder)


def _sheet(path, dark):
    pixels = np.full((20, 40, 3), 200, np.uint8)
    pixels[:, :20] = dark
    path.write_bytes(images.encode(pixels, "png"))


def test_regions_are_images_that_know_their_parent(sheets):
    cells = sheets.cut("halves", cells=HALVES)
    corpus = cells.check().corpus
    assert list(corpus.ids) == [f"{n}.png#{side}" for n in range(3) for side in HALVES]
    assert corpus.images["parent"].tolist() == [f"{n}.png" for n in range(3) for _ in HALVES]
    assert (corpus.images["status"] == "ok").all()
    brightness = cells.features(["color"])["color_brightness"]
    assert brightness.round().tolist() == [40, 200, 41, 200, 42, 200]


def test_a_grid_is_cut_alike(sheets):
    assert list(sheets.cut("grid", grid=(1, 2)).corpus.images["part"][:2]) == ["r1c1", "r1c2"]


def test_the_same_cut_again_opens_what_is_there(sheets):
    first = sheets.cut("halves", cells=HALVES)
    first.features(["color"])
    again = Study.open(sheets.cut("halves", cells=HALVES).folder)
    assert again.folder == sheets.folder / "derived" / "halves"
    assert list(again.feature_tables()) == ["color"]


def test_another_cut_of_that_name_is_refused_unless_it_shall_replace(sheets):
    sheets.cut("halves", cells=HALVES)
    with pytest.raises(StudyError, match="cells: "):
        sheets.cut("halves", cells={"all": (0, 0, 1, 1)})
    assert len(sheets.cut("halves", cells={"all": (0, 0, 1, 1)}, replace=True).corpus) == 3


def test_regions_follow_new_and_changed_images(sheets, tmp_path):
    cells = sheets.cut("halves", cells=HALVES)
    cells.features(["color"])
    _sheet(tmp_path / "sheets" / "3.png", 90)
    _sheet(tmp_path / "sheets" / "0.png", 10)
    cells.check()
    brightness = cells.features(["color"])["color_brightness"].round()
    assert brightness.loc["3.png#left"] == 90
    assert brightness.loc["0.png#left"] == 10
    assert len(brightness) == 8


def test_a_second_check_reads_nothing_again(sheets):
    cells = sheets.cut("halves", cells=HALVES)
    before = cells.check().corpus.images
    assert cells.check().corpus.images.equals(before)


def test_metadata_and_group_come_from_the_parent(tmp_path, sheets):
    table = pd.DataFrame({"file": [f"{n}.png" for n in range(3)], "clerk": ["a", "a", "b"]})
    study = Study.create(tmp_path / "other", tmp_path / "sheets", metadata=table, group="clerk")
    corpus = study.cut("halves", cells=HALVES).check().corpus
    assert corpus.metadata["clerk"].tolist() == list("aaaabb")
    assert corpus.group == "clerk"


def test_cells_or_a_grid(sheets):
    with pytest.raises(InputError, match="either cells= or grid="):
        sheets.cut("halves")


def test_replacing_the_study_sets_the_codes_of_its_regions_aside(sheets, tmp_path):
    cells = sheets.cut("halves", cells=HALVES)
    (cells.folder / "codings.db").write_text("hours of work")
    Study.create(sheets.folder, tmp_path / "sheets", seed=2, replace=True)
    assert not cells.folder.exists()
    assert (sheets.folder / "codings-replaced-1.db").read_text() == "hours of work"


def test_a_step_leaves_alone_what_is_being_written_in_a_study_of_regions(sheets):
    cells = sheets.cut("halves", cells=HALVES)
    written = cells.folder / "features" / ".part-1.parquet.77.tmp"
    written.parent.mkdir()
    written.write_text("half")
    sheets.check()
    assert written.exists()
    cells.check()
    assert not written.exists()
