"""One page that shows everything: `report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import AnonymizeOption, JsonOption, StudyArgument, open_study
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

__all__ = ["register", "report"]


@verb("report")
def report(
    study: StudyArgument = None,
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Default: report/ in the study.")
    ] = None,
    anonymize: AnonymizeOption = False,
    json: JsonOption = False,
) -> Outcome:
    """Write one page that shows everything, with its figures and tables beside it."""
    from iconometrics.pipeline import write_report

    opened = open_study(study)
    page = write_report(opened, out=out, anonymize=anonymize)
    facts = {"study": opened.folder, "report": page}
    return Outcome(f"Report: {near(page)}", "open that page in a browser", facts=facts)


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("report", epilog="Example: ico report study")(report)
