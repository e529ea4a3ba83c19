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
    partition = opened.themes(
        numbers(k), features=names(set), seed=seed, method=method, stability=stability
    )
    summary = (
        f"{partition.k} themes of {len(partition.labels):,} images. {partition.reason.rstrip('.')}"
    )
    table, facts = (
        partition.table(),
        {"study": opened.folder, "k": partition.k, "reason": partition.reason},
    )
    if partition.stability is not None:
        summary += f". {partition.stability.summary().rstrip('.')}"
        facts |= {
            "stability": partition.stability.number,
            "stability_word": partition.stability.word,
        }
        table = table.merge(partition.stability.by_theme(), on="theme")
    for caution in partition.settings.get("cautions", []):
        summary += f". Caution: {caution}"
    facts |= {"cautions": partition.settings.get("cautions", [])}
    return Outcome(summary, then("report", opened), table=table, facts=facts)


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("themes", epilog="Example: ico themes study --k 2:6 --seed 1")(themes)
