"""From a fitted model to codings: values, confidence, probabilities, reasons."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iconometrics import Corpus, features
from iconometrics.coders import FeatureClassifier, corpus_chunks
from iconometrics.errors import InputError

SETS = ["hog:size=32:cell=16"]


@pytest.fixture(scope="module")
def model(corpus: Corpus, faces: pd.Series) -> FeatureClassifier:
    train = corpus.take(np.arange(0, 200, 2))
    return FeatureClassifier("ridge", features=SETS, name="ridge1").fit(train, faces)


def test_codings_have_confidence_and_probabilities(
    model: FeatureClassifier, corpus: Corpus, faces: pd.Series
) -> None:
    codes = model.code(corpus)
    assert codes.variables == ("content",)
    assert codes.coders == ("ridge1",)
    assert codes["content"].index.tolist() == list(corpus.ids)
    shares = model.predict_proba(corpus)
    np.testing.assert_allclose(codes.data["confidence"], shares.max(axis=1))
    wide = codes.probabilities.pivot(index="image", columns="category", values="probability")
    np.testing.assert_allclose(wide.loc[corpus.ids, ["face", "other"]], shares)
    assert set(codes.trained_on) == set(corpus.ids[::2])
    assert (codes["content"].to_numpy() == faces.to_numpy())[1::2].mean() > 0.9


def test_features_that_are_there_already(
    model: FeatureClassifier, corpus: Corpus, table: pd.DataFrame
) -> None:
    direct = model.code(corpus).data
    pd.testing.assert_frame_equal(model.code(corpus, features=table.iloc[::-1]).data, direct)
    pd.testing.assert_frame_equal(model.code(table).data, direct)


def test_unreadable_images_have_a_reason(model: FeatureClassifier, broken: Corpus) -> None:
    codes = model.code(broken)
    rows = codes.data.set_index("image")
    assert rows["value"].isna().tolist() == [False] * 10 + [True] * 2
    assert rows["reason"].notna().tolist() == [False] * 10 + [True] * 2
    assert rows.loc["empty.jpg", "reason"].startswith("empty")
    assert rows["confidence"].notna().sum() == 10
    assert codes.probabilities["image"].nunique() == 10
    assert len(broken) == len(rows)


def test_only_unreadable_images(model: FeatureClassifier, broken: Corpus) -> None:
    codes = model.code(broken.select(["empty.jpg", "page.jpg"]))
    assert codes.data["value"].isna().all()
    assert codes.data["reason"].notna().all()


def test_gaps_in_a_table_have_a_reason(
    model: FeatureClassifier, corpus: Corpus, table: pd.DataFrame
) -> None:
    gaps = table.iloc[1:].copy()
    gaps.iloc[3, 1] = np.nan
    rows = model.code(corpus, features=gaps).data.set_index("image")
    missing = rows[rows["value"].isna()]
    assert missing["reason"].to_dict() == {
        corpus.ids[0]: "not in the table of features",
        corpus.ids[4]: "no value in column hog_horizontal",
    }


def test_many_images_are_coded_in_parts(
    model: FeatureClassifier, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = model.code(corpus)
    sizes: list[int] = []
    extracted = corpus_chunks.extract_with_reasons

    def counted(part: Corpus, *args: Any, **options: Any) -> Any:
        sizes.append(len(part))
        return extracted(part, *args, **options)

    monkeypatch.setattr(corpus_chunks, "_SIZE", 64)
    monkeypatch.setattr(corpus_chunks, "extract_with_reasons", counted)
    with ThreadPoolExecutor(2) as executor:
        parts = model.code(corpus, executor=executor)
    assert sizes == [64, 64, 64, 8]
    pd.testing.assert_frame_equal(parts.data, whole.data)
    pd.testing.assert_frame_equal(parts.probabilities, whole.probabilities)


def test_without_calibration_there_is_no_confidence(
    corpus: Corpus, table: pd.DataFrame, faces: pd.Series
) -> None:
    model = FeatureClassifier("svm", calibrate=None, folds=None).fit(table, faces)
    codes = model.code(table)
    assert codes.probabilities is None
    assert codes.data["confidence"].isna().all()
    np.testing.assert_array_equal(codes["content"], model.predict(table))


def test_hashes_go_along(model: FeatureClassifier, corpus: Corpus) -> None:
    checked = corpus.take([3, 5]).check().corpus
    assert model.code(checked).data["sha256"].tolist() == checked.images["sha256"].tolist()


def test_labels_without_a_name(table: pd.DataFrame, faces: pd.Series) -> None:
    assert FeatureClassifier("ridge").fit(table, faces.to_numpy()).variables == ("label",)
    assert FeatureClassifier("ridge").variables == ()


def test_nothing_to_code(model: FeatureClassifier, corpus: Corpus, table: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no image to code"):
        model.code(corpus.select([]))
    with pytest.raises(InputError, match="features=None"):
        FeatureClassifier("ridge", features=None).fit(table, [*"ab"] * 100).code(corpus)


def test_regions_are_coded(model: FeatureClassifier, corpus: Corpus) -> None:
    cells = corpus.take([0, 150]).check().corpus.regions(grid=(1, 2))
    table = features.extract(cells, SETS)
    np.testing.assert_array_equal(model.code(cells)["content"], model.predict(table))
