"""Estimates: coefficients with their intervals; what takes a measure at face value is flagged."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from iconometrics.inference.writing import cells
from iconometrics.report.blocks import Badge, Block, Chapter, Plot, Section, Table, Text
from iconometrics.report.chapters.badges import reddened
from iconometrics.report.chapters.trail import badge, planned, tried
from iconometrics.report.reportable import Reportable
from iconometrics.validity.status import unvalidated
from iconometrics.wording import (
    NOT_VALIDATED,
    count,
    decimals,
    interval,
    joined,
    number,
    percent,
    slug,
)

if TYPE_CHECKING:
    from markupsafe import Markup

    from iconometrics.inference import Estimates

__all__ = ["collect"]

_NAIVE = "naive"
_NAMED = 4
# Which of several methods gives the estimate in the findings, the first that is there.
_TRUSTED = ("DSL", "PPI++", "gold only")


def collect(study: Reportable) -> Chapter | None:
    """Show the estimates."""
    from markupsafe import Markup

    estimates = list(study.estimates())
    if not estimates:
        return None
    specifications = study.specifications()
    said = [planned(each, specifications) for each in estimates]
    pairs = list(zip(estimates, said, strict=True))
    parts = tuple(_model(each, plan) for each, plan in pairs)
    finding = Markup(" ").join(_finding(each, plan) for each, plan in pairs)
    return Chapter(
        "Estimates", finding, (*parts, *tried(specifications, study.specification_curves()))
    )


def _finding(estimates: Estimates, plan: str) -> Markup:
    """Name the coefficients whose intervals leave out zero, the most certain ones first."""
    rows = _trusted(_slopes(estimates))
    rows = rows.reindex(rows["p"].sort_values(kind="stable").index)
    apart = rows[(rows["low"] > 0) | (rows["high"] < 0)]
    outcome = f"“{estimates.formula.strip()}”{_flag(rows, plan)}"
    if apart.empty:
        return reddened(f"In {outcome}, every interval includes zero.")
    named = [_coefficient(row) for row in apart.head(_NAMED).to_dict("records")]
    more = f", and {count(len(apart) - _NAMED)} more" if len(apart) > _NAMED else ""
    intervals = f"{percent(estimates.level)} intervals"
    return reddened(f"In {outcome}, these leave out zero ({intervals}): {joined(named)}{more}.")


def _trusted(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of the best method there is."""
    for method in _TRUSTED:
        if (rows["method"] == method).any():
            return rows[rows["method"] == method]
    return rows


def _flag(rows: pd.DataFrame, plan: str) -> str:
    """Say beside a finding what it takes for granted, and whether it was planned."""
    flags = [_NAIVE] if (rows["method"] == _NAIVE).any() else []
    flags += [method for method in _TRUSTED if (rows["method"] == method).any()]
    flags += [NOT_VALIDATED] if unvalidated(rows["assumes"]).any() else []
    flags += [plan.partition(":")[0]] if plan else []
    return f" ({', '.join(flags)})" if flags else ""


def _slopes(estimates: Estimates) -> pd.DataFrame:
    rows = estimates.table()
    slopes = rows[rows["term"] != "intercept"]
    return rows if slopes.empty else slopes


def _coefficient(row: Mapping[Hashable, Any]) -> str:
    value, low, high = (float(row[name]) for name in ("estimate", "low", "high"))
    places = decimals([high - low])
    return f"{row['term']} {number(value, places)} ({interval(low, high, places)})"


def _model(estimates: Estimates, plan: str) -> Section:
    rows = estimates.table()
    naive = (_trusted(rows)["method"] == _NAIVE).any()
    unsure = unvalidated(rows["assumes"]).any()
    side = [Badge(_NAIVE, tone="bad")] if naive else []
    side += [Badge(NOT_VALIDATED, tone="bad")] if unsure else []
    side += badge(plan)
    assumed = rows[["method", "assumes"]].drop_duplicates().to_numpy()
    assumptions = [f"{str(method).capitalize()} assumes: {what}." for method, what in assumed]
    calm = [note for note in estimates.notes if _NAIVE not in note]
    blocks: tuple[Block, ...] = (
        _plot(estimates),
        _table(estimates),
        Text(reddened(" ".join([*assumptions, *calm]))),
        *(Text(note.capitalize(), tone="bad") for note in estimates.notes if _NAIVE in note),
        *((Text(f"It {plan}.", tone="bad"),) if plan.startswith("differs") else ()),
    )
    fit = f", {estimates.quality[0]} {number(estimates.quality[1])}" if estimates.quality else ""
    sizes = sorted({int(n) for n in rows["n"]})
    note = f"{estimates.model}, n = {joined([count(n) for n in sizes])}{fit}"
    return Section(estimates.formula, blocks, note=note, side=tuple(side))


def _plot(estimates: Estimates) -> Plot:
    rows = _slopes(estimates)
    coefficients = joined([_coefficient(row) for row in _trusted(rows).head(8).to_dict("records")])
    hollow = (
        " Hollow: the measure is not validated." if (unvalidated(rows["assumes"]).any()) else ""
    )
    by_method = " One panel per term, method by method." if rows["method"].nunique() > 1 else ""
    return Plot(
        f"estimates-{slug(estimates.formula)}", estimates.plot(),
        f"Coefficients with intervals: {coefficients}",
        reddened(f"Coefficients with {percent(estimates.level)} intervals.{by_method}{hollow}"),
    )  # fmt: skip


def _table(estimates: Estimates) -> Table:
    """Write each coefficient for people; the CSV file holds all digits."""
    rows = estimates.table()
    shown = cells(rows, estimates.level)
    written = [name for name in shown.columns if name not in ("method", "term")]
    shown[written] = shown[written].replace("-", "−", regex=True)
    heads = {name: name[:1].upper() + name[1:] for name in shown.columns}
    return Table(
        f"estimates-{slug(estimates.formula)}", rows, f"{estimates.formula}, by {estimates.model}.",
        headings=heads | {"se": "SE", "p": "p", "n": "n"}, shown=shown, most=60,
        formats={"method": lambda method: reddened(method, word=_NAIVE)},
    )  # fmt: skip
