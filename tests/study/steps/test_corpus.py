"""Making and opening studies, and what a check reads and keeps."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from iconometrics.corpus import Corpus
from iconometrics.errors import InputError, StudyError
from iconometrics.study import Study

from ..conftest import draw


@pytest.fixture
def study(photos: Path, posts: Path, tmp_path: Path) -> Study:
    return Study.create(tmp_path / "study", photos, metadata=posts, group="account")


def test_a_checked_study_is_a_checked_corpus(study: Study, photos: Path, posts: Path) -> None:
    direct = Corpus.from_folder(photos, metadata=posts, group="account").check()
    check = study.check()
    assert check.summary() == direct.summary()
    assert check.summary()["failed"] == 1
    again = Study.open(study.folder)
    pd.testing.assert_frame_equal(again.corpus.images, direct.corpus.images)
    pd.testing.assert_frame_equal(again.corpus.metadata, direct.corpus.metadata)
    pd.testing.assert_frame_equal(again.corpus.skipped, direct.corpus.skipped)
    assert again.corpus.notes == direct.corpus.notes
    assert again.corpus.unmatched == direct.corpus.unmatched
    pd.testing.assert_frame_equal(again.duplicates(), direct.duplicates)


def test_same_inputs_open_the_study(study: Study, photos: Path, posts: Path) -> None:
    study.check()
    before = study.folder.joinpath("corpus.parquet").stat().st_mtime_ns
    again = Study.create(study.folder, photos, metadata=posts, group="account")
    assert (again.corpus.images["status"] != "new").all()
    again.check()
    assert study.folder.joinpath("corpus.parquet").stat().st_mtime_ns == before


def test_other_inputs_are_refused_without_replace(study: Study, photos: Path, posts: Path) -> None:
    study.check()
    with pytest.raises(StudyError, match=r"made from other inputs .group: account, now None.*repl"):
        Study.create(study.folder, photos, metadata=posts)
    with pytest.raises(StudyError, match="seed: 1, now 2"):
        Study.create(study.folder, photos, metadata=posts, group="account", seed=2)
    study.folder.joinpath("codings.db").write_text("hours of work")
    new = Study.create(study.folder, photos, replace=True)
    assert (new.corpus.images["status"] == "new").all()
    assert new.corpus.metadata.empty
    assert (study.folder / "codings-replaced-1.db").read_text() == "hours of work"
    assert [entry["step"] for entry in new.log()] == ["new"]


@pytest.mark.parametrize("left", [(), ("table.parquet",), ("metadata.parquet",)])
def test_a_study_half_made_is_made_again(photos: Path, posts: Path, left: tuple) -> None:
    frame, folder = pd.read_csv(posts), posts.parent / "study"
    Study.create(folder, photos, metadata=frame)
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in {*left, ".lock", "study.toml"}:
            path.unlink()
    study = Study.create(folder, photos, metadata=frame)
    assert study.corpus.metadata["likes"].sum() == frame["likes"].sum()


def test_a_folder_with_other_files_is_left_alone(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("...")
    with pytest.raises(StudyError, match="holds files and is not a study"):
        Study.create(tmp_path / "thesis", photos, replace=True)
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter1.tex"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"images": "nowhere"}, "nowhere"),
        ({"metadata": "nowhere.csv"}, "nowhere.csv"),
        ({"group": "party"}, "party"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_wrong_inputs_leave_nothing_behind(
    photos: Path, posts: Path, tmp_path: Path, change: dict, message: str
) -> None:
    inputs = {"images": photos, "metadata": posts, **change}
    with pytest.raises(InputError, match=message):
        Study.create(tmp_path / "new", inputs.pop("images"), **inputs)
    assert not (tmp_path / "new").exists()


def test_a_study_is_found_from_inside(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = study.folder / "features" / "color"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert Study.open().folder == study.folder
    monkeypatch.chdir(study.folder.parent)
    with pytest.raises(StudyError, match="is not a study"):
        Study.open()


def test_a_table_given_as_a_frame_is_kept(photos: Path, posts: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(posts)
    study = Study.create(tmp_path / "study", photos, metadata=frame)
    draw(photos / "zz.png", 77)
    assert study.check().corpus.metadata["likes"].sum() == frame["likes"].sum()
    assert Study.create(tmp_path / "study", photos, metadata=frame.copy()).name == "photos"
    with pytest.raises(StudyError, match="digest"):
        Study.create(tmp_path / "study", photos, metadata=frame.assign(likes=0))


def test_unchanged_files_are_not_read_again(study: Study, photos: Path) -> None:
    study.check()
    path = photos / "02.png"
    stamp = path.stat()
    draw(path, 99)
    path.write_bytes(path.read_bytes().ljust(stamp.st_size, b"\0")[: stamp.st_size])
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    known = study.corpus.images.loc["02.png", "sha256"]
    assert study.check().corpus.images.loc["02.png", "sha256"] == known
    rehashed = study.check(rehash=True).corpus.images
    assert rehashed.loc["02.png", "sha256"] != known
    assert rehashed["flags"].str.contains("changed", na=False).sum() == 1


def test_new_changed_and_removed_images_are_noticed(study: Study, photos: Path) -> None:
    before = study.check().corpus.images
    draw(photos / "new.png", 50)
    draw(photos / "04.png", 51)
    (photos / "06.png").unlink()
    after = study.check().corpus.images
    assert after.loc["new.png", "status"] == "ok"
    assert after.loc["04.png", "sha256"] != before.loc["04.png", "sha256"]
    assert after.loc["06.png", "status"] == "failed"
    assert "missing" in after.loc["06.png", "reason"]
    same = before.index.difference(["04.png", "06.png"])
    pd.testing.assert_frame_equal(before.loc[same], after.loc[same])
    assert "new.png" in study.corpus.unmatched


def test_what_could_not_be_opened_is_tried_again(study: Study, photos: Path) -> None:
    path = photos / "02.png"
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.unlink()
        path.symlink_to(photos / "00.png")
    assert study.check().corpus.images.loc["02.png", "status"] == "failed"
    path.unlink()
    draw(path, 2)
    assert study.check().corpus.images.loc["02.png", "status"] == "ok"


def test_study_toml_tells_what_a_reader_needs(study: Study, photos: Path) -> None:
    told = tomllib.loads((study.folder / "study.toml").read_text())
    assert told["images"]["root"] == str(photos)
    assert told["images"]["relative"] == "../photos"
    assert told["metadata"]["group"] == "account"
    assert told["seeds"]["study"] == 1
    assert "numpy" in told["versions"]


def test_no_picture_is_opened_by_create_and_none_written_to(study: Study, photos: Path) -> None:
    assert (study.corpus.images["status"] == "new").all()
    names = {path.name for path in photos.iterdir()}
    study.check()
    assert {path.name for path in photos.iterdir()} == names


def test_a_study_inside_its_images_does_not_read_itself(photos: Path) -> None:
    study = Study.create(photos / "study", photos)
    draw(study.folder / "report" / "pages" / "thumb.png", 3)
    assert study.check().summary()["files"] == 12


def test_study_and_images_may_move_together(study: Study, photos: Path, tmp_path: Path) -> None:
    study.check()
    (tmp_path / "elsewhere").mkdir()
    for name in ("photos", "study", "posts.csv"):
        (tmp_path / name).rename(tmp_path / "elsewhere" / name)
    moved = Study.open(tmp_path / "elsewhere" / "study")
    assert moved.corpus.open("02.png").width == 40
    assert moved.check().summary()["failed"] == 1
