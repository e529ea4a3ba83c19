"""K-means: flat, hard, algorithmic (Zhang and Peng 2022 on images)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import warn
from iconometrics.themes.method import Method, at_least_one, one_of
from iconometrics.themes.methods.clustering import finish, search
from iconometrics.themes.methods.lloyd import STARTS, fit
from iconometrics.themes.number.evidence import EVIDENCE
from iconometrics.themes.partition import Partition, closest_two
from iconometrics.themes.preparation import prepare
from iconometrics.themes.themes import Themes
from iconometrics.wording import count, number, percent

__all__ = ["kmeans", "method"]

_TRIED = 3
_FAR_SHARE = 0.02
_UNEQUAL = 3.0
_FEW = 5
_FEWEST = 10
_SINGLE = 0.005

Matrix = npt.NDArray[np.float64]


def kmeans(
    data: pd.DataFrame,
    k: int | Iterable[int] = range(2, 11),
    *,
    seed: int = 1,
    restarts: int = 10,
    start: str = "k-means++",
    standardize: bool = True,
    components: int | None = 50,
    evidence: Sequence[str] = EVIDENCE,
) -> Themes:
    """Find themes by k-means; of a range of k, take the number that the evidence recommends.

    Flat, hard and algorithmic. `Themes.criteria` explains what each criterion says, `stability`
    whether the themes are found again. Outliers and unequal spread are warned of.

    Parameters
    ----------
    data
        Features or an embedding: one row per image, indexed by id, all numbers.
    k
        The number of themes, or the numbers to try.
    seed
        Of the starts and of the subsamples.
    restarts
        How many starts; the best is taken.
    start
        "k-means++", or "random": random assignments, as taught.
    standardize
        Whether to standardize columns and give blocks of them (``color_``) equal weight.
    components
        Keep at most so many principal components; None keeps all columns.
    evidence
        What a range is judged by besides squares and silhouettes: "gap", "stability".

    Returns
    -------
    Themes
        Themes "1" to "k", the largest first.

    Raises
    ------
    InputError
        If the data has gaps, does not vary, or k does not fit it.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, .1, .2, 9, 9.1]}, index=list("abcde"))
    >>> kmeans(data, 2, seed=1).labels.tolist()
    ['1', '1', '1', '2', '2']
    """
    at_least_one(restarts=restarts, components=components)
    clusterer = method(restarts=restarts, start=start)
    prepared = prepare(data, standardize=standardize, components=components)
    clustering = search(prepared.matrix, k, clusterer, seed=seed, evidence=evidence)
    cautions = _cautions(prepared.matrix, clustering.partition)
    for text in cautions:
        warn(text)
    return finish(data, prepared, clustering, method=clusterer, seed=seed, cautions=cautions)


def method(*, restarts: int = 10, start: str = "k-means++") -> Method:
    """Make the clusterer."""
    one_of(STARTS, start=start)

    def partitions(
        matrix: Matrix, numbers: Sequence[int], seed: int, starts: int = restarts
    ) -> list[Partition]:
        return [fit(matrix, k, seed=seed, restarts=starts, start=start) for k in numbers]

    trial = partial(partitions, starts=min(restarts, _TRIED))
    return Method("k-means", partitions, {"restarts": restarts, "start": start}, trial)


def _cautions(matrix: Matrix, partition: Partition) -> list[str]:
    """Look for images far out and for themes of unequal spread."""
    distances = closest_two(matrix, partition)[0]
    texts = [_small(partition), _far(distances), _unequal(distances, partition)]
    return [text for text in texts if text]


def _small(partition: Partition) -> str:
    sizes = np.bincount(partition.codes)
    small = int((sizes < _SINGLE * len(partition.codes)).sum())
    if not small:
        return ""
    holds = "1 theme holds" if small == 1 else f"{count(small)} themes hold"
    return (
        f"{holds} fewer than one image in 200: images far from all others draw a center to "
        "themselves. Look at them, leave them out, or use themes.density"
    )


def _far(distances: Matrix) -> str:
    lower, upper = np.quantile(distances, [0.25, 0.75])
    far = distances > upper + 3 * (upper - lower)
    share = float(far.mean())
    if share <= _FAR_SHARE or far.sum() < _FEW:
        return ""
    return (
        f"{percent(share, 1)} of the images lie far from every center: k-means takes squares, so "
        "these draw centers to themselves. Look at them, or use themes.density"
    )


def _unequal(distances: Matrix, partition: Partition) -> str:
    codes = partition.codes
    sizes = np.bincount(codes)
    spreads = np.sqrt(np.bincount(codes, distances**2) / np.maximum(sizes, 1))
    spreads = spreads[(sizes >= _FEWEST) & (spreads > 0)]
    if len(spreads) < 2 or spreads.max() < _UNEQUAL * spreads.min():
        return ""
    ratio = number(spreads.max() / spreads.min(), 1)
    return (
        f"the widest theme is {ratio} times as wide as the narrowest: k-means expects equal "
        "spread, cuts wide groups and joins narrow ones. Compare with themes.mixture"
    )
