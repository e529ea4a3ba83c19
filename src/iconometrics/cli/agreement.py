"""How far coders agree, and what they are settled on: `agreement`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iconometrics.cli.options import (
    JsonOption,
    SeedOption,
    StudyArgument,
    names,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.study import Study
    from iconometrics.validity import Agreement

__all__ = ["agreement", "register"]

_SHORT = {
    "alpha": "Krippendorff's alpha",
    "kappa": "Cohen's kappa",
    "fleiss": "Fleiss' kappa",
    "gwet": "Gwet's AC",
    "percent": "percent agreement",
}


class _Level(StrEnum):
    nominal = "nominal"
    ordinal = "ordinal"
    interval = "interval"
    ratio = "ratio"
    masi = "masi"
    jaccard = "jaccard"


class _Coefficient(StrEnum):
    alpha = "alpha"
    kappa = "kappa"
    fleiss = "fleiss"
    gwet = "gwet"
    percent = "percent"


class _By(StrEnum):
    coefficient = "coefficient"
    pair = "pair"
    coder = "coder"
    category = "category"
    time = "time"
    image = "image"


class _Rule(StrEnum):
    majority = "majority"
    median = "median"
    skill = "dawid-skene"
    coder = "coder"


@verb("agreement")
def agreement(
    study: StudyArgument = None,
    *,
    variable: Annotated[
        str | None, typer.Option(metavar="NAME", help="Default: all that two people coded.")
    ] = None,
    coefficient: Annotated[
        _Coefficient | None, typer.Option(help="Show one only; default: all that fit.")
    ] = None,
    level: Annotated[
        _Level | None, typer.Option(help="Level of measurement; default: the codebook's.")
    ] = None,
    by: Annotated[
        _By, typer.Option(help="What the table shows; image: who disagrees on what.")
    ] = _By.coefficient,
    measure: Annotated[
        str, typer.Option(metavar="NAMES", help="Machine coders to compare as well.")
    ] = "",
    draws: Annotated[
        int, typer.Option(min=0, metavar="NUMBER", help="Bootstrap resamples.")
    ] = 1000,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the coefficients: .png, .pdf, .svg.")
    ] = None,
    adjudicate: Annotated[
        _Rule | None, typer.Option(help="Then settle on one value per image; kept in the study.")
    ] = None,
    coder: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who settles ties, or all (rule coder).")
    ] = None,
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Say how far coders agree, by variable, pair, category or time; settle differences."""
    opened = open_study(study)
    result = opened.agreement(
        variable,
        measure=names(measure),
        level=None if level is None else level.value,
        draws=draws,
        seed=seed,
    )
    facts = {"study": opened.folder, "summary": result.summary(), "notes": result.notes}
    summary = result.summary().rstrip(".")
    follows = then("agreement", opened, "--adjudicate majority")
    if plot is not None:
        result.plot().figure.savefig(plot, dpi=300)  # type: ignore[union-attr]
        facts["plot"] = plot
        summary += f". Figure: {near(plot)}"
    if adjudicate is not None:
        summary += ". " + _settle(opened, variable, adjudicate.value, coder, facts)
        follows = then("report", opened)
    table = _table(result, by, coefficient)
    return Outcome(summary, follows, table=table, facts=facts)


def _settle(
    opened: Study, variable: str | None, rule: str, coder: str | None, facts: dict[str, object]
) -> str:
    settled = opened.adjudicate(variable, rule=rule, coder=coder).data  # type: ignore[arg-type]
    missing = int(settled["value"].isna().sum())
    facts |= {"settled": len(settled) - missing, "unsettled": missing}
    sentence = f"{len(settled) - missing:,} values settled by {rule}"
    return sentence + (f", {missing:,} left open (ties)" if missing else "")


def _table(result: Agreement, by: _By, coefficient: _Coefficient | None) -> pd.DataFrame:
    if by is _By.coefficient:
        table = result.table()
        if coefficient is not None:
            table = table[table["coefficient"].str.startswith(_SHORT[coefficient.value])]
        shown = ["variable", "coefficient", "value", "low", "high", "images", "coders"]
        return table[[*shown, "boot_low", "boot_high"]]
    if by is _By.pair:
        shown = ["variable", "first", "second", "images", "coefficient", "value", "low", "high"]
        return result.pairs()[shown]
    if by is _By.category:
        shown = ["variable", "category", "ratings", "agreement", "agreement_low", "agreement_high"]
        return result.categories()[[*shown, "alpha", "alpha_low", "alpha_high"]]
    if by is _By.image:
        return result.disagreements()[["variable", "image", "disagreement", "said"]]
    return result.coders() if by is _By.coder else result.over_time()


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("agreement", epilog="Example: ico agreement study --by pair")(agreement)
