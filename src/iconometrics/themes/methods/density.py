"""Themes as dense regions (HDBSCAN): flat, hard, algorithmic, and with images in no theme."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.method import Method, at_least_one
from iconometrics.themes.methods.clustering import Clustering, finish
from iconometrics.themes.number.evidence import SILHOUETTE_ROWS, measure, subsample
from iconometrics.themes.partition import NOISE, Partition, means, within_ss
from iconometrics.themes.preparation import prepare
from iconometrics.themes.themes import Themes
from iconometrics.wording import counted

__all__ = ["density", "method"]

Matrix = npt.NDArray[np.float64]


def density(
    data: pd.DataFrame,
    smallest: int | None = None,
    *,
    neighbors: int | None = None,
    seed: int = 1,
    standardize: bool = True,
    components: int | None = 10,
) -> Themes:
    """Find themes as dense regions, however many there are; images between them have none.

    Flat, hard and algorithmic. The number of themes is found, not given. Images in no dense region
    have the theme "none"; few components, or a map of the images, serve it best.

    Parameters
    ----------
    data
        Features or an embedding: one row per image, indexed by id, all numbers.
    smallest
        The fewest images that make a theme; by default one in fifty, at least 5.
    neighbors
        How many images around an image make it dense; by default `smallest`.
    seed
        Of the subsample that the silhouette is computed on.
    standardize
        As for `kmeans`.
    components
        Keep at most so many principal components.

    Returns
    -------
    Themes
        Its labels may be "none".

    Raises
    ------
    InputError
        If the data has gaps or does not vary, or no region is dense.

    Notes
    -----
    Campello, R., Moulavi, D. & Sander, J. (2013). Density-based clustering. PAKDD, 160-172.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, .1, .2, .3, 40, 9, 9.1, 9.2]}, index=list("abcdefgh"))
    >>> density(data, 3, neighbors=2).labels.tolist()
    ['1', '1', '1', '1', 'none', '2', '2', '2']
    """
    smallest = _check(data, smallest)
    at_least_one(neighbors=neighbors, components=components)
    clusterer = method(smallest=smallest, neighbors=neighbors)
    prepared = prepare(data, standardize=standardize, components=components)
    partition = clusterer.partitions(prepared.matrix, [0], seed)[0]
    _check_found(partition, smallest)
    rows = subsample(generator(seed), len(data), SILHOUETTE_ROWS)
    selection = measure(prepared.matrix, [partition], rows=rows)[1:].reset_index(drop=True)
    clustering = Clustering(
        partition, selection.assign(chosen=True), _reason(partition, smallest), {}
    )
    return finish(data, prepared, clustering, method=clusterer, seed=seed)


def method(*, smallest: int | None = None, neighbors: int | None = None) -> Method:
    """Make the clusterer; the numbers it is asked for play no role."""

    def partitions(matrix: Matrix, numbers: object, seed: int) -> list[Partition]:
        from sklearn.cluster import HDBSCAN

        model = HDBSCAN(
            min_cluster_size=min(smallest or _fewest(len(matrix)), len(matrix)),
            min_samples=None if neighbors is None else min(neighbors, len(matrix)),
            copy=True,
        )
        codes = np.maximum(model.fit(matrix).labels_, NOISE).astype(np.intp)
        k = int(codes.max()) + 1
        return [Partition(codes, means(matrix, codes, k), within_ss(matrix, codes))]

    settings = {"smallest": smallest, "neighbors": neighbors}
    return Method("HDBSCAN", partitions, settings, counts_copies=True)


def _reason(partition: Partition, smallest: int) -> str:
    noise = int((partition.codes == NOISE).sum())
    k = len(partition.centers)
    return (
        f"k = {k} was found: so many regions hold at least {smallest} images and are denser than "
        f"their surroundings; {noise} of {len(partition.codes)} images lie in none."
    )


def _check_found(partition: Partition, smallest: int) -> None:
    if not len(partition.centers):
        raise InputError(
            f"smallest={smallest} with {len(partition.codes)} images: no region is dense enough "
            "to be a theme. Take a smaller number, fewer components, or themes.kmeans."
        )


def _check(data: pd.DataFrame, smallest: int | None) -> int:
    smallest = _fewest(len(data)) if smallest is None else smallest
    if not 2 <= smallest <= len(data) > 1:
        raise InputError(
            f"smallest={smallest} with {counted(len(data), 'image')}: expected at least 2 images "
            "in a theme and no more than there are."
        )
    return smallest


def _fewest(images: int) -> int:
    return max(5, images // 50)
