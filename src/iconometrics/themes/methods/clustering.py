"""From a table and a method to themes: how many, the clusters found, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.method import Method
from iconometrics.themes.number.choice import choose
from iconometrics.themes.number.evidence import (
    EVIDENCE,
    SILHOUETTE_ROWS,
    collect,
    measure,
    subsample,
)
from iconometrics.themes.partition import Partition, by_size, closest_two
from iconometrics.themes.preparation import Prepared, distinct
from iconometrics.themes.themes import Themes

__all__ = ["Clustering", "finish", "search"]

Matrix = npt.NDArray[np.float64]

_SEARCH_ABOVE = 20_000
_SEARCH_ROWS = 10_000


class Clustering(NamedTuple):
    """What an algorithm found in a prepared table."""

    partition: Partition
    selection: pd.DataFrame
    reason: str
    settings: dict[str, Any]
    tree: pd.DataFrame | None = None


def search(
    matrix: Matrix,
    k: int | Iterable[int],
    method: Method,
    *,
    seed: int,
    evidence: Sequence[str] = EVIDENCE,
) -> Clustering:
    """Fit the number of themes that was given, or the one that a range recommends."""
    if isinstance(k, int | np.integer):
        return _one(matrix, int(k), method, seed)
    return _best(matrix, k, method, seed=seed, evidence=evidence)


def finish(
    data: pd.DataFrame,
    prepared: Prepared,
    clustering: Clustering,
    *,
    method: Method,
    seed: int,
    **more: Any,
) -> Themes:
    """Make themes in the order of the table's rows, and write down how they were found."""
    partition = by_size(clustering.partition)
    names = pd.Index([str(number + 1) for number in range(len(partition.centers))], name="theme")
    scores = _scores(partition, prepared, names).reindex(data.index).rename_axis("image")
    labels = scores.pop("theme")
    kept = [name for name in data.columns if str(name) not in prepared.settings["constant"]]
    centers = data.groupby(labels.to_numpy()).mean().reindex(names)[kept]
    settings = {"method": method.name, "seed": seed, **method.settings, **clustering.settings}
    return Themes(
        labels,
        centers,
        scores,
        clustering.selection,
        clustering.reason,
        settings | more | prepared.settings | {"k": len(names)},
        data,
        membership=_membership(partition, names, prepared.ids, data.index),
        tree=clustering.tree,
    )


def _scores(partition: Partition, prepared: Prepared, names: pd.Index) -> pd.DataFrame:
    own, other, beyond = closest_two(prepared.matrix, partition)
    # the last name stands for -1: noise, or no other theme
    named = np.array([*names, "none"], object)
    nexts = np.array([*names, None], object)
    columns = {
        "theme": named[partition.codes],
        "distance": own,
        "next_theme": nexts[other],
        "next_distance": beyond,
    }
    return pd.DataFrame(columns, index=prepared.ids)


def _membership(
    partition: Partition, names: pd.Index, ids: pd.Index, order: pd.Index
) -> pd.DataFrame | None:
    if partition.membership is None:
        return None
    table = pd.DataFrame(partition.membership, index=ids, columns=names.to_numpy())
    return table.reindex(order).rename_axis("image")


def _one(matrix: Matrix, k: int, method: Method, seed: int) -> Clustering:
    most = distinct(matrix, k)
    if not 2 <= k <= most:
        raise InputError(
            f"k={k} with {len(matrix)} images{_of_which(most, matrix)}: expected at least 2 themes "
            "and at most as many as there are different images. Choose another k."
        )
    partition = method.one(matrix, k, seed=seed)
    rows = subsample(generator(seed), len(matrix), SILHOUETTE_ROWS)
    selection = measure(matrix, [partition], rows=rows)[1:].reset_index(drop=True)
    settings = {"k": k, "searched_on": len(matrix), "silhouette_on": len(rows)}
    return Clustering(partition, selection.assign(chosen=True), f"k = {k} was given.", settings)


def _best(
    matrix: Matrix, k: Iterable[int], method: Method, *, seed: int, evidence: Sequence[str]
) -> Clustering:
    part = matrix
    if len(matrix) > _SEARCH_ABOVE:
        part = matrix[subsample(generator(seed), len(matrix), _SEARCH_ROWS)]
    numbers, left_out = _numbers(k, part)
    selection = collect(part, numbers, method=method, seed=seed, evidence=evidence)
    chosen, reason = choose(selection)
    selection["chosen"] = selection["k"] == chosen
    on = min(len(part), SILHOUETTE_ROWS)
    settings = {"k": chosen, "searched_on": len(part), "silhouette_on": on}
    return Clustering(method.one(matrix, chosen, seed=seed), selection, reason + left_out, settings)


def _numbers(k: Iterable[int], matrix: Matrix) -> tuple[list[int], str]:
    """Check the numbers to try; leave out, and say so, those that the images do not allow."""
    asked = sorted({int(number) for number in k})
    if not asked or asked[0] < 1:
        raise InputError(f"k={asked}: expected numbers of themes such as range(2, 11).")
    different = distinct(matrix, asked[-1] + 1)
    most = min(different, len(matrix) - 1)
    possible = [number for number in asked if 2 <= number <= most]
    if not possible:
        raise InputError(
            f"k={asked} with {len(matrix)} images{_of_which(different, matrix)}: no number of "
            f"themes from 2 to {most} is among them. Add images or try other numbers."
        )
    if possible[-1] == asked[-1]:
        return possible, ""
    return possible, f" k above {most} was not tried: there are too few different images."


def _of_which(different: int, matrix: Matrix) -> str:
    return f", of which {different} differ" if different < len(matrix) else ""
