"""Images arranged so that similar ones are close together: `map`."""

from __future__ import annotations

import json as jsons
from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import (
    AnonymizeOption,
    JsonOption,
    OnOption,
    SeedOption,
    StudyArgument,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb
from iconometrics.wording import counted

__all__ = ["map", "register"]


@verb("map")
def map(
    study: StudyArgument = None,
    *,
    method: Annotated[str, typer.Option(metavar="NAME", help="umap, tsne or pca.")] = "umap",
    on: OnOption = None,
    seed: SeedOption = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Default: figures in the study.")
    ] = None,
    anonymize: AnonymizeOption = False,
    json: JsonOption = False,
) -> Outcome:
    """Arrange the pictures so that similar ones are close together."""
    from iconometrics import figures

    opened = open_study(study)
    placed = opened.project(method, on=on, seed=seed)
    themes = opened.latest_themes()
    groups = None if themes is None else themes.labels
    folder = out or opened.folder / "figures"
    drawn = placed.picture_map(opened.corpus, groups=groups, anonymize=anonymize)
    files = figures.save(drawn, folder, f"map-{method}")
    data = folder / f"map-{method}.json"
    data.write_text(
        jsons.dumps(placed.data({} if groups is None else {"theme": groups})), encoding="utf-8"
    )
    return Outcome(
        f"A map of {counted(len(placed.points), 'image')}: {near(files[0])}",
        then("neighbors", opened, str(placed.points.index[0])),
        facts={"study": opened.folder, "files": [*files, data]},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("map", epilog="Example: ico map study --method umap")(map)
