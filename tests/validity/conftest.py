"""A gold standard and a measure of known quality."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings, Sample


def codes(values, *, coder="svm", **options):
    series = pd.Series(values, name="protest", dtype="str")
    return Codings.from_series(series, coder=coder, **options)


@pytest.fixture
def truth():
    """200 images, three categories."""
    random = np.random.default_rng(0)
    ids = [f"{number}.jpg" for number in range(200)]
    return pd.Series(random.choice(["march", "none", "riot"], 200, p=[0.3, 0.6, 0.1]), index=ids)


@pytest.fixture
def measured(truth):
    random = np.random.default_rng(1)
    other = pd.Series(random.choice(["march", "none", "riot"], 200), index=truth.index)
    return truth.where(random.random(200) < 0.8, other)


@pytest.fixture
def confidence(truth):
    return pd.Series(np.random.default_rng(2).uniform(0.4, 1, 200).round(2), index=truth.index)


@pytest.fixture
def gold(truth):
    table = pd.DataFrame({"image": truth.index, "probability": 0.1})
    return codes(truth, coder="anna", sample=Sample("pilot", table))


@pytest.fixture
def measure(measured, confidence):
    return codes(measured, confidence=confidence, trained_on=[])
