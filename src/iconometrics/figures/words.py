"""Numbers and names as they stand in figures."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np

__all__ = ["PERCENT", "count", "decimals", "number", "percent", "shortened", "wrapped"]

PERCENT = "\u00a0%"


def count(value: float) -> str:
    """Write a count.

    Parameters
    ----------
    value
        A whole number.

    Returns
    -------
    str

    Examples
    --------
    >>> count(14127)
    '14,127'
    """
    return f"{value:,.0f}"


def number(value: float, places: int = 2) -> str:
    """Write a number with a true minus and no zero before the point.

    Parameters
    ----------
    value
        Any number; NaN is written as a dash.
    places
        Digits after the point.

    Returns
    -------
    str

    Examples
    --------
    >>> number(-0.25), number(1234.5, 1)
    ('−.25', '1,234.5')
    """
    if not np.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    text = f"{abs(value):,.{places}f}"
    if places and text.startswith("0."):
        text = text[1:]
    return f"−{text}" if value < 0 and text.strip("0.,") else text


def percent(value: float, places: int = 0) -> str:
    r"""Write a share as a percentage.

    Parameters
    ----------
    value
        A share, 0 to 1.
    places
        Digits after the point.

    Returns
    -------
    str

    Examples
    --------
    >>> percent(0.294)
    '29\xa0%'
    """
    if not np.isfinite(value):
        return "–"
    return f"{100 * value:.{places}f}{PERCENT}"


def decimals(widths: Sequence[float] | np.ndarray, *, most: int = 4, spare: int = 1) -> int:
    """Choose digits after the point so that intervals of these widths can be told apart.

    Parameters
    ----------
    widths
        Of the intervals.
    most
        Never more digits than this.
    spare
        Digits beyond the first one that differs.

    Returns
    -------
    int

    Examples
    --------
    >>> decimals([0.12, 0.2]), decimals([30.0])
    (2, 0)
    """
    known = np.asarray(widths, float)
    known = known[np.isfinite(known) & (known > 0)]
    if not len(known):
        return min(most, 2)
    return int(np.clip(spare - np.floor(np.log10(np.median(known))), 0, most))


def shortened(text: str, letters: int) -> str:
    """Cut a line to a length, out of its middle: both ends of a file's path tell something.

    Parameters
    ----------
    text
        A line.
    letters
        Its greatest length.

    Returns
    -------
    str

    Examples
    --------
    >>> shortened("photos/2016/img_1.jpg", 12)
    'photo…_1.jpg'
    """
    if len(text) <= letters:
        return text
    head = (letters - 1) // 2
    return f"{text[:head]}…{text[len(text) - (letters - 1 - head) :]}"


def wrapped(text: object, *, width: int = 24, lines: int = 2) -> str:
    r"""Break a long name into lines, and cut what does not fit.

    Parameters
    ----------
    text
        A name.
    width
        Letters in a line.
    lines
        At most so many.

    Returns
    -------
    str

    Examples
    --------
    >>> wrapped("photographs of the street at night", width=15)
    'photographs of\nthe street at …'
    """
    plain = " ".join(str(text).split())
    made = textwrap.wrap(plain, width, max_lines=lines, placeholder=" …", break_on_hyphens=True)
    return "\n".join(made)
