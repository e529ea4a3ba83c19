"""What kinds of images there are: `themes`."""

from __future__ import annotations

from typing import Annotated

import typer

from iconometrics.cli.options import (
    JsonOption,
    KOption,
    SeedOption,
    StudyArgument,
    names,
    numbers,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb

__all__ = ["register", "themes"]


@verb("themes")
def themes(
    study: StudyArgument = None,
    *,
    k: KOption = "2:10",
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="kmeans, hierarchical, mixture, density (finds k) or spherical."
        ),
    ] = "kmeans",
    set: Annotated[
        str,
        typer.Option("--set", "--on", metavar="NAMES", help="Feature sets, separated by commas."),
    ] = "color,hog",
    stability: Annotated[
        bool,
        typer.Option("--stability", help="Find them again in other runs, to see which persist."),
    ] = False,
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Find what kinds of images there are, how many, and whether they are found again."""
    opened = open_study(study)
    found = opened.themes(
        numbers(k), features=names(set), seed=seed, method=method, stability=stability
    )
    made = f"{found.k} themes of {len(found.labels):,} images. {found.reason.rstrip('.')}"
    table, facts = found.table(), {"study": opened.folder, "k": found.k, "reason": found.reason}
    if found.stability is not None:
        made += f". {found.stability.summary().rstrip('.')}"
        facts |= {"stability": found.stability.number, "stability_word": found.stability.word}
        table = table.merge(found.stability.by_theme(), on="theme")
    for caution in found.settings.get("cautions", []):
        made += f". Caution: {caution}"
    facts |= {"cautions": found.settings.get("cautions", [])}
    return Outcome(made, then("report", opened), table=table, facts=facts)


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("themes", epilog="Example: ico themes study --k 2:6 --seed 1")(themes)
