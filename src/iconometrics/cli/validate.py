"""A measure compared with the gold standard: `validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from iconometrics.cli.options import (
    CoderOption,
    JsonOption,
    SeedOption,
    StudyArgument,
    TargetOption,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.validity import Accuracy

__all__ = ["register", "share_or_choose", "subgroup_rows", "validate"]


@verb("validate")
def validate(
    study: StudyArgument = None,
    *,
    coder: CoderOption,
    variable: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where the coder has several.")
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(metavar="TABLE", help="Codes to judge by; default: those kept from training."),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Also the rates of each subgroup.")
    ] = None,
    threshold: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Assign --category at this share or more; choose: find it on half of the codes.",
        ),
    ] = None,
    category: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The threshold's category; default of two: the second."),
    ] = None,
    bar: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Accuracy it must be shown to reach; set it before."),
    ] = None,
    target: TargetOption = None,
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Compare a measure with the gold standard: how often it is right, and for what."""
    opened = open_study(study)
    accuracy = opened.validate(
        coder,
        variable=variable,
        gold=gold,
        by=by,
        threshold=share_or_choose(threshold),
        category=category,
        bar=bar,
        target=None if target is None else target.value,
        seed=seed,
    )
    rates = accuracy.table().reset_index()
    narrow = rates[[name for name in rates if not str(name).startswith(("npv", "prevalence"))]]
    return Outcome(
        accuracy.summary().rstrip("."),
        then("report", opened),
        table=narrow if accuracy.parts is None else subgroup_rows(accuracy.parts),
        notes=accuracy.notes,
        facts={"study": opened.folder, "coder": coder} | _facts(accuracy),
    )


def _facts(accuracy: Accuracy) -> dict[str, object]:
    auroc = accuracy.auroc
    return {
        "n": accuracy.n,
        "undecided": accuracy.undecided,
        "status": accuracy.status,
        "accuracy": accuracy.accuracy._asdict(),
        "overall": accuracy.overall().reset_index().to_dict("records"),
        "auroc": [] if auroc is None else auroc.reset_index().to_dict("records"),
        "rates": accuracy.table().reset_index().to_dict("records"),
        "weighted": accuracy.weighted,
        "target": accuracy.target,
        "opened": accuracy.opened,
        "notes": accuracy.notes,
    }


def share_or_choose(text: str | None) -> float | Literal["choose"] | None:
    """Read a threshold."""
    if text is None or text == "choose":
        return "choose" if text else None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"--threshold {text}: expected from 0 to 1, or choose.")
    return value


def subgroup_rows(parts: pd.DataFrame) -> pd.DataFrame:
    """Write the accuracy of each subgroup as a table of the terminal."""
    rows = parts[parts["measure"] == "accuracy"].rename(columns={"value": "accuracy"})
    flagged = rows["few"].map({True: "few images", False: ""})
    return rows.drop(columns=["measure", "category", "few"]).assign(note=flagged)


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("validate", epilog="Example: ico validate study --coder mymodel")(validate)
