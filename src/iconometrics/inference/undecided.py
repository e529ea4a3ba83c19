"""Estimates as far as images that people did not decide may move them: one way, then the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pandas as pd

from iconometrics.coding import Codings, undecided
from iconometrics.coding.adjudication import decided_as
from iconometrics.inference.estimates import Estimates
from iconometrics.wording import counted, listed

__all__ = ["ways_decided", "widened"]


def ways_decided(gold: Codings, names: Sequence[str]) -> list[Codings]:
    """Decide all images that have no value one way, then the other ways.

    Of numbers the ways are the smallest and the largest.
    """
    silent = [name for name in names if len(undecided(gold, name))]
    ways = []
    for values in product(*(_values(gold, name) for name in silent)):
        codings = gold
        for name, value in zip(silent, values, strict=True):
            codings = decided_as(codings, name, value)
        ways.append(codings)
    return ways if silent else []


def _values(gold: Codings, name: str) -> list[str]:
    rows = gold.data[gold.data["variable"] == name]
    values = sorted(rows["value"].dropna().unique())
    numbers = pd.to_numeric(pd.Series(values, dtype="str"), errors="coerce")
    if len(values) < 3 or numbers.isna().any():
        return values
    return [values[int(numbers.argmin())], values[int(numbers.argmax())]]


def widened(
    estimates: Estimates, ways: Sequence[Estimates], *, gold: Codings, names: Sequence[str]
) -> Estimates:
    """Let every interval reach from the lowest to the highest end over the ways to decide."""
    effects = [own.effects for own in ways if own.effects is not None]
    return replace(
        estimates,
        rows=_reaching(estimates.rows, [own.rows for own in ways]),
        effects=None if estimates.effects is None else _reaching(estimates.effects, effects),
        notes=(*_notes(gold, names), *estimates.notes),
    )


def _reaching(table: pd.DataFrame, ways: Sequence[pd.DataFrame]) -> pd.DataFrame:
    place = ["method", "term"]
    ends = pd.concat([table, *ways]).groupby(place)
    reach = ends.agg({"low": "min", "high": "max", "p": "max"})
    rows = table.set_index(place)
    rows[["low", "high", "p"]] = reach.reindex(rows.index)
    return rows.reset_index()[list(table.columns)]


def _notes(gold: Codings, names: Sequence[str]) -> list[str]:
    notes = []
    for name in names:
        silent = undecided(gold, name)
        if len(silent):
            notes.append(
                f"People looked at {counted(len(silent), 'image')} ({listed(silent)}) and gave no "
                f"value of {name!r}. They may be the hard ones, so intervals and p-values are the "
                "widest of all of them one way and all of them another. A referee makes them "
                "shorter: adjudicate(coder=)."
            )
    return notes
