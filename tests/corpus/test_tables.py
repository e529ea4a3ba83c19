"""Tables from the programs that researchers use."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iconometrics.corpus import Corpus, read_table
from iconometrics.corpus.tables import as_numbers
from iconometrics.errors import InputError
from iconometrics.wording import as_text


def test_parquet_excel_and_stata(tmp_path):
    table = pd.DataFrame({"file": ["a.jpg", "b.jpg"], "zip": ["007", "1e5"], "n": [1, 2]})
    table["share"] = [0.5, np.nan]
    table.to_parquet(tmp_path / "t.parquet")
    table.to_excel(tmp_path / "t.xlsx", index=False, sheet_name="posts")
    table.to_stata(tmp_path / "t.dta", write_index=False)
    for name in ("t.parquet", "t.xlsx", "t.dta"):
        read, note = read_table(tmp_path / name)
        assert read["zip"].tolist() == ["007", "1e5"]
        assert read["n"].tolist() == [1, 2]
        assert read["share"].isna().tolist() == [False, True]
        assert note.startswith(name)
    assert "sheet 'posts'" in read_table(tmp_path / "t.xlsx")[1]


def test_numeric_ids_of_excel_have_no_point(tmp_path, photos):
    table = pd.DataFrame({"file": ["a.jpg", "b.jpg"], "post": [7.0, 8.0], "mixed": ["NA", 3]})
    table.to_excel(tmp_path / "t.xlsx", index=False)
    corpus = Corpus.from_folder(photos, metadata=tmp_path / "t.xlsx", id="post")
    assert list(corpus)[:2] == ["7", "8"]
    assert corpus.metadata["mixed"].iloc[1] == 3


def test_value_labels_of_stata_become_text(tmp_path):
    table = pd.DataFrame({"party": pd.Categorical(["Dem", "Rep", None])})
    table.to_stata(tmp_path / "t.dta", write_index=False)
    read, _ = read_table(tmp_path / "t.dta")
    assert read["party"].iloc[:2].tolist() == ["Dem", "Rep"]
    assert read["party"].isna().tolist() == [False, False, True]


def test_an_index_in_parquet_is_a_column(tmp_path):
    table = pd.DataFrame({"n": [1]}, index=pd.Index(["a.jpg"], name="file"))
    table.to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet")[0].columns.tolist() == ["file", "n"]


def test_cells_may_hold_line_breaks_and_separators(tmp_path):
    (tmp_path / "t.csv").write_text('file,"text, long"\na.jpg,"one\ntwo; three"\nb.jpg,\n')
    table, note = read_table(tmp_path / "t.csv")
    assert table["text, long"].iloc[0] == "one\ntwo; three"
    assert table["text, long"].isna().tolist() == [False, True]
    assert "commas" in note


def test_one_column_is_a_table(tmp_path):
    (tmp_path / "t.csv").write_text(" file \na.jpg\nb.jpg\n")
    assert read_table(tmp_path / "t.csv")[0].to_dict("list") == {"file": ["a.jpg", "b.jpg"]}


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2"], "int64"),
        (["-1", "0"], "int64"),
        (["1", ""], "float64"),
        (["1", "NA"], "float64"),
        (["1.5", "."], "float64"),
        (["1e+05", "2.5e-3"], "float64"),
        (["Inf", "1.0"], "float64"),
        (["true", "FALSE"], "bool"),
        (["true", ""], "str"),
        (["007", "1"], "str"),
        (["1e5", "1"], "str"),
        (["NA", "NA"], "str"),
        (["NA", "x"], "str"),
        (["1,5", "2"], "str"),
        (["1234567890123456", "1"], "str"),
        (["1234567890123456", "1.5"], "str"),
        (["2020-01-01", "2020-01-02"], "str"),
        (["0x10", "1"], "str"),
        (["1_000", "1"], "str"),
        (["٣", "1"], "str"),
    ],
)
def test_what_becomes_a_number(tmp_path, cells, kind):
    path = tmp_path / "t.csv"
    path.write_text("v,w\n" + "".join(f'"{cell}",x\n' for cell in cells), encoding="utf-8")
    table, _ = read_table(path)
    assert str(table["v"].dtype) == kind
    as_written = read_table(path, text=True)[0]["v"].fillna("")
    assert as_written.tolist() == cells


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.text("0123456789.-+eE", max_size=8), st.integers().map(str)), min_size=1)
)
def test_whole_numbers_are_taken_only_where_nothing_is_lost(cells):
    table = as_numbers(pd.DataFrame({"v": pd.Series(cells, dtype="str")}))
    if table["v"].dtype == "int64":
        assert [str(value) for value in table["v"]] == [cell.replace("-0", "0") for cell in cells]
    elif table["v"].dtype == "float64":
        for cell, value in zip(cells, table["v"], strict=True):
            assert np.isnan(value) if cell in ("", ".") else float(cell) == value
    else:
        assert table["v"].tolist() == cells


def test_text_of_numbers():
    assert as_text(pd.Series([1, 2])).tolist() == ["1", "2"]
    assert as_text(pd.Series([1.0, 2.5])).tolist() == ["1", "2.5"]
    assert as_text(pd.Series([1.0, np.nan])).isna().tolist() == [False, True]
    assert as_text(pd.Series([1.0, "x", None], dtype=object)).tolist()[:2] == ["1", "x"]
    assert as_text(pd.Series([np.inf, 1.0])).tolist() == ["inf", "1"]


def test_what_cannot_be_read_says_why(tmp_path):
    with pytest.raises(InputError, match="there is no such table"):
        read_table(tmp_path / "no.csv")
    (tmp_path / "t.sav").write_bytes(b"x")
    with pytest.raises(InputError, match=r"t\.sav: tables are read from \.csv, .* save it as CSV"):
        read_table(tmp_path / "t.sav")
    (tmp_path / "empty.csv").write_bytes(b"\n")
    with pytest.raises(InputError, match=r"empty\.csv is empty"):
        read_table(tmp_path / "empty.csv")
    (tmp_path / "ragged.csv").write_text("a,b\n1,2\n1,2,3\n")
    with pytest.raises(InputError, match="line 3, saw 3"):
        read_table(tmp_path / "ragged.csv")
    (tmp_path / "long.csv").write_text("a,b\n1,2,3\n4,5,6\n")
    with pytest.raises(InputError, match="more cells than the header"):
        read_table(tmp_path / "long.csv")
    for name in ("t.parquet", "t.xlsx", "t.dta"):
        (tmp_path / name).write_bytes(b"not this")
        with pytest.raises(InputError, match=f"{name} cannot be read as a table"):
            read_table(tmp_path / name)
