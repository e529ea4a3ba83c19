"""Weights by order: of a Categorical, of categories, of numbers; never of the alphabet."""

import numpy as np
import pandas as pd
import pytest

from iconometrics import Codings
from iconometrics.coding import Codebook, Variable
from iconometrics.errors import InputError
from iconometrics.stats import cohen_kappa, fleiss_kappa, gwet_ac, krippendorff_alpha
from iconometrics.validity import agreement

ORDER = ["low", "medium", "high"]
NUMBERS = np.array([[1, 1], [2, 3], [3, 3], [1, 2], [3, 1], [2, 2], [1, 1], [3, 2]] * 5)
WORDS = np.array(ORDER, dtype=object)[NUMBERS - 1]
TEN = np.array([[1, 2], [10, 9], [9, 10], [2, 2], [5, 6], [10, 10], [3, 1], [8, 9]])
BOOK = Codebook([Variable("v", type="ordinal", categories=ORDER)])
WEIGHTED = {
    "cohen": cohen_kappa,
    "fleiss": fleiss_kappa,
    "gwet": gwet_ac,
}


def categorical():
    return pd.DataFrame(WORDS).apply(lambda c: pd.Categorical(c, ORDER, ordered=True))


@pytest.mark.parametrize("name", WEIGHTED)
@pytest.mark.parametrize("weights", ["linear", "quadratic", "ordinal"])
def test_the_order_that_is_given_is_honored(name, weights):
    coefficient = WEIGHTED[name]
    expected = coefficient(NUMBERS, weights=weights).value
    assert coefficient(categorical(), weights=weights).value == pytest.approx(expected)
    given = coefficient(WORDS, weights=weights, categories=ORDER).value
    assert given == pytest.approx(expected)
    with pytest.raises(InputError, match="order of the categories, and high, low, medium have"):
        coefficient(WORDS, weights=weights)
    unordered = pd.DataFrame(WORDS).astype("category")
    with pytest.raises(InputError, match="order of the categories"):
        coefficient(unordered, weights=weights)


@pytest.mark.parametrize("name", WEIGHTED)
def test_numbers_written_as_text_are_in_the_order_of_numbers(name):
    coefficient = WEIGHTED[name]
    text = coefficient(TEN.astype(str), weights="quadratic").value
    assert text == pytest.approx(coefficient(TEN, weights="quadratic").value)


@pytest.mark.parametrize("name", WEIGHTED)
def test_weights_that_need_no_order_take_words(name):
    coefficient = WEIGHTED[name]
    plain = coefficient(WORDS).value
    assert coefficient(WORDS, weights="identity").value == pytest.approx(plain)
    two = np.where(NUMBERS == 1, "yes", "no").astype(object)
    weighted, plain = coefficient(two, weights="quadratic").value, coefficient(two).value
    assert weighted == pytest.approx(plain)


def test_ordinal_alpha_takes_the_order_of_a_categorical():
    expected = krippendorff_alpha(NUMBERS, level="ordinal").value
    assert krippendorff_alpha(categorical(), level="ordinal").value == pytest.approx(expected)
    with pytest.raises(InputError, match="not a number"):
        krippendorff_alpha(WORDS, level="ordinal")


def coded(values):
    rows = [
        (f"i{unit}", "v", str(value), f"c{coder}")
        for unit, row in enumerate(values)
        for coder, value in enumerate(row)
    ]
    return Codings.read(pd.DataFrame(rows, columns=["image", "variable", "value", "coder"]))


def test_agreement_weighs_words_by_the_codebook_or_not_at_all():
    with pytest.raises(InputError, match="order of the categories"):
        agreement(coded(WORDS), weights="quadratic", draws=0)
    table = agreement(coded(WORDS), codebook=BOOK, draws=0).table()
    by_number = agreement(coded(NUMBERS), weights="quadratic", draws=0).table()
    for name in ("Cohen", "Gwet", "Fleiss"):
        ours, theirs = (
            rows.loc[rows["coefficient"].str.startswith(name), "value"].item()
            for rows in (table, by_number)
        )
        assert ours == pytest.approx(theirs)


def test_agreement_on_numbers_written_as_text_is_that_of_numbers():
    table = agreement(coded(np.vstack([TEN] * 5)), weights="quadratic", draws=0).table()
    kappa = table.loc[table["coefficient"].str.startswith("Cohen"), "value"].item()
    assert kappa == pytest.approx(cohen_kappa(np.vstack([TEN] * 5), weights="quadratic").value)
