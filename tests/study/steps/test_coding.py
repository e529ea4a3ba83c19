"""Samples of every design, sheets for coders, codebooks, and codes in and out of a study."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from iconometrics import coding
from iconometrics.coding import Codebook, Codings, Variable
from iconometrics.errors import IconometricsWarning, InputError, StudyError
from iconometrics.study import Study
from iconometrics.study.disk.layout import Layout
from iconometrics.study.steps.budget import budget

BOOK = Codebook([Variable("protest", categories=("yes", "no"))])


@pytest.fixture
def study(photos: Path, posts: Path, tmp_path: Path) -> Study:
    return Study.create(tmp_path / "study", photos, metadata=posts, group="account")


def fill(sheet: Path, value: str = "") -> pd.DataFrame:
    table = pd.read_csv(sheet, dtype="str", keep_default_na=False)
    table["protest"] = [value or ("yes" if n % 2 else "no") for n in range(len(table))]
    table.to_csv(sheet, index=False)
    return table


def test_two_coders_get_a_sheet_each_and_some_images_in_common(study: Study) -> None:
    study.add_codebook(BOOK)
    sample = study.draw(8, coders=["anna", "ben"], overlap=0.5)
    sheets = {one: study.folder / f"samples/sample-{one}.csv" for one in ("anna", "ben")}
    told = {one: pd.read_csv(path, dtype="str") for one, path in sheets.items()}
    assert [len(table) for table in told.values()] == [6, 6]
    assert list(told["anna"]) == ["image", "file", "protest"]
    both = set(told["anna"]["image"]) & set(told["ben"]["image"])
    assert len(both) == 4
    for one, path in sheets.items():
        fill(path)
        codes = study.add_codings(path)
        assert codes.coders == (one,)
        assert codes.sample is not None and codes.sample.name == "sample"
        assert codes.data["codebook_version"].tolist() == ["1"] * 6
    assert study.assignments()["done"].all()
    assert set(study.codings().images) == set(sample.images)


def test_clusters_confidence_and_top_up(study: Study) -> None:
    clusters = study.draw(2, clusters="group", within=1, name="clusters")
    assert clusters.table["cluster"].nunique() == 2 == len(clusters)
    direct = coding.draw_clusters(
        study.corpus.readable, 2, clusters=study.corpus.groups, within=1, seed=1
    )
    pd.testing.assert_frame_equal(clusters.table, direct.table)
    with pytest.warns(IconometricsWarning, match="2 folds instead"):
        study.train("scene", model="logistic", features=["color"], codes=_codes(study))
    study.measure("scene-logistic")
    unsure = study.draw(4, confidence="scene-logistic", name="unsure")
    assert len(unsure) == 4 and unsure.probability.nunique() > 1
    with pytest.raises(StudyError, match="no such coder"):
        study.draw(4, confidence="other", name="x")
    with pytest.raises(InputError, match="strata and clusters are different designs"):
        study.draw(4, strata="scene", clusters="group", name="x")
    with pytest.raises(InputError, match="give clusters= too"):
        study.draw(4, within=2, name="x")


def _codes(study: Study) -> Codings:
    scene = study.corpus.readable.metadata["scene"]
    return Codings.from_series(scene, coder="anna")


def test_a_sample_is_topped_up_with_the_probability_of_both_waves(study: Study) -> None:
    first = study.draw(4, variables=["protest"])
    fill(study.folder / "samples/sample.csv", "yes")
    study.add_codings(study.folder / "samples/sample.csv", coder="anna")
    both = study.draw(3, top_up="sample", variables=["protest"])
    assert both.name == "sample-2" and len(both) == 7
    assert set(both.probability) == {7 / 11}
    sheet = study.folder / "samples/sample-2.csv"
    table = fill(sheet, "no")
    assert set(table["image"]) == set(both.images) - set(first.images)
    study.add_codings(sheet, coder="anna")
    kept = study.codings()
    assert kept.sample is not None and set(kept.sample.probability) == {7 / 11}
    third = study.draw(2, top_up="sample-2")
    assert third.name == "sample-3" and set(third.table["wave"]) == {1, 2, 3}
    with pytest.raises(InputError, match="no sample 'x' to top up"):
        study.draw(2, top_up="x")


def test_values_outside_the_codebook_are_refused_before_anything_is_kept(
    study: Study, tmp_path: Path
) -> None:
    path = tmp_path / "anna.csv"
    path.write_text("image,protest,notes\n00.png,yes,x\n02.png,mabye,\n")
    with (
        pytest.warns(IconometricsWarning, match="left out: notes"),
        pytest.raises(InputError, match=r"row 3, image 02.png by anna: protest = 'mabye'"),
    ):
        study.add_codings(path, codebook=BOOK)
    assert len(study.codings()) == 0
    path.write_text("image,protest,violence\n00.png,yes,no\n02.png,no,2\n")
    wide = Codebook([*BOOK, Variable("violence", categories=("yes", "no"))])
    with pytest.raises(InputError, match=r"1 coding not .*row 3, image 02.png .*violence = '2'"):
        study.add_codings(path, codebook=wide)
    path.write_text("image,protest\n00.png, Yes \n02.png,no\n")
    with pytest.warns(IconometricsWarning):
        study.add_codings(path, codebook=BOOK.write(tmp_path / "codebook.toml"))
    assert study.codings()["protest"].to_dict() == {"00.png": "yes", "02.png": "no"}
    assert study.codebook == BOOK


def test_the_codebook_of_the_study_holds_later_sheets(study: Study, tmp_path: Path) -> None:
    study.add_codebook(BOOK)
    path = tmp_path / "ben.csv"
    path.write_text("image,protest\n00.png,perhaps\n")
    with pytest.raises(InputError, match="'perhaps', expected one of yes, no"):
        study.add_codings(path)
    path.write_text("image,mood\n00.png,good\n")
    assert study.add_codings(path)["mood"].to_dict() == {"00.png": "good"}
    assert [entry["name"] for entry in study.log() if entry["step"] == "codebook"] == ["codebook"]


def test_codes_outside_the_sample_are_told(study: Study, tmp_path: Path) -> None:
    sample = study.draw(4, variables=["protest"])
    other = next(one for one in study.corpus.readable.ids if one not in sample.images)
    path = tmp_path / "anna.csv"
    rows = [*sample.images[:3], other]
    pd.DataFrame({"image": rows, "protest": "yes"}).to_csv(path, index=False)
    with pytest.warns(IconometricsWarning, match="1 of 4 coded images are not in the sample"):
        assert len(study.add_codings(path, sample="sample")) == 3
    with pytest.warns(IconometricsWarning, match="outside the sample 'sample'"):
        assert study.add_codings(path).sample is None
    path.write_text(f"image,protest\n{other},yes\n")
    with pytest.raises(InputError, match="none of the 1 coded images"):
        study.add_codings(path, sample="sample")


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx", ".dta"])
@pytest.mark.parametrize("wide", [False, True])
def test_codes_go_out_and_into_another_study(
    study: Study, photos: Path, tmp_path: Path, ending: str, wide: bool
) -> None:
    study.add_codebook(BOOK)
    for coder in ("anna", "ben"):
        path = tmp_path / f"{coder}.csv"
        path.write_text("image,protest\n00.png,yes\n02.png,no\n04.png,\n")
        study.add_codings(path)
    out = study.export_codings(tmp_path / f"codes{ending}", wide=wide)
    other = Study.create(tmp_path / "other", photos)
    other.add_codings(out)
    back, there = other.codings().data, study.codings().data
    columns = ["image", "variable", "value", "coder", "codebook_version"]
    pd.testing.assert_frame_equal(
        back[columns].sort_values(["coder", "image"], ignore_index=True),
        there[columns].sort_values(["coder", "image"], ignore_index=True),
    )
    alone = study.export_codings(tmp_path / f"ben{ending}", wide=wide, coders=["ben"])
    assert Codings.read(alone).coders == ("ben",)


def test_nothing_to_export_says_so(study: Study, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no codings to export"):
        study.export_codings(tmp_path / "codes.csv")


def test_another_sheet_of_the_same_name_is_told(study: Study) -> None:
    study.draw(4, variables=["protest"])
    with pytest.warns(IconometricsWarning, match=r"sample.csv is there already"):
        study.draw(4, variables=["violence"])


def test_the_budget_after_a_pilot(study: Study, tmp_path: Path) -> None:
    pilot = partial(budget, Layout(study.folder), study.corpus.readable)
    with pytest.raises(InputError, match="no codings to learn from"):
        pilot("prevalence", half_width=0.2)
    study.draw(11, variables=["protest"])
    for coder in ("anna", "ben"):
        table = fill(study.folder / "samples/sample.csv")
        if coder == "ben":
            table.loc[0, "protest"] = "yes"
        table.to_csv(tmp_path / f"{coder}.csv", index=False)
        study.add_codings(tmp_path / f"{coder}.csv")
    found = pilot("prevalence", half_width=0.2, category="yes")
    assert found.n <= 11
    assert "alpha" in pilot("alpha", half_width=0.5).what
    with pytest.raises(InputError, match="no model has measured 'protest'"):
        pilot("accuracy", half_width=0.2)
    with pytest.raises(InputError, match="--term"):
        pilot("coefficient", half_width=0.2)
