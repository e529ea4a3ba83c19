"""The images that coders disagree on: who said what, with the pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.validity.gallery import sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from iconometrics.corpus import Corpus

__all__ = ["disagreements", "gallery"]

_OWN = ("variable", "image", "disagreement", "said")


def disagreements(items: pd.DataFrame) -> pd.DataFrame:
    """List the images on which coders disagree."""
    keys = ["variable", "image"]
    counts = items.groupby([*keys, "value"], sort=False).size()
    total = counts.groupby(keys, sort=False).sum().astype(float)
    squares = (counts**2).groupby(keys, sort=False).sum()
    share = (total**2 - squares) / (total * (total - 1)).where(total > 1)
    differ = share[share > 0].sort_values(ascending=False, kind="stable").rename("disagreement")
    table = differ.reset_index()
    some = items.merge(table[keys], on=keys)
    if some.empty:
        return table.assign(said=pd.Series(dtype="str"))
    values_said = some["coder"] + ": " + some["value"]
    said = values_said.groupby([some[key] for key in keys]).agg("; ".join)
    wide = some.pivot(index=keys, columns="coder", values="value").rename_axis(columns=None)
    wide = wide.rename(columns={name: f"coder {name}" for name in _OWN if name in wide})
    return table.join(said.rename("said"), on=keys).join(wide, on=keys)


def gallery(shown: pd.DataFrame, corpus: Corpus, *, anonymize: bool = False) -> Figure:
    """Lay the pictures out that coders disagree on."""
    if shown.empty:
        raise InputError("nobody disagrees, so there is no picture to show.")
    captions = [_caption(said) for said in shown["said"]]
    lines = max(caption.count("\n") for caption in captions)
    captions = [caption + "\n" * (lines - caption.count("\n")) for caption in captions]
    return sheet(
        shown["image"], corpus, captions=captions, what="images", made="coded", anonymize=anonymize
    )


def _caption(said: str) -> str:
    """One line per coder, at most four."""
    lines = said.split("; ")
    more = [f"and {len(lines) - 3} more"] if len(lines) > 4 else []
    return "\n".join([*lines[: 3 if more else 4], *more])
