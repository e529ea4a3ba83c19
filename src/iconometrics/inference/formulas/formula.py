"""Formulas, read against column names and an allow-list: a formula cannot run code."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NoReturn

from iconometrics.errors import InputError
from iconometrics.inference.formulas.expression import Call, Expression
from iconometrics.inference.formulas.factors import Factors, cut, leading_sign, refusal
from iconometrics.syntax import Piece

__all__ = ["Formula", "parse"]

Term = tuple[Expression, ...]

_MOST_TERMS = 500
_CONSTANT: Term = ()


@dataclass(frozen=True)
class Formula:
    """What a formula says: an outcome and the terms that explain it.

    Parameters
    ----------
    text
        The formula as it was written.
    outcome
        The left side.
    terms
        The right side; each term is the product of its factors.
    intercept
        Whether there is a constant.

    Examples
    --------
    >>> formula = parse("likes ~ protest * log(followers)", ["likes", "protest", "followers"])
    >>> [":".join(factor.text for factor in term) for term in formula.terms]
    ['protest', 'log(followers)', 'protest:log(followers)']
    """

    text: str
    outcome: Expression
    terms: tuple[Term, ...]
    intercept: bool

    @property
    def factors(self) -> tuple[Expression, ...]:
        """The distinct factors of all terms, in order."""
        return tuple(dict.fromkeys(factor for term in self.terms for factor in term))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are used, the outcome's first."""
        sides = (self.outcome, *self.factors)
        return tuple(dict.fromkeys(name for side in sides for name in side.columns))

    @property
    def canonical(self) -> str:
        """One text for all formulas of the same outcome and terms, in whatever order."""
        terms = (":".join(sorted(factor.text for factor in term)) for term in self.terms)
        return " + ".join([f"{self.outcome.text} ~ {int(self.intercept)}", *sorted(terms)])


def parse(formula: str, columns: Iterable[str] | None) -> Formula:
    """Read a formula such as ``likes ~ protest + log(followers)``.

    Allowed are the columns (those with blanks or signs in backquotes), numbers, the signs
    ``+ - : *`` and ``(a + b)**2`` between terms, the functions C, I, abs, exp, log, log1p and
    sqrt, and arithmetic inside these. Anything else is refused.

    Parameters
    ----------
    formula
        Outcome, a tilde, and the terms; ``- 1`` takes the intercept out.
    columns
        The names that may be used; None for any.

    Returns
    -------
    Formula
        With interactions written out, main effects first.

    Raises
    ------
    InputError
        If anything but the above stands in it, naming it.

    Notes
    -----
    Wilkinson, G. N. and Rogers, C. E. (1973). Symbolic description of factorial models for
    analysis of variance. Applied Statistics 22, 392-399.

    Examples
    --------
    >>> parse("likes ~ I(age**2) + `road type`", ["likes", "age", "road type"]).columns
    ('likes', 'age', 'road type')
    """
    parts = cut(formula)
    names = tuple(map(str, _names(parts) if columns is None else columns))
    tilde = next((place for place, part in enumerate(parts) if _is_tilde(part)), len(parts))
    outcome = _outcome(formula, parts[:tilde], names, is_last=tilde == len(parts))
    right = parts[tilde + 1 :]
    if any(map(_is_tilde, right)):
        raise refusal(formula, "expected a sign between terms", "~")
    try:
        terms = _Terms(Factors(formula, right, names)).all()
    except RecursionError:
        raise InputError(f"formula {formula!r}: too long a chain of signs; use fewer.") from None
    if not terms:
        raise refusal(formula, "the outcome is explained by nothing: add terms")
    if any(factor == outcome for term in terms for factor in term):
        same = f"{outcome.text} stands on both sides: an outcome does not explain itself"
        raise refusal(formula, same)
    kept = sorted((term for term in terms if term), key=len)
    return Formula(formula, outcome, tuple(kept), _CONSTANT in terms)


def _names(parts: Sequence[Piece]) -> list[str]:
    return [part.text for part in parts if part.kind in ("name", "quoted")]


def _is_tilde(part: Piece) -> bool:
    return part.kind == "sign" and part.text == "~"


def _outcome(
    formula: str, parts: Sequence[Piece], names: Sequence[str], *, is_last: bool
) -> Expression:
    """Read the left side: one factor, and the tilde after it."""
    factors = Factors(formula, parts, names, end=None if is_last else "~")
    sign = next(
        (part.text for part in parts if part.kind == "sign" and part.text not in "()"), None
    )
    if isinstance(factors.tree, ast.BinOp) or is_last:
        if not isinstance(factors.tree, ast.BinOp):
            factors.factor(factors.tree)
        raise refusal(formula, "expected '~' between the outcome and the terms", sign)
    outcome = factors.factor(factors.tree)
    if isinstance(outcome, Call) and outcome.function == "C":
        raise refusal(formula, "categories cannot be the outcome: give a column of numbers", "~")
    return outcome


