"""How good a measure is: rates with intervals, confusion, calibration, the misread pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.report.blocks import (
    Block,
    Columns,
    Fact,
    Facts,
    Fold,
    Pictures,
    Plot,
    Shot,
    Table,
    Text,
)
from iconometrics.report.chapters.pictures import row_height
from iconometrics.report.reportable import Measured, Reportable
from iconometrics.validity import Subgroups
from iconometrics.wording import TO, count, counted, interval, number, percent, share_interval

if TYPE_CHECKING:
    from iconometrics.validity import Accuracy

__all__ = ["blocks"]

_WRONG, _LINES = 80, 6
_NARROW = 6
_RATES = ("sensitivity", "specificity", "precision", "npv", "f1", "prevalence")


def blocks(measure: Measured, accuracy: Accuracy, study: Reportable) -> tuple[Block, ...]:
    """Show how a measure compares with the gold standard."""
    stem = f"{measure.variable}-{measure.name}"
    rates, matrix = _rates(stem, accuracy), _matrix(stem, accuracy)
    narrow = len(accuracy.classes) <= _NARROW
    return (
        _facts(accuracy),
        *_opened(accuracy),
        *(Text(f"{note[:1].upper()}{note[1:].rstrip('.')}.") for note in accuracy.notes),
        *((Columns((rates, matrix)),) if narrow else (matrix, rates)),
        *_ranking(stem, accuracy),
        *_subgroups(stem, accuracy),
        Fold("Every category, with intervals", (_classes(stem, accuracy),)),
        *_wrong(stem, accuracy, study),
    )


def _facts(accuracy: Accuracy) -> Facts:
    right, macro = accuracy.accuracy, accuracy.macro_f1
    ends = _ends(share_interval(right.low, right.high), accuracy)
    facts = [
        Fact(percent(right.value, 1 if right.high - right.low < 0.02 else 0),
             f"read as in the gold standard ({ends})"),
        Fact(number(macro.value), f"macro F1 ({interval(macro.low, macro.high)})"),
        Fact(count(accuracy.n), "coded pictures"),
    ]  # fmt: skip
    if (kappa := accuracy.kappa) is not None:
        between = interval(kappa.low, kappa.high)
        facts.insert(2, Fact(number(kappa.value), f"kappa, beyond chance ({between})"))
    return Facts(tuple(facts))


def _ends(ends: str, accuracy: Accuracy) -> str:
    return f"{ends}, weighted" if accuracy.weighted else ends


def _opened(accuracy: Accuracy) -> tuple[Block, ...]:
    """Say how often these gold pictures were used, once that flatters the best measure."""
    opened = accuracy.opened or 0
    if opened < 2:
        return ()
    times = "twice" if opened == 2 else f"{opened} times"
    return (
        Text(
            f"This test set has been opened {times}: {opened} measures or settings were held "
            "against the same coded pictures. The best of several looks better than it is; before "
            "a figure is published, code fresh pictures and open them once.",
            tone="bad",
        ),
    )


def _rates(stem: str, accuracy: Accuracy) -> Plot:
    lowest, highest = accuracy.classes["f1"].min(), accuracy.classes["f1"].max()
    drawn = (
        "F1 of every category"
        if len(accuracy.classes) > _NARROW - 1
        else "sensitivity (share found) and precision (share right) of every category"
    )
    return Plot(
        f"{stem}-rates", accuracy.plot(),
        f"Accuracy {percent(accuracy.accuracy.value)} and {drawn}; F1 is {number(lowest)} "
        f"to {number(highest)}",
        f"Accuracy, and {drawn}, with {percent(accuracy.level)} intervals.",
    )  # fmt: skip


def _matrix(stem: str, accuracy: Accuracy) -> Plot:
    return Plot(
        f"{stem}-confusion", accuracy.plot_confusion(),
        f"Confusion matrix. {_mixed_up(accuracy.confusion)}",
        f"Gold standard in rows, measure in columns{_counted(accuracy)}. "
        f"{_mixed_up(accuracy.confusion)}",
    )  # fmt: skip


def _counted(accuracy: Accuracy) -> str:
    return "; coded pictures, not weighted" if accuracy.weighted else ""


def _mixed_up(confusion: pd.DataFrame) -> str:
    wrong = confusion.to_numpy(dtype=float, copy=True)
    np.fill_diagonal(wrong, 0)
    if not wrong.any():
        return "Nothing was confused."
    gold, read = divmod(int(np.argmax(wrong)), len(wrong))
    times = counted(int(wrong[gold, read]), "time")
    names = list(confusion.index)
    return f"The most frequent confusion: {names[gold]} read as {names[read]}, {times}."


def _ranking(stem: str, accuracy: Accuracy) -> tuple[Block, ...]:
    """Put ROC curve and calibration side by side, and the bins behind the latter away."""
    ranked = accuracy.auroc is not None and len(accuracy.auroc)
    roc = (_roc(stem, accuracy),) if ranked else ()
    plot, table = _calibration(stem, accuracy) or (None, None)
    if plot is None or table is None:
        return roc
    if not roc:
        return (Columns((plot, table)),)
    return (Columns((*roc, plot)), Fold("Calibration, bin by bin", (table,)))


def _roc(stem: str, accuracy: Accuracy) -> Plot:
    areas = accuracy.auroc
    assert areas is not None
    lowest, highest = areas["auroc"].min(), areas["auroc"].max()
    how = "resampled" if accuracy.weighted or accuracy.groups else "DeLong\u2019s"
    return Plot(
        f"{stem}-roc", accuracy.plot_roc(),
        f"ROC curves; areas of {number(lowest)} to {number(highest)} by category",
        "Share of the category that is found against share of the others taken for it, at every "
        f"threshold of the probability. Intervals of the area: {how}, on the logit scale.",
    )  # fmt: skip


def _subgroups(stem: str, accuracy: Accuracy) -> tuple[Block, ...]:
    """Show accuracy by subgroup, each against the rest."""
    if accuracy.parts is None:
        return ()
    subgroups = Subgroups(accuracy.variable, accuracy.parts_by, accuracy.parts, accuracy.level)
    rows = subgroups.table()
    # Former versions kept intervals one by one only.
    at_once = "simultaneous" if "simultaneous_low" in rows else "difference"
    finding = subgroups.summary()
    plot = Plot(
        f"{stem}-subgroups", subgroups.plot(), f"Accuracy by {subgroups.by}. {finding}",
        f"Accuracy by {subgroups.by}, with {percent(accuracy.level)} intervals; hollow where fewer "
        "than 30 pictures were coded.",
    )  # fmt: skip
    shown = pd.DataFrame({
        "subgroup": rows["subgroup"],
        "n": rows["n"],
        "accuracy": [
            f"{percent(value)} ({share_interval(low, high)})"
            for value, low, high in zip(rows["value"], rows["low"], rows["high"], strict=True)
        ],
        "rest": [_points(*ends) for ends in zip(
            rows["difference"], rows[f"{at_once}_low"], rows[f"{at_once}_high"], strict=True)],
    })  # fmt: skip
    table = Table(
        f"{stem}-subgroups", rows, f"Accuracy by {subgroups.by}, and against all others"
        f"{', with intervals for all subgroups at once' if at_once == 'simultaneous' else ''}.",
        shown=shown,
        headings={"subgroup": subgroups.by, "n": "Pictures", "accuracy": "Accuracy",
                  "rest": "Against the rest, points"},
    )  # fmt: skip
    every = Table(
        f"{stem}-subgroup-rates", subgroups.rows, f"All rates by {subgroups.by}.",
        hidden=("few",), most=60,
    )  # fmt: skip
    sentence = Text(f"{finding[:1].upper()}{finding[1:]}")
    return (sentence, Columns((plot, table)), Fold(f"Every category, by {subgroups.by}", (every,)))


def _points(value: float, low: float, high: float) -> str:
    if value != value:
        return "–"
    signed = f"{'+' if value > 0 else ''}{number(100 * value, 0)}"
    return f"{signed} ({interval(100 * low, 100 * high, 0)})"


def _calibration(stem: str, accuracy: Accuracy) -> tuple[Plot, Table] | None:
    error = accuracy.calibration_error
    if error is None:
        return None
    plot = Plot(
        f"{stem}-calibration", accuracy.plot_calibration(),
        f"Share correct against confidence, by bin; on average they differ by {number(error)}",
        "Share read correctly against the stated confidence, with 95\u00a0% intervals; on "
        f"the dashed line the confidence is right. Mean gap: {number(error)}.",
    )  # fmt: skip
    frame = accuracy.calibration()
    shown = pd.DataFrame({
        "bin": [share_interval(*ends) for ends in zip(frame["low"], frame["high"], strict=True)],
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
    return plot, table


def _classes(stem: str, accuracy: Accuracy) -> Table:
    """Write each rate with its interval in one cell; the CSV file holds the plain numbers."""
    frame = accuracy.table().reset_index()
    shown = frame[["category", "n", "measured"]].assign(
        **{rate: _with_intervals(frame, rate) for rate in _RATES}
    )
    return Table(
        f"{stem}-categories", frame,
        "Sensitivity: share of a category's pictures that were found. Precision: share of those "
        "read as the category that are. Specificity and negative precision: the same for those "
        f"that are not. With {percent(accuracy.level)} intervals{_weights(accuracy)}.",
        headings={"category": "Category", "n": "Gold", "measured": "Read", "f1": "F1",
                  "sensitivity": "Sensitivity", "specificity": "Specificity",
                  "precision": "Precision", "npv": "Negative precision", "prevalence": "Share"},
        shown=shown, most=60,
    )  # fmt: skip


def _weights(accuracy: Accuracy) -> str:
    how = "; rates are weighted by how the pictures were drawn, numbers of pictures are not"
    return how if accuracy.weighted else ""


def _with_intervals(frame: pd.DataFrame, rate: str) -> list[str]:
    write = number if rate == "f1" else percent
    columns = [frame[name] for name in (rate, f"{rate}_low", f"{rate}_high")]
    return [
        "–" if pd.isna(value) else f"{write(value)} ({_span(low, high, rate)})"
        for value, low, high in zip(*columns, strict=True)
    ]


def _span(low: float, high: float, rate: str) -> str:
    return f"{number(low)}{TO}{number(high)}" if rate == "f1" else share_interval(low, high)


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
