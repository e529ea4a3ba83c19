"""The data set as CSV, Parquet, Stata and Excel, read back by other programs."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.coding.stata import names
from iconometrics.errors import InputError
from iconometrics.study.dataset.export import safe, write


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "text": ["=cmd()", 'a "b", c\nd', None, "ä\x0b"],
            "likes": pd.array([1, None, 3, 4], dtype="Int64"),
            "post": [2**53 + 1, 2**53 + 3, 5, 6],
            "crowd size": np.array([0.5, np.nan, np.inf, -1], dtype=np.float32),
            "crowd-size": [True, False, True, False],
            "when": pd.to_datetime(["2020-01-01", None, "2021-02-03", "2022-01-01"]),
            "long": ["x" * 3000, "", "y", None],
        },
        index=pd.Index(["007", "1e5", "NA", "=x.jpg"], name="image"),
    )


def described(table: pd.DataFrame) -> pd.DataFrame:
    columns = ["image", *table.columns]
    return pd.DataFrame({"column": columns, "from": "test", "meaning": "m" * 100, "validated": ""})


def test_csv_keeps_ids_and_cells_as_they_are(tmp_path: Path, table: pd.DataFrame) -> None:
    path = write(table, described(table), tmp_path / "data.csv", formula="keep")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert [row[0] for row in rows] == ["image", "007", "1e5", "NA", "=x.jpg"]
    assert rows[2][1] == 'a "b", c\nd'


def test_safe_csv_holds_no_formula(tmp_path: Path, table: pd.DataFrame) -> None:
    path = write(table, described(table), tmp_path / "data.csv", formula="safe")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[4][0] == "'=x.jpg"
    assert rows[1][1] == "'=cmd()"
    assert rows[4][4] == "-1.0"


@given(st.lists(st.text()))
def test_no_safe_text_begins_like_a_formula(texts: list[str]) -> None:
    made = safe(pd.DataFrame({"a": pd.Series(texts, dtype="str")}))["a"]
    for text in made:
        if text[:1] in {"=", "@", "\t", "\r"} or (text[:1] in {"+", "-"}):
            float(text)


def test_parquet_comes_back_equal(tmp_path: Path, table: pd.DataFrame) -> None:
    path = write(table, described(table), tmp_path / "data.parquet", formula="keep")
    pd.testing.assert_frame_equal(pd.read_parquet(path).set_index("image"), table)


def test_stata_takes_names_labels_and_values(tmp_path: Path, table: pd.DataFrame) -> None:
    path = write(table, described(table), tmp_path / "data.dta", formula="keep")
    with pd.io.stata.StataReader(path) as reader:
        labels = reader.variable_labels()
        frame = reader.read()
    assert frame["image"].tolist() == ["007", "1e5", "NA", "=x.jpg"]
    assert frame["post"].tolist()[0] == str(2**53 + 1)
    assert frame["long_"][0] == "x" * 3000
    assert np.isnan(frame["likes"][1])
    assert np.isnan(frame["crowd_size"][2])
    assert frame["crowd_size_2"].tolist() == [1, 0, 1, 0]
    assert set(labels.values()) == {"m" * 80}
    told = pd.read_csv(tmp_path / "data-columns.csv")
    assert told["column"].tolist() == frame.columns.tolist()
    assert told["name"].tolist() == ["image", *table.columns]


def test_excel_holds_text_not_formulas(tmp_path: Path, table: pd.DataFrame) -> None:
    path = write(table, described(table), tmp_path / "data.xlsx", formula="keep")
    sheet = openpyxl.load_workbook(path)["data"]
    cells = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in cells
    assert sheet["A5"].value == "=x.jpg"
    assert sheet["A2"].value == "007"
    assert sheet["B5"].value == "ä\ufffd"
    assert sheet["C3"].value is None


def test_excel_says_when_it_is_too_small(tmp_path: Path) -> None:
    wide = pd.DataFrame(np.zeros((1, 16_384)), index=pd.Index(["a"], name="image"))
    wide.columns = wide.columns.astype(str)
    with pytest.raises(InputError, match=r"16,385 columns do not fit .* \.parquet"):
        write(wide, described(wide), tmp_path / "data.xlsx", formula="keep")
    assert list(tmp_path.iterdir()) == []


def test_unknown_endings_and_folders_are_named(tmp_path: Path, table: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"data\.sav.*\.csv, \.parquet, \.dta, \.xlsx"):
        write(table, described(table), tmp_path / "data.sav", formula="keep")
    with pytest.raises(InputError, match="is not a folder"):
        write(table, described(table), tmp_path / "nowhere" / "data.csv", formula="keep")
    with pytest.raises(InputError, match=r"keep.*safe"):
        write(table, described(table), tmp_path / "data.csv", formula="x")  # type: ignore[arg-type]


@given(st.lists(st.text(min_size=1, max_size=60), unique=True))
def test_stata_names_are_valid_and_distinct(columns: list[str]) -> None:
    made = list(names(columns).values())
    assert len(set(made)) == len(columns)
    assert all(len(name) <= 32 and name.isidentifier() for name in made)
