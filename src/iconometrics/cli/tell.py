"""What follows, and what others get to see: `estimate`, `report` and `export`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import (
    AnonymizeOption,
    JsonOption,
    StudyArgument,
    names,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

__all__ = ["estimate", "export", "register", "report"]


class _Model(StrEnum):
    ols = "ols"
    lpm = "lpm"
    logit = "logit"
    poisson = "poisson"


@verb("estimate")
def estimate(
    study: StudyArgument = None,
    *,
    formula: Annotated[
        str, typer.Option(metavar="FORMULA", help='Such as "likes ~ protest + log1p(followers)".')
    ],
    model: Annotated[
        _Model,
        typer.Option(help="ols; for an outcome of 0 and 1 logit or lpm; poisson for counts."),
    ] = _Model.ols,
    coder: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Whose measures to use; default: the newest."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Accounts or events whose images are alike."),
    ] = None,
    fixed_effects: Annotated[
        str | None,
        typer.Option(metavar="COLUMNS", help="One or two whose groups get an intercept each."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Of naive, gold, dsl, ppi; default: all there can be."),
    ] = None,
    json: JsonOption = False,
) -> Outcome:
    """Estimate a regression over your columns, themes and measures, by several methods."""
    opened = open_study(study)
    coders = None if coder is None else names(coder)
    found = opened.estimate(
        formula,
        model=model.value,
        measure=coders,
        cluster=cluster,
        fixed_effects=None if fixed_effects is None else names(fixed_effects),
        methods=None if method is None else names(method),
    )
    told = found.to_text().rstrip("\n").split("\n")
    return Outcome(
        f"Estimated {formula}",
        then("report", opened),
        lines=tuple(told),
        facts={"study": opened.folder, "estimates": found.table().to_dict("records")},
    )


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
    """Write one page that shows all there is, with its figures and tables beside it."""
    from iconometrics.pipeline import write_report

    opened = open_study(study)
    page = write_report(opened, out=out, anonymize=anonymize)
    facts = {"study": opened.folder, "report": page}
    return Outcome(f"Report: {near(page)}", "open that page in a browser", facts=facts)


@verb("export")
def export(
    study: StudyArgument = None,
    *,
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="Ends in .csv, .parquet, .dta or .xlsx.")
    ] = Path("data.csv"),
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="One row a value of it; group: one row a group."),
    ] = None,
    safe: Annotated[
        bool, typer.Option("--safe", help="Let no text run as a formula in a spreadsheet.")
    ] = False,
    json: JsonOption = False,
) -> Outcome:
    """Write the data set: one row an image, all that is known of it."""
    opened = open_study(study)
    path = opened.export(to, by=by, formula="safe" if safe else "keep")
    columns = opened.columns(by=by)
    kinds = columns.groupby("from", sort=False).size().rename("columns").reset_index()
    made = f"{near(path)}: {len(columns) - 1:,} columns, explained in {path.stem}-columns.csv"
    facts = {"study": opened.folder, "file": path}
    return Outcome(made, then("report", opened), table=kinds, facts=facts)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    example = 'Example: ico estimate study --formula "likes ~ protest + followers"'
    app.command("estimate", epilog=example)(estimate)
    app.command("report", epilog="Example: ico report study")(report)
    app.command("export", epilog="Example: ico export study --to data.dta")(export)
