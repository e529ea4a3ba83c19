"""What is broken, converted, blurred or duplicated: `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iconometrics.cli.options import JsonOption, StudyArgument, open_study, then
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    import pandas as pd

    from iconometrics.corpus import Corpus

__all__ = ["check", "register"]


@verb("check")
def check(
    study: StudyArgument = None,
    *,
    rehash: Annotated[
        bool, typer.Option("--rehash", help="Read unchanged files again as well.")
    ] = False,
    json: JsonOption = False,
) -> Outcome:
    """Read every image and say what is broken, converted, blurred or duplicated."""
    opened = open_study(study)
    result = opened.check(rehash=rehash)
    counts = result.summary()
    summary = (
        f"{counts['files']:,} images checked: {counts['ok']:,} ok, "
        f"{counts['converted']:,} converted, {counts['failed']:,} failed"
    )
    facts = {"study": opened.folder, **counts, "notes": list(result.corpus.notes)}
    return Outcome(
        "; ".join([summary, *result.corpus.notes]),
        then("features", opened),
        table=_findings(result.corpus, result.duplicates),
        failed=counts["failed"],
        facts=facts,
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("check", epilog="Example: ico check study")(check)


def _findings(corpus: Corpus, duplicates: pd.DataFrame) -> pd.DataFrame:
    """One row per finding: what, how many images, the first of them."""
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
    rows = pd.concat([findings.astype("str") for findings in lists if len(findings)] or [failed])
    table = pd.DataFrame({"finding": rows.to_numpy(), "image": rows.index})
    counted = table.groupby("finding", sort=False)["image"].agg(["size", "first"]).reset_index()
    return counted.set_axis(["finding", "images", "for example"], axis=1)
