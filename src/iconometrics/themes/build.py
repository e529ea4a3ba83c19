"""Themes from what an algorithm found."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from iconometrics.themes.method import Method
from iconometrics.themes.partition import Partition, by_size, closest_two
from iconometrics.themes.preparation import Prepared
from iconometrics.themes.themes import Themes

__all__ = ["Found", "build", "finish"]


class Found(NamedTuple):
    """What an algorithm found in a prepared table."""

    partition: Partition
    selection: pd.DataFrame
    reason: str
    settings: dict[str, Any]
    tree: pd.DataFrame | None = None


def finish(
    data: pd.DataFrame, prepared: Prepared, found: Found, *, method: Method, seed: int, **more: Any
) -> Themes:
    """Make themes, and write down by which method they were found."""
    told = {"method": method.name, "seed": seed, **method.settings, **found.settings, **more}
    return build(data, prepared, found._replace(settings=told))


def build(data: pd.DataFrame, prepared: Prepared, found: Found) -> Themes:
    """Make themes, in the order of the table's rows."""
    partition = by_size(found.partition)
    own, other, beyond = closest_two(prepared.matrix, partition)
    names = pd.Index([str(number + 1) for number in range(len(partition.centers))], name="theme")
    # the last name stands for -1: noise, or no other theme
    named = np.array([*names, "none"], object)
    nexts = np.array([*names, None], object)
    columns = {
        "theme": named[partition.codes],
        "distance": own,
        "next_theme": nexts[other],
        "next_distance": beyond,
    }
    scores = pd.DataFrame(columns, index=prepared.ids).reindex(data.index).rename_axis("image")
    labels = scores.pop("theme")
    kept = [name for name in data.columns if str(name) not in prepared.settings["constant"]]
    centers = data.groupby(labels.to_numpy()).mean().reindex(names)[kept]
    settings = found.settings | prepared.settings | {"k": len(names)}
    return Themes(
        labels,
        centers,
        scores,
        found.selection,
        found.reason,
        settings,
        data,
        membership=_membership(partition, names, prepared.ids, data.index),
        tree=found.tree,
    )


def _membership(
    partition: Partition, names: pd.Index, ids: pd.Index, order: pd.Index
) -> pd.DataFrame | None:
    if partition.membership is None:
        return None
    table = pd.DataFrame(partition.membership, index=ids, columns=names.to_numpy())
    return table.reindex(order).rename_axis("image")
