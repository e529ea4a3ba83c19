"""How lists, counts, numbers, percentages, p-values, ids and labels stand in text: one place."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = [
    "NOT_VALIDATED",
    "PERCENT",
    "TO",
    "as_ids",
    "as_label",
    "as_text",
    "count",
    "counted",
    "decimals",
    "interval",
    "joined",
    "listed",
    "number",
    "p_value",
    "percent",
    "plural",
    "share_interval",
    "share_with_interval",
    "shortened",
    "slug",
    "visible",
    "with_ids",
    "wrapped",
]

NOT_VALIDATED = "not validated"
"""What stands beside a measure that no gold standard backs, in red where color is."""

PERCENT = "\u00a0%"

TO = "\u2060–\u2060"
"""A dash between two numbers that never ends a line."""

_Table = TypeVar("_Table", "pd.Series", "pd.DataFrame")
_HIDDEN = {"Cc", "Cs", "Cn", "Zl", "Zp"}
_DIRECTIONS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HEAD = re.compile(r"^(.*?)((?: (?:of|in|from|with|without|at|on|per|by|that|left|to) .*)?)$")


def listed(items: Iterable[object], limit: int = 3) -> str:
    """List the first few of many names, as messages do: `a, b, c and 2 more`.

    Examples
    --------
    >>> listed(["a", "b", "c", "d", "e"]), listed("ab")
    ('a, b, c and 2 more', 'a, b')
    """
    names = [str(item) for item in items]
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest:,} more" if rest > 0 else "")


def joined(items: Sequence[str], last: str = "and") -> str:
    """List all of a few things, as sentences do.

    Examples
    --------
    >>> joined(["darker", "warmer", "with more edges"])
    'darker, warmer and with more edges'
    """
    *first, end = items
    return f"{', '.join(first)} {last} {end}" if first else end


def plural(noun: str) -> str:
    """Write a noun, or a phrase that begins with it, in the plural.

    Examples
    --------
    >>> plural("image"), plural("category"), plural("class"), plural("copy of a gold image")
    ('images', 'categories', 'classes', 'copies of a gold image')
    """
    head, rest = _HEAD.fullmatch(noun).groups()  # type: ignore[union-attr]
    if re.search("[^aeiou]y$", head):
        return f"{head[:-1]}ies{rest}"
    return f"{head}{'es' if re.search('(s|x|z|ch|sh)$', head) else 's'}{rest}"


def counted(n: int, noun: str, nouns: str = "") -> str:
    """Count things: `nouns` is their plural where `plural` would not find it.

    Examples
    --------
    >>> counted(1, "image"), counted(1412, "image"), counted(0, "category")
    ('1 image', '1,412 images', 'no categories')
    """
    return f"{count(n) if n else 'no'} {noun if n == 1 else nouns or plural(noun)}"


def count(value: float) -> str:
    """Write a whole number with commas.

    Examples
    --------
    >>> count(14127)
    '14,127'
    """
    return f"{value:,.0f}"


def number(value: float, places: int = 2) -> str:
    """Write a number with a true minus and no zero before the point; a dash where there is none.

    Examples
    --------
    >>> number(-0.25), number(1234.5, 1)
    ('−.25', '1,234.5')
    """
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    text = f"{abs(value):,.{places}f}"
    if places and text.startswith("0."):
        text = text[1:]
    return f"−{text}" if value < 0 and text.strip("0.,") else text


def interval(low: float, high: float, places: int = 2) -> str:
    """Write an interval of numbers.

    Examples
    --------
    >>> interval(-.031, .27)
    '−.03 to .27'
    """
    return f"{number(low, places)} to {number(high, places)}"


def percent(share: float, places: int = 0) -> str:
    r"""Write a share, 0 to 1, as a percentage.

    Examples
    --------
    >>> percent(0.294)
    '29\xa0%'
    """
    return f"{100 * share:.{places}f}{PERCENT}" if math.isfinite(share) else "–"


def share_interval(low: float, high: float) -> str:
    r"""Write an interval of shares, with a digit after the point where it is narrow.

    Examples
    --------
    >>> share_interval(.263, .312).replace(TO, "–")
    '26–31\xa0%'
    """
    if math.isnan(low + high):
        return "–"
    places = 1 if high - low < 0.02 else 0
    return f"{100 * low:.{places}f}{TO}{percent(high, places)}"


def share_with_interval(share: float, low: float, high: float) -> str:
    r"""Write a share with its 95 % interval, as in a sentence.

    Examples
    --------
    >>> share_with_interval(.81, .76, .86).replace(TO, "–")
    '81\xa0% (95\xa0% interval 76–86\xa0%)'
    """
    places = 1 if high - low < 0.02 else 0
    return f"{percent(share, places)} (95\u00a0% interval {share_interval(low, high)})"


def p_value(p: float) -> str:
    """Write a p-value with three digits; a dash where there is none.

    Examples
    --------
    >>> p_value(.0004), p_value(.0312), p_value(1)
    ('< .001', '.031', '1.000')
    """
    return "< .001" if p < 0.001 else number(p, 3)


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

    Examples
    --------
    >>> decimals([0.12, 0.2]), decimals([30.0])
    (2, 0)
    """
    import numpy as np

    known = np.asarray(widths, float)
    known = known[np.isfinite(known) & (known > 0)]
    if not len(known):
        return min(most, 2)
    return int(np.clip(spare - np.floor(np.log10(np.median(known))), 0, most))


