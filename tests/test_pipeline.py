"""The whole way at once, and a report that is written only when there is something new to show."""

from __future__ import annotations

import numpy as np
import pytest

from iconometrics import images
from iconometrics.pipeline import explore, peng2021, write_report
from iconometrics.study import Study


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for number in range(8):
        pixels = np.full((40, 40, 3), 30 * number, np.uint8)
        pixels[: 5 * number] = 255 - 20 * number
        (folder / f"{number}.png").write_bytes(images.encode(pixels, "png"))
    page = explore(folder, out=folder / "study", sets=["color"], k=2)
    assert page == folder / "study" / "report" / "index.html"
    return Study.open(folder / "study")


def written(page):
    return page.stat().st_mtime_ns


def test_a_report_that_shows_all_is_left_as_it_is(study):
    page = write_report(study)
    before = written(page)
    assert written(write_report(study)) == before


def test_a_new_result_or_option_writes_it_anew(study):
    before = written(write_report(study))
    study.themes(3, features=["color"])
    fresh = Study.open(study.folder)
    after = written(write_report(fresh))
    assert after > before
    assert written(write_report(fresh, anonymize=True)) > after


def test_another_folder_has_a_report_of_its_own(study, tmp_path):
    page = write_report(study, out=tmp_path / "elsewhere")
    assert page.parent == tmp_path / "elsewhere"
    assert page.read_text().startswith("<!doctype html>")


def test_engagement_is_regressed_on_themes(tmp_path, make_desk):
    """China and flower differ in color and, by construction, in likes by 30."""
    desk = make_desk(tmp_path / "desk")
    study = Study.create(tmp_path / "study", desk / "photos", metadata=desk / "posts.csv")
    found = peng2021(study, "likes ~ theme + followers", k=2, sets=["color"], partitions=5)
    table = found.table()
    assert table["method"].nunique() == 2
    terms = table[table["term"].str.contains("theme")]
    alone, over = terms["se"]
    assert over >= alone
    plain = study.estimate("likes ~ theme + followers").table()
    own = plain.loc[plain["term"].str.contains("theme"), "estimate"]
    assert terms["estimate"].iloc[0] == pytest.approx(own.iloc[0])
    themes = study.latest_themes()
    assert themes is not None
    assert themes.k == 2
