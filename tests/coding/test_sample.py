"""Samples: their probabilities, parts of them, and images that could not be coded."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Sample, draw
from iconometrics.errors import InputError

IDS = [f"p/{number:02}.jpg" for number in range(40)]
CORPUS = SimpleNamespace(ids=pd.Index(IDS, name="image"), metadata=pd.DataFrame(index=IDS))
STRATA = pd.Series(["calm"] * 25 + ["crowd"] * 12 + ["riot"] * 3, index=IDS)
OUTCOME = pd.Series(np.random.default_rng(5).gamma(2, size=40), index=IDS)
SEEDS = 60


def test_selecting_keeps_probabilities_and_answering_raises_weights():
    sample = draw(CORPUS, 12, seed=1, strata=STRATA, allocation="equal")
    kept = sample.select(STRATA.index[STRATA == "crowd"])
    assert set(kept.probability) == {4 / 12}
    lost = sample.images[STRATA[sample.images] == "calm"][:2]
    answered = sample.answered(sample.images.difference(lost))
    calm = STRATA[answered.images] == "calm"
    assert answered.probability[calm.to_numpy()].tolist() == pytest.approx([5 / 25 * 3 / 5] * 3)
    assert (1 / answered.probability).sum() == pytest.approx((1 / sample.probability).sum())
    with pytest.raises(InputError, match="stratum 'riot'"):
        sample.answered(STRATA.index[STRATA != "riot"])


def test_totals_hold_when_images_fail_at_random():
    totals = []
    for seed in range(SEEDS):
        sample = draw(CORPUS, 20, seed=seed, strata=STRATA)
        there = np.random.default_rng(seed).random(20) < 0.8
        there[sample.table["stratum"] == "riot"] = True
        sample = sample.answered(sample.images[there])
        totals.append((OUTCOME[sample.images] / sample.probability).sum())
    assert abs(np.mean(totals) - OUTCOME.sum()) < 4 * np.std(totals) / np.sqrt(SEEDS)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"image": ["a", "a"], "probability": [0.1, 0.1]}, "drawn twice: a"),
        ({"image": ["a"], "probability": [0.0]}, "above 0"),
        ({"image": ["a"], "probability": [1.5]}, "at most 1"),
        ({"image": ["a"], "probability": [float("nan")]}, "above 0"),
        ({"image": ["a"]}, "'probability'"),
    ],
)
def test_unusable_samples_say_why(table, message):
    with pytest.raises(InputError, match=message):
        Sample("s", pd.DataFrame(table))
