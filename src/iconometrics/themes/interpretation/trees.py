"""The tree of hierarchical themes, drawn down to a readable number of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iconometrics import figures
from iconometrics.wording import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from iconometrics.themes.themes import Themes

__all__ = ["dendrogram", "groups"]


def dendrogram(themes: Themes, leaves: int, ax: Axes | None) -> Axes:
    """Draw the upper part of a tree."""
    assert themes.tree is not None
    tree = themes.tree.to_numpy(float)
    order = themes.labels.index.astype(str).to_numpy(str)
    ids = themes.labels.index[np.argsort(order, kind="stable")]
    members = groups(tree, min(leaves, len(ids)))
    labels = themes.labels.loc[ids].to_numpy()
    central = themes.scores["distance"].loc[ids].to_numpy()
    names = {}
    for node, rows in members.items():
        typical = ids[rows[central[rows].argmin()]]
        names[node] = (str(typical), count(len(rows)), int(labels[rows[0]]) - 1)
    cut = float(np.mean(np.sort(tree[:, 2])[-themes.k :][:2])) if themes.k < len(ids) else 0.0
    return figures.dendrogram(tree, names, cut=cut, ax=ax)


def groups(tree: np.ndarray, leaves: int) -> dict[int, np.ndarray]:
    """Tell which rows lie under each of the uppermost branches."""
    n = len(tree) + 1
    cut = {2 * n - 2}
    while len(cut) < leaves:
        top = max(cut)
        cut = cut - {top} | {int(tree[top - n, 0]), int(tree[top - n, 1])}
    found = {}
    for node in sorted(cut):
        below, rows = [node], []
        while below:
            one = below.pop()
            if one < n:
                rows.append(one)
            else:
                below += [int(tree[one - n, 0]), int(tree[one - n, 1])]
        found[node] = np.sort(np.array(rows))
    return found