def as_text(values: pd.Series) -> pd.Series:
    """Write ids and labels as people write them: a 1 that a spreadsheet made 1.0 is "1" again.

    Each value is written by itself, so that the same id reads the same in every table; missing
    values stay missing.

    Examples
    --------
    >>> import pandas as pd
    >>> as_text(pd.Series([1.0, None, 2.5])).tolist()
    ['1', nan, '2.5']
    """
    import pandas as pd

    if values.dtype == "str":
        return values
    if isinstance(values.dtype, pd.CategoricalDtype) and values.cat.categories.dtype.kind in "iufO":
        values = values.astype(object)
    if pd.api.types.is_float_dtype(values) or values.dtype == object:
        return values.astype(object).map(as_label, na_action="ignore").astype("str")
    return values.astype("str")


def as_ids(index: pd.Index) -> pd.Index:
    """Write the ids of an index as text, so that 7, 7.0 and "7" name the same image.

    Examples
    --------
    >>> import pandas as pd
    >>> as_ids(pd.Index([7.0, 8.0])).tolist()
    ['7', '8']
    """
    import pandas as pd

    if index.dtype == "str":
        return index
    ids: pd.Index = pd.Index(as_text(index.to_series()).array, name=index.name)
    return ids


def with_ids(table: _Table) -> _Table:
    """Write the index of a table or series as `as_ids` does, so that it can be looked up by id.

    Examples
    --------
    >>> import pandas as pd
    >>> with_ids(pd.Series(["west"], index=[7.0])).to_dict()
    {'7': 'west'}
    """
    return table.set_axis(as_ids(table.index), axis=0)


def as_label(value: object) -> str:
    """Write one id or label as `as_text` writes those of a column: 1, 1.0 and "1" are one.

    Examples
    --------
    >>> as_label(1.0), as_label("1.0"), as_label(True)
    ('1', '1.0', 'True')
    """
    text = str(value)
    return text[:-2] if text.endswith(".0") and isinstance(value, Real) else text


def visible(value: Any) -> Any:
    r"""Make text safe to look at: control characters and broken letters become visible codes.

    Anything that is not text is handed on as it is.

    Examples
    --------
    >>> visible("a" + chr(10) + "b.jpg")
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


def slug(text: str) -> str:
    """Make a file name of a name: lower-case ASCII letters, digits and hyphens, never empty.

    Examples
    --------
    >>> slug("Crowd size: <big>"), slug("§")
    ('crowd-size-big', 'unnamed')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "unnamed"


def shortened(text: str, letters: int) -> str:
    """Cut a line to a length, out of its middle: both ends of a file's path matter.

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

    Examples
    --------
    >>> wrapped("photographs of the street at night", width=15)
    'photographs of\nthe street at …'
    """
    plain = " ".join(str(text).split())
    rows = textwrap.wrap(plain, width, max_lines=lines, placeholder=" …", break_on_hyphens=True)
    return "\n".join(rows)
