"""The frame of a sample: every image that could be drawn, and the group that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.coding.numbering import numbers
from iconometrics.errors import InputError, warn
from iconometrics.options import need_columns
from iconometrics.wording import as_text, listed, with_ids

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["check_size", "check_whole", "groups", "ids", "in_order"]


def ids(corpus: Corpus) -> pd.Index:
    """Give the images that can be drawn: those not known to be unreadable."""
    images: pd.Index = pd.Index(getattr(corpus, "readable", corpus).ids)
    return images


def groups(corpus: Corpus, values: pd.Series | str, *, option: str, noun: str) -> pd.Series:
    """Look up the stratum or cluster of each image that can be drawn."""
    if isinstance(values, str):
        metadata = getattr(corpus, "readable", corpus).metadata
        need_columns(metadata, [values], what=f"the metadata for {option}=")
        values = metadata[values]
    images = ids(corpus)
    values = with_ids(values)
    if values.index.has_duplicates:
        twice = values.index[values.index.duplicated()].unique()
        raise InputError(f"{option}= names images twice: {listed(twice)}; one {noun} per image.")
    known = as_text(values).reindex(images)
    missing = images[known.isna().to_numpy()]
    if len(images) and len(missing) == len(images):
        raise InputError(
            f"none of the {len(images)} images has a {noun}; "
            f"{option}= needs image ids as its index."
        )
    if len(missing):
        warn(
            f"{len(missing)} of {len(images)} images have no {noun} ({listed(missing)}) and cannot "
            "be drawn: the sample represents the others."
        )
    return known.dropna()


def check_size(n: int, units: int, seed: int, *, unit: str = "images") -> None:
    """Refuse a size that cannot be drawn."""
    check_whole(n=n, seed=seed)
    if n < 1:
        raise InputError(f"n={n}: a sample needs at least one of the {unit}.")
    if not units:
        raise InputError(f"there are no {unit} to draw from.")
    if n > units:
        raise InputError(
            f"n={n} is more than the {units} {unit} there are to draw from; ask for at most "
            f"{units}."
        )


def check_whole(**options: int) -> None:
    """Refuse options that are no whole number, zero or more."""
    for option, value in options.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
            raise InputError(f"{option}={value!r}: expected a whole number, zero or more.")


def in_order(frame: pd.DataFrame, drawn: np.ndarray, seed: int) -> pd.DataFrame:
    """Take the drawn rows of a frame in random order, so that coding may stop at any point."""
    rows = frame[drawn]
    order = np.lexsort([rows["image"].to_numpy(object), numbers(rows["image"], seed)])
    return rows.iloc[order]
