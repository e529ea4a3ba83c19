"""Photographs and paintings whose differences are known."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from iconometrics import Corpus, features


@pytest.fixture(scope="module")
def table(shared_data: Path) -> pd.DataFrame:
    folder = shared_data / "public_domain"
    corpus = Corpus.from_folder(folder, metadata=folder / "captions.csv")
    collection = corpus.metadata["collection"]
    some = [name for _, rows in collection.groupby(collection) for name in rows.index[:25]]
    table = features.extract(corpus.select(some))
    return table.assign(collection=collection.reindex(table.index))


@pytest.mark.data
def test_collections_differ_as_they_should(table: pd.DataFrame) -> None:
    means = table.groupby("collection").mean(numeric_only=True)
    black_and_white = means.loc["fsaowi"]
    assert black_and_white["color_colorless"] > 0.95
    assert black_and_white["color_colorfulness"] < means["color_colorfulness"].drop("fsaowi").min()
    # Watercolors of fruit on white paper.
    assert means["color_brightness"].idxmax() == "usda"
    assert means["color_bright"].idxmax() == "usda"
    # Varnished oil and ripe fruit are warm, streets and skies on slide film are not.
    warmth = means["color_warm"] - means["color_cold"]
    assert warmth["documerica"] < 0 < min(warmth["met"], warmth["usda"]) - 0.3


@pytest.mark.data
def test_everything_is_finite_and_in_range(table: pd.DataFrame) -> None:
    known = features.dictionary()
    known = known.loc[[column for column in table if column in known.index]]
    numbers = table[known.index].astype(float)
    assert numbers.notna().all(axis=None)
    assert (numbers.min() >= known["low"] - 1e-4).all()
    assert (numbers.max() <= known["high"] + 1e-4).all()
