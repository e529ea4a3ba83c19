"""Names, counts and intervals as they stand in sentences."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from iconometrics.figures.words import count, number, percent

__all__ = ["TO", "counted", "joined", "measured", "p_value", "shares", "shown", "slug", "spread"]

TO = "\u2060–\u2060"
"""A dash between two numbers that never ends a line."""

_HIDDEN = {"Cc", "Cs", "Cn", "Zl", "Zp"}
_DIRECTIONS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def shown(value: Any) -> Any:
    r"""Make text safe to look at: control characters and broken letters become visible codes.

    Parameters
    ----------
    value
        Text of any origin (a file name, a category); anything else is handed on as it is.

    Returns
    -------
    object
        Text that can be written as UTF-8 and stays on its line.

    Examples
    --------
    >>> shown("a" + chr(10) + "b.jpg")
    'a\\nb.jpg'
    """
    if type(value) is not str:
        return value
    if value.isprintable() and not _DIRECTIONS & set(value):
        return value
    return "".join(_visible(letter) for letter in value)


def _visible(letter: str) -> str:
    hidden = unicodedata.category(letter) in _HIDDEN or letter in _DIRECTIONS
    return letter.encode("unicode_escape").decode("ascii") if hidden else letter


def counted(n: int, thing: str, things: str = "") -> str:
    """Count things.

    Parameters
    ----------
    n
        How many.
    thing, things
        The word for one and for many; by default with an s.

    Returns
    -------
    str

    Examples
    --------
    >>> counted(1, "picture"), counted(2400, "picture"), counted(0, "category", "categories")
    ('1 picture', '2,400 pictures', 'no categories')
    """
    word = thing if n == 1 else things or thing + "s"
    return f"{count(n) if n else 'no'} {word}"


def joined(items: Sequence[str], last: str = "and") -> str:
    """List things in a sentence.

    Parameters
    ----------
    items
        The things.
    last
        The word before the last one.

    Returns
    -------
    str

    Examples
    --------
    >>> joined(["darker", "warmer", "with more edges"])
    'darker, warmer and with more edges'
    """
    *first, end = items
    return f"{', '.join(first)} {last} {end}" if first else end


def shares(low: float, high: float) -> str:
    r"""Write an interval of shares.

    Parameters
    ----------
    low, high
        Its ends, 0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> shares(.263, .312).replace(TO, "–")
    '26–31\xa0%'
    """
    if math.isnan(low + high):
        return "–"
    places = 1 if high - low < 0.02 else 0
    return f"{100 * low:.{places}f}{TO}{percent(high, places)}"


def spread(low: float, high: float, places: int = 2) -> str:
    """Write an interval of numbers.

    Parameters
    ----------
    low, high
        Its ends.
    places
        Digits after the point.

    Returns
    -------
    str

    Examples
    --------
    >>> spread(-.031, .27)
    '−.03 to .27'
    """
    return f"{number(low, places)} to {number(high, places)}"


def measured(value: float, low: float, high: float) -> str:
    r"""Write a share with its 95 % interval, as in a sentence.

    Parameters
    ----------
    value, low, high
        The share and the ends of its interval, 0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> measured(.81, .76, .86).replace(TO, "–")
    '81\xa0% (95\xa0% interval 76–86\xa0%)'
    """
    places = 1 if high - low < 0.02 else 0
    return f"{percent(value, places)} (95\u00a0% interval {shares(low, high)})"


def p_value(value: float) -> str:
    """Write a p-value.

    Parameters
    ----------
    value
        The p-value.

    Returns
    -------
    str

    Examples
    --------
    >>> p_value(.0004), p_value(.0312)
    ('< .001', '.031')
    """
    return "< .001" if value < 0.001 else number(value, 3)


def slug(text: str) -> str:
    """Make a file name of a name.

    Parameters
    ----------
    text
        Any name.

    Returns
    -------
    str
        Lower-case ASCII letters, digits and hyphens; never empty.

    Examples
    --------
    >>> slug("Crowd size: <big>"), slug("§")
    ('crowd-size-big', 'unnamed')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "unnamed"
