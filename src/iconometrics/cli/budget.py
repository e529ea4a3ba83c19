"""How many images to code: `budget`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from iconometrics.cli.options import JsonOption, StudyArgument, open_study, then
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    from iconometrics.inference import Budget, Power
    from iconometrics.study import Study

__all__ = ["budget", "register"]

_WhatOption = Annotated[
    Literal[
        "prevalence",
        "accuracy",
        "recall",
        "precision",
        "kappa",
        "alpha",
        "coder_error",
        "coefficient",
    ],
    typer.Option(metavar="WHAT", help="prevalence, accuracy, recall, kappa, coefficient ..."),
]
_HalfOption = Annotated[
    float, typer.Option(metavar="NUMBER", help="How far the interval reaches to either side.")
]
_ValueOption = Annotated[
    float | None,
    typer.Option(metavar="NUMBER", help="The value expected; default: taken from the pilot."),
]
_ImagesOption = Annotated[
    int | None, typer.Option(metavar="NUMBER", help="How many images there are.")
]
_PrevalenceOption = Annotated[
    float | None,
    typer.Option(metavar="SHARE", help="For kappa and alpha: of one of two categories."),
]
_AmongOption = Annotated[float, typer.Option(metavar="SHARE", help="For recall: the prevalence.")]
_CorrelationOption = Annotated[
    float,
    typer.Option(metavar="NUMBER", help="Of a measure with codes."),
]
_SpreadOption = Annotated[
    float | None,
    typer.Option(metavar="NUMBER", help="Of errors over regressor, for a coefficient."),
]
_EffectOption = Annotated[float, typer.Option(metavar="NUMBER", help="For clusters, weights.")]
_FailuresOption = Annotated[float, typer.Option(metavar="SHARE", help="Images that get no code.")]
_VariableOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="From a pilot: the variable.")
]
_CategoryOption = Annotated[
    str | None, typer.Option(metavar="VALUE", help="From a pilot: the value counted.")
]
_CoderOption = Annotated[str | None, typer.Option(metavar="NAME", help="From a pilot: the model.")]
_FormulaOption = Annotated[
    str | None, typer.Option(metavar="FORMULA", help="From a pilot: the regression.")
]
_TermOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="From a pilot: which coefficient.")
]
_PlotOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draw half-width or power, as PNG.")
]
_PowerEffectOption = Annotated[
    float | None,
    typer.Option("--effect", metavar="NUMBER", help="The coefficient that is to be detected."),
]
_PowerOption = Annotated[float, typer.Option(metavar="SHARE", help="Chance wanted to detect it.")]
_CodesOption = Annotated[
    int | None, typer.Option(metavar="NUMBER", help="Say the power of so many codes.")
]
_RatesOption = Annotated[
    tuple[float, float, float] | None,
    typer.Option(metavar="SENS SPEC PREV", help="For an effect: the measure's, and prevalence."),
]
_AccountsOption = Annotated[
    int | None, typer.Option(metavar="NUMBER", help="For an effect: how many accounts there are.")
]
_ErrorsAlikeOption = Annotated[float, typer.Option(metavar="SHARE", help="Within accounts.")]
_RegressorAlikeOption = Annotated[float, typer.Option(metavar="SHARE", help="Within accounts.")]
_FixedEffectsOption = Annotated[
    bool, typer.Option("--fixed-effects", help="Whether each account has an intercept.")
]
_MeasuredOption = Annotated[
    Literal["outcome", "regressor"], typer.Option(metavar="WHICH", help="What people code.")
]


@verb("budget")
def budget(
    study: StudyArgument = None,
    *,
    what: _WhatOption = "prevalence",
    half_width: _HalfOption = 0.05,
    value: _ValueOption = None,
    images: _ImagesOption = None,
    prevalence: _PrevalenceOption = None,
    among: _AmongOption = 1.0,
    correlation: _CorrelationOption = 0.0,
    spread: _SpreadOption = None,
    design_effect: _EffectOption = 1.0,
    failures: _FailuresOption = 0.0,
    variable: _VariableOption = None,
    category: _CategoryOption = None,
    coder: _CoderOption = None,
    formula: _FormulaOption = None,
    term: _TermOption = None,
    effect: _PowerEffectOption = None,
    power: _PowerOption = 0.8,
    codes: _CodesOption = None,
    rates: _RatesOption = None,
    accounts: _AccountsOption = None,
    errors_alike: _ErrorsAlikeOption = 0.0,
    regressor_alike: _RegressorAlikeOption = 0.0,
    fixed_effects: _FixedEffectsOption = False,
    measured: _MeasuredOption = "outcome",
    plot: _PlotOption = None,
    json: JsonOption = False,
) -> Outcome:
    """Say how many images to code: from what you expect, or from a pilot in a study."""
    from iconometrics import inference

    opened = None if study is None else open_study(study)
    if effect is not None:
        expected: dict[str, Any] = {
            "spread": spread, "power": power, "correlation": correlation, "rates": rates,
            "images": images, "accounts": accounts, "errors_alike": errors_alike,
            "regressor_alike": regressor_alike, "fixed_effects": fixed_effects,
            "measured": measured,
        }  # fmt: skip
        return _detecting(what, effect, opened, expected=expected, codes=codes, plot=plot)
    if opened is not None and value is None and spread is None:
        from iconometrics.study.disk.layout import Layout
        from iconometrics.study.steps import budget as pilot

        options: dict[str, Any] = {"variable": variable, "category": category, "coder": coder}
        options |= {"formula": formula, "term": term}
        layout, corpus = Layout(opened.folder), opened.corpus.readable
        plan = pilot.budget(layout, corpus, what, half_width=half_width, **options)
    else:
        if opened is not None and images is None:
            images = len(opened.corpus)
        shares = (0.5, 0.5) if prevalence is None else (prevalence, 1 - prevalence)
        plan = inference.budget(
            what, shares=shares, half_width=half_width, value=value, images=images, among=among,
            correlation=correlation, spread=spread, design_effect=design_effect, failures=failures,
        )  # fmt: skip
    return _outcome(plan, opened, plot)


def _detecting(
    what: str,
    effect: float,
    study: Study | None,
    *,
    expected: dict[str, Any],
    codes: int | None,
    plot: Path | None,
) -> Outcome:
    """Say how many codes detect an effect; a study tells its images and accounts."""
    from iconometrics import inference
    from iconometrics.errors import InputError

    if what != "coefficient":
        raise InputError(
            f"--effect with --what {what}: an effect is a coefficient's. Use --what "
            "coefficient; a difference is one, of a regressor of 0 and 1."
        )
    if expected["spread"] is None:
        raise InputError("--effect needs --spread: SD of the errors over SD of the regressor.")
    if study is not None and expected["images"] is None:
        expected["images"] = len(study.corpus)
        groups = study.corpus.groups
        if expected["accounts"] is None and groups.duplicated().any():
            expected["accounts"] = groups.value_counts().tolist()
    plan = inference.power(effect, **expected)
    said, facts = plan.summary(), {"effect": effect, "power": plan.wanted, "needed": plan.needed}
    if codes is not None:
        reached = plan.at(codes).round(3).to_dict()
        said += f" Power of {codes:,} codes: " + ", ".join(
            f"{power:.2f} {method}" for method, power in reached.items()
        )
        facts |= {"codes": codes, "reached": reached}
    n = min(number for number in plan.needed.values() if number is not None)
    return _said(plan, said, study, n=n, facts=facts | {"assumes": list(plan.assumes)}, plot=plot)


def _outcome(plan: Budget, study: Study | None, plot: Path | None) -> Outcome:
    facts = {
        "what": plan.what, "n": plan.n, "coded": plan.coded, "half_width": plan.half_width,
        "assumes": list(plan.assumes),
    }  # fmt: skip
    return _said(plan, plan.summary(), study, n=plan.n, facts=facts, plot=plot)


def _said(
    plan: Budget | Power,
    summary: str,
    study: Study | None,
    *,
    n: int,
    facts: dict[str, Any],
    plot: Path | None,
) -> Outcome:
    if plot is not None:
        from matplotlib.figure import Figure

        figure = plan.plot().figure
        if isinstance(figure, Figure):
            figure.savefig(plot, dpi=300, bbox_inches="tight")
    table = plan.table()
    table = table.iloc[:: max(len(table) // 10, 1)]
    drawn = f" Figure: {near(plot)}." if plot else ""
    return Outcome(
        summary.rstrip(".") + ("." + drawn.rstrip(".") if plot else ""),
        then("sample", study, f"--n {n}") if study else f"ico sample STUDY --n {n}",
        table=table,
        facts=facts,
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    example = "Example: ico budget --what prevalence --half-width 0.03 --value 0.2"
    app.command("budget", epilog=example)(budget)
