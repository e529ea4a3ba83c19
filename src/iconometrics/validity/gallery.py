"""The misclassified pictures, with both values and the confidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import listed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["caption", "gallery", "sheet"]

_SIDE = 320


def gallery(wrong: pd.DataFrame, corpus: Corpus, *, anonymize: bool = False) -> Figure:
    """Lay misclassified pictures out with captions."""
    if wrong.empty:
        raise InputError("nothing is misclassified, so there is no picture to show.")
    rows = wrong[["gold", "measure", "confidence"]].itertuples(index=False, name=None)
    captions = [caption(*row) for row in rows]
    return sheet(
        wrong["image"], corpus, captions=captions, what="misclassified images", made="measured",
        anonymize=anonymize,
    )  # fmt: skip


def sheet(
    shown: pd.Series,
    corpus: Corpus,
    *,
    captions: Sequence[str],
    what: str,
    made: str,
    anonymize: bool,
) -> Figure:
    """Lay pictures of a corpus out with captions."""
    from iconometrics import figures, images

    unknown = shown[~shown.isin(list(corpus.ids))]
    if len(unknown):
        raise InputError(
            f"{len(unknown)} of {len(shown)} {what} are not in the corpus ({listed(unknown)}); "
            f"pass the corpus that was {made}."
        )
    pictures = [corpus.pixels(name, size=_SIDE) for name in shown]
    if anonymize:
        pictures = [images.anonymize(pixels) for pixels in pictures]
    columns = min(6, max(4, len(pictures)))
    return figures.contact_sheet(pictures, captions=list(captions), columns=columns)


def caption(gold: str, measure: str, confidence: float) -> str:
    r"""Say both values and the confidence."""
    lines = [f"gold {gold}", f"measured {measure}"]
    if pd.notna(confidence):
        lines.append(f"confidence {confidence:.2f}".replace(" 0.", " ."))
    return "\n".join(lines)
