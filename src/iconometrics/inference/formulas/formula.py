"""Formulas, read against column names and an allow-list: a formula cannot run code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from iconometrics.inference.formulas.expression import Call, Expression
from iconometrics.inference.formulas.factors import read_factor
from iconometrics.inference.formulas.tokens import Tokens

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


def parse(formula: str, columns: Iterable[str]) -> Formula:
    """Read a formula such as ``likes ~ protest + log(followers)``.

    Allowed are the columns (those with blanks or signs in backquotes), numbers, the signs
    ``+ - : *`` and ``(a + b)**2`` between terms, the functions C, I, abs, exp, log, log1p and
    sqrt, and arithmetic inside these. Anything else is refused.

    Parameters
    ----------
    formula
        Outcome, a tilde, and the terms; ``- 1`` takes the intercept out.
    columns
        The names that may be used.

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
    tokens, names = Tokens(formula), tuple(map(str, columns))
    outcome = read_factor(tokens, names)
    if isinstance(outcome, Call) and outcome.function == "C":
        tokens.refuse("categories cannot be the outcome: give a column of numbers")
    tokens.expect("~", "between the outcome and the terms")
    terms = _sum(tokens, names, [_CONSTANT])
    if tokens.met.kind != "end":
        tokens.refuse("expected a sign between terms")
    if not terms:
        tokens.refuse("the outcome is explained by nothing: add terms")
    if any(factor == outcome for term in terms for factor in term):
        tokens.refuse(f"{outcome.text} stands on both sides: an outcome does not explain itself")
    kept = sorted((term for term in terms if term), key=len)
    return Formula(formula, outcome, tuple(kept), _CONSTANT in terms)


def _sum(tokens: Tokens, names: Sequence[str], terms: list[Term]) -> list[Term]:
    sign = tokens.take().text if tokens.is_sign("+", "-") else "+"
    while True:
        if tokens.met.kind == "number":
            added, removed = _constant(tokens, sign)
        else:
            met = _crossing(tokens, names)
            added, removed = (met, []) if sign == "+" else ([], met)
        terms = _joined(tokens, [term for term in terms if not _in(term, removed)], added)
        if not tokens.is_sign("+", "-"):
            return terms
        sign = tokens.take().text


def _constant(tokens: Tokens, sign: str) -> tuple[list[Term], list[Term]]:
    if tokens.met.text not in {"0", "1"}:
        tokens.refuse("a number between terms can only be 0 or 1; inside I() any will do")
    there = (tokens.take().text == "1") == (sign == "+")
    return ([_CONSTANT], []) if there else ([], [_CONSTANT])


def _crossing(tokens: Tokens, names: Sequence[str]) -> list[Term]:
    terms = _interaction(tokens, names)
    while tokens.is_sign("*"):
        tokens.take()
        others = _interaction(tokens, names)
        both = _joined(tokens, terms, others)
        terms = _joined(tokens, both, _products(tokens, terms, others))
    return terms


def _interaction(tokens: Tokens, names: Sequence[str]) -> list[Term]:
    terms = _power(tokens, names)
    while tokens.is_sign(":"):
        tokens.take()
        terms = _products(tokens, terms, _power(tokens, names))
    return terms


def _power(tokens: Tokens, names: Sequence[str]) -> list[Term]:
    if not tokens.is_sign("("):
        term: list[Term] = [(read_factor(tokens, names),)]
        if tokens.is_sign("**"):
            tokens.refuse("write I(column**2) for a power of a column")
        return term
    tokens.open()
    base = _sum(tokens, names, [])
    tokens.close()
    if not tokens.is_sign("**"):
        return base
    tokens.take()
    if tokens.met.text not in {"1", "2", "3", "4"}:
        tokens.refuse("expected a power of 1 to 4")
    terms = base
    for _ in range(int(tokens.take().text) - 1):
        terms = _joined(tokens, terms, _products(tokens, terms, base))
    return terms


def _products(tokens: Tokens, left: list[Term], right: list[Term]) -> list[Term]:
    if len(left) * len(right) > _MOST_TERMS**2:
        tokens.refuse(f"more than {_MOST_TERMS} terms")
    pairs = (tuple(dict.fromkeys(a + b)) for a, b in product(left, right))
    return _joined(tokens, [], list(pairs))


def _joined(tokens: Tokens, terms: list[Term], more: list[Term]) -> list[Term]:
    found = {frozenset(term): term for term in reversed([*terms, *more])}
    if len(found) > _MOST_TERMS:
        tokens.refuse(f"more than {_MOST_TERMS} terms")
    return list(found.values())[::-1]


def _in(term: Term, terms: list[Term]) -> bool:
    return frozenset(term) in {frozenset(other) for other in terms}
