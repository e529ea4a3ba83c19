"""Codings as files of every kind, long and wide, there and back."""

import pandas as pd
import pytest

from iconometrics.coding import Category, Codebook, Codings, Variable
from iconometrics.errors import IconometricsWarning, InputError

BOOK = Codebook(
    [
        Variable("protest", "Is this a protest?", categories=(Category("1", "Yes"), "0")),
        Variable("violence", "How violent?", "ordinal", ("none", "some", "much")),
        Variable("people", type="count"),
    ]
)
ENDINGS = (".csv", ".parquet", ".xlsx", ".dta")
LONG = pd.DataFrame(
    {
        "image": ["007", "1e5", "NA", "007", "=cmd()"],
        "variable": ["protest", "protest", "protest", "push", "push"],
        "value": ["1", "0", None, "shove", "hit"],
        "coder": ["anna", "anna", "ben", "ben", "ben"],
        "confidence": [0.75, None, None, None, None],
        "reason": [None, None, "too dark", None, None],
        "region": [None, None, None, "0.1,0.2,0.5,0.5", None],
        "codebook_version": ["1", "1", "1", "2", "2"],
        "start": [None, None, None, 1.5, 3.0],
        "end": [None, None, None, 2.25, None],
        "actor": [None, None, None, "police", "crowd"],
        "target": [None, None, None, "crowd", None],
    }
)


@pytest.mark.parametrize("ending", ENDINGS)
def test_long_codings_come_back_whole(tmp_path, ending):
    codings = Codings(LONG)
    read = Codings.read(codings.write(tmp_path / f"codes{ending}"))
    pd.testing.assert_frame_equal(read.data, codings.data)


@pytest.mark.parametrize("ending", ENDINGS)
def test_wide_codings_come_back(tmp_path, ending):
    rows = [
        ("007", "anna", "1", "some", "3"),
        ("007", "ben", "0", "none", None),
        ("NA", "ben", None, "much", "0"),
    ]
    names = ["image", "coder", "protest", "violence", "people"]
    codings = Codings.read(pd.DataFrame(rows, columns=names))
    path = codings.write(tmp_path / f"codes{ending}", wide=True, codebook=BOOK)
    read = Codings.read(path)
    if ending == ".dta":
        assert set(read.of("anna")["protest"]) == {"Yes"}
        with pytest.warns(IconometricsWarning, match="'Yes' to '1'"):
            read = BOOK.check(read)
    key = ["image", "coder", "variable"]
    there = codings.data.sort_values(key)[[*key, "value"]].reset_index(drop=True)
    back = read.data.sort_values(key)[[*key, "value"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(back, there)


def test_stata_keeps_questions_and_labels(tmp_path):
    codings = Codings.read(
        pd.DataFrame({"image": ["a", "b"], "protest": ["1", "0"], "violence": ["much", None]}),
        coder="anna",
    )
    path = codings.write(tmp_path / "codes.dta", wide=True, codebook=BOOK)
    with pd.read_stata(path, iterator=True) as reader:
        assert reader.variable_labels()["violence"] == "How violent?"
        assert reader.value_labels()["protest"] == {1: "Yes", 0: "0"}
        kept = reader.read(convert_categoricals=False)
    assert kept["protest"].tolist() == [1, 0]
    ordered = pd.read_stata(path)["violence"]
    assert list(ordered.cat.categories)[-1] == "much" and ordered.cat.ordered


def test_stata_keeps_values_of_a_former_codebook(tmp_path):
    table = {
        "image": list("abc"),
        "protest": ["1", "maybe", "0"],
        "violence": ["much", "x", "none"],
    }
    codings = Codings.read(pd.DataFrame(table), coder="anna")
    path = codings.write(tmp_path / "codes.dta", wide=True, codebook=BOOK)
    kept = pd.read_stata(path)
    assert kept["protest"].tolist() == ["1", "maybe", "0"]
    assert kept["violence"].tolist() == ["much", "x", "none"]


def test_two_events_of_one_image_do_not_fit_a_wide_table(tmp_path):
    data = LONG.iloc[3:].assign(image="007")
    with pytest.raises(InputError, match=r"more than one 'push' .*long form"):
        Codings(data).write(tmp_path / "codes.csv", wide=True)


def test_events_are_numbers_in_seconds():
    read = Codings(LONG).data
    assert read["start"].tolist()[3:] == [1.5, 3.0]
    with pytest.raises(InputError, match=r"row 1: an event from 3 to 1.5 s"):
        Codings(LONG.iloc[4:].assign(end=1.5))
    with pytest.raises(InputError, match="expected seconds"):
        Codings(LONG.assign(start="soon"))
    assert "start" not in Codings(LONG.iloc[:3]).data
