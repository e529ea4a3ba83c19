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


_FormulaOption = Annotated[
    str, typer.Option(metavar="FORMULA", help='Such as "likes ~ protest + log1p(followers)".')
]
_ModelOption = Annotated[
    _Model,
    typer.Option(help="ols; for an outcome of 0 and 1 logit, lpm; for counts poisson, negbin."),
]
_CoderOption = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="Whose measures to use; default: the newest."),
]
_ClusterOption = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="Accounts or events whose images are alike."),
]
_EffectsOption = Annotated[
    str | None,
    typer.Option(metavar="COLUMNS", help="One or two columns; each group gets an intercept."),
]
_JoinOption = Annotated[
    str | None,
    typer.Option(metavar="COLUMNS", help="Join their categories without a code with another."),
]
_MethodOption = Annotated[
    str | None,
    typer.Option(metavar="NAMES", help="Some of naive, gold, dsl, ppi; default: all possible."),
]
_ErrorOption = Annotated[
    list[float] | None,
    typer.Option(metavar="SHARE", help="Images that people code wrong; again for others."),
]
_FirstOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="What experts' second phase was drawn from: sample or model."
    ),
]
_PosteriorOption = Annotated[
    bool, typer.Option("--posterior", help="Three coders' codes by how likely each category is.")
]
_WeightsOption = Annotated[
    str | None,
    typer.Option(metavar="COLUMN", help="How many images of a wider whole each stands for."),
]


@verb("estimate")
def estimate(
    study: StudyArgument = None,
    *,
    formula: _FormulaOption,
    model: _ModelOption = _Model.ols,
    coder: _CoderOption = None,
    cluster: _ClusterOption = None,
    fixed_effects: _EffectsOption = None,
    join: _JoinOption = None,
    method: _MethodOption = None,
    target: TargetOption = None,
    weights: _WeightsOption = None,
    coder_error: _ErrorOption = None,
    first_phase: _FirstOption = None,
    posterior: _PosteriorOption = False,
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
        first_phase=first_phase,
        posterior=posterior,
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
