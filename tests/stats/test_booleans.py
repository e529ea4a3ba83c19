"""Truth values: what is none is refused, as NumPy would take it for true."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.errors import InputError
from iconometrics.stats import auroc, brier, calibration_bins, expected_calibration_error, mcnemar

TAKERS = {
    "auroc": lambda truth: auroc(truth, [0.2, 0.3, 0.9, 0.4]).value,
    "brier": lambda truth: brier([0.2, 0.3, 0.9, 0.4], truth),
    "calibration": lambda truth: np.nansum(
        calibration_bins([0.2, 0.3, 0.9, 0.4], truth).share_correct
    ),
    "calibration error": lambda truth: expected_calibration_error([0.2, 0.3, 0.9, 0.4], truth),
    "mcnemar": lambda truth: mcnemar(truth, [1, 1, 0, 0]).difference,
}


@pytest.mark.parametrize("taker", TAKERS.values(), ids=TAKERS)
@pytest.mark.parametrize(
    ("truth", "met"),
    [
        (["no", "yes", "yes", "no"], "'no' in 4 of 4 units"),
        (["0", "1", "1", "0"], "'0' in 4 of 4 units"),
        ([1, 2, 2, 1], "2 in 2 of 4 units"),
        (pd.Series(["False", "True", "True", "False"], dtype=object), "'False' in 4 of 4"),
        ([0.0, 0.5, 1.0, 0.0], "0.5 in 1 of 4 units"),
    ],
)
def test_text_and_other_numbers_are_no_truth_values(taker, truth, met):
    with pytest.raises(InputError, match=f"{met}.*expected True or False"):
        taker(truth)


@pytest.mark.parametrize("taker", TAKERS.values(), ids=TAKERS)
def test_all_ways_to_write_truth_values_are_one(taker):
    truth = [0, 1, 1, 0]
    ways = [
        np.array(truth, bool),
        np.array(truth, float),
        pd.Series(truth, dtype="Int8"),
        pd.Series(truth, dtype="boolean"),
        pd.Series(truth).astype(bool).astype(object),
    ]
    assert {taker(way) for way in ways} == {taker(truth)}
