"""Formulas: what they mean, and that they cannot run code."""

import string

import numpy as np
import pandas as pd
import pytest
from formulaic import Formula as Wilkinson
from hypothesis import given
from hypothesis import strategies as st

from iconometrics.errors import InputError
from iconometrics.inference import estimate, parse

COLUMNS = ["y", "a", "b", "c", "road type", "log", "a:b", "GDP.per.head", "größe"]


def terms(formula):
    return [":".join(factor.text for factor in term) for term in parse(formula, COLUMNS).terms]


def test_one_text_for_all_ways_of_writing_a_formula():
    one = parse("y ~ a*b + log(c)", None).canonical
    assert parse("y~log( c ) + b + b:a + a", None).canonical == one
    for other in ("y ~ a + b + log(c)", "y ~ a*b + log(c) - 1", "log(y) ~ a*b + log(c)"):
        assert parse(other, None).canonical != one


@pytest.mark.parametrize(
    ("formula", "expected", "intercept"),
    [
        ("y ~ a", ["a"], True),
        ("y ~ a*b*c", ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"], True),
        ("y ~ a:b + b:a", ["a:b"], True),
        ("y ~ a + b - 1", ["a", "b"], False),
        ("y ~ 0 + a", ["a"], False),
        ("y ~ a - 0", ["a"], True),
        ("y ~ (a - 1) + b", ["a", "b"], True),
        ("y ~ -1 + a*b:c", ["a", "b:c", "a:b:c"], False),
        ("y ~ (a + b)**2:c", ["a:c", "b:c", "a:b:c"], True),
        ("y ~ I((-a)*b):I(-a*b)", ["I((-1 * a) * b):I(-1 * (a * b))"], True),
        ("y ~ I(007*a)\n + 1", ["I(007 * a)"], True),
        ("y ~ 1", [], True),
        ("y ~ (a + b + c)**2 - a:b", ["a", "b", "c", "a:c", "b:c"], True),
        ("y ~ (a + b):c", ["a:c", "b:c"], True),
        ("y ~ a + a", ["a"], True),
        ("y ~ `road type` + `a:b`", ["road type", "`a:b`"], True),
        ("y ~ log(log) + GDP.per.head + größe", ["log(log)", "GDP.per.head", "größe"], True),
        ("y ~ I(-a**2 / 3 + 1.5)", ["I((-1 * ((a ** 2) / 3)) + 1.5)"], True),
        ("y ~ C(a):sqrt(abs(b))", ["C(a):sqrt(abs(b))"], True),
    ],
)
def test_what_formulas_mean(formula, expected, intercept):
    assert terms(formula) == expected
    assert parse(formula, COLUMNS).intercept is intercept


@given(
    st.recursive(
        st.sampled_from("abc"),
        lambda inner: st.tuples(inner, st.sampled_from(["+", "*", ":"]), inner).map(
            lambda pieces: f"({pieces[0]} {pieces[1]} {pieces[2]})"
        ),
        max_leaves=6,
    )
)
def test_the_same_terms_as_formulaic(right):
    theirs = {frozenset(str(term).split(":")) for term in Wilkinson(f"0 + {right}")}
    ours = {frozenset(term.split(":")) for term in terms(f"y ~ 0 + {right}")}
    assert ours == theirs


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("y ~ __import__('os').system('x')", "not allowed"),
        ("y ~ eval(a)", "function 'eval' is not allowed"),
        ("y ~ np.exp(a)", "function 'np.exp' is not allowed"),
        ("y ~ a.__class__", "no column 'a.__class__'"),
        ("y ~ {a}", "not allowed"),
        ("y ~ a[0]", "not allowed"),
        ("y ~ lambda: 1", "no column 'lambda'"),
        ("y ~ I(9**9**9)", "met '\\*\\*'"),
        ("y ~ I(a**99)", "power that is a number up to 20"),
        ("y ~ I(a**b)", "power that is a number"),
        ("y ~ I(2)", "holds no column"),
        ("y ~ a**2", r"I\(column\*\*2\)"),
        ("y ~ (a + b)**9", "power of 1 to 4"),
        ("y ~ bb", "did you mean 'b'"),
        ("y ~ a b", "expected a sign"),
        ("y ~ y", "both sides"),
        ("y ~ a + y:b", "both sides"),
        ("y ~ 2 + a", "only be 0 or 1"),
        ("y ~ a - 1 - a", "explained by nothing"),
        ("C(y) ~ a", "cannot be the outcome"),
        ("y ~ log(a", r"'\)' to close"),
        ("y ~ I(C(a) + 1)", "makes categories"),
        ("y", "expected '~'"),
        ("y ~ ", "met the end"),
        ("", "met the end"),
        ("~ a", "met '~'"),
        ("y ~ " + "(" * 40 + "a" + ")" * 40, "30 brackets"),
        ("y ~ " + "a + " * 1000 + "a", "at most 2000 letters"),
        (None, "expected text"),
        ("y ~ a:1", "expected a column or a function of columns; met '1'"),
        ("y ~ a + -b", "expected a column or a function of columns; met '-'"),
        ("y ~ a + `no column`", "no column 'no column'.*met '`no column`'"),
        ("y ~ a `road type`", "expected a sign between terms; met '`road type`'"),
        ("y ~ log(a:b)", "inside a function stand the signs of arithmetic; met ':'"),
        ("y ~ a ~ b", "expected a sign between terms; met '~'"),
        ("y + a ~ b", r"expected '~' between the outcome and the terms; met '\+'"),
        ("y ~ a) + (b", r"expected a sign between terms; met '\)'"),
        ("y ~ `log`(a)", r"expected a sign between terms; met '\('"),
        ("y ~ a 'b'", r"\"'b'\" is not allowed \(letter 7\)"),
        ("y ~ I(" + "a+" * 900 + "a)", "use fewer"),
    ],
)
def test_anything_else_is_refused(formula, message):
    with pytest.raises(InputError, match=message):
        parse(formula, COLUMNS)


def test_too_many_terms_are_refused():
    names = list(string.ascii_lowercase)
    with pytest.raises(InputError, match="more than 500 terms"):
        parse("y ~ " + "*".join(names[:20]), names)


@given(st.text(alphabet=string.printable, max_size=60))
def test_no_text_does_anything_but_parse_or_refuse(text):
    try:
        found = parse(text, ["y", "a"])
    except InputError:
        return
    assert set(found.columns) <= {"y", "a"}


def test_a_column_named_like_code_is_just_a_column():
    name = "__import__('os').abort()"
    random = np.random.default_rng(0)
    data = pd.DataFrame({"y": random.normal(size=20), name: random.normal(size=20)})
    assert estimate(f"y ~ `{name}`", data).table()["term"].iloc[1] == f"`{name}`"
