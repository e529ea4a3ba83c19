"""What the images are like: `features` and `themes`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from iconometrics.cli.options import (
    JsonOption,
    KOption,
    SeedOption,
    SetOption,
    StudyArgument,
    failing,
    names,
    numbers,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["features", "register", "themes"]


@verb("features")
def features(
    study: StudyArgument = None,
    *,
    set: SetOption = "color,hog",
    list: Annotated[
        bool, typer.Option("--list", help="Tell what sets there are and what they measure.")
    ] = False,
    json: JsonOption = False,
) -> Outcome:
    """Measure every image by stated rules, such as color and shape."""
    if list:
        return _sets()
    opened = open_study(study)
    table = opened.features(names(set))
    lost = len(opened.corpus) - len(table)
    made = f"{table.shape[1]:,} features of {len(table):,} images" + failing(lost, opened)
    facts = {"study": opened.folder, "images": len(table), "columns": [*table.columns]}
    return Outcome(
        made, then("themes", opened), table=_columns(names(set)), failed=lost, facts=facts
    )


@verb("themes")
def themes(
    study: StudyArgument = None,
    *,
    k: KOption = "2:10",
    set: SetOption = "color,hog",
    seed: SeedOption = 1,
    json: JsonOption = False,
) -> Outcome:
    """Find what kinds of images there are, by k-means over features."""
    opened = open_study(study)
    found = opened.themes(numbers(k), features=names(set), seed=seed)
    made = f"{found.k} themes of {len(found.labels):,} images. {found.reason.rstrip('.')}"
    facts = {"study": opened.folder, "k": found.k, "reason": found.reason}
    return Outcome(made, then("report", opened), table=found.table(), facts=facts)


def register(app: typer.Typer) -> None:
    """Add the verbs to the command line.

    Parameters
    ----------
    app
        The command line.
    """
    app.command("features", epilog="Example: ico features study --set color,hog")(features)
    app.command("themes", epilog="Example: ico themes study --k 2:6 --seed 1")(themes)


def _sets() -> Outcome:
    """Tell of every registered set what it measures."""
    from iconometrics.features import registry

    table = _columns(sorted(registry))
    return Outcome(f"{len(table)} feature sets", f"ico features --set {table['set'][0]}", table)


def _columns(sets: Sequence[str]) -> pd.DataFrame:
    import inspect

    import pandas as pd

    from iconometrics.features import dictionary, get

    rows = []
    for extractor in map(get, sets):
        summary = (inspect.getdoc(type(extractor)) or "").split("\n")[0]
        rows.append((extractor.spec, len(dictionary([extractor])), summary))
    return pd.DataFrame(rows, columns=["set", "columns", "what it measures"])
