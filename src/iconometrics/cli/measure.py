"""All images coded by a trained model: `measure`."""

from __future__ import annotations

import typer

from iconometrics.cli.options import (
    CoderOption,
    JsonOption,
    StudyArgument,
    failing,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb
from iconometrics.wording import NOT_VALIDATED

__all__ = ["measure", "register"]


@verb("measure")
def measure(
    study: StudyArgument = None, *, coder: CoderOption, json: JsonOption = False
) -> Outcome:
    """Let a trained model code all images."""
    opened = open_study(study)
    data = opened.measure(coder).data
    failed = int(data["value"].isna().sum())
    counted = data.groupby("value", observed=True)["confidence"].agg(["size", "mean"])
    counted = counted.set_axis(["images", "mean confidence"], axis=1)
    measured = next(entry for entry in opened.measures() if entry.name == coder)
    variable = str(data["variable"].iloc[0])
    status, fresh = measured.status, measured.accuracy is None
    return Outcome(
        f"{variable} of {len(data) - failed:,} images by {coder} ({status})"
        + failing(failed, opened),
        then("validate", opened, f"--coder {coder}") if fresh else then("report", opened),
        table=counted.rename_axis(variable).reset_index(),
        failed=failed,
        alarms=(status,) if status.startswith(NOT_VALIDATED) else (),
        facts={"study": opened.folder, "coder": coder, "variable": variable, "status": status},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("measure", epilog="Example: ico measure study --coder mymodel")(measure)
