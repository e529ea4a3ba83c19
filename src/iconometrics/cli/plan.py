"""What is going to be done, frozen before it is done: `plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iconometrics.cli.options import JsonOption, StudyArgument, names, numbers, open_study, then
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    from iconometrics.study import Study

__all__ = ["plan", "register"]

_FormulaOption = Annotated[
    list[str] | None,
    typer.Option(metavar="FORMULA", help="A regression to come; give it again for each."),
]
_ModelOption = Annotated[
    str, typer.Option(metavar="NAMES", help="One for all formulas, or one each: ols,logit.")
]
_ClusterOption = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Accounts or events whose images are alike.")
]
_EffectsOption = Annotated[
    str | None,
    typer.Option(metavar="COLUMNS", help="One or two columns; each group gets an intercept."),
]
_MethodOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Whose estimate counts: naive, gold, dsl or ppi."),
]
_CoderOption = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Whose measures will be used.")
]
_KOption = Annotated[
    str | None,
    typer.Option(metavar="K", help="How many themes: 6, or 2:10 to choose from 2, 3, ... 10."),
]
_BarOption = Annotated[
    float | None, typer.Option(metavar="SHARE", help="The accuracy that measures must reach.")
]


@verb("plan")
def plan(
    study: StudyArgument = None,
    *,
    formula: _FormulaOption = None,
    model: _ModelOption = "ols",
    cluster: _ClusterOption = None,
    fixed_effects: _EffectsOption = None,
    method: _MethodOption = None,
    coder: _CoderOption = None,
    k: _KOption = None,
    bar: _BarOption = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Hypotheses, and all else.")] = "",
    amend: Annotated[bool, typer.Option("--amend", help="Add to the plan that is there.")] = False,
    json: JsonOption = False,
) -> Outcome:
    """Freeze what you will do, with a hash; without options: what became of the plan."""
    opened = open_study(study)
    if not (formula or k or bar is not None or note):
        return _shown(opened)
    models = names(model)
    frozen = opened.plan(
        formula or [],
        model=models[0] if len(models) == 1 else models,
        cluster=cluster,
        fixed_effects=None if fixed_effects is None else names(fixed_effects),
        method=method,
        measure=None if coder is None else names(coder),
        k=None if k is None else numbers(k),
        bar=bar,
        note=note,
        amend=amend,
    )
    path = opened.folder / "plans" / f"plan-{frozen.number}.md"
    return Outcome(
        f"{frozen.title} of {frozen.time}, made {frozen.stage}",
        f"put {near(path)} into a registry (OSF, AsPredicted), with the hash",
        lines=(f"SHA-256 {frozen.sha256}",),
        facts={
            "study": opened.folder,
            "plan": frozen.number,
            "sha256": frozen.sha256,
            "text": path,
        },
    )


def _shown(study: Study) -> Outcome:
    """Show every part of the plan beside what was done."""
    plans, table = study.plans(), study.deviations()
    facts = {"study": study.folder, "plans": [own.content for own in plans]}
    if table.empty:
        return Outcome("There is no plan", then("plan", study, '--formula "likes ~ protest"'))
    counts = table["status"].value_counts(sort=False)
    return Outcome(
        f"Parts of the plan: {', '.join(f'{n} {status}' for status, n in counts.items())}",
        then("report", study),
        table=table,
        lines=tuple(repr(own) for own in plans),
        alarms=("differs", "changed", "missing"),
        facts=facts,
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    example = 'Example: ico plan study --formula "likes ~ protest" --k 2:6 --bar 0.8'
    app.command("plan", epilog=example)(plan)
