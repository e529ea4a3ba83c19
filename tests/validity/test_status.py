"""Not validated, unless a gold standard says otherwise."""

import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.validity import accuracy, status


def codes(values, name="protest", **options):
    options = {"coder": "svm", **options}
    return Codings.from_series(pd.Series(values, name=name, dtype="str"), **options)


MEASURE = codes({"a": "yes", "b": "no", "c": None})


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        (None, "not validated"),
        (codes({"z": "yes"}), "not validated"),
        (codes({"a": "yes"}, name="riot"), "not validated"),
        (codes({"c": "yes", "a": None}), "not validated"),
        (codes({"a": "yes", "b": "yes", "c": "no"}), "compared with 2 codes"),
        (codes({"a": "yes"}), "compared with 1 code"),
    ],
)
def test_status(gold, expected):
    assert status(MEASURE, gold) == expected


def test_training_images_do_not_validate():
    trained = codes({"a": "yes", "b": "no"}, trained_on=["a", "b"])
    assert status(trained, codes({"a": "yes", "b": "no"})) == "not validated"


def test_all_variables_must_be_validated():
    both = Codings(pd.concat([MEASURE.data, codes({"a": "1"}, name="flags").data]))
    gold = codes({"a": "yes", "b": "no"})
    assert status(both, gold) == "not validated"
    assert status(both, gold, variable="protest") == (
        "not validated: not shown to be better than chance on 2 codes, accuracy 1.00 (.34 to 1.00)"
    )


@pytest.mark.parametrize(
    ("right", "bar", "expected"),
    [
        (0.5, None, "not validated: not shown to be better than chance on 200 codes, accuracy .50"),
        (0.9, None, "compared with 200 codes: accuracy .90 (.85 to .93)"),
        (0.9, 0.8, "validated: accuracy .90 (.85 to .93) on 200 codes, over the bar of .80"),
        (0.9, 0.87, "not validated: accuracy .90 (.85 to .93) on 200 codes, not shown to reach"),
    ],
)
def test_a_comparison_alone_validates_nothing(right, bar, expected):
    """A coin flip keeps its red mark, and what is good enough is for the user to say, before."""
    truth = pd.Series(["yes", "no"] * 100, index=[f"{number}" for number in range(200)])
    wrong = pd.Series(range(200), truth.index) % 20 >= 20 * right
    measured = truth.mask(wrong, truth.map({"yes": "no", "no": "yes"}))
    measure, gold = codes(measured, trained_on=[]), codes(truth, coder="anna")
    result = accuracy(measure, gold=gold, bar=bar)
    assert result.status.startswith(expected)
    if bar is None:
        assert status(measure, gold) == result.status


@pytest.mark.parametrize("bar", [0, 1, 80])
def test_a_bar_is_a_share(bar):
    with pytest.raises(InputError, match="an accuracy between 0 and 1"):
        accuracy(MEASURE, gold=MEASURE, bar=bar)


def test_an_unsettled_gold_standard_validates_nothing():
    gold = Codings(pd.concat([codes({"a": "yes"}).data, codes({"a": "no"}, coder="ben").data]))
    with pytest.raises(InputError, match="adjudicate"):
        status(MEASURE, gold)


def test_estimates_that_rest_on_no_validation_are_found():
    from iconometrics.validity.status import unvalidated

    assumptions = pd.Series(["measured without error; protest by svm not validated", "OLS", None])
    assert unvalidated(assumptions).tolist() == [True, False, False]
