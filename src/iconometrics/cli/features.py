"""Images measured by stated rules: `features`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from iconometrics.cli.options import (
    JsonOption,
    SetOption,
    StudyArgument,
    failing,
    names,
    open_study,
    then,
)
from iconometrics.cli.outcome import Outcome
from iconometrics.cli.verb import verb
from iconometrics.wording import counted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["features", "register"]


@verb("features")
def features(
    study: StudyArgument = None,
    *,
    set: SetOption = "color,hog",
    list: Annotated[
        bool, typer.Option("--list", help="List the feature sets and what they measure.")
    ] = False,
    columns: Annotated[
        str, typer.Option(metavar="NAMES", help="Say what each column of these sets means.")
    ] = "",
    json: JsonOption = False,
) -> Outcome:
    """Measure every image by stated rules, such as color and shape."""
    if list:
        return _sets()
    if columns:
        return _meanings(names(columns))
    opened = open_study(study)
    table = opened.features(names(set))
    lost = len(opened.corpus) - len(table)
    summary = f"{table.shape[1]:,} features of {counted(len(table), 'image')}" + failing(
        lost, opened
    )
    facts = {"study": opened.folder, "images": len(table), "columns": [*table.columns]}
    return Outcome(
        summary, then("themes", opened), table=_columns(names(set)), failed=lost, facts=facts
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command line."""
    app.command("features", epilog="Example: ico features study --set color,hog")(features)


def _sets() -> Outcome:
    """Say what every registered set measures."""
    from iconometrics.features import DEFAULT, get, registry
    from iconometrics.features.cost import milliseconds

    table = _columns(sorted(registry))
    table["ms an image"] = [round(milliseconds(get(name)), 1) for name in table["set"]]
    summary = f"{len(table)} feature sets; milliseconds for 406 x 600 pixels on this machine"
    return Outcome(summary, f"ico features --columns {DEFAULT[0]}", table)


def _meanings(sets: Sequence[str]) -> Outcome:
    """Say what every column measures and what high and low values look like."""
    from iconometrics.features import dictionary

    table = dictionary(sets).reset_index().rename(columns={"name": "column"})
    shown = table[["column", "label", "unit", "means_high", "means_low"]]
    summary = (
        f"{len(table)} columns; formulas and sources: add --json, or see the feature dictionary"
    )
    return Outcome(
        summary,
        f"ico features --set {','.join(sets)}",
        shown,
        facts={"dictionary": table.to_dict("records")},
    )


def _columns(sets: Sequence[str]) -> pd.DataFrame:
    import inspect

    import pandas as pd

    from iconometrics.features import dictionary, get

    rows = []
    for extractor in map(get, sets):
        summary = (inspect.getdoc(type(extractor)) or "").split("\n")[0]
        rows.append((extractor.spec, len(dictionary([extractor])), summary))
    return pd.DataFrame(rows, columns=["set", "columns", "what it measures"])
