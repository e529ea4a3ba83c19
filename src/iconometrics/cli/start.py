"""From a folder of images to a study: `new`, `check`, and `explore`, which goes all the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
    StudyArgument,
    failing,
    names,
    numbers,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome, near
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.corpus import Corpus

__all__ = ["check", "explore", "new", "register"]

ColumnOption = Annotated[str | None, typer.Option(metavar="COLUMN")]


@verb("new")
def new(
    folder: FolderArgument,
    *,
    metadata: MetadataOption = None,
    out: OutOption = None,
    name: Annotated[str | None, typer.Option(help="What the study is called.")] = None,
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
    made = f"Study {near(study.folder)}: {len(corpus):,} images"
    failed = _failed(corpus)
    return Outcome(
        _with_notes(made, corpus) + failing(failed, study),
        then("check", study),
        failed=failed,
        facts={"study": study.folder, "images": len(corpus), "notes": list(corpus.notes)},
    )


@verb("check")
def check(
    study: StudyArgument = None,
    *,
    rehash: Annotated[
        bool, typer.Option("--rehash", help="Read unchanged files again, too.")
    ] = False,
    json: JsonOption = False,
) -> Outcome:
    """Read every image and say what is broken, converted, blurred, doubled."""
    opened = open_study(study)
    found = opened.check(rehash=rehash)
    counts = found.summary()
    made = (
        f"{counts['files']:,} images checked: {counts['ok']:,} ok, "
        f"{counts['converted']:,} converted, {counts['failed']:,} failed"
    )
    told = {"study": opened.folder, **counts, "notes": list(found.corpus.notes)}
    return Outcome(
        _with_notes(made, found.corpus),
        then("features", opened),
        table=_findings(found.corpus, found.duplicates),
        failed=counts["failed"],
        facts=told,
    )


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
    failed = _failed(corpus)
    made = f"{near(page)}: {len(corpus) - failed:,} images, {themes.k if themes else 0} themes"
    return Outcome(
        made + failing(failed, study),
        "open that page in a browser",
        table=None if themes is None else themes.table(),
        failed=failed,
        facts={"study": study.folder, "report": page, "images": len(corpus)},
    )


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.command("explore", epilog="Example: ico explore photos --metadata posts.csv")(explore)
    app.command("new", epilog="Example: ico new photos --metadata posts.csv --out study")(new)
    app.command("check", epilog="Example: ico check study")(check)


def _failed(corpus: Corpus) -> int:
    return int((corpus.images["status"] == "failed").sum())


def _with_notes(made: str, corpus: Corpus) -> str:
    return "; ".join([made, *corpus.notes])


def _findings(corpus: Corpus, duplicates: pd.DataFrame) -> pd.DataFrame:
    """One row a finding: what, how many images, the first of them."""
    import pandas as pd

    images = corpus.images
    failed = images.loc[images["status"] == "failed", "reason"]
    lists = [
        failed.rename("finding").map("failed: {}".format),
        images["changes"].dropna().str.split("; ").explode().map("converted: {}".format),
        images["flags"].dropna().str.split("; ").explode().map("flag: {}".format),
        duplicates.set_index("image")["kind"].map("{} copies".format),
        corpus.skipped.set_index("file")["reason"].map("skipped: {}".format),
        pd.Series("in the folder, not in the table", index=list(corpus.unmatched)),
    ]
    rows = pd.concat([one.astype("str") for one in lists if len(one)] or [failed])
    table = pd.DataFrame({"finding": rows.to_numpy(), "image": rows.index})
    counted = table.groupby("finding", sort=False)["image"].agg(["size", "first"]).reset_index()
    return counted.set_axis(["finding", "images", "for example"], axis=1)
