"""Drawing whole accounts or events, or some images of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from iconometrics.coding.framing import check_size, groups, in_order
from iconometrics.coding.numbering import check_whole, numbers
from iconometrics.coding.sample import Sample
from iconometrics.errors import InputError

if TYPE_CHECKING:
    from iconometrics.corpus import Corpus

__all__ = ["clusters_in_line", "draw_clusters", "lowest"]


def draw_clusters(
    corpus: Corpus,
    n: int,
    *,
    clusters: pd.Series | str,
    within: int | None = None,
    seed: int,
    name: str = "sample",
) -> Sample:
    """Draw clusters such as accounts or events, and of each all images or a random few.

    Parameters
    ----------
    corpus
        The images to draw from; those known to be unreadable are left out.
    n
        How many clusters to draw.
    clusters
        Cluster of each image by image id, or the name of a column of the metadata.
    within
        How many images to draw within a cluster, all where it has fewer; None takes all.
    seed
        A whole number that names the drawing.
    name
        The sample's name.

    Returns
    -------
    Sample
        In random order; the probability is n / M of the clusters, times m / N_c of the cluster's
        images. Give the column `cluster` to every estimate: images of a cluster resemble each
        other.

    Raises
    ------
    InputError
        If n is less than 1 or more than there are clusters, or the clusters do not fit.

    Notes
    -----
    Two-stage sampling: Cochran, W. G. (1977). Sampling Techniques, 3rd ed., ch. 9 and 10. Wiley.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> corpus = SimpleNamespace(ids=pd.Index(list("abcdef")))
    >>> account = pd.Series(list("xxxyyy"), index=corpus.ids)
    >>> draw_clusters(corpus, 1, clusters=account, within=2, seed=1)
    Sample 'sample': 2 images, probability .3333
    """
    cluster = groups(corpus, clusters, option="clusters", one="cluster")
    sizes = cluster.value_counts()
    check_size(n, len(sizes), seed, unit="clusters")
    if within is not None:
        check_whole(within=within)
        if within < 1:
            raise InputError(f"within={within}: expected at least one image of each cluster.")
    frame = pd.DataFrame({"image": cluster.index, "cluster": cluster.array})
    size = frame["cluster"].map(sizes)
    taken = size if within is None else size.clip(upper=within)
    frame["probability"] = n / len(sizes) * taken / size
    chosen = frame["cluster"].isin(clusters_in_line(sizes.index, seed)[:n])
    drawn = chosen.to_numpy() & (lowest(frame, seed) < taken).to_numpy()
    return Sample(name, in_order(frame, drawn, seed), frame=frame)


def clusters_in_line(names: pd.Index, seed: int) -> pd.Index:
    """Put clusters into random order."""
    return names[np.lexsort([names.to_numpy(object), numbers(names, seed, "clusters")])]


def lowest(frame: pd.DataFrame, seed: int) -> pd.Series:
    """Rank the images within their cluster at random, from 0."""
    order = np.lexsort([frame["image"].to_numpy(object), numbers(frame["image"], seed)])
    ranks = frame["cluster"].iloc[order].groupby(frame["cluster"].iloc[order]).cumcount()
    return ranks.reindex(frame.index)
