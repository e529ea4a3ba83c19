"""Two parts of some images at random, groups kept together."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.wording import as_ids, as_text, listed, with_ids

__all__ = ["group_of", "halves"]


def halves(
    images: pd.Index,
    share: float,
    *,
    seed: int,
    groups: pd.Series | Mapping[str, str] | None = None,
) -> tuple[pd.Index, pd.Index]:
    """Split images into two parts, whole groups to one side."""
    if not 0 < share < 1:
        raise InputError(f"share={share!r}: expected a share between 0 and 1, such as .5.")
    units = pd.Series(images, index=images) if groups is None else group_of(images, groups)
    order = generator(seed).permutation(sorted(units.unique()))
    sizes = units.value_counts()[order].cumsum()
    before = sizes.shift(fill_value=0)
    first = order[((sizes + before) / 2 <= share * len(images)).to_numpy()]
    chosen = units.isin(first).to_numpy()
    if chosen.all() or not chosen.any():
        raise InputError(
            f"share={share!r} of {len(order)} {'images' if groups is None else 'groups'} leaves "
            "one part empty; code more, or choose a share nearer to .5."
        )
    return images[chosen], images[~chosen]


def group_of(images: pd.Index, groups: pd.Series | Mapping[str, str]) -> pd.Series:
    """Look up the group of each image."""
    known = with_ids(pd.Series(groups))
    if known.index.has_duplicates:
        twice = known.index[known.index.duplicated()].unique()
        raise InputError(f"groups= names images twice: {listed(twice)}; one group per image.")
    result = as_text(known).reindex(as_ids(images)).set_axis(images)
    missing = images[result.isna().to_numpy()]
    if len(missing):
        raise InputError(
            f"{len(missing)} of {len(images)} images have no group ({listed(missing)}); give each "
            "image one, its own where it stands alone."
        )
    return result
