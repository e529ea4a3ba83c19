r"""File names as text: what cannot be written as printable UTF-8 is escaped, reversibly.

A byte that is not UTF-8 becomes ``\xe9``, a control character ``\x0a`` or ``\u0085``, and the
backslash itself ``\x5c``; so two names on disk never become one text, and every text can be
stored, printed and turned back into its name. Letters are left as they are: the composed and
the decomposed form of "é", or upper and lower case, stay distinct.
"""

from __future__ import annotations

import re

__all__ = ["escape", "unescape"]

_ODD = re.compile("[\x00-\x1f\\\\\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# only what `escape` writes is read back: no text may turn into a dot or a slash
_ESCAPED = re.compile(
    r"\\x([01][0-9a-f]|5c|7f|[89a-f][0-9a-f])|\\u(00[89][0-9a-f]|202[89]|d[89a-f][0-9a-f]{2})"
)


def escape(name: str) -> str:
    r"""Write a file name, as the operating system gives it, as text."""
    if name.isascii() and name.isprintable() and "\\" not in name:
        return name
    return _ODD.sub(_code, name)


def unescape(text: str) -> str:
    r"""Turn an escaped text back into the name that the operating system knows."""
    return _ESCAPED.sub(_character, text) if "\\" in text else text


def _code(match: re.Match[str]) -> str:
    point = ord(match[0])
    if 0xDC80 <= point <= 0xDCFF:  # Python's stand-in for a byte that is not UTF-8
        return f"\\x{point - 0xDC00:02x}"
    return f"\\x{point:02x}" if point < 0x80 else f"\\u{point:04x}"


def _character(match: re.Match[str]) -> str:
    if match[2]:
        return chr(int(match[2], 16))
    byte = int(match[1], 16)
    return chr(byte if byte < 0x80 else 0xDC00 + byte)
