"""All that was estimated, and one coefficient over all of it: `specifications`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iconometrics.cli.options import JsonOption, StudyArgument, open_study, then
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb
from iconometrics.wording import counted, slug

if TYPE_CHECKING:
    from iconometrics.study import Study

__all__ = ["register", "specifications"]


@verb("specifications")
def specifications(
    study: StudyArgument = None,
    *,
    term: Annotated[
        str | None, typer.Option(metavar="TERM", help="Draw this coefficient over all of them.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(metavar="NAME", help="What is explained, if several are.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Default: figures/ in the study.")
    ] = None,
    json: JsonOption = False,
) -> Outcome:
    """List every specification that was ever estimated, or draw a coefficient over all of them."""
    opened = open_study(study)
    if term is not None:
        return _curve(opened, term, outcome=outcome, out=out or opened.folder / "figures")
    table = opened.specifications()
    if table.empty:
        return Outcome("Nothing was estimated", then("estimate", opened))
    number = table["specification"].nunique()
    return Outcome(
        f"{counted(number, 'specification')}, {table['shown'].sum()} of them shown",
        then("specifications", opened, "--term TERM"),
        table=table.drop(columns=["time", "folder"]),
        facts={"study": opened.folder, "specifications": number},
    )


def _curve(study: Study, term: str, *, outcome: str | None, out: Path) -> Outcome:
    from iconometrics import figures

    curve = study.specification_curve(term, outcome=outcome)
    picture, _ = figures.save(
        curve.plot(), out, f"specifications-{slug(f'{curve.outcome} {term}')}"
    )
    return Outcome(
        f"{near(picture)}, and as PDF",
        then("report", study),
        lines=(curve.summary(),),
        facts={"study": study.folder, "figure": picture, "rows": curve.table().to_dict("records")},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    example = "Example: ico specifications study --term followers"
    app.command("specifications", epilog=example)(specifications)
