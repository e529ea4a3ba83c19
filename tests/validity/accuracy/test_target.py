"""What accuracy is of: the corpus that was drawn from, or images beyond it."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample
from iconometrics.errors import InputError
from iconometrics.stats import wilson
from iconometrics.validity import accuracy

IDS = [f"{number:04}.jpg" for number in range(1000)]


def codes(values, *, coder="svm", **options):
    return Codings.from_series(pd.Series(values, IDS, name="v"), coder=coder, **options)


def compared(n, *, seed=1, **options):
    """Compare with a random sample of a corpus in which the measure is right in four of five."""
    random = np.random.default_rng(seed)
    truth = np.where(random.random(1000) < 0.4, "yes", "no")
    wrong = random.permutation(1000) < 200
    measure = codes(np.where(wrong, np.where(truth == "yes", "no", "yes"), truth), trained_on=[])
    drawn = random.permutation(IDS)[:n]
    sample = Sample("pilot", pd.DataFrame({"image": drawn, "probability": n / 1000}))
    gold = codes(truth, coder="anna").select(list(drawn))
    gold = Codings(gold.data, sample=sample)
    return accuracy(measure, gold=gold, **options)


def test_what_was_coded_leaves_nothing_open():
    result = compared(600)
    assert result.target == "corpus"
    right = (result.items["gold"] == result.items["measure"]).sum()
    assert tuple(result.accuracy[1:]) == pytest.approx(tuple(wilson(right / 0.4, 600 / 0.4)))
    beyond = compared(600, target="beyond")
    assert beyond.target == "beyond"
    assert tuple(beyond.accuracy[1:]) == tuple(wilson(right, 600))


def test_the_corpus_is_held_as_often_as_said():
    rates = [compared(600, seed=seed).accuracy for seed in range(150)]
    covered = np.mean([rate.low <= 0.8 <= rate.high for rate in rates])
    assert 0.9 <= covered <= 0.99


def test_a_corpus_coded_whole_has_no_sampling_interval():
    result = compared(1000)
    assert tuple(result.accuracy) == (0.8, 0.8, 0.8)
    row = result.classes.loc["yes"]
    assert row["sensitivity_low"] == row["sensitivity"] == row["sensitivity_high"]
    assert result.kappa.low == pytest.approx(result.kappa.high)
    assert "no chance is in them" in result.notes[-1]
    beyond = compared(1000, target="beyond")
    assert beyond.accuracy.low < 0.8 < beyond.accuracy.high
    assert "further images" in beyond.notes[-1]


def test_groups_speak_beyond_the_corpus():
    accounts = pd.Series([f"account {n % 50}" for n in range(1000)], IDS)
    assert compared(600, groups=accounts).target == "beyond"
    with pytest.raises(InputError, match=r"target='corpus' with groups="):
        compared(600, groups=accounts, target="corpus")


def test_subgroups_differ_beyond_the_corpus_only():
    party = pd.Series(np.arange(1000) % 2, IDS, name="party")
    rows = compared(1000).subgroups(party).table().iloc[0]
    assert rows["low"] == rows["value"] == rows["high"]
    assert rows["difference_low"] < rows["difference"] < rows["difference_high"]


def test_a_target_needs_a_sample_and_a_name():
    truth = codes(["yes", "no"] * 500, coder="anna")
    measure = codes(["yes", "no"] * 500, trained_on=[])
    assert accuracy(measure, gold=truth).target == "beyond"
    with pytest.raises(InputError, match="names no sample"):
        accuracy(measure, gold=truth, target="corpus")
    with pytest.raises(InputError, match="target='here': expected 'corpus'"):
        accuracy(measure, gold=truth, target="here")
