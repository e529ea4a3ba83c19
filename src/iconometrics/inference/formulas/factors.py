"""Reading factors: a column, a function of columns, arithmetic inside it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from iconometrics.inference.formulas.expression import (
    FUNCTIONS,
    Call,
    Column,
    Expression,
    Number,
    Operation,
)
from iconometrics.inference.formulas.tokens import Tokens
from iconometrics.wording import listed

__all__ = ["read_factor"]

_HIGHEST_POWER = 20


def read_factor(tokens: Tokens, names: Sequence[str]) -> Column | Call:
    """Read one factor of a term."""
    if tokens.met.kind not in {"name", "quoted"}:
        tokens.refuse("expected a column or a function of columns")
    if tokens.met.kind == "name" and tokens.after == ("sign", "("):
        return _call(tokens, names)
    return _column(tokens, names)


def _column(tokens: Tokens, names: Sequence[str]) -> Column:
    name = tokens.met.text.strip("`")
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {listed(names, 12)}"
        tokens.refuse(f"no column {name!r}; {hint}")
    tokens.take()
    return Column(name)


def _call(tokens: Tokens, names: Sequence[str]) -> Call:
    function = tokens.met.text
    if function != "C" and function not in FUNCTIONS:
        tokens.refuse(
            f"the function {function!r} is not allowed; allowed are C, {', '.join(FUNCTIONS)}"
        )
    tokens.take()
    tokens.open()
    argument = _column(tokens, names) if function == "C" else _sum(tokens, names)
    if not argument.columns:
        tokens.refuse(f"{function}({argument.text}) holds no column")
    tokens.close()
    return Call(function, argument)


def _sum(tokens: Tokens, names: Sequence[str]) -> Expression:
    if tokens.is_sign("-"):
        tokens.take()
        value: Expression = Operation("*", Number(-1.0, "-1"), _product(tokens, names))
    else:
        value = _product(tokens, names)
    while tokens.is_sign("+", "-"):
        value = Operation(tokens.take().text, value, _product(tokens, names))
    return value


def _product(tokens: Tokens, names: Sequence[str]) -> Expression:
    value = _power(tokens, names)
    while tokens.is_sign("*", "/"):
        value = Operation(tokens.take().text, value, _power(tokens, names))
    return value


def _power(tokens: Tokens, names: Sequence[str]) -> Expression:
    base = _atom(tokens, names)
    if not tokens.is_sign("**"):
        return base
    tokens.take()
    if tokens.met.kind != "number" or float(tokens.met.text) > _HIGHEST_POWER:
        tokens.refuse(f"expected a power that is a number up to {_HIGHEST_POWER}")
    return Operation("**", base, _number(tokens))


def _atom(tokens: Tokens, names: Sequence[str]) -> Expression:
    if tokens.met.kind == "number":
        return _number(tokens)
    if tokens.is_sign("("):
        tokens.open()
        value = _sum(tokens, names)
        tokens.close()
        return value
    factor = read_factor(tokens, names)
    if isinstance(factor, Call) and factor.function == "C":
        tokens.refuse("C() makes categories: one cannot compute with them")
    return factor


def _number(tokens: Tokens) -> Number:
    text = tokens.take().text
    return Number(float(text), text)
