"""Measures: what each coder measured, and how good it is; in red where nobody looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from iconometrics import figures, stats
from iconometrics.report.blocks import (
    Block,
    Chapter,
    Fold,
    Pictures,
    Plot,
    Section,
    Shot,
    Table,
    Text,
)
from iconometrics.report.chapters import validation
from iconometrics.report.chapters.badges import badge, is_red, mark, status
from iconometrics.report.chapters.pictures import row_height
from iconometrics.report.reportable import Measured, Reportable
from iconometrics.wording import counted, percent, share_with_interval

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["collect", "sentence"]

_CATEGORIES = 15
_SUREST = 30


def collect(study: Reportable) -> Chapter | None:
    """Show the measures and their validation."""
    from markupsafe import Markup

    measures = list(study.measures())
    if not measures:
        return None
    finding = Markup(" ").join(sentence(measure) for measure in measures)
    return Chapter("Measures", finding, tuple(_measure(measure, study) for measure in measures))


def sentence(measure: Measured) -> Markup:
    """Say how good a measure is."""
    from markupsafe import Markup

    name = f"“{measure.variable}”, read by {measure.name},"
    if measure.accuracy is None:
        return Markup("{} is {}.").format(name, mark(measure))
    return Markup("{} agrees with the gold standard in {} of {}.").format(
        name,
        share_with_interval(*measure.accuracy.accuracy),
        counted(measure.accuracy.n, "coded picture"),
    )


def _measure(measure: Measured, study: Reportable) -> Section:
    if measure.accuracy is None:
        advice = "Code a sample by hand and compare the measure with it before trusting it."
        first: tuple[Block, ...] = (Text(advice, tone="bad"),)
    else:
        first = validation.blocks(measure, measure.accuracy, study)
        if is_red(measure):
            first = (
                Text(f"{status(measure)[0].upper()}{status(measure)[1:]}.", tone="bad"),
                *first,
            )
    values = measure.codings[measure.variable].dropna().astype(str)
    readings = (_shares(measure, values), _surest(measure, values, study)) if len(values) else ()
    return Section(
        measure.variable,
        (*first, *readings, *_learning(measure), _card(measure)),
        note=f"read by {measure.name}",
        side=(badge(measure),),
    )


def _shares(measure: Measured, values: pd.Series) -> Plot:
    """Draw how often each category was read; hollow dots where the measure is not validated."""
    from markupsafe import Markup

    sizes = values.value_counts()
    shown = sizes.head(_CATEGORIES)
    low, high = zip(*(stats.wilson(int(n), len(values)) for n in shown), strict=True)
    ax = figures.intervals(
        list(shown.index), shown / len(values), low=low, high=high, share=True,
        hollow=[is_red(measure)] * len(shown),
    )  # fmt: skip
    reading = (
        f"“{measure.variable}” as {measure.name} reads it in {counted(len(values), 'picture')}"
    )
    return Plot(
        f"{measure.variable}-{measure.name}-shares", ax,
        f"Shares of {counted(len(sizes), 'category', 'categories')}: {reading}, {status(measure)}",
        Markup("{}, {}. The 95\u00a0% Wilson intervals cover sampling, not the measure's errors.")
        .format(reading, mark(measure)),
    )  # fmt: skip


def _surest(measure: Measured, values: pd.Series, study: Reportable) -> Fold:
    """Show the pictures the measure is surest of, by category."""
    confidence = measure.codings.confidence(measure.variable).reindex(values.index)
    surest = values.loc[confidence.sort_values(ascending=False, kind="stable").index]
    height = row_height(study.corpus.images, 72)
    rows = []
    for category, n in values.value_counts().head(_CATEGORIES).items():
        ids = surest.index[surest == category][:_SUREST]
        shots = tuple(_read(measure, str(image), str(category), confidence[image]) for image in ids)
        label = mark(measure, f"{category}: {counted(int(n), 'picture')}")
        rows.append(Pictures(shots, height=height, lines=1, label=label))
    return Fold("The pictures it is surest of, by category", tuple(rows))


def _read(measure: Measured, image: str, category: str, confidence: float) -> Shot:
    sure = "" if pd.isna(confidence) else f", confidence {percent(confidence)}"
    return Shot(
        image,
        f"Picture {image}, read as {category}, {status(measure)}",
        detail=(f"{measure.variable}: {category}{sure}", status(measure)),
    )


def _learning(measure: Measured) -> tuple[Fold, ...]:
    """Draw how a network learned; nothing for other coders."""
    history = measure.card.get("history")
    if not isinstance(history, list):
        return ()
    rows = pd.DataFrame(history).astype("float64")
    kept = int(str(measure.card["kept_epoch"]))
    caption = f"Loss over {counted(len(rows), 'epoch')}; the weights of epoch {kept} were kept"
    ax = figures.learning(rows, best=kept)
    return (
        Fold(
            "How it learned",
            (Plot(f"{measure.variable}-{measure.name}-learning", ax, caption, f"{caption}."),),
        ),
    )


def _card(measure: Measured) -> Fold:
    card = {name: value for name, value in measure.card.items() if name != "history"}
    rows = [(str(name), _plain(value)) for name, value in card.items()]
    frame = pd.DataFrame(rows, columns=["entry", "value"])
    table = Table(
        f"{measure.variable}-{measure.name}-card", frame, f"The card of {measure.name}.",
        headings={"entry": "Entry", "value": "Value"},
    )  # fmt: skip
    return Fold("The coder's card", (table,))


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        text = ", ".join(_plain(item) for item in value[:30])
        return text if len(value) <= 30 else f"{text}, … ({len(value)} in all)"
    return "–" if value is None else str(value)
