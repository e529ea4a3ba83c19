"""Cross-fitting: no image is coded by a model that saw its code, and all codes are used."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from iconometrics import Corpus
from iconometrics.coders import FeatureClassifier, cross_fit
from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.inference import estimate, ppi, share
from iconometrics.validity import accuracy


def plain(model: str = "neighbors", grid: Any = None) -> FeatureClassifier:
    return FeatureClassifier(model, features=None, folds=None, calibrate=None, grid=grid)


@pytest.fixture(scope="module")
def images() -> tuple[pd.DataFrame, pd.Series]:
    """600 images of noise, whose labels no column tells."""
    random = np.random.default_rng(1)
    ids = pd.Index([f"{n}.jpg" for n in range(600)], name="image")
    table = pd.DataFrame(random.normal(size=(600, 6)), index=ids).add_prefix("f")
    return table, pd.Series(random.choice(["no", "yes"], 600), index=ids, name="protest")


def test_noise_is_not_learned_from_the_codes_that_correct_it(
    images: tuple[pd.DataFrame, pd.Series],
) -> None:
    """A forest knows its training images by heart, and cross-fitted is right in every other."""
    table, truth = images
    gold = truth[:300]
    measure = cross_fit(plain("forest"), table, gold, seed=1)
    assert measure["protest"].index.tolist() == table.index.tolist()
    right = (measure["protest"] == truth)[:300].mean()
    assert 0.4 < right < 0.6
    model = plain("forest").fit(table.loc[gold.index], gold)
    assert (model.predict(table[:300]) == gold).all()
    assert measure.trained_on == () and measure.coders == ("classifier",)
    wide = measure.probabilities.pivot(index="image", columns="category", values="probability")
    np.testing.assert_allclose(wide.sum(axis=1), 1)
    known = accuracy(measure, gold=Codings.from_series(gold, coder="anna"))
    assert known.summary().count("300") >= 1


def test_each_fold_is_coded_by_a_model_of_the_other_folds(
    images: tuple[pd.DataFrame, pd.Series],
) -> None:
    """By hand, from the same division."""
    from iconometrics.options import generator
    from iconometrics.stats.cross_fitting import folds_of

    table, truth = images
    gold = truth[::4]
    coded = table.index.isin(gold.index)
    fold = folds_of(np.arange(600), coded, folds=3, seed=generator(7))
    own = cross_fit(plain("lda"), table, gold, folds=3, seed=7)["protest"]
    for left_out in range(3):
        some = coded & (fold != left_out)
        model = plain("lda").fit(table[some], truth[some])
        test = fold == left_out
        assert (model.predict(table[test]) == own[test]).all()


def test_images_of_an_account_are_in_one_fold(images: tuple[pd.DataFrame, pd.Series]) -> None:
    """Accounts repeat one picture with one label: a neighbor would know it at once."""
    random = np.random.default_rng(2)
    account = np.repeat(np.arange(100), 6)
    table, ids = images[0], images[0].index
    copies = table.iloc[account * 6].set_axis(ids)
    truth = pd.Series(random.choice(["no", "yes"], 100)[account], index=ids, name="v")
    groups = pd.Series(account, index=ids)
    gold = truth.sample(300, random_state=1)
    apart = cross_fit(plain("tree"), copies, gold, groups=groups, seed=1)["v"]
    mixed = cross_fit(plain("tree"), copies, gold, seed=1)["v"]
    assert (apart == truth).mean() < 0.65 < 0.75 < (mixed == truth).mean()


def test_estimates_and_shares_use_every_code(images: tuple[pd.DataFrame, pd.Series]) -> None:
    table, truth = images
    gold = Codings.from_series(truth[:200], coder="anna")
    measure = cross_fit(plain("lda"), table, gold["protest"], seed=1)
    posts = pd.DataFrame({"likes": (truth == "yes") * 2.0 + table["f0"]}, index=table.index)
    found = estimate("likes ~ protest", posts, measure=measure, gold=gold, repeats=1)
    assert found.table().set_index("method").loc["gold only", "n"].tolist() == [200, 200]
    assert not any("trained" in note for note in found.notes)
    rows = share(measure, gold, category="yes", repeats=1).table().set_index("method")
    assert rows.loc["PPI++", "low"] < (truth == "yes").mean() < rows.loc["PPI++", "high"]
    wide = measure.probabilities.pivot(index="image", columns="category", values="probability")
    columns = pd.DataFrame({"yes": (truth == "yes").astype(float), "score": wide["yes"]})
    columns.loc[truth.index[200:], "yes"] = np.nan
    assert len(ppi("yes ~ 1", columns, predicted=["yes"], prediction=["score"]).table()) == 1


def test_a_corpus_keeps_its_copies_together(corpus: Corpus, faces: pd.Series) -> None:
    model = FeatureClassifier(
        "lda", features=["hog:size=32:cell=16"], folds=None, calibrate=None, reduce="pca"
    )
    measure = cross_fit(model, corpus, faces[::2], folds=2, seed=1)
    assert measure["content"].index.tolist() == list(corpus.ids)
    assert (measure["content"].to_numpy() == faces.to_numpy()).mean() > 0.8


@pytest.mark.parametrize(
    ("codes", "options", "message"),
    [
        (slice(0, 9), {}, r"people coded 9 images or groups, too few for 5 folds"),
        (slice(0, 99), {"folds": 1}, r"folds=1: expected a whole number from 2 on"),
        (slice(0, 99), {"groups": pd.Series({"0.jpg": 1})}, r"no group for 599"),
    ],
)
def test_what_cannot_be_cross_fitted_is_refused(
    images: tuple[pd.DataFrame, pd.Series], codes: slice, options: dict[str, Any], message: str
) -> None:
    table, truth = images
    with pytest.raises(InputError, match=message):
        cross_fit(plain(), table, truth[codes], **options)
    with pytest.raises(InputError, match=r"expected a corpus, or a DataFrame"):
        cross_fit(plain(), table.to_numpy(), truth)


def test_a_class_that_a_model_would_never_see_is_refused(
    images: tuple[pd.DataFrame, pd.Series],
) -> None:
    table, truth = images
    gold = truth[:100].mask(np.arange(100) == 3, "maybe")
    with pytest.raises(InputError, match=r"class 'maybe' falls into one fold"):
        cross_fit(plain(), table, gold, seed=1)
