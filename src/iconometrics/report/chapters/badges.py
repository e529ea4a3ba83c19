"""How the page shows whether a measure is validated: a badge, a mark in a line, a word in red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iconometrics.report.blocks import Badge
from iconometrics.report.reportable import Measured
from iconometrics.wording import NOT_VALIDATED, visible

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["badge", "mark", "reddened", "status"]


def status(measure: Measured) -> str:
    """Say how far a measure is validated."""
    return NOT_VALIDATED if measure.accuracy is None else measure.accuracy.status


def badge(measure: Measured, *, named: bool = False) -> Badge:
    """Make the badge of a measure."""
    label = measure.variable if named else ""
    if measure.accuracy is None:
        return Badge(NOT_VALIDATED, tone="bad", label=label)
    return Badge(status(measure), tone="good", label=label)


def mark(measure: Measured, text: str = "") -> Markup:
    """Write the status as it stands in a line, red where nobody looked."""
    from markupsafe import Markup

    if measure.accuracy is not None:
        return Markup("{}").format(text or status(measure))
    red = Markup('<span class="no">{}</span>').format(NOT_VALIDATED)
    return Markup("{}, {}").format(text, red) if text else red


def reddened(text: str, *, word: str = NOT_VALIDATED) -> Markup:
    """Set a word in red wherever it stands in a text."""
    from markupsafe import Markup

    red = Markup('<span class="no">{}</span>').format(word)
    return red.join(Markup("{}").format(visible(part)) for part in text.split(word))