class _Terms:
    """Writes out the terms of the right side: sums of crossings of interactions of powers."""

    def __init__(self, factors: Factors) -> None:
        self.factors = factors

    def all(self) -> list[Term]:
        """Read the side, which has a constant unless it says otherwise."""
        tree = self.factors.tree
        is_bare = tree.col_offset == 0
        return self.sum(tree, [_CONSTANT]) if is_bare else self.added([_CONSTANT], "+", tree)

    def sum(self, node: ast.expr, terms: list[Term]) -> list[Term]:
        """Add what stands between + and -, from the left, to terms."""
        start, later = node.col_offset, []
        while (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add | ast.Sub)
            and node.col_offset == start
        ):
            later.append(("+" if isinstance(node.op, ast.Add) else "-", node.right))
            node = node.left
        first = leading_sign(node) if node.col_offset == start else ("+", node)
        for sign, part in (first, *reversed(later)):
            terms = self.added(terms, sign, part)
        return terms

    def added(self, terms: list[Term], sign: str, node: ast.expr) -> list[Term]:
        if isinstance(node, ast.Constant) and not self.factors.syntax.enclosed(node):
            own = [_CONSTANT]
            is_added = (self.constant(node) == "1") == (sign == "+")
        else:
            own, is_added = self.crossing(node), sign == "+"
        if is_added:
            return self.joined(terms, own)
        return [term for term in terms if not _in(term, own)]

    def constant(self, node: ast.Constant) -> str:
        text = self.factors.syntax.written(node)
        if text not in {"0", "1"}:
            reason = "a number between terms can only be 0 or 1; inside I() any will do"
            raise self.factors.refusal(reason, node)
        return text

    def crossing(self, node: ast.expr) -> list[Term]:
        others: list[ast.expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            others.append(node.right)
            node = node.left
        terms = self.interaction(node)
        for other in map(self.interaction, reversed(others)):
            both = self.joined(terms, other)
            terms = self.joined(both, self.products(terms, other))
        return terms

    def interaction(self, node: ast.expr) -> list[Term]:
        done: list[Term] = [_CONSTANT]
        last: tuple[ast.expr, list[Term]] | None = None
        for sign, part in self.chain(node):
            if sign == "**" and last is not None:
                last = part, self.power(last[1], last[0], part)
                continue
            done = done if last is None else self.products(done, last[1])
            last = part, self.group(part)
        return done if last is None else self.products(done, last[1])

    @staticmethod
    def chain(node: ast.expr) -> list[tuple[str, ast.expr]]:
        """Lay a chain of : and ** side by side, each part with the sign before it."""
        sign, parts = "", []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            parts.append((sign, node.left))
            sign, node = "**", node.right
            if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
                sign, node = ":", node.operand
        return [*parts, (sign, node)]

    def power(self, terms: list[Term], base: ast.expr, exponent: ast.expr) -> list[Term]:
        if isinstance(base, ast.Name | ast.Call) and not self.factors.syntax.enclosed(base):
            raise self.factors.refusal("write I(column**2) for a power of a column", "**")
        power = self.factors.syntax.written(exponent)
        if power not in {"1", "2", "3", "4"}:
            raise self.factors.refusal("expected a power of 1 to 4", exponent)
        result = terms
        for _ in range(int(power) - 1):
            result = self.joined(result, self.products(result, terms))
        return result

    def group(self, node: ast.expr) -> list[Term]:
        """Read a factor, or what brackets enclose."""
        if isinstance(node, ast.Name | ast.Call) or not self.factors.syntax.enclosed(node):
            return [(self.factors.factor(node),)]
        if isinstance(node, ast.Constant):
            return [_CONSTANT] if self.constant(node) == "1" else []
        return self.sum(node, [])

    def products(self, left: list[Term], right: list[Term]) -> list[Term]:
        if len(left) * len(right) > _MOST_TERMS**2:
            self.refuse_many()
        pairs = (tuple(dict.fromkeys(a + b)) for a, b in product(left, right))
        return self.joined([], list(pairs))

    def joined(self, terms: list[Term], more: list[Term]) -> list[Term]:
        distinct = {frozenset(term): term for term in reversed([*terms, *more])}
        if len(distinct) > _MOST_TERMS:
            self.refuse_many()
        return list(distinct.values())[::-1]

    def refuse_many(self) -> NoReturn:
        raise InputError(f"formula {self.factors.formula!r}: more than {_MOST_TERMS} terms.")


def _in(term: Term, terms: list[Term]) -> bool:
    return frozenset(term) in {frozenset(other) for other in terms}
