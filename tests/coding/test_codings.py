"""Codings: reading what people filled in, looking values up, splitting, writing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iconometrics.coding import Codings, Sample
from iconometrics.coding.schema import COLUMNS, MISSING
from iconometrics.errors import IconometricsWarning, InputError


def codes(values, name="protest", coder="anna"):
    return Codings.from_series(pd.Series(values, name=name, dtype="str"), coder=coder)


def together(*parts):
    return Codings(pd.concat([part.data for part in parts]))


def test_wide_tables_become_one_row_a_coding():
    wide = pd.DataFrame(
        {
            "file": ["a", "b"],
            "protest": ["yes", "no"],
            "flags": [0.0, 3.0],
            "coder": ["anna", "ben"],
        }
    )
    read = Codings.read(wide)
    assert tuple(read.data.columns) == COLUMNS
    assert len(read) == 4
    assert read.variables == ("protest", "flags")
    assert read.coders == ("anna", "ben")
    assert read["flags"].to_dict() == {"a": "0", "b": "3"}
    assert read.wide().loc["b"].to_dict() == {"protest": "no", "flags": "3"}


def test_long_tables_keep_their_columns():
    table = pd.DataFrame(
        {
            "image": ["a", "a", "b"],
            "variable": ["protest", "flags", "protest"],
            "value": ["yes", "2", None],
            "confidence": [0.9, 0.5, None],
            "reason": [None, None, "too dark"],
            "time": ["2024-05-01T10:00:00", None, None],
        }
    )
    read = Codings.read(table, coder="anna")
    assert read.data["reason"].dropna().tolist() == ["too dark"]
    assert read.confidence("protest")["a"] == 0.9
    assert read["protest"].isna().tolist() == [False, True]
    assert read.data["time"].iloc[0] == "2024-05-01T10:00:00"
    assert Codings.read(table, variables=["flags"]).variables == ("flags",)


def test_ids_and_values_stay_text():
    table = pd.DataFrame({"id": ["007", "1e5", "NA"], "v": ["01", "1e3", "x"]}, dtype="str")
    assert Codings.read(table)["v"].to_dict() == {"007": "01", "1e5": "1e3", "NA": "x"}


def test_the_index_can_hold_the_ids_and_a_column_can_be_named():
    frame = pd.DataFrame({"v": ["1"]}, index=pd.Index(["a"], name="image"))
    assert Codings.read(frame).images.tolist() == ["a"]
    other = pd.DataFrame({"picture": ["a"], "v": ["1"]})
    assert Codings.read(other, image="picture").images.tolist() == ["a"]
    with pytest.raises(InputError, match="image="):
        Codings.read(other)


def test_a_file_name_beside_the_id_is_no_variable():
    sheet = pd.DataFrame({"image": ["1"], "file": ["a.jpg"], "v": ["yes"]})
    assert Codings.read(sheet).variables == ("v",)
    assert Codings.read(sheet, variables=["file"]).variables == ("file",)


def test_stray_blanks_are_trimmed_and_named():
    with pytest.warns(IconometricsWarning, match="' yes '"):
        read = Codings.read(pd.DataFrame({"image": ["a", "b"], "v": [" yes ", "yes"]}))
    assert set(read["v"]) == {"yes"}


def test_case_twins_are_named_and_kept_apart():
    with pytest.warns(IconometricsWarning, match="'Yes', 'yes'"):
        read = Codings.read(pd.DataFrame({"image": ["a", "b"], "v": ["Yes", "yes"]}))
    assert set(read["v"]) == {"Yes", "yes"}


@pytest.mark.parametrize("written", MISSING[1:])
def test_written_missing_values_are_told(written):
    with pytest.warns(IconometricsWarning, match="taken as missing"):
        read = Codings.read(pd.DataFrame({"image": ["a", "b"], "v": [written, "yes"]}))
    assert read["v"].isna().tolist() == [True, False]
    assert read.data["reason"].tolist()[0] == "left empty"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"image": ["a"]}, "no variables"),
        ({"image": ["a", None], "v": ["1", "2"]}, "1 coding without image"),
        ({"image": ["a"], "variable": ["v"], "value": ["1"], "confidence": [1.2]}, "confidence"),
        ({"image": ["a"], "variable": ["v"], "value": ["1"], "confidence": ["high"]}, "'high'"),
    ],
)
def test_unusable_tables_say_why(table, message):
    with pytest.raises(InputError, match=message):
        Codings.read(pd.DataFrame(table))


def test_unknown_variables_and_coders_list_what_there_is():
    with pytest.raises(InputError, match="it has protest"):
        Codings.read(codes({"a": "yes"}).data, variables=["flags"])
    with pytest.raises(InputError, match="they have protest"):
        codes({"a": "yes"})["flags"]
    with pytest.raises(InputError, match="anna"):
        codes({"a": "yes"}).of("ben")


def test_two_values_for_an_image_ask_for_adjudication():
    both = together(codes({"a": "yes", "b": "no"}), codes({"a": "no", "b": "no"}, coder="ben"))
    with pytest.raises(InputError, match=r"adjudicate\(\)"):
        both["protest"]
    assert both.of("ben")["protest"].to_dict() == {"a": "no", "b": "no"}


def test_coders_who_agree_give_one_value_and_a_missing_one_gives_way():
    both = together(codes({"a": "yes", "b": None}), codes({"a": "yes", "b": "no"}, coder="ben"))
    assert both["protest"].to_dict() == {"a": "yes", "b": "no"}


def test_class_probabilities_give_the_confidence():
    shares = pd.DataFrame({"no": [0.3, 0.8], "yes": [0.7, 0.2]}, index=["a", "b"])
    measure = Codings.from_series(
        pd.Series(["yes", "no"], index=["a", "b"], name="protest"),
        coder="svm",
        probabilities=shares,
    )
    assert measure.confidence("protest").tolist() == [0.7, 0.8]
    assert len(measure.probabilities) == 4
    assert Codings.from_series(
        pd.Series({"a": "yes"}, name="protest"), coder="svm", probabilities=measure.probabilities
    ).confidence("protest").tolist() == [0.7]


def test_machine_codings_keep_reasons_and_hashes():
    measure = Codings.from_series(
        pd.Series({"a": None, "b": "1"}, dtype="object"),
        variable="v",
        coder="svm",
        reason=pd.Series({"a": "truncated"}),
        sha256=pd.Series({"b": "ff"}),
    )
    assert measure.data["reason"].tolist() == ["truncated", np.nan]
    assert measure.data["sha256"].tolist()[1] == "ff"


@pytest.mark.parametrize("kind", ["float64", "Int64", "object"])
def test_numbers_that_are_categories_are_written_as_numbers_are(kind):
    series = pd.Series([1, 2, None], index=list("abc"), name="v").astype(kind).astype("category")
    found = Codings.from_series(series, coder="svm")["v"]
    assert found[["a", "b"]].tolist() == ["1", "2"] and pd.isna(found["c"])


def test_a_series_needs_a_name_and_distinct_images():
    with pytest.raises(InputError, match="variable="):
        Codings.from_series(pd.Series({"a": "1"}), coder="anna")
    with pytest.raises(InputError, match="coded twice: a"):
        Codings.from_series(pd.Series(["1", "2"], index=["a", "a"], name="v"), coder="anna")


def test_codes_outside_the_sample_are_told():
    sample = Sample("s", pd.DataFrame({"image": ["a", "b"], "probability": [0.5, 0.5]}))
    table = pd.DataFrame({"image": ["a", "z"], "v": ["1", "0"]})
    with pytest.warns(IconometricsWarning, match=r"1 coded image outside the sample 's' \(z\)"):
        read = Codings.read(table, sample=sample)
    assert read.data["sample"].tolist() == ["s", np.nan]
    with pytest.raises(InputError, match="written the same way"):
        Codings.read(table.assign(image=["x", "y"]), sample=sample)


@given(
    n=st.integers(4, 60),
    share=st.floats(0.3, 0.7),
    seed=st.integers(0, 1000),
    groups=st.integers(2, 5) | st.none(),
)
def test_a_split_is_a_partition_that_keeps_groups_and_ignores_order(n, share, seed, groups):
    ids = [f"i{number}" for number in range(n)]
    group = None if groups is None else {name: f"g{k % groups}" for k, name in enumerate(ids)}
    all_of_them = codes(dict.fromkeys(ids, "1"))
    backwards = Codings(all_of_them.data.iloc[::-1])
    first, second = all_of_them.split(share=share, seed=seed, groups=group)
    again, _ = backwards.split(share=share, seed=seed, groups=group)
    assert set(first.images) | set(second.images) == set(ids)
    assert not set(first.images) & set(second.images)
    assert set(again.images) == set(first.images)
    if group is None:
        assert abs(len(first) - share * n) <= 0.5 + 1e-9
    else:
        assert not {group[i] for i in first.images} & {group[i] for i in second.images}


def test_each_half_of_a_sample_is_a_probability_sample():
    ids = [f"i{number}" for number in range(10)]
    sample = Sample("s", pd.DataFrame({"image": ids, "probability": [0.1] * 4 + [0.5] * 6}))
    read = Codings.read(pd.DataFrame({"image": ids[:8], "v": list("01010101")}), sample=sample)
    train, test = read.split(share=0.4, seed=1)
    assert (len(train.sample), len(test.sample)) == (4, 6)
    assert set(test.images) <= set(test.sample.images)
    np.testing.assert_allclose(
        test.sample.probability, sample.probability[test.sample.images] * 0.6
    )
    np.testing.assert_allclose(
        train.sample.probability, sample.probability[train.sample.images] * 0.4
    )


def test_a_split_keeps_class_probabilities_and_what_it_was_trained_on():
    ids = list("abcd")
    shares = pd.DataFrame({"0": [0.4] * 4, "1": [0.6] * 4}, index=ids)
    measure = Codings.from_series(
        pd.Series("1", index=ids, name="v"), coder="svm", probabilities=shares, trained_on=["z"]
    )
    first, second = measure.split(seed=1)
    assert set(first.probabilities["image"]) == set(first.images)
    assert second.trained_on == ("z",)


def test_unusable_splits_say_why():
    read = codes({"a": "1", "b": "0"})
    with pytest.raises(InputError, match=r"share=1.5"):
        read.split(share=1.5, seed=1)
    with pytest.raises(InputError, match="one part empty"):
        read.split(share=0.1, seed=1)
    with pytest.raises(InputError, match=r"no group \(b\)"):
        read.split(seed=1, groups={"a": "x"})


text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1
)


@settings(max_examples=25)
@given(
    rows=st.dictionaries(
        text.filter(str.strip),
        text.filter(lambda value: value == value.strip() and value not in MISSING),
        min_size=1,
        max_size=5,
    ),
    kind=st.sampled_from([".csv", ".parquet"]),
    probability=st.floats(0, 1),
)
def test_written_codings_come_back(tmp_path_factory, rows, kind, probability):
    path = tmp_path_factory.mktemp("codings") / f"codes{kind}"
    shares = pd.DataFrame(probability, index=list(rows), columns=["x", "01"])
    values = pd.Series(rows, name="v", dtype="str")
    measure = Codings.from_series(values, coder="svm", probabilities=shares)
    read = Codings.read(measure.write(path))
    pd.testing.assert_frame_equal(read.data, measure.data)
    pd.testing.assert_frame_equal(read.probabilities, measure.probabilities)


def test_codings_without_probabilities_take_the_old_ones_away(tmp_path):
    shares = pd.DataFrame({"1": [0.9]}, index=["a"])
    values = pd.Series({"a": "1"}, name="v")
    path = tmp_path / "codes.parquet"
    Codings.from_series(values, coder="svm", probabilities=shares).write(path)
    Codings.from_series(values, coder="svm").write(path)
    assert Codings.read(path).probabilities is None
    with pytest.raises(InputError, match=r"expected \.csv"):
        Codings.from_series(values, coder="svm").write(tmp_path / "codes.txt")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_codes_from_spreadsheets(tmp_path, separator, encoding):
    path = tmp_path / "codes.csv"
    rows = [["image", "label"], ["007", "Café"], ["1e5", "Öl"]]
    path.write_bytes("\n".join(separator.join(row) for row in rows).encode(encoding))
    assert Codings.read(path)["label"].to_dict() == {"007": "Café", "1e5": "Öl"}


def test_codes_from_excel(tmp_path):
    path = tmp_path / "codes.xlsx"
    pd.DataFrame({"image": ["007", "8"], "flags": [1, None]}).to_excel(path, index=False)
    assert Codings.read(path)["flags"].to_dict() == {"007": "1", "8": np.nan}
    assert Codings.read(path).data["reason"].tolist()[1] == "left empty"


def test_what_codings_show():
    read = codes({"<b>": "<script>"})
    assert repr(read) == "Codings: 1 coding of 1 variable on 1 image by anna"
    assert "<script>" not in read._repr_html_()
    table = read.table()
    table.loc[0, "value"] = "changed"
    assert read["protest"].tolist() == ["<script>"]
