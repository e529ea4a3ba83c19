"""Hierarchical themes: a tree of images, cut where it gives the number wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.themes.method import Method, at_least_one, one_of
from iconometrics.themes.methods.clustering import finish, search
from iconometrics.themes.number.evidence import EVIDENCE
from iconometrics.themes.partition import Partition, means, within_ss
from iconometrics.themes.preparation import prepare
from iconometrics.themes.themes import Themes

__all__ = ["LINKAGES", "hierarchical", "method", "tree_of"]

LINKAGES = ("ward", "average", "complete", "single")

_MOST = 20_000

Matrix = npt.NDArray[np.float64]


def hierarchical(
    data: pd.DataFrame,
    k: int | Iterable[int] = range(2, 11),
    *,
    seed: int = 1,
    linkage: str = "ward",
    standardize: bool = True,
    components: int | None = 50,
    evidence: Sequence[str] = EVIDENCE,
) -> Themes:
    """Find themes by joining the two most similar groups again and again.

    Hierarchical (every theme lies inside a wider one; `Themes.dendrogram` draws the tree), hard
    and algorithmic. All pairs of images are compared, so 20,000 images are the most.

    Parameters
    ----------
    data
        Features or an embedding: one row per image, indexed by id, all numbers.
    k
        The number of themes, or the numbers to try: one tree, cut at different heights.
    seed
        Of the subsamples by which the numbers are judged; the tree itself has no chance in it.
    linkage
        How the distance of two groups is measured: "ward" (how much the sum of squares grows),
        "average" (mean distance of all pairs), "complete" (largest), "single" (smallest).
    standardize, components, evidence
        As for `kmeans`.

    Returns
    -------
    Themes
        With its tree.

    Raises
    ------
    InputError
        If there are too many images, the data has gaps or does not vary, or k does not fit it.

    Notes
    -----
    Ward, J. (1963). Hierarchical grouping to optimize an objective function. Journal of the
    American Statistical Association 58, 236-244. Sokal, R. & Michener, C. (1958). A statistical
    method for evaluating systematic relationships. University of Kansas Science Bulletin 38.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, .1, .2, 9, 9.1]}, index=list("abcde"))
    >>> hierarchical(data, 2).labels.tolist()
    ['1', '1', '1', '2', '2']
    """
    at_least_one(components=components)
    clusterer = method(linkage=linkage)
    _check_size(data)
    prepared = prepare(data, standardize=standardize, components=components)
    clustering = search(prepared.matrix, k, clusterer, seed=seed, evidence=evidence)
    tree = tree_of(prepared.matrix, linkage)
    table = pd.DataFrame(tree, columns=["left", "right", "height", "n"])
    table = table.astype({"left": int, "right": int, "n": int})
    return finish(data, prepared, clustering._replace(tree=table), method=clusterer, seed=seed)


def method(*, linkage: str = "ward") -> Method:
    """Make the clusterer."""
    one_of(LINKAGES, linkage=linkage)

    def partitions(matrix: Matrix, numbers: Sequence[int], seed: int) -> list[Partition]:
        tree = tree_of(matrix, linkage)
        return [_cut(matrix, tree, k) for k in numbers]

    return Method("hierarchical", partitions, {"linkage": linkage})


def tree_of(matrix: Matrix, linkage: str) -> Matrix:
    """Join rows into a tree."""
    from scipy.cluster.hierarchy import linkage as joined

    tree: Matrix = joined(matrix, linkage)
    return tree


def _cut(matrix: Matrix, tree: Matrix, k: int) -> Partition:
    from scipy.cluster.hierarchy import cut_tree

    codes = cut_tree(tree, n_clusters=k)[:, 0].astype(np.intp)
    return Partition(codes, means(matrix, codes, k), within_ss(matrix, codes))


def _check_size(data: pd.DataFrame) -> None:
    if len(data) > _MOST:
        raise InputError(
            f"{len(data):,} images: hierarchical themes compare all pairs, expected at most "
            f"{_MOST:,}. Take themes.kmeans, or a random part of the images (data.sample)."
        )
