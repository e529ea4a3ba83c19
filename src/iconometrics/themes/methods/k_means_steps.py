"""K-means step by step: assign every image to the nearest center, move the centers, again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics import figures
from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.method import one_of
from iconometrics.themes.methods.lloyd import STARTS, random_assignments, starting_centers
from iconometrics.themes.partition import means, within_ss
from iconometrics.themes.preparation import Prepared, distinct, prepare

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Steps", "kmeans_steps"]

_ROUNDS = 1_000

Matrix = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Steps:
    """The iterations of k-means from one start to the end.

    Parameters
    ----------
    assignments
        (images, iterations) cluster of each image, 1 to k, by image id; column 0 is a start from
        assignments, if there was one.
    centers
        The centers that each assignment was made to: k rows by iteration (index: iteration,
        cluster), in the columns of `positions`.
    positions
        (images, axes) where the images lie for the clustering.

    Examples
    --------
    >>> from iconometrics import themes
    >>> data = pd.DataFrame({"x": [0, 1, 8, 9.]}, index=list("abcd"))
    >>> steps = themes.kmeans_steps(data, 2, seed=3)
    >>> float(steps.table()["within_ss"].iloc[-1])
    1.0
    """

    assignments: pd.DataFrame
    centers: pd.DataFrame
    positions: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """List the iterations.

        Returns
        -------
        pandas.DataFrame
            iteration, moved (images that changed their cluster), within_ss (around the means of
            the clusters), over_pairs (the objective as taught: for each cluster the squared
            distances of all ordered pairs, over its size; twice within_ss).
        """
        matrix = self.positions.to_numpy()
        rows = []
        before: pd.Series | None = None
        for iteration, codes in self.assignments.items():
            moved = len(codes) if before is None else int((codes != before).sum())
            around = within_ss(matrix, codes.to_numpy(np.intp))
            rows.append((iteration, moved, around, 2 * around))
            before = codes
        return pd.DataFrame(rows, columns=["iteration", "moved", "within_ss", "over_pairs"])

    def plot(self, most: int = 6) -> Figure:
        """Draw the iterations side by side, in the first two axes.

        Parameters
        ----------
        most
            Panels at most: the first ones and the last.

        Returns
        -------
        matplotlib.figure.Figure
        """
        rounds: list[int] = [int(iteration) for iteration in self.table()["iteration"]]
        table = dict(zip(rounds, self.table()["moved"].tolist(), strict=True))
        shown = list(table)
        shown = shown if len(shown) <= most else [*shown[: most - 1], shown[-1]]
        flat = self.positions.iloc[:, :2].to_numpy()
        flat = flat if flat.shape[1] == 2 else np.column_stack([flat, np.zeros(len(flat))])
        panels = {}
        for iteration in shown:
            codes = self.assignments.loc[:, iteration].to_numpy(np.intp) - 1
            centers = means(flat, codes, int(self.assignments.to_numpy().max()))
            panels[self._title(iteration, table)] = (flat, codes, centers)
        return figures.clusters(panels)

    def _title(self, iteration: int, moves: dict[int, int]) -> str:
        if iteration == 0:
            return "Start"
        moved = moves[iteration]
        if iteration == max(moves):
            return f"{iteration}: no image moves"
        return f"{iteration}: {moved} image{'s' * (moved != 1)} move{'s' * (moved == 1)}"


def kmeans_steps(
    data: pd.DataFrame,
    k: int,
    *,
    start: str | pd.Series | npt.NDArray[np.float64] = "random",
    seed: int = 1,
    standardize: bool = False,
    components: int | None = None,
) -> Steps:
    """Run k-means from one start and keep every iteration, to be looked at.

    Until no image moves: every image goes to the nearest center, every center to the mean of its
    images. A partition that comes from elsewhere is at an optimum if nothing moves from it.

    Parameters
    ----------
    data
        Features: one row per image, indexed by id, all numbers.
    k
        The number of themes.
    start
        "random": random assignments, as taught; "k-means++"; a cluster by image id; or centers
        (k, columns), in the units of the data where that is not standardized.
    seed
        Of the start.
    standardize, components
        As for `kmeans`; here the numbers are taken as they are, unless asked for.

    Returns
    -------
    Steps

    Raises
    ------
    InputError
        If the data has gaps, does not vary, or k or the start does not fit it.

    Notes
    -----
    Lloyd, S. (1982). Least squares quantization in PCM. IEEE Transactions on Information Theory
    28, 129-137.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, 1, 8, 9.]}, index=list("abcd"))
    >>> kmeans_steps(data, 2, start=pd.Series([1, 2, 1, 2], data.index)).assignments[0].tolist()
    [1, 2, 1, 2]
    """
    if standardize or components is not None or isinstance(start, str | pd.Series):
        prepared = prepare(data, standardize=standardize, components=components)
    else:
        prepared = prepare(data, standardize=False, components=None, centered=False)
    if not 1 < k <= distinct(prepared.matrix, k):
        raise InputError(
            f"k={k} with {len(data)} images: expected at least 2 clusters and no more than there "
            "are different images. Choose another k."
        )
    first, centers = _begun(prepared, k, start, seed)
    return _kept(prepared, first, *_iterated(prepared.matrix, centers))


def _kept(
    prepared: Prepared, first: Codes | None, rounds: list[Codes], places: list[Matrix]
) -> Steps:
    k = len(places[0])
    columns = ({0: first} if first is not None else {}) | dict(enumerate(rounds, start=1))
    axes = [f"axis_{number + 1}" for number in range(prepared.matrix.shape[1])]
    index = pd.MultiIndex.from_product(
        [range(1, len(places) + 1), range(1, k + 1)], names=["iteration", "cluster"]
    )
    return Steps(
        pd.DataFrame({name: codes + 1 for name, codes in columns.items()}, index=prepared.ids),
        pd.DataFrame(np.concatenate(places), index=index, columns=axes),
        pd.DataFrame(prepared.matrix, index=prepared.ids, columns=axes),
    )


def _begun(
    prepared: Prepared, k: int, start: str | pd.Series | Matrix, seed: int
) -> tuple[Codes | None, Matrix]:
    """Give the assignments that it starts from, if it does, and the first centers."""
    matrix = prepared.matrix
    if isinstance(start, pd.Series):
        codes = _given(start, prepared.ids, k)
        return codes, means(matrix, codes, k)
    if isinstance(start, str):
        one_of(STARTS, start=start)
        random = generator(seed)
        if start == "random":
            codes = random_assignments(len(matrix), k, random)
            return codes, means(matrix, codes, k)
        return None, starting_centers(matrix, k, start=start, random=random)
    centers = np.asarray(start, float)
    if centers.shape != (k, matrix.shape[1]):
        raise InputError(
            f"start: centers of shape {centers.shape}; expected ({k}, {matrix.shape[1]}), one row "
            "per cluster and one column per feature that varies."
        )
    return None, centers


def _given(start: pd.Series, ids: pd.Index, k: int) -> Codes:
    codes, names = pd.factorize(start.reindex(ids), sort=True)
    if (codes < 0).any() or len(names) != k:
        raise InputError(
            f"start: {len(names)} clusters for {int((codes >= 0).sum())} of {len(ids)} images; "
            f"expected {k} clusters and one for each image."
        )
    return codes.astype(np.intp)


def _iterated(matrix: Matrix, centers: Matrix) -> tuple[list[Codes], list[Matrix]]:
    from scipy.spatial.distance import cdist

    rounds: list[Codes] = []
    places: list[Matrix] = []
    for _ in range(_ROUNDS):
        rounds.append(cdist(matrix, centers, "sqeuclidean").argmin(axis=1))
        places.append(centers)
        if len(rounds) > 1 and (rounds[-1] == rounds[-2]).all():
            break
        moved = means(matrix, rounds[-1], len(centers))
        centers = np.where(np.isnan(moved), centers, moved)
    return rounds, places
