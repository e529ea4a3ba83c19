"""The column dictionary of bags of visual words."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from iconometrics.features.column import Column

__all__ = ["word_columns"]

_SOURCE = "Csurka et al. (2004), Visual categorization with bags of keypoints, ECCV workshop"
_PYRAMID = "Lazebnik, Schmid & Ponce (2006), Beyond bags of features, CVPR"


@lru_cache(maxsize=8)
def word_columns(total: int, levels: int) -> tuple[Column, ...]:
    """Describe the numbers of a bag of visual words."""
    parts = [
        (level, row, column)
        for level in range(levels)
        for row in range(2**level)
        for column in range(2**level)
    ]
    return (*_summary(total), *(_word(k, *part) for part in parts for k in range(total)))


def _summary(total: int) -> tuple[Column, ...]:
    return (
        Column(
            name="words_variety",
            label="Variety of patches",
            formula="- sum of p log2 p over words, p the word's share of all patches that are not "
            "flat; 0 where there is none",
            low=0.0,
            high=float(max(np.log2(total), 1e-6)),
            unit="bits",
            source=_SOURCE,
            means_high="Many kinds of detail: streets, shops, crowds",
            means_low="The same detail everywhere, or none: water, lawn, wall",
            plain=True,
        ),
        Column(
            name="words_distinct",
            label="Share of visual words that occur",
            formula="Number of different words in the picture, divided by the number of words in "
            "the vocabulary",
            low=0.0,
            high=1.0,
            unit="share of the vocabulary",
            source=_SOURCE,
            means_high="Nearly every kind of patch occurs",
            means_low="A few kinds of patches, or none",
            plain=True,
        ),
        Column(
            name="words_flat",
            label="Flat patches",
            formula="Share of patches in which neighboring pixels differ by less than about half a "
            "gray level; 1 in a picture too small for a patch",
            low=0.0,
            high=1.0,
            unit="share of patches",
            source=_SOURCE,
            means_high="Blank: sky, white paper, blur",
            means_low="Detail everywhere",
            plain=True,
        ),
    )


def _word(number: int, level: int, row: int, column: int) -> Column:
    side = 2**level
    part = "" if side == 1 else f"{side}x{side}_r{row + 1}c{column + 1}_"
    place = "" if side == 1 else f" in row {row + 1}, column {column + 1} of {side} x {side} parts"
    return Column(
        name=f"words_{part}{number + 1:03d}",
        label=f"Visual word {number + 1}{place}",
        formula=f"Share of the picture's patches that are not flat whose nearest word is number "
        f"{number + 1} and whose middle lies anywhere{place}",
        low=0.0,
        high=1.0,
        unit="share of patches",
        source=_SOURCE if side == 1 else _PYRAMID,
        means_high=f"Patches like word {number + 1} are common{place}",
        means_low=f"There are none{place}",
        plain=False,
    )
