"""Images that people looked at and did not decide: intervals from all wrong to all right."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample, adjudicate, undecided
from iconometrics.errors import IconometricsWarning
from iconometrics.validity import accuracy, status

IMAGES = pd.Index([f"{number}.jpg" for number in range(60)], name="image")


def settled(first, second, *, sample=None):
    data = pd.concat(
        pd.DataFrame({"image": IMAGES, "variable": "v", "value": values, "coder": coder})
        for coder, values in (("anna", first), ("ben", second))
    )
    with pytest.warns(IconometricsWarning, match=r"12 of 60 images .* have no value of 'v'"):
        return adjudicate(Codings(data, sample=sample))


@pytest.fixture
def truth():
    return np.array(["yes", "no", "no"] * 20)


@pytest.fixture
def measure(truth):
    values = pd.Series(np.where(np.arange(60) % 10 == 0, "no", truth), IMAGES)
    return Codings.from_series(values, variable="v", coder="svm", trained_on=[])


@pytest.fixture
def gold(truth):
    other = np.where(truth == "yes", "no", "yes")
    return settled(truth, np.where(np.arange(60) < 12, other, truth))


def test_the_undecided_are_those_that_somebody_looked_at(gold):
    assert undecided(gold, "v").tolist() == list(IMAGES[:12])
    data = gold.data.assign(reason=gold.data["reason"].replace(r"tie.*", "left empty", regex=True))
    assert undecided(Codings(data), "v").empty


@pytest.mark.parametrize("name", ["sensitivity", "specificity", "precision", "f1", "npv"])
@pytest.mark.parametrize("category", ["yes", "no"])
def test_ends_are_those_of_the_worst_and_the_best_decisions(measure, gold, name, category):
    """Of all ways to decide twelve images, none lies outside, and the outermost are met."""
    result = accuracy(measure, gold=gold)
    random, ends = np.random.default_rng(1), []
    silent = undecided(gold, "v")
    said = measure["v"][silent]
    ways = [said, said.map({"yes": "no", "no": "yes"})]
    ways += [pd.Series(random.choice(["yes", "no"], 12), silent) for _ in range(60)]
    for values in ways:
        data = gold.data.set_index("image")
        data.loc[silent, "value"] = values
        rates = accuracy(measure, gold=Codings(data.reset_index())).classes.loc[category]
        ends.append(rates[[f"{name}_low", f"{name}_high"]].to_numpy(float))
    low, high = result.classes.loc[category, [f"{name}_low", f"{name}_high"]]
    assert low == pytest.approx(np.nanmin(ends)) and high == pytest.approx(np.nanmax(ends))


def test_accuracy_says_how_many_and_how_far(measure, gold):
    result = accuracy(measure, gold=gold)
    decided = accuracy(measure, gold=Codings(gold.data.dropna(subset="value")))
    assert (result.n, result.undecided, decided.undecided) == (48, 12, 0)
    assert result.accuracy.value == decided.accuracy.value
    assert result.accuracy.low < 44 / 60 < decided.accuracy.low
    assert decided.accuracy.high < result.accuracy.high
    assert result.kappa.low < decided.kappa.low and result.macro_f1.low < decided.macro_f1.low
    assert "12 gold images" in " ".join(result.notes)
    prevalence = result.classes.loc["yes", ["prevalence_low", "prevalence_high"]]
    assert prevalence.iloc[0] < 16 / 60 and prevalence.iloc[1] > 28 / 60


def test_where_the_sample_is_weighted_the_undecided_are_too(truth, measure):
    table = pd.DataFrame({"image": IMAGES, "probability": np.where(np.arange(60) < 12, 0.1, 0.8)})
    other = np.where(truth == "yes", "no", "yes")
    gold = settled(truth, np.where(np.arange(60) < 12, other, truth), sample=Sample("s", table))
    result = accuracy(measure, gold=gold)
    assert result.accuracy.low < 0.34 and result.accuracy.high > 0.95


def test_accuracy_with_hard_images_is_covered():
    """Coders agree less where the machine is wrong; the decided images alone are too right."""
    inside, alone = 0, 0
    for seed in range(100):
        random = np.random.default_rng([20261129, seed])
        truth = random.random(300) < 0.4
        hard = random.random(300) < 0.25
        wrong = random.random((3, 300)) < np.where(hard, 0.35, 0.02)
        machine = np.where(wrong[0] | (random.random(300) < 0.08), ~truth, truth)
        coders = np.where(wrong[1:], ~truth, truth).astype(str)
        images = pd.Index([f"{number}" for number in range(300)])
        values = np.where(coders[0] == coders[1], coders[0], None)
        reason = pd.Series(np.where(pd.isna(values), "tie: True (a), False (b)", None), images)
        gold = Codings.from_series(
            pd.Series(values, images), variable="v", coder="adjudicated", reason=reason
        )
        measure = Codings.from_series(pd.Series(machine.astype(str), images), variable="v",
                                      coder="svm", trained_on=[])  # fmt: skip
        right = 1 - (0.75 * (0.98 * 0.08 + 0.02) + 0.25 * (0.65 * 0.08 + 0.35))
        rate = accuracy(measure, gold=gold).accuracy
        decided = accuracy(measure, gold=Codings(gold.data.dropna(subset="value"))).accuracy
        inside += rate.low <= right <= rate.high
        alone += decided.low <= right <= decided.high
    assert inside >= 93 > 90 > alone


def test_every_table_says_the_interval_that_accuracy_gives(measure, gold):
    share = accuracy(measure, gold=gold).accuracy
    ends = " to ".join(f"{end:.2f}".removeprefix("0") for end in (share.low, share.high))
    assert f"accuracy {share.value:.2f} ({ends})".replace(" 0.", " .") in status(measure, gold)
