"""What was tried beside what is shown: every specification that was ever estimated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iconometrics.report.blocks import Block, Fold, Table, Text
from iconometrics.wording import count

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["counts", "tried"]

_HEADINGS = {
    "time": "First run",
    "formula": "Formula",
    "model": "Model",
    "options": "Options",
    "coders": "Measures by",
    "n": "n",
    "shown": "Shown above",
}


def counts(specifications: pd.DataFrame, *, verb: str) -> str:
    """Say how many specifications were estimated and how many of them are shown, if several."""
    if specifications.empty:
        return ""
    shown = specifications.groupby("specification")["shown"].any()
    if len(shown) < 2:
        return ""
    if shown.all():
        return f"All {count(len(shown))} specifications that were estimated are {verb}."
    few = f"{count(shown.sum())} {'is' if shown.sum() == 1 else 'are'} {verb}"
    return f"Of {count(len(shown))} specifications that were estimated, {few}."


def tried(specifications: pd.DataFrame) -> tuple[Block, ...]:
    """List every specification where more were estimated than are shown."""
    said = counts(specifications, verb="shown")
    if not said or specifications["shown"].all():
        return ()
    chance = (
        " The best of several looks better than it is: report how many there were, or show all of "
        "them as a specification curve."
    )
    table = Table(
        "specifications", specifications.drop(columns="folder"),
        "Every estimate that was computed, the first one first.",
        formats={"time": lambda time: str(time)[:16].replace("T", " "), "n": count,
                 "shown": lambda shown: "yes" if shown else "no"},
        headings=_HEADINGS, hidden=("specification",), most=60,
    )  # fmt: skip
    return (Text(said + chance, tone="bad"), Fold("Every specification", (table,)))
