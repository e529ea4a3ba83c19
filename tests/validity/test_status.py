"""Not validated, unless a gold standard says otherwise."""

import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.validity import status


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
        (codes({"a": "yes", "b": "yes", "c": "no"}), "validated on 2 images"),
        (codes({"a": "yes"}), "validated on 1 image"),
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
    assert status(both, gold, variable="protest") == "validated on 2 images"


def test_an_unsettled_gold_standard_validates_nothing():
    gold = Codings(pd.concat([codes({"a": "yes"}).data, codes({"a": "no"}, coder="ben").data]))
    with pytest.raises(InputError, match="adjudicate"):
        status(MEASURE, gold)


def test_estimates_that_rest_on_no_validation_are_found():
    from iconometrics.validity.status import unvalidated

    assumptions = pd.Series(["measured without error; protest by svm not validated", "OLS", None])
    assert unvalidated(assumptions).tolist() == [True, False, False]
