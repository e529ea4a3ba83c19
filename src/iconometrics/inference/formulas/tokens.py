"""The pieces of a formula: numbers, names and signs."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from iconometrics.errors import InputError

__all__ = ["Token", "Tokens"]

_LONGEST, _DEEPEST = 2000, 30
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))"
    r"|(?P<quoted>`[^`]+`)"
    r"|(?P<name>[^\W\d]\w*(?:\.\w+)*)"
    r"|(?P<sign>\*\*|[-+*/:~()]))"
)


class Token(NamedTuple):
    """A piece of a formula: its kind (number, quoted, name, sign or end) and its text."""

    kind: str
    text: str


class Tokens:
    """The pieces of a formula, taken one after another."""

    def __init__(self, formula: str) -> None:
        if not isinstance(formula, str) or len(formula) > _LONGEST:
            raise InputError(
                f"formula {str(formula)[:40]!r}: expected text of at most {_LONGEST} letters, such "
                "as 'likes ~ protest + followers'."
            )
        self.formula = formula
        self._tokens = [*_cut(formula), Token("end", "the end")]
        self._next = 0
        self._depth = 0

    @property
    def met(self) -> Token:
        """The piece that comes next."""
        return self._tokens[self._next]

    @property
    def after(self) -> Token:
        """The piece after the next one."""
        return self._tokens[min(self._next + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Take the next piece."""
        token = self.met
        self._next += 1
        return token

    def is_sign(self, *signs: str) -> bool:
        """Tell whether the next piece is one of some signs."""
        return self.met.kind == "sign" and self.met.text in signs

    def expect(self, sign: str, where: str) -> None:
        """Take a sign that must come next."""
        if not self.is_sign(sign):
            self.refuse(f"expected {sign!r} {where}")
        self.take()

    def open(self) -> None:
        """Take an opening bracket."""
        self.expect("(", "here")
        self._depth += 1
        if self._depth > _DEEPEST:
            self.refuse(f"more than {_DEEPEST} brackets inside each other")

    def close(self) -> None:
        """Take a closing bracket."""
        self.expect(")", "to close the bracket")
        self._depth -= 1

    def refuse(self, reason: str) -> NoReturn:
        """Say what is wrong with the next piece."""
        met = self.met.text if self.met.kind == "end" else repr(self.met.text)
        raise InputError(f"formula {self.formula!r}: {reason}; met {met}.")


def _cut(formula: str) -> list[Token]:
    found, place, text = [], 0, formula.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise InputError(
                f"formula {formula!r}: {text[place:].split()[0]!r} is not allowed (letter "
                f"{place + 1}). A column with blanks or signs goes in backquotes: `road type`."
            )
        found.append(Token(match.lastgroup, match[match.lastgroup]))
        place = match.end()
    return found
