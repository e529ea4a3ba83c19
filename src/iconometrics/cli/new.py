"""A study of a folder of images: `new`."""

from __future__ import annotations

from typing import Annotated

import typer

from iconometrics.cli.options import (
    FolderArgument,
    JsonOption,
    MetadataOption,
    OutOption,
    ReplaceOption,
    SeedOption,
    failing,
    images_failed,
    then,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb
from iconometrics.wording import counted

__all__ = ["new", "register"]


@verb("new")
def new(
    folder: FolderArgument,
    *,
    metadata: MetadataOption = None,
    out: OutOption = None,
    name: Annotated[str | None, typer.Option(help="The study's name.")] = None,
    file: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The table's column of file names.")
    ] = None,
    id: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The table's column of ids.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The table's column of posts or accounts.")
    ] = None,
    place: Annotated[
        bool, typer.Option("--place", help="Take latitude and longitude from the files.")
    ] = False,
    links: Annotated[bool, typer.Option("--links", help="Follow symbolic links.")] = False,
    seed: SeedOption = 1,
    replace: ReplaceOption = False,
    json: JsonOption = False,
) -> Outcome:
    """Make a study of a folder of images and a table."""
    from iconometrics.study import Study

    study = Study.create(
        out or f"{folder.resolve().name}-study",
        folder,
        metadata=metadata,
        name=name,
        file=file,
        id=id,
        group=group,
        place=place,
        links=links,
        seed=seed,
        replace=replace,
    )
    corpus = study.corpus
    summary = f"Study {near(study.folder)}: {counted(len(corpus), 'image')}"
    failed = images_failed(corpus)
    return Outcome(
        "; ".join([summary, *corpus.notes]) + failing(failed, study),
        then("check", study),
        failed=failed,
        facts={"study": study.folder, "images": len(corpus), "notes": list(corpus.notes)},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("new", epilog="Example: ico new photos --metadata posts.csv --out study")(new)
