"""Results as files: whole or not at all, and back as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames, range_indexes

from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError, StudyError
from iconometrics.inference import Estimates
from iconometrics.study.disk import tables as frames
from iconometrics.study.disk.folders import write_folder
from iconometrics.study.disk.result_files import keep, keep_codings, kept, kept_codings, plain_name

mixed = st.one_of(st.none(), st.integers(-5, 5), st.text(max_size=3), st.floats(allow_nan=False))


def test_a_folder_that_fails_leaves_the_former_one(tmp_path: Path) -> None:
    folder = tmp_path / "themes"
    write_folder(folder, lambda path: (path / "a.txt").write_text("first"))

    def broken(path: Path) -> None:
        (path / "a.txt").write_text("second")
        raise OSError("half")

    with pytest.raises(OSError, match="half"):
        write_folder(folder, broken)
    assert (folder / "a.txt").read_text() == "first"
    write_folder(folder, lambda path: (path / "b.txt").write_text("third"))
    assert [path.name for path in folder.iterdir()] == ["b.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["themes"]


@given(data_frames([column("a", elements=mixed, dtype=object)], index=range_indexes(min_size=1)))
def test_columns_of_any_kind_can_be_stored(
    tmp_path_factory: pytest.TempPathFactory, frame: pd.DataFrame
) -> None:
    path = tmp_path_factory.mktemp("frames") / "t.parquet"
    frames.save(frame, path)
    back = frames.load(path)
    pd.testing.assert_frame_equal(back, frames.storable(frame))
    pd.testing.assert_frame_equal(frames.storable(back), back)
    assert back["a"].isna().tolist() == frame["a"].isna().tolist()


def test_an_index_and_a_column_may_have_one_name(tmp_path: Path) -> None:
    frame = pd.DataFrame({"image": ["x"]}, index=pd.Index(["a"], name="image"))
    frames.save(frame, tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(frames.load(tmp_path / "t.parquet"), frame)


def test_a_digest_names_names_order_and_values() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=["i", "j"])
    others = [
        frame.rename(columns={"a": "c"}),
        frame.iloc[::-1],
        frame.assign(b=["x", "y"]),
        frame.set_axis(["i", "k"]),
    ]
    assert frames.digest(frame) == frames.digest(frame.copy())
    assert len({frames.digest(one) for one in [frame, *others]}) == 5


def test_codings_come_back_with_all_that_hangs_on_them(tmp_path: Path) -> None:
    drawn = pd.DataFrame({"image": ["007", "NA"], "probability": [0.25, 0.5]})
    codes = Codings.from_series(
        pd.Series({"007": "yes", "NA": None}, name="v"),
        coder="svm",
        probabilities=pd.DataFrame({"no": [0.25], "yes": [0.75]}, index=["007"]),
        sample=Sample("pilot", drawn),
        trained_on=["1e5"],
    )
    keep_codings(codes, tmp_path)
    back = kept_codings(tmp_path)
    pd.testing.assert_frame_equal(back.data, codes.data)
    pd.testing.assert_frame_equal(back.probabilities, codes.probabilities)
    pd.testing.assert_frame_equal(back.sample.table, codes.sample.table)
    assert back.sample.name == "pilot"
    assert back.trained_on == ("1e5",)


def test_a_result_of_another_version_is_named(tmp_path: Path) -> None:
    rows = pd.DataFrame({"term": ["a"], "estimate": [np.nan]})
    keep(Estimates(rows, "y ~ a", "ols", 0.95, ("note",)), tmp_path)
    back = kept(Estimates, tmp_path, revive={"notes": tuple})
    assert back.notes == ("note",)
    pd.testing.assert_frame_equal(back.rows, rows)
    (tmp_path / "result.json").write_text('{"formula": "y ~ a"}')
    with pytest.raises(StudyError, match="is not a result of this version"):
        kept(Estimates, tmp_path)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", ".hidden", "a:b", "x\n", " a"])
def test_names_that_cannot_be_folders_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="plain name"):
        plain_name(name, "out")
