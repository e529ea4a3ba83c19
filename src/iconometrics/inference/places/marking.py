"""How results are written: those that no gold standard backs are marked, in red, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from iconometrics.figures import palette
from iconometrics.wording import NOT_VALIDATED, counted, p_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["corrected_by", "reddened", "tested", "with_status"]

_Drawn = TypeVar("_Drawn", "Axes", "Figure")


def with_status(label: str, status: str) -> str:
    """Write behind a label that what it names is not validated, if so."""
    return f"{label} ({NOT_VALIDATED})" if status == NOT_VALIDATED else label


def corrected_by(n: int, noun: str = "code") -> str:
    """Write by how much what people coded a result is corrected."""
    return f"corrected by {counted(n, noun)}" if n else NOT_VALIDATED


def tested(p: float) -> str:
    """Write what a test found: p = .012, or p < .001."""
    text = p_value(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def reddened(drawn: _Drawn) -> _Drawn:
    """Set every text of a figure in red that says "not validated"."""
    from matplotlib.text import Text

    for text in drawn.findobj(Text):
        if isinstance(text, Text) and NOT_VALIDATED in text.get_text():
            text.set_color(palette.WARN)
    return drawn
