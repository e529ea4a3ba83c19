"""How often people err, from double coding; rates of a measure if they do."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.validity import accuracy, coder_error

IMAGES = [f"{number}.jpg" for number in range(800)]


def coded(random, error, *, coders=2):
    truth = random.random(800) < 0.2
    said = truth ^ (random.random((coders, 800)) < error)
    data = pd.concat(
        pd.DataFrame({"image": IMAGES, "variable": "v", "value": own.astype(str), "coder": name})
        for name, own in zip("abc", said, strict=False)
    )
    return truth, Codings(data)


@pytest.mark.parametrize("coders", [2, 3])
def test_two_who_err_independently_disagree_twice_as_often(coders):
    inside, values = 0, []
    for seed in range(60):
        codings = coded(np.random.default_rng([20261202, seed]), 0.04, coders=coders)[1]
        result = coder_error(codings)
        inside += result.low <= 0.04 <= result.high
        values.append(result.value)
    assert np.mean(values) == pytest.approx(0.04, abs=0.002)
    assert inside >= 54
    assert result.images == 800


def test_rates_are_those_of_the_truth_on_average():
    random = np.random.default_rng(1)
    rows, naive = [], []
    for _ in range(60):
        truth, codings = coded(random, 0.05)
        machine = pd.Series(truth ^ (random.random(800) < 0.1), IMAGES).astype(str)
        measure = Codings.from_series(machine, variable="v", coder="svm", trained_on=[])
        result = accuracy(measure, gold=codings.of("a"))
        rows.append(result.under_coder_error([0.05]).iloc[0])
        naive.append(result.under_coder_error([0.0]).iloc[0])
        assert naive[-1]["accuracy_low"] == pytest.approx(result.accuracy.low)
    means = pd.DataFrame(rows).mean()
    for name, true in [("accuracy", 0.9), ("sensitivity", 0.9), ("specificity", 0.9),
                       ("prevalence", 0.2), ("precision", 0.18 / 0.26)]:  # fmt: skip
        assert means[name] == pytest.approx(true, abs=0.01)
    table = pd.DataFrame(rows)
    inside = (table["accuracy_low"] <= 0.9) & (table["accuracy_high"] >= 0.9)
    former = pd.DataFrame(naive)
    missed = (former["accuracy_low"] > 0.9) | (former["accuracy_high"] < 0.9)
    assert inside.mean() >= 0.88 and missed.mean() > 0.5


def test_rates_stay_between_0_and_1():
    truth = pd.Series(["yes", "no"] * 100, index=range(200), name="v")
    measure = Codings.from_series(truth, coder="svm", trained_on=[])
    rates = accuracy(measure, gold=Codings.from_series(truth, coder="a")).under_coder_error()
    assert rates["accuracy"].tolist() == [1.0] * 5
    assert rates["accuracy_high"].max() <= 1 and rates["accuracy_low"].min() > 0.9


def test_refusals():
    random = np.random.default_rng(2)
    _, codings = coded(random, 0.04)
    with pytest.raises(InputError, match="no image has codes of 'v' by two people"):
        coder_error(codings.of("a"))
    guesses = codings.data.assign(value=random.permutation(codings.data["value"]))
    noise = guesses.assign(value=random.choice(["x", "y"], len(guesses)))
    half = noise.assign(value=np.where(noise["coder"] == "a", "x", "y"))
    with pytest.raises(InputError, match="as by chance"):
        coder_error(Codings(half))
    three = codings.data.assign(value=random.choice(list("abc"), len(codings.data)))
    with pytest.raises(InputError, match="3 values"):
        coder_error(Codings(three))
    measure = codings.of("b")
    with pytest.raises(InputError, match="to less than"):
        accuracy(measure, gold=codings.of("a")).under_coder_error([0.6])
