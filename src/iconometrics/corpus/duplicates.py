"""Exact and near duplicates among the images of a corpus."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.corpus.schema import BOX
from iconometrics.errors import InputError

__all__ = ["DISTANCE", "find_duplicates", "near_groups"]

DISTANCE: Final = 4
"""Bits in which the perceptual hashes of near duplicates may differ, of 64."""

_LARGEST: Final = 7
_CHUNK: Final = 4_000_000

Indices = NDArray[np.int64]


def find_duplicates(images: pd.DataFrame, *, distance: int = DISTANCE) -> pd.DataFrame:
    """Find the images that are copies of each other.

    Parameters
    ----------
    images
        The images of a corpus that was checked. Exact copies have the same bytes (and, if they
        are regions, the same box); near ones perceptual hashes that differ in few bits. Blank
        pictures all look alike and are not near duplicates of anything; nor are regions, for the
        cells of a form resemble each other by design.
    distance
        Bits in which the hashes of near duplicates may differ, 0 to 7 of 64.

    Returns
    -------
    pandas.DataFrame
        One row per image that has a copy: image; group (1, 2, ... by first image; everything that
        is linked through copies is one group); kind: exact if another image of its group has the
        same bytes, else near.

    Raises
    ------
    InputError
        If the distance is out of range.

    Examples
    --------
    >>> from iconometrics.corpus.schema import conform
    >>> hashes = ["00000000ffffffff", "00000000fffffff0", "ffffffff00000000"]
    >>> images = conform(pd.DataFrame({"hash": hashes}, index=["a", "b", "c"]))
    >>> find_duplicates(images)
      image  group  kind
    0     a      1  near
    1     b      1  near
    """
    content = _content(images)
    exact = (content.duplicated(keep=False) & content.notna()).to_numpy()
    seen = images["hash"].notna() & ~images["flags"].str.contains("blank", na=False)
    seen &= images["left"].isna()
    at = np.flatnonzero(seen)
    values = np.array([int(text, 16) for text in images["hash"].array[at]], dtype=np.uint64)
    alike = np.full(len(images), -1)
    alike[at] = near_groups(values, distance=distance)
    links = np.hstack([_chain(pd.factorize(content)[0]), _chain(alike)])
    group = _merged(np.arange(len(images)), links)
    table = pd.DataFrame({"image": images.index, "group": group})
    table["kind"] = np.where(exact, "exact", "near")
    table = table[table.duplicated("group", keep=False)].reset_index(drop=True)
    return table.assign(group=pd.factorize(table["group"])[0] + 1)


def near_groups(hashes: NDArray[np.uint64], *, distance: int) -> Indices:
    """Put 64-bit hashes that differ in few bits into one group, without comparing all pairs."""
    if not 0 <= distance <= _LARGEST:
        raise InputError(f"distance={distance}: expected 0 to {_LARGEST} of 64 bits.")
    unique, inverse = np.unique(hashes, return_inverse=True)
    group = np.arange(len(unique))
    edges = np.linspace(0, 64, distance + 2).astype(np.uint64)
    for low, high in pairwise(edges):
        band = (unique >> low) << (np.uint64(64) - high + low)
        for i, j in _equal_pairs(band):
            new = group[i] != group[j]
            i, j = i[new], j[new]
            near = np.bitwise_count(unique[i] ^ unique[j]) <= distance
            group = _merged(group, np.vstack([i[near], j[near]]))
    return pd.factorize(group[inverse])[0]


def _equal_pairs(keys: NDArray[np.uint64]) -> Iterator[tuple[Indices, Indices]]:
    """Yield, in chunks, the positions of all pairs of equal keys."""
    order = np.argsort(keys, kind="stable")
    ends = np.searchsorted(keys[order], keys[order], side="right")
    after = ends - np.arange(len(keys)) - 1  # how many equal ones follow in sorted order
    total = np.cumsum(after)
    cuts = np.searchsorted(total, np.arange(_CHUNK, total[-1] if len(keys) else 0, _CHUNK))
    for rows in np.split(np.arange(len(keys)), cuts):
        first = np.repeat(rows, after[rows])
        offset = np.arange(len(first)) - np.repeat(
            np.cumsum(after[rows]) - after[rows], after[rows]
        )
        yield order[first], order[first + 1 + offset]


def _content(images: pd.DataFrame) -> pd.Series:
    """Write what an image is made of: the file's hash and, for a region, its box."""
    content = images["sha256"]
    if images["left"].isna().all():
        return content
    for side in BOX:
        content = content + "," + images[side].astype("str").fillna("")
    return content


def _chain(codes: NDArray[Any]) -> Indices:
    """Link each position to the next one with the same code; -1 is no code."""
    order = np.argsort(codes, kind="stable")
    same = (codes[order][1:] == codes[order][:-1]) & (codes[order][1:] >= 0)
    return np.vstack([order[:-1][same], order[1:][same]])


def _merged(group: Indices, links: Indices) -> Indices:
    """Merge the groups of linked positions."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not links.size:
        return group
    ends = (group[links[0]], group[links[1]])
    graph = coo_array((np.ones(len(ends[0]), dtype=bool), ends), shape=(len(group), len(group)))
    labels: Indices = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels[group]
