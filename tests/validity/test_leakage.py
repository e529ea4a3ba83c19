"""Gold images that resemble what the coder was trained on."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.errors import IconometricsWarning, InputError
from iconometrics.validity import leakage
from iconometrics.validity.leakage import twins


def codes(values, *, coder="svm", **options):
    series = pd.Series(values, name="protest", dtype="str")
    return Codings.from_series(series, coder=coder, **options)


@pytest.fixture
def judged(truth):
    """Right on images 0-49, which have copies in the training images; else a coin."""
    random = np.random.default_rng(5)
    guess = pd.Series(random.choice(["march", "none", "riot"], 200), truth.index)
    guess.iloc[:50] = truth.iloc[:50]
    known = [f"train {n}" for n in range(50)]
    copies = pd.DataFrame(
        {
            "image": [*truth.index[:50], *known],
            "group": [*range(50), *range(50)],
            "kind": ["exact"] * 10 + ["near"] * 40 + ["exact"] * 10 + ["near"] * 40,
        }
    )
    return codes(guess, trained_on=known), codes(truth, coder="anna"), copies


def test_accuracy_without_them_stands_beside(judged, truth):
    measure, gold, copies = judged
    with pytest.warns(IconometricsWarning, match="50 gold images are too like"):
        found = leakage(measure, gold, duplicates=copies)
    assert len(found.table()) == 50 and found.without.n == 150
    rest = truth.index[50:]
    right = (measure["protest"] == truth)[rest].mean()
    assert found.without.accuracy.value == pytest.approx(right)
    assert found.accuracy.accuracy.value > right + 0.1
    assert "10 an exact copy" in found.summary() and "40 a near copy" in found.summary()


def test_the_closest_kind_is_told_and_groups_count(judged):
    measure, gold, copies = judged
    groups = {**{str(image): "x" for image in gold.images[:60]}, "train 0": "x", "else": "y"}
    found = twins(gold.images, pd.Index(measure.trained_on), duplicates=copies, groups=groups)
    assert found["kind"].value_counts().to_dict() == {"near": 40, "exact": 10, "group": 10}
    assert found["image"].tolist() == list(gold.images[:60])
    assert found["trained"].tolist()[:2] == ["train 0", "train 1"]


def test_nothing_alike(judged):
    measure, gold, _ = judged
    found = leakage(measure, gold, groups={"1.jpg": "a", "2.jpg": "b"})
    assert found.pairs.empty and "No gold image" in found.summary()
    assert found.without.accuracy == found.accuracy.accuracy


def test_all_alike(judged):
    measure, gold, _ = judged
    groups = {**dict.fromkeys(gold.images, "x"), "train 0": "x"}
    with pytest.warns(IconometricsWarning, match="200 gold images"):
        found = leakage(measure, gold, groups=groups)
    assert found.without is None and "no others are left" in found.summary()


def test_what_cannot_be_looked_for_says_why(judged):
    measure, gold, copies = judged
    with pytest.raises(InputError, match="is not known"):
        leakage(Codings(measure.data), gold, duplicates=copies)
    with pytest.raises(InputError, match="nothing to look by"):
        leakage(measure, gold)
