"""Themes, estimates, the table and what a report reads: kept, keyed, readable by anybody."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from iconometrics import features, inference, themes
from iconometrics.coding import Codebook, Variable
from iconometrics.errors import IconometricsWarning, InputError, StudyError
from iconometrics.report.reportable import Reportable
from iconometrics.study import Study


@pytest.fixture
def study(photos: Path, posts: Path, tmp_path: Path) -> Study:
    study = Study.create(tmp_path / "study", photos, metadata=posts, group="account")
    study.features(["color"])
    return study


def test_themes_are_those_of_the_features(study: Study) -> None:
    found = study.themes(range(2, 4), features=["color"], seed=5)
    table = features.extract(study.corpus.readable, ["color"])
    direct = themes.kmeans(table, range(2, 4), seed=5)
    pd.testing.assert_series_equal(found.labels, direct.labels)
    again = Study.open(study.folder).latest_themes()
    assert again is not None
    pd.testing.assert_series_equal(again.labels, direct.labels)
    pd.testing.assert_frame_equal(again.data, direct.data)
    assert again.settings["seed"] == 5


def test_stability_of_themes_is_by_account_where_the_study_knows_them(
    study: Study, tmp_path: Path
) -> None:
    """Twelve photos of three accounts are too few to be drawn whole; of six they are not."""
    few = study.themes(2, features=["color"], stability=True).stability
    assert few is not None and "groups" not in few.settings
    photos = study.corpus.images.index.to_series()
    metadata = pd.DataFrame({"image": photos, "owner": [f"o{n % 6}" for n in range(len(photos))]})
    metadata.to_csv(tmp_path / "owners.csv", index=False)
    several = Study.create(
        tmp_path / "several", study.corpus.root, metadata=tmp_path / "owners.csv", group="owner"
    )
    found = several.themes(2, features=["color"], stability=True)
    assert found.stability is not None
    assert found.stability.settings["groups"] == "owner"
    assert "by owner (6)" in found.stability.summary()
    again = several.themes(2, features=["color"], stability=True).stability
    assert again is not None and again.summary() == found.stability.summary()


def test_another_number_of_themes_lies_beside_the_first(study: Study) -> None:
    for k in (2, 3, 2):
        study.themes(k, features=["color"])
        assert study.latest_themes().k == k
    assert len(list((study.folder / "themes").iterdir())) == 2
    assert [entry["options"]["k"] for entry in study.log() if entry["step"] == "themes"] == [
        2,
        3,
        2,
    ]


def test_new_images_make_new_themes(study: Study, photos: Path) -> None:
    study.themes(2, features=["color"])
    (photos / "04.png").unlink()
    study.check()
    assert "04.png" in study.latest_themes().labels.index
    assert "04.png" not in study.themes(2, features=["color"]).labels.index
    assert len(list((study.folder / "themes").iterdir())) == 2


@pytest.mark.filterwarnings("ignore:.*left out")
def test_estimates_are_kept_and_come_back(study: Study) -> None:
    study.themes(2, features=["color"])
    made = study.estimate("likes ~ theme", errors="classical")
    direct = inference.estimate(
        "likes ~ theme",
        study.corpus.metadata,
        themes=study.latest_themes(),
        errors="classical",
    )
    pd.testing.assert_frame_equal(made.table(), direct.table())
    entries = len(study.log())
    (again,) = Study.open(study.folder).estimates()
    pd.testing.assert_frame_equal(again.table(), direct.table())
    assert again.to_text() == direct.to_text()
    study.estimate("likes ~ theme", errors="classical")
    assert len(study.log()) == entries
    study.themes(3, features=["color"])
    study.estimate("likes ~ theme", errors="classical")
    assert len(list((study.folder / "estimates").iterdir())) == 2
    with pytest.raises(InputError, match="sympathy"):
        study.estimate("likes ~ sympathy")


def test_people_s_codes_may_be_used(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "anna.csv"
    ids = study.corpus.readable.ids
    pd.DataFrame({"image": ids, "crowd": np.arange(len(ids)) % 3}).to_csv(path, index=False)
    study.add_codings(path)
    with pytest.warns(IconometricsWarning, match="1 without crowd"):
        table = study.estimate("likes ~ crowd").table()
    assert set(table["method"]) == {"gold only"}


@pytest.mark.filterwarnings("ignore:.*1 without crowd")
def test_the_codebook_decides_whether_numbers_are_categories(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "anna.csv"
    ids = study.corpus.readable.ids
    pd.DataFrame({"image": ids, "crowd": np.arange(len(ids)) % 3}).to_csv(path, index=False)
    study.add_codings(path)
    assert list(study.estimate("likes ~ crowd").rows["term"]) == ["intercept", "crowd"]
    study.add_codebook(Codebook([Variable("crowd", categories=("0", "1", "2"))]))
    terms = study.estimate("likes ~ crowd").rows["term"]
    assert list(terms) == ["intercept", "crowd[1]", "crowd[2]"]


def test_the_table_holds_everything_by_image(study: Study, tmp_path: Path) -> None:
    study.themes(2, features=["color"])
    sample = study.draw(5, variables=["protest"])
    codes = pd.DataFrame({"image": sample.images, "protest": ["yes", "no", "no", "yes", "no"]})
    codes.to_csv(tmp_path / "anna.csv", index=False)
    study.add_codings(tmp_path / "anna.csv")
    table = study.table()
    assert table.index.tolist() == study.corpus.ids.tolist()
    assert table["status"].value_counts().to_dict() == {"ok": 11, "failed": 1}
    assert table.loc["broken.png", "reason"] == study.corpus.images.loc["broken.png", "reason"]
    assert table["color_brightness"].isna().sum() == 1
    assert table["theme"].dropna().to_dict() == study.latest_themes().labels.to_dict()
    assert table["protest_gold"].notna().sum() == 5
    assert table["sample_probability"].dropna().unique().tolist() == [5 / 11]
    columns = study.columns().set_index("column")
    assert columns.index.tolist() == ["image", *table.columns]
    assert columns.loc["likes", "from"] == "metadata"
    assert "gray levels" in columns.loc["color_brightness", "meaning"]


def test_two_coders_who_disagree_have_a_column_each(study: Study, tmp_path: Path) -> None:
    for coder, value in {"anna": "yes", "ben": "no"}.items():
        (tmp_path / f"{coder}.csv").write_text(f"image,protest\n00.png,{value}\n")
        study.add_codings(tmp_path / f"{coder}.csv")
    table = study.table()
    assert table.loc["00.png", ["protest_coder_1", "protest_coder_2"]].tolist() == ["yes", "no"]
    assert "anna" not in study.columns().to_string()


def test_the_table_by_group(study: Study) -> None:
    table = study.table(by="group")
    direct = study.table()
    assert table.index.name == "account"
    assert table["images"].sum() == 12
    expected = direct.groupby("account")["color_brightness"].mean()
    np.testing.assert_allclose(table["color_brightness"], expected[table.index], rtol=1e-6)
    assert study.table(by="scene")["images"].sum() == 12
    with pytest.raises(InputError, match="by='party': no such column"):
        study.table(by="party")


@pytest.mark.parametrize("ending", ["csv", "parquet", "dta", "xlsx"])
def test_export_and_dictionary(study: Study, tmp_path: Path, ending: str) -> None:
    read = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "dta": pd.read_stata,
        "xlsx": pd.read_excel,
    }[ending]
    path = study.export(tmp_path / f"data.{ending}")
    frame = read(path)
    told = pd.read_csv(tmp_path / "data-columns.csv")
    assert frame.columns.tolist() == told["column"].tolist()
    assert frame["image"].tolist() == study.corpus.ids.tolist()
    np.testing.assert_allclose(
        frame["color_brightness"], study.table()["color_brightness"], rtol=1e-6
    )


def test_a_study_can_be_reported(study: Study) -> None:
    assert isinstance(study, Reportable)
    assert study.seeds() == {"new": 1}
    study.themes(2, features=["color"], seed=4)
    assert study.seeds()["themes"] == 4
    assert "numpy" in study.versions()
    assert list(study.feature_tables()) == ["color"]
    assert study.measures() == []


def test_reading_needs_no_lock(study: Study) -> None:
    from iconometrics.study.disk.lock import held

    study.themes(2, features=["color"])
    with held(study.folder / ".lock", "another process"):
        (study.folder / ".lock").chmod(0o444)
        other = Study.open(study.folder)
        assert len(other.table()) == 12
        assert other.latest_themes().k == 2


@pytest.mark.filterwarnings("ignore:.*left out")
def test_every_file_is_readable_without_iconometrics(study: Study, tmp_path: Path) -> None:
    study.themes(2, features=["color"])
    study.estimate("likes ~ theme")
    study.draw(3)
    known = {".parquet": pq.read_table, ".json": lambda p: json.loads(p.read_text())}
    known |= {".csv": lambda p: pd.read_csv(p, keep_default_na=False)}
    known |= {".jsonl": lambda p: [json.loads(line) for line in p.read_text().splitlines()]}
    known |= {".txt": Path.read_text, ".toml": Path.read_text, "": Path.read_text}

    def database(path: Path) -> list:
        with closing(sqlite3.connect(path)) as connection:
            return connection.execute("SELECT * FROM sampled").fetchall()

    known[".db"] = database
    files = [path for path in study.folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".parquet", ".json", ".csv", ".jsonl", ".db"}
    for path in files:
        assert known[path.suffix](path) is not None


def test_a_damaged_result_is_named(study: Study) -> None:
    study.themes(2, features=["color"])
    (settings,) = study.folder.glob("themes/*/*.json")
    settings.write_text("{")
    with pytest.raises(StudyError, match=settings.parent.name):
        Study.open(study.folder).latest_themes()
    (study.folder / "corpus.parquet").write_bytes(b"PAR1")
    with pytest.raises(StudyError, match=r"corpus\.parquet cannot be read"):
        _ = Study.open(study.folder).corpus
