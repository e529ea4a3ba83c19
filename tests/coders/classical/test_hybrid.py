"""Rule, network and metadata together: what each is worth, and the coder of all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from iconometrics import Corpus, stats
from iconometrics.coders import FeatureClassifier, HybridClassifier, compare_blocks, load
from iconometrics.coders.classical.feature_blocks import encoded, learned
from iconometrics.errors import IconometricsWarning, InputError

RULE = ["hog:size=32:cell=16"]


@pytest.fixture(scope="module")
def told(pictures: Path) -> Corpus:
    """Patches with a table: one column that says something about faces, and one that does not."""
    draw = np.random.default_rng(1)
    ids = [f"{n:03d}.png" for n in range(200)]
    rows = pd.DataFrame(
        {"file": ids, "likes": 100 * (np.arange(200) < 100) + draw.normal(size=200)}
    )
    rows["likes"] += draw.normal(0, 80, 200)
    rows.loc[3, "likes"] = np.nan
    rows["place"] = draw.choice(["Bern", "Linz", None], 200)
    return Corpus.from_table(rows, root=pictures)


@pytest.fixture(scope="module")
def labels(told: Corpus) -> pd.Series:
    return pd.Series(["face"] * 100 + ["other"] * 100, index=told.ids, name="content")


@pytest.fixture(scope="module")
def vectors(told: Corpus) -> pd.DataFrame:
    """Stands for an embedding: knows faces a little."""
    draw = np.random.default_rng(2)
    values = draw.normal(size=(200, 4)).astype(np.float32)
    values[:100, 0] += 1.2
    return pd.DataFrame(values, index=told.ids, columns=[f"net_{n}" for n in range(4)])


def test_metadata_becomes_numbers() -> None:
    table = pd.DataFrame({"n": [1, np.nan, 3], "place": ["a", "a", "b"], "odd": ["x", "y", "z"]})
    known = learned(table, ["n", "place"])
    assert known == {"n": {"mean": 2.0}, "place": {"categories": ["a"]}}
    new = pd.DataFrame({"n": [5, np.inf], "place": ["b", "a"]})
    assert encoded(new, known).to_numpy().tolist() == [[5, 0], [2, 1]]
    with pytest.raises(InputError, match="no column 'year'"):
        learned(table, ["year"])
    with pytest.raises(InputError, match="'odd' of the metadata has 0 categories"):
        learned(table, ["odd"])
    with pytest.raises(
        InputError, match=r"no column 'n' in the metadata; .* Expected the columns trained on"
    ):
        encoded(new.drop(columns="n"), known)


def test_blocks_are_compared_on_the_same_images(
    told: Corpus, labels: pd.Series, vectors: pd.DataFrame
) -> None:
    found = compare_blocks(
        told, labels, rule=RULE, network=vectors, metadata=["likes"], folds=3, model="lda"
    )
    table = found.table().set_index("network")
    assert table.index.tolist() == ["rule", "network", "metadata", "all"]
    assert table["n"].eq(200).all()
    assert table.loc["all", "auroc"] > table.loc[["network", "metadata"], "auroc"].max()
    truth = np.asarray(labels == "other")
    alone = stats.delong_test(truth, found.probabilities[1][:, 1], found.probabilities[3][:, 1])
    row = found.tests().query("first == 'network' and second == 'all'").iloc[0]
    assert row["auroc_p"] == pytest.approx(alone.p)


def test_a_hybrid_is_the_classifier_of_its_joined_columns(
    told: Corpus, labels: pd.Series, vectors: pd.DataFrame
) -> None:
    coder = HybridClassifier("lda", rule=RULE, network=vectors, metadata=["likes", "place"])
    coder.fit(told, labels)
    blocks = {name.split("_")[0] for name in coder.columns_}
    assert blocks == {"rule", "network", "metadata"}
    table, _ = coder._joined(told)
    plain = FeatureClassifier("lda", features=None).fit(table, labels)
    np.testing.assert_allclose(coder.predict_proba(told), plain.predict_proba(table), atol=1e-9)
    assert coder.accuracy_ == plain.accuracy_
    worth = coder.importance(told, labels, by="set").table()
    assert set(worth["feature"]) == blocks


def test_saved_and_loaded_it_codes_the_same(
    told: Corpus, labels: pd.Series, tmp_path: Path
) -> None:
    coder = HybridClassifier("lda", rule=RULE, metadata=["likes", "place"]).fit(told, labels)
    again: Any = load(coder.save(tmp_path / "model"))
    assert isinstance(again, HybridClassifier)
    assert coder.card()["metadata"]["place"]["categories"] == ["Bern", "Linz"]
    pd.testing.assert_frame_equal(again.code(told).data, coder.code(told).data)


def test_files_that_cannot_be_read_get_a_reason(
    told: Corpus, labels: pd.Series, broken: Corpus, tmp_path: Path
) -> None:
    likes = pd.Series(1.0, index=broken.ids, name="likes")
    table = pd.DataFrame({"file": broken.ids, "likes": likes.to_numpy()})
    corpus = Corpus.from_table(table, root=broken.root)
    coder = HybridClassifier("lda", rule=RULE, metadata=["likes"]).fit(told, labels)
    data = coder.code(corpus).data.set_index("image")
    assert data["value"].notna().sum() == 10
    assert "empty" in data.loc["empty.jpg", "reason"]
    with pytest.raises(InputError, match="2 of 12 images cannot be used"):
        coder.predict(corpus)
    values = pd.Series(["a", "b"] * 6, index=corpus.ids)
    with pytest.warns(IconometricsWarning, match="2 of 12 images are left out"):
        found = compare_blocks(
            corpus, values, rule=RULE, network=pd.DataFrame({"x": range(12)}, corpus.ids),
            model="lda", folds=2,
        )  # fmt: skip
    assert found.table()["n"].tolist() == [10, 10, 10]


def test_what_cannot_be_joined_is_said(told: Corpus, labels: pd.Series, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="one block only, rule"):
        compare_blocks(told, labels, rule=RULE)
    with pytest.raises(InputError, match="no block"):
        HybridClassifier(rule=()).fit(told, labels)
    with pytest.raises(InputError, match="no image has a row"):
        compare_blocks(told, labels, rule=RULE, network=pd.DataFrame({"x": [1]}, ["other"]))
    vectors = pd.DataFrame({"x": np.arange(200.0)}, told.ids)
    coder = HybridClassifier("lda", rule=(), network=vectors).fit(told, labels)
    with pytest.raises(InputError, match="needs the path or name"):
        coder.save(tmp_path)
