"""Writing the report: one HTML file, its figures and its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from iconometrics import figures
from iconometrics.engine import write_whole
from iconometrics.report import attachments, thumbnails
from iconometrics.report.blocks import Chapter
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
    trail,
)
from iconometrics.report.chapters.lead import lead_of
from iconometrics.report.html import draw
from iconometrics.report.picture_rows import arrange, shapes_of
from iconometrics.report.reportable import Contents, Reportable

__all__ = ["write"]

_CHAPTERS = (pictures, intake, features, themes, agreement, measures, estimates, trail)


def write(
    study: Reportable,
    *,
    out: Path | str | None = None,
    anonymize: bool = False,
    chapters: Sequence[Chapter] = (),
) -> Path:
    """Write the report of a study: one self-contained HTML file to be looked at.

    Beside it every figure lies as PNG and PDF in `figures`, every table as CSV in `tables`.

    Parameters
    ----------
    study
        A study, or anything with the attributes of `Reportable`.
    out
        The report's folder; by default `report` in the study folder.
    anonymize
        Blur the faces in every picture.
    chapters
        Chapters of one's own. They come first, and the finding of the first one leads the page.

    Returns
    -------
    Path
        The page, `index.html`.

    Raises
    ------
    StudyError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from iconometrics import report
    >>> from iconometrics.corpus import Corpus
    >>> corpus = Corpus(Path("."), pd.DataFrame(index=["a"]), pd.DataFrame(index=["a"]))
    >>> report.write(report.Contents("A trial", corpus), out=tempfile.mkdtemp()).name
    'index.html'
    """
    folder = Path(out) if out is not None else study.folder / "report"
    study = Contents.of(study)
    with figures.style():
        everything = _chapters(study, chapters)
    finding = everything[0].finding if chapters else ""
    if chapters:
        everything[0] = replace(everything[0], finding="")
    lead = lead_of(study, finding=finding, anonymize=anonymize)
    blocks = [*lead.blocks, *(block for chapter in everything for block in chapter.blocks)]
    attachments.write(blocks, folder)
    rows = arrange(blocks, shapes_of(study.corpus.images))
    wanted = thumbnails.wanted(blocks, rows)
    encoded = thumbnails.make(study.corpus, wanted, anonymize=anonymize)
    page = draw(lead, everything, rows=rows, thumbnails=encoded, names=attachments.named(blocks))
    path = folder / "index.html"
    write_whole(path, lambda file: file.write_text(page, encoding="utf-8"))
    return path


def _chapters(study: Reportable, own: Sequence[Chapter]) -> list[Chapter]:
    """Collect the chapters that a study has something to say in."""
    results = [chapter for module in _CHAPTERS if (chapter := module.collect(study)) is not None]
    paragraphs = [chapter.methods for chapter in own if chapter.methods]
    return [*own, *results, methods.collect(study, said=paragraphs), provenance.collect(study)]
