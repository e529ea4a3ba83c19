"""Pieces side by side, by image and by group."""

from __future__ import annotations

import pandas as pd
import pytest

from iconometrics.errors import IconometricsWarning
from iconometrics.study.dataset.dataset import Piece, by_group, join

ids = pd.Index(["a", "b", "c", "d"], name="image")
metadata = pd.DataFrame(
    {
        "image": ["a", "b", "c", "d"],
        "file": ["a.jpg", "b.jpg", "c.jpg", "d.jpg"],
        "status": ["sent", "sent", "draft", "sent"],
        "likes": [1.0, 3.0, None, 10.0],
        "party": ["x", "x", "y", "z"],
    },
    index=ids,
)
corpus = pd.DataFrame({"file": metadata["file"], "status": ["ok", "ok", "failed", "ok"]}, index=ids)
themes = pd.DataFrame({"theme": ["1", "2", "2"]}, index=ids[[3, 0, 1]])
pieces = [
    Piece(metadata, "metadata"),
    Piece(corpus, "file", {"status": "whether the file could be read"}),
    Piece(themes, "themes", {"theme": "found, not imposed"}, shares=True),
]


def test_columns_that_say_the_same_stand_once_and_others_are_told_apart() -> None:
    table, columns = join(pieces, ids)
    names = ["file", "status", "likes", "party", "iconometrics_status", "theme"]
    assert list(table) == names
    assert columns["column"].tolist() == ["image", *names]
    assert table["iconometrics_status"].tolist() == ["ok", "ok", "failed", "ok"]
    told = columns.set_index("column")
    assert told.loc["iconometrics_status", "meaning"] == "whether the file could be read"
    assert told.loc["status", "from"] == "metadata"


def test_rows_are_matched_by_id_not_by_place() -> None:
    table, _ = join(pieces, ids)
    assert table["theme"].fillna("").to_dict() == {"a": "2", "b": "2", "c": "", "d": "1"}


def test_a_group_is_told_by_means_and_shares() -> None:
    groups = pd.Series(["p", "p", "p", "q"], index=ids, name="account")
    table, columns = by_group(pieces, groups)
    assert table.index.name == "account"
    assert table.loc["p", ["images", "likes", "theme_1", "theme_2"]].tolist() == [3, 2.0, 0.0, 1.0]
    assert pd.isna(table.loc["p", "party"])
    assert table.loc["q", "party"] == "z"
    assert columns.set_index("column").loc["theme_2", "meaning"].startswith("share of 2")


def test_images_without_a_group_are_told() -> None:
    groups = pd.Series(["p", None, "p", "q"], index=ids, name="account")
    with pytest.warns(IconometricsWarning, match="1 of 4 images have no account"):
        table, _ = by_group(pieces, groups)
    assert table["images"].to_dict() == {"p": 2, "q": 1}
