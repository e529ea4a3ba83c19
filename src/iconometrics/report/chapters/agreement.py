"""Agreement: how far coders say the same of the same pictures, and where they do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.report.blocks import (
    Block,
    Chapter,
    Columns,
    Fact,
    Facts,
    Fold,
    Pictures,
    Plot,
    Section,
    Shot,
    Table,
    Text,
)
from iconometrics.report.chapters.pictures import row_height
from iconometrics.report.reportable import Reportable
from iconometrics.wording import count, counted, interval, number, p_value, percent, share_interval

if TYPE_CHECKING:
    from markupsafe import Markup

    from iconometrics.validity import Agreement

__all__ = ["collect"]

_SHOWN, _LINES = 60, 4
_NARROW = 12
_SAID = 4


def collect(study: Reportable) -> Chapter | None:
    """Show how far coders agree."""
    agreements = list(study.agreements())
    if not agreements:
        return None
    finding = " ".join(_sentence(agreement) for agreement in agreements)
    sections = tuple(_section(agreement, study) for agreement in agreements)
    return Chapter("Agreement", finding, sections)


def _sentence(agreement: Agreement) -> str:
    row = agreement.main()
    who = f"{counted(int(row['coders']), 'coder')}"
    agreed = agreement.coefficients["value"].iloc[-1]
    first = f"On “{row['variable']}”, {who} agree in {percent(agreed)} of pairs"
    if row["reason"]:
        reason = f"chance-corrected agreement is not defined: {row['reason']}"
        return f"{first}; {reason}; {agreement.represents}."
    return (
        f"{first}: Krippendorff's alpha {number(row['value'])} "
        f"({percent(agreement.confidence)} interval {interval(row['low'], row['high'])}); "
        f"{agreement.represents}."
    )


def _section(agreement: Agreement, study: Reportable) -> Section:
    variable = agreement.variables[0]
    row = agreement.main()
    blocks: list[Block] = [_facts(agreement)]
    blocks += [Text(f"{note[:1].upper()}{note[1:].rstrip('.')}.") for note in agreement.notes]
    blocks.append(_coefficients(agreement))
    if len(agreement.by_pair) > 1:
        blocks.append(_pairs(agreement))
    blocks.append(_over_time(agreement))
    drawn = [block for block in blocks if isinstance(block, Plot)]
    others = [block for block in blocks if not isinstance(block, Plot)]
    side = (Columns(tuple(drawn[:-1])),) if len(drawn) > 2 else tuple(drawn[:-1])
    return Section(
        variable,
        (
            *others,
            *side,
            drawn[-1],
            *_categories(agreement),
            *_tables(agreement),
            *_pictures(agreement, study),
        ),
        note=f"{counted(int(row['images']), 'picture')} coded by two or more",
    )


def _facts(agreement: Agreement) -> Facts:
    row, agreed = agreement.main(), agreement.coefficients.iloc[-1]
    facts = [
        Fact(number(row["value"]), f"{row['coefficient']} ({interval(row['low'], row['high'])})"),
        Fact(
            percent(agreed["value"]),
            f"of pairs agree ({share_interval(agreed['low'], agreed['high'])})",
        ),
        Fact(count(row["images"]), "pictures coded by two or more"),
        Fact(count(row["coders"]), "coders"),
    ]
    return Facts(tuple(facts))


def _coefficients(agreement: Agreement) -> Plot:
    variable, row = agreement.variables[0], agreement.main()
    return Plot(
        f"{variable}-agreement", agreement.plot(),
        f"Coefficients of agreement on {variable}; alpha {number(row['value'])}",
        f"Agreement on “{variable}”, with {percent(agreement.confidence)} intervals. All but "
        "percent agreement are corrected for chance: 0 is what chance brings, 1 is perfect. "
        "Krippendorff (2019) asks for .800, and for .667 where conclusions are tentative.",
    )  # fmt: skip


def _pairs(agreement: Agreement) -> Plot:
    variable = agreement.variables[0]
    values, name = agreement.by_pair["value"], agreement.by_pair["coefficient"].iloc[0]
    shown = min(len(agreement.by_pair), 30)
    which = (
        "The pairs of coders" if shown == len(agreement.by_pair) else f"The {shown} lowest pairs"
    )
    return Plot(
        f"{variable}-pairs", agreement.plot_pairs(),
        f"Agreement of pairs of coders: {name} {number(values.min())} to {number(values.max())}",
        f"{which}, by {name}, the lowest on top, with "
        f"{percent(agreement.confidence)} intervals, each for itself: of many pairs one is low by "
        "chance.",
    )  # fmt: skip


def _over_time(agreement: Agreement) -> Plot:
    variable, trend = agreement.variables[0], agreement.trends.iloc[0]
    change = ""
    if pd.notna(trend["change"]):
        points = f"{number(100 * trend['change'], 0)} points"
        ends = f"{number(100 * trend['low'], 0)} to {number(100 * trend['high'], 0)}"
        p = p_value(float(trend["p"])) if pd.notna(trend["p"]) else "–"
        change = (
            f" From the first picture to the last it changes by {points} ({ends}; p {p}, "
            "straight line, HC3 errors)."
        )
    by = "week" if trend["by"] == "week" else "block of pictures in the order of coding"
    return Plot(
        f"{variable}-over-time", agreement.plot_over_time(),
        f"Agreement on {variable} by {by}",
        f"Share of pairs of coders who agree, by {by}, with "
        f"{percent(agreement.confidence)} intervals.{change}",
    )  # fmt: skip


def _categories(agreement: Agreement) -> tuple[Block, ...]:
    frame = agreement.by_category
    if frame.empty:
        return ()
    shown = frame[["category", "ratings"]].assign(
        agreement=_cells(frame, "agreement", percent), alpha=_cells(frame, "alpha", number)
    )
    table = Table(
        f"{agreement.variables[0]}-agreement-categories", frame.drop(columns="variable"),
        "Agreement: where one coder gave the category, the share of others who gave it too. Alpha: "
        f"the category against all others. With {percent(agreement.confidence)} intervals.",
        headings={"category": "Category", "ratings": "Times given", "agreement": "Agreement",
                  "alpha": "Alpha"},
        shown=shown,
    )  # fmt: skip
    return (table,) if len(frame) <= _NARROW else (Fold("Every category", (table,)),)


def _cells(frame: pd.DataFrame, name: str, say: Callable[[float], str]) -> list[str]:
    columns = [frame[part] for part in (name, f"{name}_low", f"{name}_high")]
    return [
        "–" if pd.isna(value) else f"{say(value)} ({say(low)} to {say(high)})"
        for value, low, high in zip(*columns, strict=True)
    ]


def _tables(agreement: Agreement) -> tuple[Block, ...]:
    variable = agreement.variables[0]
    frame = agreement.coefficients.drop(columns=["variable", "level"])
    shown = frame[["coefficient", "images", "coders"]].assign(
        value=[number(value, 3) for value in frame["value"]],
        analytic=_spans(frame, "low", "high"),
        bootstrap=_spans(frame, "boot_low", "boot_high"),
        method=frame["method"],
    )
    order = ["coefficient", "value", "analytic", "bootstrap", "images", "coders", "method"]
    coefficients = Table(
        f"{variable}-coefficients", frame,
        f"Every coefficient with its {percent(agreement.confidence)} intervals: analytic, and from "
        f"{counted(agreement.draws, 'bootstrap resample')}; {agreement.represents}.",
        headings={"coefficient": "Coefficient", "value": "Value", "analytic": "Analytic interval",
                  "bootstrap": "Bootstrap", "images": "Pictures", "coders": "Coders",
                  "method": "Analytic interval from"},
        shown=shown[order],
    )  # fmt: skip
    coders = Table(
        f"{variable}-coders", agreement.coders().drop(columns="variable"),
        "How often each coder agrees with the others, the lowest first.",
        formats={"agreement": percent, "low": percent, "high": percent},
        headings={"coder": "Coder", "coded": "Pictures coded", "images": "Also coded by others",
                  "agreement": "Agreement", "low": "From", "high": "To"},
    )  # fmt: skip
    return (Fold("Every coefficient, every coder", (coefficients, coders)),)


def _spans(frame: pd.DataFrame, low: str, high: str) -> list[str]:
    return [
        "–" if pd.isna(first) else interval(first, last, 3)
        for first, last in zip(frame[low], frame[high], strict=True)
    ]


def _pictures(agreement: Agreement, study: Reportable) -> tuple[Block, ...]:
    differ = agreement.disagreements()
    variable = agreement.variables[0]
    if differ.empty:
        return (Text("Nobody disagrees on any picture."),)
    here = differ[differ["image"].isin(study.corpus.images.index)].head(_SHOWN)
    shots = tuple(
        _shot(str(image), str(answers))
        for image, answers in zip(here["image"], here["said"], strict=True)
    )
    table = Table(
        f"{variable}-disagreements", differ.drop(columns="variable"),
        "Every picture on which coders disagree, most disagreement first.",
        formats={"disagreement": percent},
        headings={"image": "Image", "disagreement": "Pairs that differ", "said": "Who said what"},
        hidden=tuple(str(name) for name in list(differ)[4:]),
    )  # fmt: skip
    label = f"Coders disagree on {counted(len(differ), 'picture')}, here with who said what"
    height = row_height(study.corpus.images, 112)
    pictures = Pictures(shots, height=height, lines=_LINES, label=label)
    return (pictures, Fold("Each picture on which coders disagree", (table,)))


def _shot(image: str, answers: str) -> Shot:
    lines = answers.split("; ")
    shown = (
        lines
        if len(lines) <= _SAID
        else [*lines[: _SAID - 1], f"and {len(lines) - _SAID + 1} more"]
    )
    return Shot(image, f"Picture {image}: {answers}", caption=_broken(shown), detail=tuple(lines))


def _broken(lines: list[str]) -> Markup:
    from markupsafe import Markup

    return Markup("<br>").join(lines)
