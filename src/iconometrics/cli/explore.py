"""From a folder of images to a report at once: `explore`."""

from __future__ import annotations

import typer

from iconometrics.cli.options import (
    AnonymizeOption,
    FolderArgument,
    JsonOption,
    KOption,
    MetadataOption,
    OutOption,
    ReplaceOption,
    SeedOption,
    SetOption,
    failing,
    images_failed,
    names,
    numbers,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

__all__ = ["explore", "register"]


@verb("explore")
def explore(
    folder: FolderArgument,
    *,
    metadata: MetadataOption = None,
    out: OutOption = None,
    set: SetOption = "color,hog",
    k: KOption = "2:10",
    seed: SeedOption = 1,
    anonymize: AnonymizeOption = False,
    replace: ReplaceOption = False,
    json: JsonOption = False,
) -> Outcome:
    """From a folder to a report: new, check, features, themes and report in one."""
    from iconometrics import pipeline
    from iconometrics.study import Study

    page = pipeline.explore(
        folder,
        metadata=metadata,
        out=out,
        sets=names(set),
        k=numbers(k),
        seed=seed,
        anonymize=anonymize,
        replace=replace,
    )
    study = Study.open(page.parent.parent)
    corpus, themes = study.corpus, study.latest_themes()
    failed = images_failed(corpus)
    summary = f"{near(page)}: {len(corpus) - failed:,} images, {themes.k if themes else 0} themes"
    return Outcome(
        summary + failing(failed, study),
        "open that page in a browser",
        table=None if themes is None else themes.table(),
        failed=failed,
        facts={"study": study.folder, "report": page, "images": len(corpus)},
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("explore", epilog="Example: ico explore photos --metadata posts.csv")(explore)
