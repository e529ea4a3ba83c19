"""How the page shows whether a measure is validated: a badge, a mark in a line, a word in red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iconometrics.report.blocks import Badge, Tone
from iconometrics.report.reportable import Measured
from iconometrics.wording import NOT_VALIDATED, visible

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["badge", "is_red", "mark", "reddened", "status"]


def status(measure: Measured) -> str:
    """Say how far a measure is validated."""
    return NOT_VALIDATED if measure.accuracy is None else measure.accuracy.status


def is_red(measure: Measured) -> bool:
    """Tell whether nobody compared a measure, or it fell short."""
    return status(measure).startswith(NOT_VALIDATED)


def badge(measure: Measured, *, named: bool = False) -> Badge:
    """Make the badge of a measure: red, plain, or good over a bar that was set before."""
    text = status(measure).partition(":")[0]
    tone: Tone = "bad" if is_red(measure) else "good" if text == "validated" else "plain"
    return Badge(text, tone=tone, label=measure.variable if named else "")


def mark(measure: Measured, text: str = "") -> Markup:
    """Write the status as it stands in a line, in red where it is a warning."""
    from markupsafe import Markup

    if not is_red(measure):
        return Markup("{}").format(text or status(measure))
    red = Markup('<span class="no">{}</span>').format(status(measure))
    return Markup("{}, {}").format(text, red) if text else red


def reddened(text: str, *, word: str = NOT_VALIDATED) -> Markup:
    """Set a word in red wherever it stands in a text."""
    from markupsafe import Markup

    red = Markup('<span class="no">{}</span>').format(word)
    return red.join(Markup("{}").format(visible(part)) for part in text.split(word))
