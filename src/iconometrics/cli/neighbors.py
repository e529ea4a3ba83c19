"""The images most similar to one: `neighbors`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iconometrics.cli.options import AnonymizeOption, JsonOption, OnOption, open_study, then
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb
from iconometrics.wording import counted

__all__ = ["neighbors", "register"]


@verb("neighbors")
def neighbors(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="The study's folder.")],
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", help="An image's id, or the path of any picture.")
    ],
    *,
    n: Annotated[int, typer.Option("--n", min=1, metavar="NUMBER", help="How many.")] = 10,
    on: OnOption = None,
    box: Annotated[
        str | None,
        typer.Option(metavar="L,T,R,B", help="Only this part of the picture, in pixels."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Default: figures in the study.")
    ] = None,
    anonymize: AnonymizeOption = False,
    json: JsonOption = False,
) -> Outcome:
    """Find the images most similar to one, and show them."""
    from iconometrics import figures, themes

    opened = open_study(study)
    nearest = opened.neighbors(image, n=n, on=on, box=_box(box))
    sheet = themes.show_neighbors(opened.corpus, nearest, anonymize=anonymize)
    files = figures.save(sheet, out or opened.folder / "figures", "neighbors")
    return Outcome(
        f"{counted(len(nearest), 'image')} most similar to {image}: {near(files[0])}",
        then("map", opened),
        table=nearest,
        facts={"study": opened.folder, "files": files},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("neighbors", epilog="Example: ico neighbors study flower-00.png --n 8")(neighbors)


def _box(text: str | None) -> tuple[int, int, int, int] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 4 or not all(part.isdecimal() for part in parts):
        raise typer.BadParameter(
            f"--box {text}: expected left, top, right and bottom in pixels, such as 10,20,200,180."
        )
    left, top, right, bottom = (int(part) for part in parts)
    return left, top, right, bottom
