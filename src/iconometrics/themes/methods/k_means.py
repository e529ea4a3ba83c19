"""K-means: flat, hard, algorithmic (Zhang and Peng 2022 on images)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import warn
from iconometrics.themes.build import finish
from iconometrics.themes.method import Method, at_least_one, one_of
from iconometrics.themes.methods.cautions import cautions
from iconometrics.themes.methods.lloyd import STARTS, fit
from iconometrics.themes.methods.search import search
from iconometrics.themes.number.evidence import EVIDENCE
from iconometrics.themes.partition import Partition
from iconometrics.themes.preparation import prepare
from iconometrics.themes.themes import Themes

__all__ = ["kmeans", "method"]

_TRIED = 3

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

    Flat, hard and algorithmic. `Themes.criteria` tells what each criterion says, `stability`
    whether the themes are found again. Outliers and unequal spread are warned of.

    Parameters
    ----------
    data
        Features or an embedding: one row an image, indexed by id, all numbers.
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
    way = method(restarts=restarts, start=start)
    prepared = prepare(data, standardize=standardize, components=components)
    found = search(prepared.matrix, k, way, seed=seed, evidence=evidence)
    told = cautions(prepared.matrix, found.partition)
    for text in told:
        warn(text)
    return finish(data, prepared, found, method=way, seed=seed, cautions=told)


def method(*, restarts: int = 10, start: str = "k-means++") -> Method:
    """Make the clusterer."""
    one_of(STARTS, start=start)

    def partitions(
        matrix: Matrix, numbers: Sequence[int], seed: int, starts: int = restarts
    ) -> list[Partition]:
        return [fit(matrix, k, seed=seed, restarts=starts, start=start) for k in numbers]

    trial = partial(partitions, starts=min(restarts, _TRIED))
    return Method("k-means", partitions, {"restarts": restarts, "start": start}, trial)
