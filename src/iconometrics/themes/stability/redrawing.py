"""The same themes once more: found in other draws of the images, for what hangs on the draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.interpretation.grouped import Codes, group_codes, whole_groups
from iconometrics.themes.methods.lloyd import fit
from iconometrics.themes.partition import nearest
from iconometrics.themes.preparation import prepare

if TYPE_CHECKING:
    from iconometrics.themes.themes import Themes

__all__ = ["redrawn"]


def redrawn(
    themes: Themes, n: int = 20, *, groups: pd.Series | None = None, seed: int = 1
) -> list[pd.Series]:
    """Find themes again by k-means, in images drawn with replacement; put all images into them.

    Parameters
    ----------
    themes
        Found by k-means, with the table they were found in.
    n
        How many partitions, the given one first.
    groups
        Account or post by image id, if images of one account may resemble each other: whole
        accounts are then drawn.
    seed
        Of draws and starts.

    Returns
    -------
    list of pandas.Series
        Theme of each image, by image id. Only the first has the given themes' numbers.

    Raises
    ------
    InputError
        If they were found otherwise or without a table, or n is less than one; if an image has no
        group or all have the same.

    Examples
    --------
    >>> from iconometrics import themes
    >>> data = pd.DataFrame({"x": [0, .1, .2, 9, 9.1]}, index=list("abcde"))
    >>> again = themes.redrawn(themes.kmeans(data, 2), 3, seed=1)
    >>> [len(set(labels)) for labels in again]
    [2, 2, 2]
    """
    settings = themes.settings
    # Themes across representations were found on axes of UMAP, which their table does not hold.
    by = "UMAP and k-means" if "reduced" in settings else settings.get("method")
    if themes.data is None or by != "k-means" or n < 1:
        raise InputError(
            f"themes by {by}, n={n}: expected themes that k-means found in a table that is at "
            "hand, and at least one partition."
        )
    prepared = prepare(
        themes.data,
        standardize=bool(settings["standardized"]),
        components=settings["components"],
    )
    random = generator(seed)
    images, accounts = prepared.matrix, group_codes(groups, prepared.ids)
    partitions = [themes.labels]
    while len(partitions) < n:
        drawn = images[_rows(accounts, len(images), random)]
        if len(np.unique(drawn, axis=0)) < themes.k:
            continue
        partition = fit(drawn, themes.k, seed=int(random.integers(2**31)), restarts=3)
        codes = nearest(images, partition.centers)
        labels = pd.Series((codes + 1).astype(str), index=prepared.ids, dtype="str")
        partitions.append(labels.reindex(themes.labels.index).rename("theme"))
    return partitions


def _rows(codes: Codes | None, n: int, random: np.random.Generator) -> Codes:
    if codes is None:
        return random.integers(n, size=n)
    accounts = int(codes.max()) + 1
    return whole_groups(codes, random.integers(accounts, size=accounts))
