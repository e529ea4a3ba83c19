"""Themes of a study: any method, kept beside each other, with their stability."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from iconometrics import themes
from iconometrics.errors import InputError
from iconometrics.study import Study


@pytest.fixture
def study(photos: Path, posts: Path, tmp_path: Path) -> Study:
    study = Study.create(tmp_path / "study", photos, metadata=posts, group="account")
    study.features(["color"])
    return study


@pytest.mark.parametrize("method", ["hierarchical", "mixture", "spherical"])
def test_each_method_is_kept_under_its_own_name(study: Study, method: str) -> None:
    plain = study.themes(2, features=["color"])
    found = study.themes(2, features=["color"], method=method)
    direct = themes.find(plain.data, 2, method=method, seed=study.seed)
    pd.testing.assert_series_equal(found.labels, direct.labels)
    again = Study.open(study.folder).latest_themes()
    assert again is not None and again.settings["method"] == direct.settings["method"]
    assert len(list((study.folder / "themes").iterdir())) == 2
    entries = [entry for entry in study.log() if entry["step"] == "themes"]
    assert [entry["options"].get("method") for entry in entries] == [None, method]
    assert study.columns().set_index("column").loc["theme", "meaning"].startswith("theme, found")


def test_stability_joins_themes_that_are_there(study: Study) -> None:
    first = study.themes(2, features=["color"], restarts=2)
    assert first.stability is None
    second = study.themes(2, features=["color"], restarts=2, stability=True)
    pd.testing.assert_series_equal(first.labels, second.labels)
    assert second.stability is not None and len(list((study.folder / "themes").iterdir())) == 1
    again = Study.open(study.folder).latest_themes()
    assert again is not None and again.stability is not None
    assert again.stability.number == second.stability.number
    third = study.themes(2, features=["color"], restarts=2)
    assert third.stability is not None


def test_an_unknown_method_is_told(study: Study) -> None:
    with pytest.raises(InputError, match="method='magic': expected one of kmeans"):
        study.themes(2, features=["color"], method="magic")
