"""Spherical k-means: flat, hard, algorithmic, by the direction of features, not their size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.options import generator
from iconometrics.themes.method import Method, at_least_one
from iconometrics.themes.methods.clustering import finish, search
from iconometrics.themes.methods.lloyd import starting_centers
from iconometrics.themes.number.evidence import EVIDENCE
from iconometrics.themes.partition import Partition, means, within_ss
from iconometrics.themes.preparation import Prepared, prepare
from iconometrics.themes.themes import Themes

__all__ = ["method", "prepared_rows", "spherical"]

_ROUNDS = 300
_TRIED = 3

Matrix = npt.NDArray[np.float64]


def spherical(
    data: pd.DataFrame,
    k: int | Iterable[int] = range(2, 11),
    *,
    seed: int = 1,
    restarts: int = 10,
    standardize: bool = True,
    components: int | None = 50,
    evidence: Sequence[str] = EVIDENCE,
) -> Themes:
    """Find themes by the angles between images: k-means with cosine similarity.

    Flat, hard and algorithmic. What counts is which features stand out in an image, not how much
    they do: every image is brought to length one. Standardized features are compared around their
    mean; with ``standardize=False`` the cosine is that of the numbers as they are, as is usual
    for embeddings.

    Parameters
    ----------
    data
        Features or an embedding: one row per image, indexed by id, all numbers.
    k
        The number of themes, or the numbers to try.
    seed
        Of the starts and of the subsamples.
    restarts
        How many starts; the one with the highest similarity to the centers is taken.
    standardize, components, evidence
        As for `kmeans`.

    Returns
    -------
    Themes

    Raises
    ------
    InputError
        If the data has gaps, does not vary, or k does not fit it.

    Notes
    -----
    Dhillon, I. & Modha, D. (2001). Concept decompositions for large sparse text data using
    clustering. Machine Learning 42, 143-175.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [1, 9, 0, 0], "y": [0, .5, 2, 8]}, index=list("abcd"))
    >>> spherical(data, 2, standardize=False).labels.tolist()
    ['1', '1', '2', '2']
    """
    at_least_one(restarts=restarts, components=components)
    clusterer = method(restarts=restarts)
    prepared = prepared_rows(data, standardize=standardize, components=components)
    clustering = search(prepared.matrix, k, clusterer, seed=seed, evidence=evidence)
    return finish(data, prepared, clustering, method=clusterer, seed=seed)


def method(*, restarts: int = 10) -> Method:
    """Make the clusterer; it brings the rows it is given to length one."""

    def partitions(
        matrix: Matrix, numbers: Sequence[int], seed: int, starts: int = restarts
    ) -> list[Partition]:
        random, rows = generator(seed), _on_the_sphere(matrix)
        return [
            max((_once(rows, k, random) for _ in range(starts)), key=lambda run: run[1])[0]
            for k in numbers
        ]

    trial = partial(partitions, starts=min(restarts, _TRIED))
    settings = {"restarts": restarts}
    return Method("spherical k-means", partitions, settings, trial, seen=_on_the_sphere)


def prepared_rows(data: pd.DataFrame, *, standardize: bool, components: int | None) -> Prepared:
    """Bring a table to a matrix whose rows have length one."""
    table = prepare(data, standardize=standardize, components=components, centered=standardize)
    return table.with_matrix(_on_the_sphere(table.matrix))


def _on_the_sphere(matrix: Matrix) -> Matrix:
    """Bring every row to length one; rows of zeros stay."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return matrix / np.where(lengths > 0, lengths, 1)


def _once(rows: Matrix, k: int, random: np.random.Generator) -> tuple[Partition, float]:
    centers = _on_the_sphere(starting_centers(rows, k, start="k-means++", random=random))
    codes = np.full(len(rows), -1)
    for _ in range(_ROUNDS):
        before, codes = codes, (rows @ centers.T).argmax(axis=1)
        if (codes == before).all():
            break
        moved = means(rows, codes, k)
        centers = np.where(np.isnan(moved), centers, _on_the_sphere(np.nan_to_num(moved)))
    similarity = float(np.einsum("ij,ij->", rows, centers[codes]))
    return Partition(codes, centers, within_ss(rows, codes)), similarity
