"""The demo's own chapters of the report: the sheets, the flag, the totals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics import figures, images
from iconometrics.figures import palette
from iconometrics.figures.look import dress
from iconometrics.lessons.tallies.counting import DOUBT
from iconometrics.lessons.tallies.findings import Findings, Share
from iconometrics.lessons.tallies.pile import Pile
from iconometrics.lessons.tallies.sheets import PARTIES
from iconometrics.report import (
    Chapter,
    Columns,
    Fact,
    Facts,
    Pictures,
    Plot,
    Shot,
    Table,
    Text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["sheet_chapter", "totals_chapter"]

_STATUSES = {
    "as written, not flagged": ("", False),
    "written over, flagged": ("altered", True),
    "written over, not flagged": ("altered", False),
    "as written, flagged": ("", True),
}
_EACH = 5
_WIDTH = 520


def sheet_chapter(findings: Findings, pile: Pile) -> Chapter:
    """Show the sheets, how well they were read, and which are flagged for people."""
    finding = (
        f"{_percent(findings.digits)} of the digits were read right, and "
        f"{_percent(findings.sheets)} of the sheets without a single mistake. "
        f"{_percent(findings.flagged)} of the sheets are flagged for people to check, because "
        f"their mean digit confidence is at most {DOUBT:.1f}."
    )
    return Chapter(
        "The tally sheets",
        finding,
        (
            Facts(_facts(findings)),
            Text(
                "Every sheet is filled in by one clerk with real handwritten digits that no other "
                "clerk uses and that the coder never saw. In one sheet out of eight the digits of "
                "one row were written over, both strokes left visible; some sheets are faded "
                "scans. The true counts are known, so the flag can be judged too."
            ),
            *(
                Pictures(
                    _examples(findings.sheet_table, pile.folder, *which), height=150, label=label
                )
                for label, which in _STATUSES.items()
            ),
            Plot(
                "sheet-confidence",
                _confidence_figure(findings.sheet_table),
                "Histogram of the mean digit confidence of the sheets.",
                "Mean digit confidence of each sheet. Sheets at or left of the line are flagged. "
                "A row written over lowers the mean of fifteen digits only a little: the flag "
                "finds bad scans better than alterations.",
            ),
        ),
    )


def totals_chapter(findings: Findings) -> Chapter:
    """Compare the parties' totals with and without the flagged sheets."""
    off = [_off(findings.totals, which) for which in ("all", "unflagged")]
    finding = (
        f"Summed over the parties, the votes read differ from the votes cast by {off[0]:.1f} % of "
        f"the votes over all sheets, and by {off[1]:.1f} % without the flagged ones."
    )
    plot = Plot(
        "totals",
        _totals_figure(findings.totals),
        "Error of each party's total in percent of its votes, with and without flagged sheets.",
        "Error of each party's total in percent of its true votes, with 95 % intervals "
        "bootstrapped by clerk. Hollow: without the flagged sheets.",
    )
    table = findings.totals.replace({"sheets": {"all": "all", "unflagged": "without flagged"}})
    votes, percent = "{:,.0f}".format, "{:+.1f}".format
    formats = {"true": votes, "read": votes, "error": percent, "low": percent, "high": percent}
    headings = {"true": "votes cast", "read": "votes read", "error": "error, %"}
    return Chapter(
        "The count",
        finding,
        (Columns((plot, Table("totals", table, formats=formats, headings=headings))),),
    )


def _off(totals: pd.DataFrame, which: str) -> float:
    rows = totals[totals["sheets"] == which]
    return float(100 * (rows["read"] - rows["true"]).abs().sum() / rows["true"].sum())


def _totals_figure(totals: pd.DataFrame) -> Axes:
    ordered = totals.sort_values("party", kind="stable")
    unflagged = ordered["sheets"] == "unflagged"
    labels = ordered["party"].where(~unflagged, "without flagged sheets")
    return figures.intervals(
        labels.tolist(),
        ordered["error"],
        low=ordered["low"],
        high=ordered["high"],
        reference=0,
        hollow=unflagged.tolist(),
        xlabel="error of the total, % of the votes",
    )


def _facts(findings: Findings) -> tuple[Fact, ...]:
    rows = (
        (findings.digits, "of the digits read right"),
        (findings.rows, "of the rows added up right"),
        (findings.sheets, "of the sheets without a mistake"),
        (findings.flagged, "of the sheets flagged"),
        (findings.precision, "of the flagged sheets are written over (precision)"),
        (findings.recall, "of the sheets written over are flagged (recall)"),
    )
    return tuple(
        Fact(_percent(share), f"{words} ({100 * share.low:.1f}–{100 * share.high:.1f} %)")
        for share, words in rows
    )


def _percent(share: Share) -> str:
    return f"{100 * share.value:.1f} %"


def _examples(sheets: pd.DataFrame, folder: Path, altered: str, flagged: bool) -> tuple[Shot, ...]:
    wanted = ((sheets["altered"] != "") == (altered != "")) & (sheets["flagged"] == flagged)
    return tuple(
        Shot(
            _thumbnail(folder / row["file"]),
            f"Tally sheet {sheet}",
            caption=f"{sheet}, confidence {row['confidence']:.2f}",
            detail=(f"{row['right_rows']:.0f} of {len(PARTIES)} rows read right",),
        )
        for sheet, row in sheets[wanted].head(_EACH).iterrows()
    )


def _thumbnail(path: Path) -> NDArray[np.uint8]:
    return images.read(path, _WIDTH)


def _confidence_figure(sheets: pd.DataFrame) -> Axes:
    """Draw two rows of bars over one axis: sheets as written, sheets written over."""
    ax = figures.axes(width=6.6, height=2.2)
    altered = sheets["altered"] != ""
    edges = np.linspace(sheets["confidence"].min(), sheets["confidence"].max(), 41)
    bottom = np.zeros(len(edges) - 1)
    with figures.style():
        dress(ax, grid="y")
        for which, color, name in ((~altered, 0, "as written"), (altered, 1, "written over")):
            counts, _ = np.histogram(sheets.loc[which, "confidence"], edges)
            ax.bar(
                edges[:-1],
                counts,
                np.diff(edges),
                bottom,
                align="edge",
                color=figures.CATEGORIES[color],
                label=f"{name}: {which.sum():,} sheets",
            )
            bottom += counts
        ax.axvline(DOUBT, color=palette.INK, linewidth=0.9)
        ax.legend(loc="upper left", frameon=False)
        ax.set_xlabel("mean digit confidence of a sheet")
        ax.set_ylabel("sheets")
    return ax
