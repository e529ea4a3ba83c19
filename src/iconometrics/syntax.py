"""Text with names of columns, as in rules and formulas: parsed by Python's grammar, never run."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

__all__ = ["Piece", "Syntax", "pieces"]

_PIECE = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"|`(?P<quoted>[^`]+)`"
    r"|(?P<number>\.?\d(?:[eE][+-]|[\w.])*)"
    r"|(?P<name>[^\W\d]\w*(?:\.\w+)*)"
    r"|(?P<sign>\*\*|[<>=!]=|\S)",
    re.DOTALL,
)
_LEADING_ZEROS = re.compile(r"^0+(?=\d)")


class Piece(NamedTuple):
    """A piece of a text: its kind (text, quoted, number, name or sign), what it says, and where."""

    kind: str
    text: str
    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """Cut a text into its pieces; names in backquotes are without them."""
    return [
        Piece(str(match.lastgroup), match[str(match.lastgroup)], *match.span())
        for match in _PIECE.finditer(text)
    ]


class Syntax:
    """The tree of a text, in which an identifier of our own stands for each column's name.

    Raises what `ast.parse` raises. `words` keep their meaning in Python; `signs` are written in it
    as another.
    """

    def __init__(
        self,
        text: str,
        parts: Sequence[Piece],
        *,
        words: Collection[str] = (),
        signs: Mapping[str, str] | None = None,
    ) -> None:
        self.text, self.parts = text, list(parts)
        self.names: dict[str, Piece] = {}
        forms = [self._source(part, words, signs or {}) for part in self.parts]
        # Python counts in bytes.
        self._starts = [0, *accumulate(len(form.encode()) + 1 for form in forms)][:-1]
        self.tree = ast.parse(" ".join(forms), mode="eval").body

    def _source(self, part: Piece, words: Collection[str], signs: Mapping[str, str]) -> str:
        if part.kind == "quoted" or (part.kind == "name" and part.text not in words):
            stand_in = f"_{len(self.names)}_"
            self.names[stand_in] = part
            return stand_in
        if part.kind == "number":
            return _LEADING_ZEROS.sub("", part.text)
        return signs.get(part.text, part.text) if part.kind == "sign" else part.text

    def first(self, node: ast.expr) -> Piece:
        """The piece that a part of the tree begins with."""
        return self.parts[self._place(node.col_offset)]

    def written(self, node: ast.expr) -> str:
        """A part of the tree as it was written."""
        last = self.parts[self._place((node.end_col_offset or 1) - 1)]
        return self.text[self.first(node).start : last.end]

    def opens(self, node: ast.expr) -> bool:
        """Whether a part is the first after a bracket."""
        return self._is_sign(self._place(node.col_offset) - 1, "(")

    def enclosed(self, node: ast.expr) -> bool:
        """Whether brackets stand around a part, other than those of a function."""
        start = self._place(node.col_offset)
        end = self._place((node.end_col_offset or 1) - 1)
        inside = self._is_sign(start - 1, "(") and self._is_sign(end + 1, ")")
        return inside and (start < 2 or self.parts[start - 2].kind == "sign")

    def _place(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1

    def _is_sign(self, place: int, sign: str) -> bool:
        if not 0 <= place < len(self.parts):
            return False
        return self.parts[place].kind == "sign" and self.parts[place].text == sign
