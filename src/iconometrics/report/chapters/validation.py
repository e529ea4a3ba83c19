"""How good a measure is: rates with intervals, confusion, calibration, the misread pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.figures.words import count, number, percent
from iconometrics.report.blocks import Fact, Facts, Pictures, Plot, Shot, Table, Text
from iconometrics.report.chapters.pictures import row_height
from iconometrics.report.contents import Measured, Reportable
from iconometrics.report.outline import Block, Columns, Fold
from iconometrics.report.words import TO, counted, shares, spread

if TYPE_CHECKING:
    from iconometrics.validity import Accuracy

__all__ = ["blocks"]

_WRONG, _LINES = 80, 6
_NARROW = 6
_RATES = ("sensitivity", "specificity", "precision", "f1")


def blocks(measure: Measured, accuracy: Accuracy, study: Reportable) -> tuple[Block, ...]:
    """Show how a measure compares with the gold standard.

    Parameters
    ----------
    measure
        The measure.
    accuracy
        Its accuracy.
    study
        The study, for the pictures.

    Returns
    -------
    tuple of Block
    """
    stem = f"{measure.variable}-{measure.name}"
    rates, matrix = _rates(stem, accuracy), _matrix(stem, accuracy)
    narrow = len(accuracy.classes) <= _NARROW
    return (
        _facts(accuracy),
        *(Text(f"{note[:1].upper()}{note[1:].rstrip('.')}.") for note in accuracy.notes),
        *((Columns((rates, matrix)),) if narrow else (matrix, rates)),
        *_calibration(stem, accuracy),
        Fold("Every category, with intervals", (_classes(stem, accuracy),)),
        *_wrong(stem, accuracy, study),
    )


def _facts(accuracy: Accuracy) -> Facts:
    right, macro = accuracy.accuracy, accuracy.macro_f1
    facts = [
        Fact(percent(right.value, 1 if right.high - right.low < 0.02 else 0),
             f"read as in the gold standard ({shares(right.low, right.high)})"),
        Fact(number(macro.value), f"macro F1 ({spread(macro.low, macro.high)})"),
        Fact(count(accuracy.n), "coded pictures"),
    ]  # fmt: skip
    if (error := accuracy.calibration_error) is not None:
        facts.append(Fact(number(error), "mean gap between confidence and share correct"))
    return Facts(tuple(facts))


def _rates(stem: str, accuracy: Accuracy) -> Plot:
    lowest = accuracy.classes["f1"].idxmin()
    drawn = (
        "F1 of every category"
        if len(accuracy.classes) > _NARROW - 1
        else "sensitivity (share found) and precision (share right) of every category"
    )
    return Plot(
        f"{stem}-rates", accuracy.plot(),
        f"Accuracy {percent(accuracy.accuracy.value)} and {drawn}; F1 is lowest for {lowest}, "
        f"{number(accuracy.classes['f1'].min())}",
        f"Accuracy, and {drawn}, with {percent(accuracy.level)} intervals.",
    )  # fmt: skip


def _matrix(stem: str, accuracy: Accuracy) -> Plot:
    return Plot(
        f"{stem}-confusion", accuracy.plot_confusion(),
        f"Confusion matrix. {_mixed_up(accuracy.confusion)}",
        f"Gold standard in rows, measure in columns. {_mixed_up(accuracy.confusion)}",
    )  # fmt: skip


def _mixed_up(confusion: pd.DataFrame) -> str:
    wrong = confusion.to_numpy(dtype=float, copy=True)
    np.fill_diagonal(wrong, 0)
    if not wrong.any():
        return "Nothing was confused."
    gold, read = divmod(int(np.argmax(wrong)), len(wrong))
    times = counted(int(wrong[gold, read]), "time")
    names = list(confusion.index)
    return f"The most frequent confusion: {names[gold]} read as {names[read]}, {times}."


def _calibration(stem: str, accuracy: Accuracy) -> tuple[Block, ...]:
    error = accuracy.calibration_error
    if error is None:
        return ()
    plot = Plot(
        f"{stem}-calibration", accuracy.plot_calibration(),
        f"Share correct against confidence, by bin; on average they differ by {number(error)}",
        "Share read correctly against the stated confidence, with 95\u00a0% Wilson intervals; on "
        "the dashed line the confidence is right.",
    )  # fmt: skip
    frame = accuracy.calibration()
    shown = pd.DataFrame({
        "bin": [shares(*ends) for ends in zip(frame["low"], frame["high"], strict=True)],
        "n": frame["n"],
        "confidence": frame["confidence"],
        "correct": _with_intervals(frame, "correct"),
    })  # fmt: skip
    table = Table(
        f"{stem}-calibration", frame, "Calibration, by confidence.", shown=shown,
        formats={"confidence": percent},
        headings={"bin": "Confidence", "n": "Pictures", "confidence": "Mean",
                  "correct": "Correct"},
    )  # fmt: skip
    return (Columns((plot, table)),)


def _classes(stem: str, accuracy: Accuracy) -> Table:
    """Write each rate with its interval in one cell; the CSV file holds the plain numbers."""
    frame = accuracy.table().reset_index()
    shown = frame[["category", "n", "measured"]].assign(
        **{rate: _with_intervals(frame, rate) for rate in _RATES}
    )
    return Table(
        f"{stem}-categories", frame,
        "Sensitivity: share of a category's pictures that were found. Precision: share of those "
        f"read as the category that are. With {percent(accuracy.level)} intervals.",
        headings={"category": "Category", "n": "Gold", "measured": "Read", "f1": "F1",
                  "sensitivity": "Sensitivity", "specificity": "Specificity",
                  "precision": "Precision"},
        shown=shown, most=60,
    )  # fmt: skip


def _with_intervals(frame: pd.DataFrame, rate: str) -> list[str]:
    write = number if rate == "f1" else percent
    columns = [frame[name] for name in (rate, f"{rate}_low", f"{rate}_high")]
    return [
        "–" if pd.isna(value) else f"{write(value)} ({_span(low, high, rate)})"
        for value, low, high in zip(*columns, strict=True)
    ]


def _span(low: float, high: float, rate: str) -> str:
    return f"{number(low)}{TO}{number(high)}" if rate == "f1" else shares(low, high)


def _wrong(stem: str, accuracy: Accuracy, study: Reportable) -> tuple[Block, ...]:
    """Show the misread pictures, those the measure was surest of first."""
    wrong = accuracy.misclassified()
    if wrong.empty:
        return (Text("No picture was misread."),)
    known = study.corpus.images.index
    here = wrong[wrong["image"].isin(known)].head(_WRONG)
    shots = tuple(_misread(*row) for row in here.itertuples(index=False))
    table = Table(
        f"{stem}-misread", wrong, "Every misread picture, the surest errors first.",
        formats={"confidence": number},
        headings={"image": "Image", "gold": "Gold", "measure": "Read as",
                  "confidence": "Confidence"},
    )  # fmt: skip
    label = (
        f"Misread: {counted(len(wrong), 'picture')}, the surest errors first, each with its gold "
        "value, the value read, and the confidence"
    )
    return (
        Pictures(shots, height=row_height(study.corpus.images, 112), lines=_LINES, label=label),
        Fold("Each misread picture", (table,)),
    )


def _misread(image: str, gold: str, read: str, confidence: float) -> Shot:
    from markupsafe import Markup

    sure = "" if pd.isna(confidence) else f" {number(confidence)}"
    return Shot(
        image,
        f"Picture {image}: gold standard {gold}, read as {read}, confidence{sure or ' unknown'}",
        caption=Markup("<b>{}</b><br>read {}{}").format(gold, read, sure and f",{sure}"),
        detail=(f"gold standard: {gold}", f"read as: {read}", f"confidence:{sure or ' unknown'}"),
    )
