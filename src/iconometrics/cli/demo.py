"""`ico demo`: the worked example, from handwriting to counts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import JsonOption, SeedOption
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

__all__ = ["demo", "register"]


@verb("demo")
def demo(
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where to put sheets, study and report.")
    ] = Path("demo"),
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Read 400 handwritten vote tallies: a whole study in a minute or two, no data needed."""
    from iconometrics.lessons import tallies

    summary = tallies.run(out, seed=seed)
    return Outcome(
        f"Report: {near(summary.report)}",
        "open that page in a browser",
        lines=summary.lines,
        facts={"report": summary.report, "lines": summary.lines},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("demo", epilog="Example: ico demo --out demo")(demo)
