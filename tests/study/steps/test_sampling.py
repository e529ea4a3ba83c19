"""Samples, the sheets people fill in, and the codes that come back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from iconometrics import coding
from iconometrics.errors import IconometricsWarning, InputError, StudyError
from iconometrics.study import Study


@pytest.fixture
def study(photos: Path, posts: Path, tmp_path: Path) -> Study:
    return Study.create(tmp_path / "study", photos, metadata=posts, group="account")


def fill(sheet: Path, column: str = "protest") -> pd.DataFrame:
    table = pd.read_csv(sheet, dtype="str", keep_default_na=False)
    table[column] = ["yes" if number % 2 else "no" for number in range(len(table))]
    table.to_csv(sheet, index=False)
    return table


def test_a_sample_is_drawn_kept_and_written_as_a_sheet(study: Study) -> None:
    sample = study.draw(6, seed=3, variables=["protest"])
    direct = coding.draw(study.corpus, 6, seed=3)
    pd.testing.assert_frame_equal(sample.table, direct.table)
    (kept,) = study.samples()
    pd.testing.assert_frame_equal(kept.table, sample.table)
    sheet = pd.read_csv(study.folder / "samples" / "sample.csv", keep_default_na=False)
    assert list(sheet) == ["image", "file", "protest"]
    assert sheet["image"].tolist() == sample.images.tolist()
    assert not sheet["protest"].any()
    assert "broken.png" not in sample.images


def test_a_filled_in_sheet_is_left_alone(study: Study) -> None:
    study.draw(6, variables=["protest"])
    sheet = study.folder / "samples" / "sample.csv"
    fill(sheet)
    before = sheet.read_bytes()
    entries = len(study.log())
    study.draw(6, variables=["protest"])
    assert sheet.read_bytes() == before
    assert len(study.log()) == entries
    with pytest.raises(InputError, match="another sample 'sample'"):
        study.draw(7, variables=["protest"])


def test_strata_may_be_themes_or_a_column(study: Study) -> None:
    with pytest.raises(StudyError, match=r"no themes yet; run study\.themes"):
        study.draw(4, strata="themes")
    themes = study.themes(2, features=["color"])
    sample = study.draw(4, strata="themes", name="by theme")
    strata = sample.table.set_index("image")["stratum"]
    assert (strata == themes.labels[strata.index]).all()
    assert set(study.draw(4, strata="scene", name="by scene").table["stratum"]) == {
        "street",
        "field",
    }


def test_codes_come_back_with_sample_hash_and_coder(study: Study) -> None:
    study.draw(6, variables=["protest"])
    sheet = study.folder / "samples" / "sample.csv"
    told = fill(sheet).set_index("image")["protest"]
    codes = study.add_codings(sheet, coder="anna")
    assert codes.variables == ("protest",)
    assert codes["protest"].to_dict() == told.to_dict()
    again = study.codings()
    assert again.coders == ("anna",)
    assert again.sample is not None
    assert again.sample.probability.unique().tolist() == [6 / 11]
    hashes = study.corpus.images["sha256"]
    assert (again.data.set_index("image")["sha256"] == hashes[again.data["image"]]).all()


def test_the_same_file_is_added_once(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "ben.csv"
    path.write_text("image,protest\n00.png,yes\n02.png,no\n")
    for _ in range(2):
        study.add_codings(path)
    with closing(sqlite3.connect(study.folder / "codings.db")) as database:
        rows = database.execute("SELECT image, value, coder FROM codings").fetchall()
    assert rows == [("00.png", "yes", "ben"), ("02.png", "no", "ben")]


def test_codes_of_unknown_images_are_told(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    path.write_text("image,protest\n00.png,yes\nother.png,no\n")
    with pytest.warns(IconometricsWarning, match=r"1 of 2 images are not in the study .other.png"):
        study.add_codings(path)
    path.write_text("image,protest\nx.png,yes\n")
    with pytest.raises(InputError, match=r"none of its 1 images .*x\.png"):
        study.add_codings(path)
    path.write_text("image,protest\n00.png,yes\n")
    with pytest.raises(InputError, match="no sample 'pilot'"):
        study.add_codings(path, sample="pilot")


def test_names_that_are_no_file_names_are_refused(study: Study) -> None:
    with pytest.raises(InputError, match=r"name='\.\./x'"):
        study.draw(3, name="../x")
    with pytest.raises(InputError, match="name='a/b'"):
        study.themes(2, features=["color"], name="a/b")
