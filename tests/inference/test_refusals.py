"""What the data do not allow, named column by column."""

import numpy as np
import pandas as pd
import pytest

from iconometrics.coding import Codings
from iconometrics.errors import InputError
from iconometrics.inference import estimate

RANDOM = np.random.default_rng(0)


@pytest.fixture
def data():
    n = 60
    return pd.DataFrame(
        {
            "y": RANDOM.normal(size=n),
            "x": RANDOM.normal(size=n),
            "z": RANDOM.normal(size=n),
            "zero": np.arange(n) % 3,
            "group": list("ab") * 30,
            "bit": RANDOM.integers(0, 2, n),
            "when": pd.Timestamp("2024-01-01"),
        },
        index=[f"{number}.jpg" for number in range(n)],
    )


def measure(values, name="protest"):
    return Codings.from_series(pd.Series(values, dtype="str"), variable=name, coder="svm")


CASES = {
    "constant column": (lambda d: d.assign(x=1.0), "y ~ x", r"'x' is 1 in all 60 rows"),
    "constant text": (lambda d: d.assign(group="a"), "y ~ group", "'group' is a in all 60"),
    "constant outcome": (lambda d: d.assign(y=2.0), "y ~ x", "outcome 'y' is 2 in all 60"),
    "infinite outcome": (
        lambda d: d.assign(y=d["y"].where(d.index != "3.jpg", np.inf)),
        "y ~ x",
        r"'y' is inf in 1 row \(3.jpg\)",
    ),
    "infinite column": (
        lambda d: d.assign(x=d["x"].where(d.index != "4.jpg", -np.inf)),
        "y ~ x",
        r"'x' is -inf in 1 row \(4.jpg\)",
    ),
    "logarithm of zero": (
        lambda d: d,
        "y ~ log(zero)",
        r"'log\(zero\)' is -inf in 20 rows \(0.jpg.*log1p",
    ),
    "root of negatives": (lambda d: d, "y ~ sqrt(x)", r"'sqrt\(x\)' is nan in"),
    "all missing": (lambda d: d.assign(x=np.nan), "y ~ x", "no row is complete.*60 without x"),
    "collinear": (lambda d: d.assign(w=d["x"] + 2 * d["z"]), "y ~ w + x + z", "x, w, z|w, x, z"),
    "zero": (lambda d: d.assign(x=0.0), "y ~ x - 1", "x is 0 in all rows"),
    "text outcome": (lambda d: d, "group ~ x", r"outcome 'group' is text \('a', 'b'\)"),
    "arithmetic with text": (lambda d: d, "y ~ log(group)", r"use C\(group\)"),
    "dates": (lambda d: d, "y ~ when", "'when' holds dates"),
    "no rows": (lambda d: d.iloc[:0], "y ~ x", "no rows"),
    "one row": (lambda d: d.iloc[:1], "y ~ x", "outcome 'y' is"),
    "two rows": (lambda d: d.iloc[:2], "y ~ x", "2 rows for 2 coefficients"),
    "ids twice": (lambda d: d.set_axis(["a"] * 60), "y ~ x", r"images twice \(a\)"),
    "columns twice": (lambda d: pd.concat([d, d[["x"]]], axis=1), "y ~ x", r"columns twice \(x\)"),
    "no table": (lambda d: d["y"], "y ~ x", "type Series"),
}


@pytest.mark.parametrize(("change", "formula", "message"), CASES.values(), ids=CASES)
def test_bad_data_is_named(data, change, formula, message):
    with pytest.raises(InputError, match=message):
        estimate(formula, change(data))


def test_a_row_that_stands_alone_has_no_robust_error(data):
    data["group"] = ["c", *data["group"][1:]]
    with pytest.raises(InputError, match=r"coefficient of group\[c\] \(0\.jpg\)"):
        estimate("y ~ group", data)
    assert np.isfinite(estimate("y ~ group", data, errors="classical").table()["se"]).all()


@pytest.mark.parametrize("whole", [True, False])
def test_separation_is_named(data, whole):
    data["shown"] = (data["x"] > 0).astype(int)
    data["above"] = (data["x"] > (0 if whole else 0.5)).astype(int)
    with pytest.raises(InputError, match="above separates the ones of 'shown'"):
        estimate("shown ~ above + z", data, model="logit")
    assert len(estimate("shown ~ above + z", data).table()) == 3


def test_a_strong_but_not_separating_column_is_fine(data):
    data["x"] = data["x"] * 20
    data["shown"] = (data["x"] + 4 * data["z"] + RANDOM.logistic(size=60) * 3 > 0).astype(int)
    table = estimate("shown ~ x", data, model="logit").table()
    assert np.isfinite(table["se"]).all()


def test_logit_needs_zero_and_one(data):
    with pytest.raises(InputError, match="logit needs 0 and 1"):
        estimate("zero ~ x", data, model="logit")
    with pytest.raises(InputError, match="lpm needs 0 and 1"):
        estimate(
            "zero ~ x", data.assign(g=np.arange(len(data)) % 5), model="lpm", fixed_effects="g"
        )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "probit"}, "'logit', 'lpm', 'negbin', 'ols', 'poisson'"),
        ({"errors": "bootstrap"}, "'robust', 'classical'"),
        ({"cluster": "account"}, "cluster='account'"),
        ({"cluster": "when"}, "one cluster only"),
        ({"level": 95}, "level=95"),
        ({"measure": measure({"z.jpg": "1"})}, r"none of the images with 'protest' \(z\.jpg\)"),
        ({"measure": measure({"0.jpg": "1"}, name="x")}, "'x' is the name of two"),
        ({"themes": pd.Series({"z.jpg": "1"})}, "none of the images with 'theme'"),
    ],
)
def test_bad_options_are_named(data, options, message):
    with pytest.raises(InputError, match=message):
        estimate("y ~ x", data, **options)


def test_unknown_columns_are_refused_with_the_nearest(data):
    with pytest.raises(InputError, match="did you mean 'group'"):
        estimate("y ~ groop", data)


def test_two_values_of_an_image_ask_for_adjudication(data):
    both = pd.concat([measure({"0.jpg": "1"}).data, measure({"0.jpg": "0"}).data])
    with pytest.raises(InputError, match="adjudicate"):
        estimate("y ~ protest", data, measure=Codings(both))
