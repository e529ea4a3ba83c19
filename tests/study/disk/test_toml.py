"""Settings come back from study.toml as they went in, whatever text they hold."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.errors import InputError, StudyError
from iconometrics.study.disk.settings import Settings
from iconometrics.study.disk.toml import to_toml

text = st.text(st.characters(exclude_categories=("Cs",)))
values = st.one_of(text, st.integers(-(2**60), 2**60), st.booleans(), st.lists(text))


@given(st.dictionaries(text, st.dictionaries(text, values)))
def test_tomllib_reads_what_was_written(settings: dict) -> None:
    assert tomllib.loads(to_toml(settings)) == settings


def test_what_toml_cannot_hold_is_refused() -> None:
    with pytest.raises(InputError, match=r"study.toml holds"):
        to_toml({"a": {"b": object()}})


def test_settings_come_back(tmp_path: Path) -> None:
    settings = Settings(
        'a "name"', "/data/ä = b", relative="../ä = b", metadata="/data/t.csv", id="007", seed=9
    )
    settings.write(tmp_path / "study.toml")
    assert Settings.read(tmp_path / "study.toml") == settings


def test_versions_stand_in_the_file(tmp_path: Path) -> None:
    Settings("s", "/data").write(tmp_path / "study.toml")
    versions = tomllib.loads((tmp_path / "study.toml").read_text())["versions"]
    assert {"python", "iconometrics", "numpy", "pandas", "pillow"} <= set(versions)


@pytest.mark.parametrize("damage", ["", "[study]\n", "not toml", "study = 1\nimages = 2\n"])
def test_damaged_settings_are_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "study.toml"
    path.write_text(damage)
    with pytest.raises(StudyError, match=r"study\.toml cannot be read"):
        Settings.read(path)


def test_images_are_found_after_study_and_images_moved_together(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    settings = Settings("s", str(tmp_path / "old" / "photos"), relative="../photos")
    (tmp_path / "new" / "photos").mkdir(parents=True)
    study = tmp_path / "new" / "study"
    study.mkdir()
    assert settings.images(study) == (tmp_path / "new" / "photos").resolve()
    (tmp_path / "old" / "photos").mkdir()
    assert settings.images(study) == tmp_path / "old" / "photos"
