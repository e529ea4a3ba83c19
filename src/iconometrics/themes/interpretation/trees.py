"""The tree of hierarchical themes, drawn down to a readable number of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics import figures
from iconometrics.wording import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["dendrogram", "groups"]


def dendrogram(
    tree: pd.DataFrame,
    labels: pd.Series,
    distances: pd.Series,
    *,
    k: int,
    leaves: int,
    ax: Axes | None,
) -> Axes:
    """Draw the upper part of a tree, each group under its image nearest to the theme's center."""
    joints = tree.to_numpy(float)
    order = labels.index.astype(str).to_numpy(str)
    ids = labels.index[np.argsort(order, kind="stable")]
    members = groups(joints, min(leaves, len(ids)))
    ordered, central = labels.loc[ids].to_numpy(), distances.loc[ids].to_numpy()
    ends = {}
    for node, rows in members.items():
        typical = ids[rows[central[rows].argmin()]]
        ends[node] = (str(typical), count(len(rows)), int(ordered[rows[0]]) - 1)
    cut = float(np.mean(np.sort(joints[:, 2])[-k:][:2])) if k < len(ids) else 0.0
    return figures.dendrogram(joints, ends, cut=cut, ax=ax)


def groups(tree: np.ndarray, leaves: int) -> dict[int, np.ndarray]:
    """Tell which rows lie under each of the uppermost branches."""
    n = len(tree) + 1
    cut = {2 * n - 2}
    while len(cut) < leaves:
        top = max(cut)
        cut = cut - {top} | {int(tree[top - n, 0]), int(tree[top - n, 1])}
    members = {}
    for node in sorted(cut):
        below, rows = [node], []
        while below:
            branch = below.pop()
            if branch < n:
                rows.append(branch)
            else:
                below += [int(tree[branch - n, 0]), int(tree[branch - n, 1])]
        members[node] = np.sort(np.array(rows))
    return members
