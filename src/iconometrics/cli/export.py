"""The data set as a file: `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import JsonOption, StudyArgument, open_study, then
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

__all__ = ["export", "register"]


@verb("export")
def export(
    study: StudyArgument = None,
    *,
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="Ends in .csv, .parquet, .dta or .xlsx.")
    ] = Path("data.csv"),
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="One row per value of it; group: one row per group."),
    ] = None,
    safe: Annotated[
        bool, typer.Option("--safe", help="Keep text from running as a formula in a spreadsheet.")
    ] = False,
    json: JsonOption = False,
) -> Outcome:
    """Write the data set: one row per image, with all that is known about it."""
    opened = open_study(study)
    path = opened.export(to, by=by, formula="safe" if safe else "keep")
    columns = opened.columns(by=by)
    kinds = columns.groupby("from", sort=False).size().rename("columns").reset_index()
    summary = f"{near(path)}: {len(columns) - 1:,} columns, explained in {path.stem}-columns.csv"
    facts = {"study": opened.folder, "file": path}
    return Outcome(summary, then("report", opened), table=kinds, facts=facts)


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("export", epilog="Example: ico export study --to data.dta")(export)
