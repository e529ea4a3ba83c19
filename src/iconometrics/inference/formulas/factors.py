"""Reading factors: a column, a function of columns, arithmetic inside it."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Sequence
from itertools import pairwise

from iconometrics.errors import InputError
from iconometrics.inference.formulas.expression import (
    FUNCTIONS,
    Call,
    Column,
    Expression,
    Number,
    Operation,
)
from iconometrics.syntax import Piece, Syntax, pieces
from iconometrics.wording import listed

__all__ = ["Factors", "cut", "leading_sign", "refusal"]

_LONGEST, _DEEPEST, _HIGHEST_POWER = 2000, 30, 20
_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_SIGNS = {"**", *"-+*/:~()"}
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_A_FACTOR = "expected a column or a function of columns"


def refusal(formula: str, reason: str, met: str | None = None) -> InputError:
    """Say what is wrong with a formula, and what stands there; by default its end."""
    raise InputError(
        f"formula {formula!r}: {reason}; met {'the end' if met is None else repr(met)}."
    )


def cut(formula: str) -> list[Piece]:
    """Cut a formula into its pieces, all of them allowed."""
    if not isinstance(formula, str) or len(formula) > _LONGEST:
        raise InputError(
            f"formula {str(formula)[:40]!r}: expected text of at most {_LONGEST} letters, such "
            "as 'likes ~ protest + followers'."
        )
    depth, parts = 0, pieces(formula)
    for part in parts:
        if not _allowed(part):
            raise InputError(
                f"formula {formula!r}: {formula[part.start :].split()[0]!r} is not allowed (letter "
                f"{part.start + 1}). A column with blanks or signs goes in backquotes: `road type`."
            )
        depth += _opened(part)
        if depth > _DEEPEST:
            raise refusal(formula, f"more than {_DEEPEST} brackets inside each other", part.text)
    return parts


def _allowed(part: Piece) -> bool:
    if part.kind == "number":
        return _NUMBER.fullmatch(part.text) is not None
    return part.kind in ("name", "quoted") or (part.kind == "sign" and part.text in _SIGNS)


def _opened(part: Piece) -> int:
    return {"(": 1, ")": -1}.get(part.text, 0) if part.kind == "sign" else 0


def leading_sign(node: ast.expr) -> tuple[str, ast.expr]:
    """Take the sign off the front of a product, where no bracket encloses it."""
    match node:
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=operand):
            return "-" if isinstance(op, ast.USub) else "+", operand
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right) if (
            left.col_offset == node.col_offset
        ):
            sign, bare = leading_sign(left)
            if bare is not left:
                node = ast.copy_location(ast.BinOp(bare, op, right), node)
                node.col_offset = bare.col_offset
            return sign, node
    return "+", node


class Factors:
    """Reads the factors of one side of a formula against the names of columns."""

    def __init__(
        self, formula: str, parts: Sequence[Piece], names: Sequence[str], *, end: str | None = None
    ) -> None:
        self.formula, self.columns, self.end = formula, names, end
        try:
            # No sign of Python binds as ":" does, closer than "*" and less than a power.
            self.syntax = Syntax(formula, parts, signs={":": "** +"})
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._misfit(parts) from None

    @property
    def tree(self) -> ast.expr:
        """The whole side."""
        return self.syntax.tree

    def refusal(self, reason: str, met: str | ast.expr | None) -> InputError:
        """Say what is wrong, and what stands there: a text, the start of a part, or the end."""
        return refusal(self.formula, reason, self._start(met) if isinstance(met, ast.expr) else met)

    def _start(self, node: ast.expr) -> str:
        piece = self.syntax.first(node)
        return self.formula[piece.start : piece.end]

    def _misfit(self, parts: Sequence[Piece]) -> InputError:
        """Find the first piece that does not fit the one before it."""
        depth = 0
        for before, part in pairwise([Piece("sign", "(", 0, 0), *parts]):
            if reason := _unfit(before, part, depth):
                return refusal(self.formula, reason, self.formula[part.start : part.end])
            depth += _opened(part)
        if not parts or (parts[-1].kind == "sign" and parts[-1].text != ")"):
            return refusal(self.formula, _A_FACTOR, self.end)
        return refusal(self.formula, "expected ')' to close the bracket", self.end)

    def factor(self, node: ast.expr) -> Column | Call:
        """Read one factor of a term."""
        match node:
            case ast.Name():
                return self._column(node)
            case ast.Call(func=ast.Name() as function, args=arguments):
                return self._call(self.syntax.names[function.id], arguments)
        raise self.refusal(_A_FACTOR, node)

    def _column(self, node: ast.Name) -> Column:
        name = self.syntax.names[node.id].text
        if name not in self.columns:
            near = difflib.get_close_matches(name, self.columns, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {listed(self.columns, 12)}"
            raise self.refusal(f"no column {name!r}; {hint}", node)
        return Column(name)

    def _call(self, function: Piece, arguments: Sequence[ast.expr]) -> Call:
        name = function.text
        if function.kind == "quoted":
            raise self.refusal("expected a sign between terms", "(")
        if name != "C" and name not in FUNCTIONS:
            allowed = ", ".join(FUNCTIONS)
            raise self.refusal(
                f"the function {name!r} is not allowed; allowed are C, {allowed}", name
            )
        if not arguments:
            raise self.refusal(_A_FACTOR, ")")
        (node,) = arguments
        if name == "C":
            if not isinstance(node, ast.Name):
                raise self.refusal("C() makes categories of a column: expected its name", node)
            return Call(name, self._column(node))
        argument = self._arithmetic(node)
        if not argument.columns:
            raise self.refusal(f"{name}({argument.text}) holds no column", ")")
        return Call(name, argument)

    def _arithmetic(self, node: ast.expr) -> Expression:
        sign, bare = leading_sign(node)
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.UnaryOp(op=ast.USub()) | ast.BinOp() if sign == "-":
                if not self.syntax.opens(node):
                    raise self.refusal(_A_FACTOR, "-")
                return Operation("*", Number(-1.0, "-1"), self._arithmetic(bare))
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return Operation("**", self._arithmetic(left), self._power(right))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                sides = self._arithmetic(left), self._arithmetic(right)
                return Operation(_OPERATORS[type(op)], *sides)
        factor = self.factor(node)
        if isinstance(factor, Call) and factor.function == "C":
            raise self.refusal("C() makes categories: one cannot compute with them", factor.text)
        return factor

    def _power(self, node: ast.expr) -> Number:
        if isinstance(node, ast.UnaryOp) and self._start(node) == ":":
            raise self.refusal("inside a function stand the signs of arithmetic", ":")
        if not isinstance(node, ast.Constant) or float(self.syntax.written(node)) > _HIGHEST_POWER:
            nested = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
            reason = f"expected a power that is a number up to {_HIGHEST_POWER}"
            raise self.refusal(reason, "**" if nested else node)
        return self._number(node)

    def _number(self, node: ast.expr) -> Number:
        text = self.syntax.written(node)
        return Number(float(text), text)


def _unfit(before: Piece, part: Piece, depth: int) -> str:
    """Say why a piece cannot follow another; nothing where it can."""
    after_value = before.kind != "sign" or before.text == ")"
    if part.kind != "sign":
        return "expected a sign between terms" if after_value else ""
    if part.text == "(":
        fits = not after_value or before.kind == "name"
        return "" if fits else "expected a sign between terms"
    if not after_value and not (before.text == "(" and part.text in "+-"):
        return _A_FACTOR
    return "expected a sign between terms" if part.text == ")" and not depth else ""
