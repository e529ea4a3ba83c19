"""Themes found in one half of the images and put to use in the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.interpretation.grouped import group_codes
from iconometrics.themes.methods.k_means import kmeans
from iconometrics.themes.partition import nearest
from iconometrics.themes.preparation import prepare
from iconometrics.themes.themes import Themes

__all__ = ["SplitHalf", "split_half"]


@dataclass(frozen=True, eq=False)
class SplitHalf:
    """Themes of a half, and the other half put into them.

    Parameters
    ----------
    themes
        Found in the first half: choose their number, look at them and name them there.
    labels
        Theme of each image of the other half, by image id: what a regression, `Themes.over` or a
        table is made of.

    Examples
    --------
    >>> data = pd.DataFrame({"x": np.r_[np.arange(10.0), np.arange(90.0, 100)]})
    >>> halves = split_half(data.set_index(data.index.astype(str)), 2, seed=1)
    >>> len(halves.themes.labels), len(halves.labels)
    (10, 10)
    """

    themes: Themes
    labels: pd.Series


def split_half(
    data: pd.DataFrame,
    k: int | Iterable[int] = range(2, 11),
    *,
    share: float = 0.5,
    groups: pd.Series | None = None,
    seed: int = 1,
    **options: Any,
) -> SplitHalf:
    """Find themes in a random part of the images by k-means, and put the others into them.

    Whoever tries several numbers of themes, and looks at outcomes while naming them, finds
    differences by chance. Choices that saw only one half leave the other untouched: what a
    regression says there, it says without them.

    Parameters
    ----------
    data
        Features or an embedding: one row per image, indexed by id, all numbers.
    k
        The number of themes, or the numbers to try.
    share
        Of the images to find themes in.
    groups
        Account or post by image id: whole accounts then lie on one side.
    seed
        Of the halves and of k-means.
    **options
        Of `kmeans`.

    Returns
    -------
    SplitHalf
        Themes of the one part, labels of the other.

    Raises
    ------
    InputError
        If share is not between 0 and 1 or leaves a part empty, or as for `kmeans`.

    Notes
    -----
    Egami, N., Fong, C. J., Grimmer, J., Roberts, M. E. and Stewart, B. M. (2022). How to make
    causal inferences using texts. Science Advances 8, eabg2652. An image lies in the theme with
    the nearest center, in the space that the first part gave.

    Examples
    --------
    >>> data = pd.DataFrame({"x": np.r_[np.arange(10.0), np.arange(90.0, 100)]})
    >>> halves = split_half(data.set_index(data.index.astype(str)), 2, seed=1)
    >>> sorted(halves.labels.unique())
    ['1', '2']
    """
    inside = _part(data.index, share, groups, seed)
    themes = kmeans(data[inside], k, seed=seed, **options)
    prepared = prepare(
        data[inside],
        standardize=bool(themes.settings["standardized"]),
        components=themes.settings["components"],
    )
    centers = pd.DataFrame(prepared.matrix).groupby(themes.labels[prepared.ids].array).mean()
    others = data[~inside]
    rows = nearest(prepared.placement.matrix(others), centers.to_numpy())
    labels = pd.Series(centers.index[rows], others.index, name="theme", dtype="str")
    return SplitHalf(themes, labels)


def _part(images: pd.Index, share: float, groups: pd.Series | None, seed: int) -> np.ndarray:
    """Draw images, or whole accounts, to find themes in."""
    codes = group_codes(groups, images)
    if codes is None:
        codes = np.arange(len(images))
    units = len(np.unique(codes))
    drawn = round(share * units)
    if not 0 < drawn < units:
        raise InputError(
            f"share={share} of {units} images or accounts: expected a share that leaves some on "
            "either side, such as 0.5."
        )
    return np.isin(codes, generator(seed).permutation(units)[:drawn])
