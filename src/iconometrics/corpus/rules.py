"""Rules such as ``year >= 1936 and party in ("D", "R")``: parsed, never run as code."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import reduce
from keyword import kwlist
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any, Final

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.syntax import Syntax, pieces
from iconometrics.wording import listed

__all__ = ["decide"]

_COMPARE: Final[dict[type[ast.cmpop], Callable[[Any, Any], Any]]] = {
    ast.Eq: eq,
    ast.NotEq: ne,
    ast.Lt: lt,
    ast.LtE: le,
    ast.Gt: gt,
    ast.GtE: ge,
}
_LONGEST: Final = 5_000


def decide(rule: str, table: pd.DataFrame) -> pd.Series:
    """Say which rows of a table a rule holds for."""
    if len(rule) > _LONGEST:
        raise InputError(f"a rule of {len(rule):,} characters; expected at most {_LONGEST:,}.")
    try:
        syntax = Syntax(rule, pieces(rule), words=kwlist)
        answer = _Reader(syntax, table).truth(syntax.tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"the rule {rule!r} cannot be read: {error}. {_EXPECTED}") from error
    return answer.fillna(False).astype(bool)


_EXPECTED: Final = (
    "Expected comparisons of columns with numbers or texts, such as year >= 1936 and "
    'party in ("D", "R"), joined by and, or, not.'
)


class _Reader:
    """Walks the tree of one rule; truth has three values, so that "not missing" stays open."""

    def __init__(self, syntax: Syntax, table: pd.DataFrame) -> None:
        self.syntax, self.table = syntax, table
        self.rule = syntax.text

    def truth(self, node: ast.expr) -> pd.Series:
        match node:
            case ast.BoolOp(op=join, values=parts):
                truths = [self.truth(part) for part in parts]
                return reduce(and_ if isinstance(join, ast.And) else or_, truths)
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return ~self.truth(part)
            case ast.Compare(left=left, ops=ops, comparators=rights):
                sides = [left, *rights]
                steps = zip(sides, ops, rights, strict=False)
                return reduce(and_, [self.compared(*step) for step in steps])
            case ast.Name() if self.column(node).dtype in ("bool", "boolean"):
                return self.column(node).astype("boolean")
        raise self.refusal(node)

    def compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> pd.Series:
        if not isinstance(left, ast.Name) and not isinstance(right, ast.Name):
            raise self.refusal(left)
        if isinstance(op, ast.In | ast.NotIn):
            return self.among(left, right, negated=isinstance(op, ast.NotIn))
        if type(op) not in _COMPARE:
            raise self.refusal(left)
        a, b = self.value(left), self.value(right)
        self.require_like(a, b)
        answer = _COMPARE[type(op)](a, b).astype("boolean")
        for side in (a, b):
            if isinstance(side, pd.Series):
                answer = answer.mask(side.isna())
        return pd.Series(answer)

    def among(self, left: ast.expr, right: ast.expr, *, negated: bool) -> pd.Series:
        if not isinstance(left, ast.Name) or not isinstance(right, ast.List | ast.Tuple | ast.Set):
            raise self.refusal(right)
        column, values = self.column(left), [self.value(item) for item in right.elts]
        if any(isinstance(value, pd.Series) for value in values):
            raise self.refusal(right)
        for value in values:
            self.require_like(column, value)
        answer = column.isin(values).astype("boolean").mask(column.isna())
        return ~answer if negated else answer

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Name():
                return self.column(node)
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return -number
        raise self.refusal(node)

    def column(self, node: ast.Name) -> pd.Series:
        name = self.syntax.names[node.id].text
        if name not in self.table:
            raise InputError(
                f"the rule {self.rule!r} names {name!r}, which is not a column; there are "
                f"{listed(self.table.columns, 12)}. Write texts in quotes."
            )
        column = self.table[name]
        return column.astype("str") if column.dtype in ("object", "category") else column

    def require_like(self, a: Any, b: Any) -> None:
        kinds = {_kind(a), _kind(b)}
        if len(kinds) > 1 and kinds != {"times", "text"}:
            both = " and ".join(sorted(kinds))
            raise InputError(
                f"the rule {self.rule!r} compares {both}; write texts in quotes, numbers without."
            )

    def refusal(self, node: ast.expr) -> InputError:
        part = self.syntax.written(node)
        return InputError(
            f"the rule {self.rule!r} holds {part!r}, which is not allowed. {_EXPECTED}"
        )


def _kind(value: Any) -> str:
    if not isinstance(value, pd.Series):
        return "text" if isinstance(value, str) else "numbers"
    if pd.api.types.is_datetime64_any_dtype(value.dtype):
        return "times"
    numbers = pd.api.types.is_numeric_dtype(value.dtype)  # bool counts as one, as in Python
    return "numbers" if numbers else "text"
