"""The pictures: a contact sheet of the corpus."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.report.blocks import Chapter, Pictures, Shot
from iconometrics.report.picture_rows import GAP, PAGE, shapes_of, unevenness
from iconometrics.report.reportable import Reportable
from iconometrics.wording import count, counted

__all__ = ["collect", "evenly", "row_height"]

_LEAST, _MOST = 76, 100


def collect(study: Reportable) -> Chapter | None:
    """Show the corpus."""
    readable = study.corpus.readable
    if not len(readable):
        return None
    height = row_height(readable.images, 96)
    ids = evenly(list(readable.ids), _enough(readable.images, height))
    shots = tuple(
        Shot(image, f"Picture {image}", detail=_detail(readable.images, image)) for image in ids
    )
    sheet = Pictures(shots, height=height)
    return Chapter("The pictures", _finding(readable.images, len(ids)), (sheet,))


def evenly(ids: list[str], most: int) -> list[str]:
    """Take ids at equal distances."""
    if len(ids) <= most:
        return ids
    return [ids[place] for place in np.linspace(0, len(ids) - 1, most).round().astype(int)]


def _enough(images: pd.DataFrame, height: int) -> int:
    """Choose how many pictures to show, so that their rows are even."""
    if len(images) <= _MOST:
        return len(images)
    shapes = shapes_of(images)
    ids, full, gap = list(shapes), (PAGE + GAP) / height, GAP / height

    def uneven(n: int) -> float:
        return unevenness([shapes[image] + gap for image in evenly(ids, n)], full)

    return min(range(_LEAST, _MOST + 1), key=uneven)


def row_height(images: pd.DataFrame, height: int) -> int:
    """Choose the height of rows: small pictures are not blown up."""
    middle = float(images["height"].dropna().astype(float).median())
    return height if np.isnan(middle) or middle >= height else max(48, int(middle))


def _finding(images: pd.DataFrame, here: int) -> str:
    total = len(images)
    if here == total:
        text = (
            f"All {counted(total, 'picture')} that could be read." if total > 1 else "One picture."
        )
    else:
        text = f"{count(here)} of {counted(total, 'picture')}, taken at equal distances."
    return f"{text} {_sizes(images)}{_times(images)}".strip()


def _sizes(images: pd.DataFrame) -> str:
    known = images[["width", "height"]].dropna().astype(int)
    if known.empty:
        return ""
    if len(known.drop_duplicates()) == 1:
        wide, high = known.to_numpy()[0]
        return f"Each measures {count(wide)}\u00a0×\u00a0{count(high)} pixels. "
    middle = f"{count(known['width'].median())}\u00a0×\u00a0{count(known['height'].median())}"
    longest = known.max(axis=1)
    first, last = count(longest.min()), count(longest.max())
    runs = f"is {first} in all" if first == last else f"runs from {first} to {last}"
    return f"The middle one measures {middle} pixels; the longer side {runs}. "


def _times(images: pd.DataFrame) -> str:
    times = images["captured"].dropna() if "captured" in images else pd.Series(dtype=object)
    if len(times) < 2:
        return ""
    first, last = str(times.min())[:10], str(times.max())[:10]
    return f"{counted(len(times), 'picture')} say when they were taken: {first} to {last}."


def _detail(images: pd.DataFrame, image: str) -> tuple[str, ...]:
    wide, high = images["width"].get(image), images["height"].get(image)
    if wide is None or high is None or pd.isna(wide):
        return ()
    return (f"{count(wide)}\u00a0×\u00a0{count(high)} pixels",)
