"""How the images that several people coded were drawn, and what their agreement stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from iconometrics.coding import Sample
from iconometrics.coding.splitting import group_of
from iconometrics.errors import warn
from iconometrics.stats import Design
from iconometrics.validity.drawn import design_of, drawn
from iconometrics.wording import counted, listed

__all__ = ["CODED", "CORPUS", "DrawnImages", "drawn_images", "figures_of"]

CORPUS, CODED = "corpus", "images coded"
"""What figures represent."""

_UNKNOWN = (
    "The codings name no sample, so it is not known how likely each image was to be drawn: "
    "agreement is of the images coded, and of the corpus only if these are a random sample of it."
)


def figures_of(represents: str) -> str:
    """Say what figures represent."""
    kind = "represent the corpus" if represents == CORPUS else "are of the images coded"
    return f"the figures {kind}"


class DrawnImages(NamedTuple):
    """The images that count, their groups and design if any, and what they represent."""

    images: pd.Index
    groups: np.ndarray | None
    design: Design | None
    represents: str
    notes: tuple[str, ...]


def drawn_images(
    table: pd.DataFrame,
    sample: Sample | None,
    groups: pd.Series | Mapping[str, str] | None,
) -> DrawnImages:
    """Look up how the images with two codes were drawn.

    Of a sample of equal probabilities all images count, also those of one code or outside; else
    only those that weights can be given to.
    """
    member = None if groups is None else group_of(table.index, groups)
    labels = None if member is None else member.to_numpy(dtype=object)
    if sample is None:
        return DrawnImages(table.index, labels, None, CODED, (_UNKNOWN,))
    twice = table.index[table.notna().sum(axis=1) >= 2]
    inside = twice[twice.isin(sample.images)]
    outside = twice.difference(inside, sort=False)
    if inside.empty:
        return DrawnImages(table.index, labels, None, CODED, _outside(outside, sample))
    own = None if member is None else member[inside].to_numpy(dtype=object)
    images = drawn(pd.DataFrame({"image": inside}), sample, own)
    if not images.weighted:
        notes = (*_outside(outside, sample), *_part(inside, sample))
        represents = CORPUS if outside.empty else CODED
        return DrawnImages(table.index, labels, None, represents, notes)
    left_out = _outside(outside, sample, weighted=True)
    for note in left_out:
        warn(note)
    # The last note of `drawn` speaks of rates against a gold standard.
    others = (*_part(inside, sample), *images.notes[:-1])
    how = design_of(images.items, by_group=own is not None)
    notes = (*left_out, *others, _weighted(images.items, sample))
    return DrawnImages(inside, own, how, CORPUS, notes)


def _outside(images: pd.Index, sample: Sample, *, weighted: bool = False) -> tuple[str, ...]:
    if images.empty:
        return ()
    how = "they are left out" if weighted else "they count like the others"
    return (
        f"{counted(len(images), 'image')} with two codes ({listed(images)}) outside the sample "
        f"{sample.name!r}: {how}, as the probability of drawing them is not known.",
    )


def _part(images: pd.Index, sample: Sample) -> tuple[str, ...]:
    if len(images) == len(sample):
        return ()
    return (
        f"{len(images):,} of the {counted(len(sample), 'image')} of the sample {sample.name!r} "
        "have two codes: they stand for the others as a random part does, not one chosen because "
        "it seemed hard or easy.",
    )


def _weighted(items: pd.DataFrame, sample: Sample) -> str:
    chances = sample.table.set_index("image")["probability"][items["image"]]
    low, high = (f"{value:.3g}" for value in (chances.min(), chances.max()))
    strata, clusters = items["stratum"].nunique(), items["cluster"].nunique()
    parts = [counted(strata, "stratum", "strata")] if strata > 1 else []
    parts += [counted(clusters, "cluster")] if clusters < len(items) else []
    by = f" within {' and '.join(parts)}" if parts else ""
    how = f"unequal probabilities ({low} to {high})" if low != high else "clusters"
    return (
        f"The images were drawn with {how}: coefficients and shares count each image with two "
        f"codes for one over its probability, so that they represent the corpus; intervals are "
        f"linearized{by}."
    )
