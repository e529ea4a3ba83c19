"""A regression over columns, themes and measures: `estimate`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from iconometrics.cli.options import (
    JsonOption,
    StudyArgument,
    TargetOption,
    names,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb
from iconometrics.wording import NOT_VALIDATED

__all__ = ["estimate", "register"]


class _Model(StrEnum):
    ols = "ols"
    lpm = "lpm"
    logit = "logit"
    poisson = "poisson"
    negbin = "negbin"


_WeightsOption = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="How many images of a wider whole each stands for."),
]


@verb("estimate")
def estimate(
    study: StudyArgument = None,
    *,
    formula: Annotated[
        str, typer.Option(metavar="FORMULA", help='Such as "likes ~ protest + log1p(followers)".')
    ],
    model: Annotated[
        _Model,
        typer.Option(help="ols; for an outcome of 0 and 1 logit, lpm; for counts poisson, negbin."),
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
        typer.Option(metavar="COLUMNS", help="One or two columns; each group gets an intercept."),
    ] = None,
    join: Annotated[
        str | None,
        typer.Option(metavar="COLUMNS", help="Join their categories without a code with another."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Some of naive, gold, dsl, ppi; default: all possible."),
    ] = None,
    target: TargetOption = None,
    weights: _WeightsOption = None,
    coder_error: Annotated[
        list[float] | None,
        typer.Option(metavar="SHARE", help="Images that people code wrong; again for others."),
    ] = None,
    json: JsonOption = False,
) -> Outcome:
    """Estimate a regression over your columns, themes and measures, by several methods."""
    opened = open_study(study)
    coders = None if coder is None else names(coder)
    estimates = opened.estimate(
        formula,
        model=model.value,
        measure=coders,
        cluster=cluster,
        fixed_effects=None if fixed_effects is None else names(fixed_effects),
        join=None if join is None else names(join),
        methods=None if method is None else names(method),
        target=None if target is None else target.value,
        weights=weights,
        coder_error=coder_error or None,
    )
    lines = estimates.to_text().rstrip("\n").split("\n")
    return Outcome(
        f"Estimated {formula}",
        then("report", opened),
        lines=tuple(lines),
        alarms=(NOT_VALIDATED,),
        facts={"study": opened.folder, "estimates": estimates.table().to_dict("records")},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    example = 'Example: ico estimate study --formula "likes ~ protest + followers"'
    app.command("estimate", epilog=example)(estimate)
