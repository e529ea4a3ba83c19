"""K-means on a matrix: starts, and the best partition that they lead to."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from iconometrics.options import generator
from iconometrics.themes.partition import Partition, means

__all__ = ["STARTS", "fit", "random_assignments", "starting_centers"]

STARTS = ("k-means++", "random")

_ROWS = 50_000
_NUMBERS = 5_000_000
_TRIED_ON = 100_000
_SEEDED_ON = 4_096
_ROUNDS = 25

Matrix = npt.NDArray[np.float64]


def fit(matrix: Matrix, k: int, *, seed: int, restarts: int, start: str = "k-means++") -> Partition:
    """Find k clusters by k-means: the best of several starts."""
    if len(matrix) > _ROWS or matrix.size > _NUMBERS:
        return _with_faiss(matrix, k, seed=seed, restarts=restarts, start=start)
    return _with_sklearn(matrix, k, seed=seed, restarts=restarts, start=start)


def random_assignments(rows: int, k: int, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """Put rows into clusters at random, none of them empty."""
    codes = random.integers(k, size=rows)
    codes[random.permutation(rows)[:k]] = np.arange(k)
    return codes


def starting_centers(matrix: Matrix, k: int, *, start: str, random: np.random.Generator) -> Matrix:
    """Choose the centers that an iteration starts from."""
    if start == "random":
        return means(matrix, random_assignments(len(matrix), k, random), k)
    rows = matrix
    if len(matrix) > _SEEDED_ON:
        rows = matrix[random.choice(len(matrix), _SEEDED_ON, replace=False)]
    return _far_apart(rows, k, random)


def _far_apart(rows: Matrix, k: int, random: np.random.Generator) -> Matrix:
    """Draw centers among the rows, each with a chance that grows with its squared distance."""
    candidates = 2 + int(np.log(k))
    lengths = np.einsum("ij,ij->i", rows, rows)
    chosen = [int(random.integers(len(rows)))]
    nearest = _squares(rows, lengths, chosen)[:, 0]
    for _ in range(k - 1):
        heights = np.cumsum(nearest, dtype=np.float64)
        drawn = np.searchsorted(heights, random.random(candidates) * heights[-1])
        drawn = np.minimum(drawn, len(rows) - 1)
        closer = np.minimum(nearest[:, None], _squares(rows, lengths, drawn.tolist()))
        best = int(closer.sum(axis=0).argmin())
        chosen.append(int(drawn[best]))
        nearest = closer[:, best]
    return rows[chosen]


def _squares(rows: Matrix, lengths: npt.NDArray[np.float64], chosen: list[int]) -> Matrix:
    products = rows @ rows[chosen].T
    return np.maximum(lengths[:, None] - 2 * products + lengths[chosen], 0)


def _with_sklearn(matrix: Matrix, k: int, *, seed: int, restarts: int, start: str) -> Partition:
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    make = partial(KMeans, n_clusters=k, random_state=seed % 2**32)
    # one thread: sums come out the same on every machine, and threads that wait cost more
    with threadpool_limits(limits=1):
        if start == "random":
            random = generator(seed)
            first = [
                starting_centers(matrix, k, start=start, random=random) for _ in range(restarts)
            ]
            models = [make(init=centers, n_init=1).fit(matrix) for centers in first]
            model = min(models, key=lambda fitted: float(fitted.inertia_))
        else:
            model = make(n_init=restarts).fit(matrix)
    return Partition(model.labels_.astype(np.intp), model.cluster_centers_, float(model.inertia_))


def _with_faiss(matrix: Matrix, k: int, *, seed: int, restarts: int, start: str) -> Partition:
    random = generator(seed)
    rows = np.ascontiguousarray(matrix, np.float32)
    tried = rows
    if len(rows) > _TRIED_ON:
        tried = rows[np.sort(random.choice(len(rows), _TRIED_ON, replace=False))]
    runs = []
    for _ in range(restarts):
        first = starting_centers(tried, k, start=start, random=random)  # type: ignore[arg-type]
        runs.append(_trained(tried, first))
    centers = min(runs, key=lambda run: run[1])[0]
    return _settled(matrix, rows, centers)


def _trained(
    rows: npt.NDArray[np.float32], centers: npt.NDArray[np.generic]
) -> tuple[npt.NDArray[np.float32], float]:
    import faiss

    model = faiss.Kmeans(
        rows.shape[1], len(centers), niter=_ROUNDS, max_points_per_centroid=len(rows)
    )
    model.train(rows, init_centroids=np.ascontiguousarray(centers, np.float32))
    return np.asarray(model.centroids), float(np.asarray(model.obj)[-1])


def _nearest(
    rows: npt.NDArray[np.float32], centers: npt.NDArray[np.float32]
) -> npt.NDArray[np.intp]:
    import faiss

    index = faiss.IndexFlatL2(rows.shape[1])
    index.add(np.ascontiguousarray(centers, np.float32))
    return np.asarray(index.search(rows, 1)[1][:, 0], np.intp)


def _settled(
    matrix: Matrix, rows: npt.NDArray[np.float32], centers: npt.NDArray[np.float32]
) -> Partition:
    """Move on from these centers, on all rows, until no row moves or it has been long enough."""
    codes = _nearest(rows, centers)
    for _ in range(_ROUNDS):
        now = means(matrix, codes, len(centers))
        now[np.isnan(now[:, 0])] = centers[np.isnan(now[:, 0])]
        centers, before = now.astype(np.float32), codes
        codes = _nearest(rows, centers)
        if (codes == before).all():
            break
    return _measured(matrix, codes, len(centers))


def _measured(matrix: Matrix, codes: npt.NDArray[np.intp], k: int) -> Partition:
    centers = means(matrix, codes, k)
    sizes = np.bincount(codes, minlength=k)
    # the sum of squares within is all squares less those of the centers
    total = float(np.einsum("ij,ij->", matrix, matrix))
    within = total - float((sizes[:, None] * np.nan_to_num(centers) ** 2).sum())
    return Partition(codes, centers, max(within, 0.0))
