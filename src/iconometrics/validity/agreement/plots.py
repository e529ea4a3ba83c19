"""Figures and sentences of agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.wording import counted, number, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from iconometrics.validity.agreement.result import Agreement

__all__ = ["coefficients", "over_time", "pairs", "sentence"]

_MOST_PAIRS = 30


def sentence(found: Agreement) -> str:
    """Say the agreement on one variable."""
    row = found.main()
    plain = float(found.coefficients["value"].iloc[-1])
    who = f"{counted(int(row['coders']), 'coder')} on {counted(int(row['images']), 'image')}"
    by = "" if found.groups is None else f", by {counted(found.groups, 'group')}"
    if row["reason"]:
        return (
            f"{row['variable']}: {who} agree in {percent(plain)} of pairs; "
            f"{row['coefficient']} is not defined: {row['reason']}."
        )
    return (
        f"{row['variable']}: {row['coefficient']} {number(row['value'], 3)} "
        f"({percent(found.confidence)} interval {number(row['low'], 3)} to "
        f"{number(row['high'], 3)}{by}) between {who} coded by two or more, who agree in "
        f"{percent(plain)} of pairs."
    )


def coefficients(found: Agreement, ax: Axes | None) -> Axes:
    """Draw the coefficients of one variable, or alpha of several."""
    from iconometrics.figures import intervals

    if len(found.variables) == 1:
        rows = found.coefficients
        labels = [_named(name) for name in rows["coefficient"]]
    else:
        rows = pd.DataFrame([found.main(name) for name in found.variables])
        labels = list(rows["variable"])
    xlabel = "agreement: 1 is perfect"
    if len(found.variables) > 1:
        xlabel = "Krippendorff's alpha: 0 is chance, 1 perfect"
    return intervals(labels, rows["value"], low=rows["low"], high=rows["high"], ax=ax,
                     xlabel=xlabel)  # fmt: skip


def _named(coefficient: str) -> str:
    return (coefficient[:1].upper() + coefficient[1:]).replace("'s alpha", "'s α")


def pairs(found: Agreement, ax: Axes | None) -> Axes:
    """Draw the agreement of each pair of coders, the least first."""
    from iconometrics.figures import intervals

    rows = found.by_pair.sort_values("value").head(_MOST_PAIRS)
    labels = [f"{first} – {second}" for first, second in zip(rows["first"], rows["second"],
                                                              strict=True)]  # fmt: skip
    return intervals(labels, rows["value"], low=rows["low"], high=rows["high"], ax=ax,
                     xlabel=str(rows["coefficient"].iloc[0]))  # fmt: skip


def over_time(found: Agreement, ax: Axes | None) -> Axes:
    """Draw agreement by period, as dots on their intervals."""
    from iconometrics.figures import axes, palette, style
    from iconometrics.figures.look import dress, numbered

    rows = found.periods
    weekly = found.trends["by"].iloc[0] == "week"
    ax = axes(ax, height=2.1)
    places = range(len(rows))
    with style():
        dress(ax, grid="y")
        ax.vlines(places, rows["agreement_low"], rows["agreement_high"], color=palette.ACCENT)
        ax.plot(places, rows["agreement"], "o", color=palette.ACCENT, markersize=4.5)
        step = -(-len(rows) // 8)
        names = [_day(name) if weekly else name for name in rows["period"]]
        ax.set_xticks(list(places)[::step], names[::step])
        ax.set(
            ylabel="pairs of coders who agree",
            xlabel="week of" if weekly else "images in the order of coding",
            xlim=(-0.5, len(rows) - 0.5),
            ylim=(min(0.5, float(rows["agreement_low"].min(skipna=True))), 1.02),
        )
        ax.tick_params(axis="x", labelcolor=palette.SOFT, labelsize=7)
        numbered(ax.yaxis, share=True)
    return ax


def _day(monday: str) -> str:
    return pd.Timestamp(monday).strftime("%-d %b")
