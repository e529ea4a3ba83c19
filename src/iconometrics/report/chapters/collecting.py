"""All chapters, in the order of the page."""

from __future__ import annotations

from collections.abc import Sequence

from iconometrics.report.chapters import (
    agreement,
    estimates,
    features,
    intake,
    measures,
    methods,
    pictures,
    provenance,
    themes,
)
from iconometrics.report.outline import Chapter
from iconometrics.report.reportable import Reportable

__all__ = ["collect"]

_CHAPTERS = (pictures, intake, features, themes, agreement, measures, estimates)


def collect(study: Reportable, *, own: Sequence[Chapter] = ()) -> list[Chapter]:
    """Collect the chapters that a study has something to say in."""
    results = [chapter for module in _CHAPTERS if (chapter := module.collect(study)) is not None]
    said = [chapter.methods for chapter in own if chapter.methods]
    return [*own, *results, methods.collect(study, said=said), provenance.collect(study)]
