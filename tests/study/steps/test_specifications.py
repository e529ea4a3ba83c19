"""Every specification that was estimated can be read, whichever of them is shown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from iconometrics import report
from iconometrics.study import Study


@pytest.fixture
def study(photos: Path, posts: Path, tmp_path: Path) -> Study:
    study = Study.create(tmp_path / "study", photos, metadata=posts, group="account")
    study.features(["color"])
    return study


@pytest.mark.filterwarnings("ignore:.*left out")
def test_every_choice_is_a_specification_and_runs_again_are_none(study: Study) -> None:
    assert study.specifications().empty
    study.estimate("likes ~ color_brightness + scene")
    study.estimate("likes ~ scene + color_brightness", cluster="account")
    study.estimate("likes ~ color_brightness + scene", errors="classical")
    study.estimate("likes ~ color_brightness", weights="color_brightness")
    study.estimate("likes ~ color_brightness + scene")
    table = study.specifications()
    assert table["specification"].tolist() == [1, 2, 3, 4]
    options = ["", "cluster account", "errors classical", "weights color_brightness"]
    assert table["options"].tolist() == options
    assert table["shown"].tolist() == [True, True, False, True]
    assert table["n"].tolist() == [11, 11, 11, 11]
    assert all((study.folder / place).is_dir() for place in table["folder"])


@pytest.mark.filterwarnings("ignore:.*left out")
def test_the_same_choices_over_other_data_are_one_specification(study: Study, posts: Path) -> None:
    study.estimate("likes ~ color_brightness")
    table = pd.read_csv(posts)
    table.assign(likes=table["likes"] ** 2).to_csv(posts, index=False)
    study.check()
    study.estimate("likes ~ color_brightness")
    assert study.specifications()["specification"].tolist() == [1, 1]
    assert study.specifications()["shown"].tolist() == [False, True]


@pytest.mark.filterwarnings("ignore:.*left out")
def test_other_themes_are_another_specification(study: Study) -> None:
    for k in (2, 3):
        study.themes(k, features=["color"])
        study.estimate("likes ~ theme", errors="classical")
    assert study.specifications()["specification"].tolist() == [1, 2]


@pytest.mark.filterwarnings("ignore::iconometrics.errors.IconometricsWarning")
def test_the_coder_of_a_measure_is_named(study: Study, tmp_path: Path) -> None:
    ids = study.corpus.readable.ids
    codes = pd.DataFrame({"image": ids, "crowd": ["yes", "no"] * 5 + ["no"]})
    codes.to_csv(tmp_path / "anna.csv", index=False)
    study.train("crowd", features=["color"], codes=tmp_path / "anna.csv", out="svm")
    study.measure("svm")
    study.estimate("likes ~ crowd", methods=["naive"])
    assert study.specifications()["coders"].tolist() == ["crowd svm"]


@pytest.mark.filterwarnings("ignore:.*left out")
def test_the_report_says_how_many_were_run(study: Study, tmp_path: Path) -> None:
    study.estimate("likes ~ color_brightness")
    page = report.write(study, out=tmp_path / "page").read_text(encoding="utf-8")
    assert "specifications that were" not in page
    study.estimate("likes ~ color_brightness", errors="classical")
    page = report.write(study, out=tmp_path / "page").read_text(encoding="utf-8")
    assert "Of 2 specifications that were estimated, 1 is shown." in page
    assert "Of 2 specifications that were estimated, 1 is reported." in page
    table = pd.read_csv(tmp_path / "page/tables/specifications.csv")
    assert table["shown"].tolist() == [False, True]
    study.estimate("likes ~ scene")
    study.estimate("likes ~ color_brightness")
    page = report.write(study, out=tmp_path / "page").read_text(encoding="utf-8")
    assert "Of 3 specifications that were estimated, 2 are shown." in page


@pytest.mark.filterwarnings("ignore:.*left out")
def test_a_curve_has_every_specification_once_as_it_was_last(study: Study, posts: Path) -> None:
    study.estimate("likes ~ color_brightness")
    study.plan("likes ~ color_brightness + scene", cluster="account")
    table = pd.read_csv(posts)
    table.assign(likes=table["likes"] ** 2).to_csv(posts, index=False)
    study.check()
    last = study.estimate("likes ~ color_brightness")
    study.estimate("likes ~ color_brightness + scene", errors="classical")
    study.estimate("likes ~ color_brightness + scene", cluster="account")
    curve = study.specification_curve("color_brightness")
    rows = curve.table().set_index("specification")
    assert sorted(rows.index) == [1, 2, 3]
    assert rows.loc[1, "estimate"] == last.rows.loc[1, "estimate"]
    assert rows["cluster"].to_dict() == {1: "none", 2: "none", 3: "account"}
    assert rows["errors"].to_dict() == {1: "default", 2: "classical", 3: "default"}
    assert rows["shown"].to_dict() == {1: True, 2: False, 3: True}
    assert rows["planned"].to_dict() == {1: False, 2: False, 3: True}
    assert [(own.outcome, own.term) for own in study.specification_curves()] == [
        ("likes", "color_brightness")
    ]


@pytest.mark.filterwarnings("ignore:.*left out")
def test_the_report_draws_the_curve_where_not_all_is_shown(study: Study, tmp_path: Path) -> None:
    study.estimate("likes ~ color_brightness")
    study.estimate("likes ~ color_brightness", errors="classical")
    page = report.write(study, out=tmp_path / "page").read_text(encoding="utf-8")
    assert "color_brightness: 2 estimates by 2 specifications" in page
    assert "is no test" in page
    assert list((tmp_path / "page/figures").glob("specifications-*.png"))
