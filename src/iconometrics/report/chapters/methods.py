"""Methods: the paragraphs for a paper, and the works they cite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from iconometrics.report.blocks import Chapter, Section, Text
from iconometrics.report.methods import paragraphs
from iconometrics.report.references import Reference, listed, references
from iconometrics.report.reportable import Reportable
from iconometrics.wording import visible

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["cited", "collect"]

_CITATION = re.compile(r"\(@[a-z-]+(?:; @[a-z-]+)*\)")
_KEY = re.compile(r"@([a-z-]+)")


def collect(study: Reportable, *, said: Sequence[str] = ()) -> Chapter:
    """Write the methods section."""
    texts = [*said, *paragraphs(study)]
    works = listed(key for text in texts for key in cited(text))
    entries = tuple(Text(_entry(key, work), tone="reference") for key, work in works)
    return Chapter(
        "Methods",
        "Written to be copied into a paper; every number is this study's own.",
        (
            Section("In a paper's words", tuple(Text(_linked(text)) for text in texts)),
            Section("References", entries),
        ),
    )


def cited(text: str) -> list[str]:
    """Find the works that a paragraph cites."""
    found = [key for group in _CITATION.findall(text) for key in _KEY.findall(group)]
    return [key for key in found if key in references()]


def _linked(text: str) -> Markup:
    """Escape a paragraph and turn its citations into links to the list."""
    from markupsafe import Markup, escape

    pieces = []
    end = 0
    for found in _CITATION.finditer(text):
        keys = cited(found.group())
        if keys:
            links = [_link(key) for key in keys]
            pieces += [
                escape(visible(text[end : found.start()])),
                "(",
                Markup("; ").join(links),
                ")",
            ]
            end = found.end()
    return Markup("").join([*pieces, escape(visible(text[end:]))])


def _link(key: str) -> Markup:
    from markupsafe import Markup

    return Markup('<a class="cite" href="#ref-{}">{}</a>').format(key, references()[key].short)


def _entry(key: str, work: Reference) -> Markup:
    from markupsafe import Markup

    text = Markup('<span id="ref-{}">{} ({}). {}. <i>{}</i>.</span>').format(
        key, work.authors, work.year, work.title, work.source
    )
    if not work.doi:
        return text
    return text + Markup(' <a href="https://doi.org/{0}">doi:{0}</a>').format(work.doi)
