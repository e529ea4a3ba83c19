"""K-means with a given number of themes, or with the best of a range of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.building import Found, build
from iconometrics.themes.choice import choose, compare
from iconometrics.themes.partition import Partition, fit
from iconometrics.themes.preparation import distinct, prepare
from iconometrics.themes.result import Themes

__all__ = ["kmeans"]

Matrix = npt.NDArray[np.float64]
Find = Callable[[Matrix, int], Partition]

_SILHOUETTE_ROWS = 3_000
_SEARCH_ABOVE = 20_000
_SEARCH_ROWS = 10_000


def kmeans(
    data: pd.DataFrame,
    k: int | Iterable[int] = range(2, 11),
    *,
    seed: int = 1,
    restarts: int = 10,
    standardize: bool = True,
    components: int | None = 50,
) -> Themes:
    """Find themes by k-means; with a range of k, choose the number by the silhouette.

    The silhouette is computed on at most 3,000 images; above 20,000 images the range is searched
    on 10,000 of them and the chosen number fitted to all. The order of the rows plays no role.

    Parameters
    ----------
    data
        Features or an embedding: one row an image, indexed by id, all numbers.
    k
        The number of themes, or the numbers to try.
    seed
        Of the starts and of the subsamples.
    restarts
        How many starts (k-means++); the one with the least sum of squares is taken.
    standardize
        Whether to standardize columns and give blocks of them (``color_``, ``hog_``) equal
        weight, however many columns they have; False takes the numbers as they are.
    components
        Keep at most so many principal components; None keeps all columns.

    Returns
    -------
    Themes
        Themes "1" to "k", the largest first.

    Raises
    ------
    InputError
        If the data has gaps, does not vary, or k does not fit it.

    Notes
    -----
    Zhang, H. & Peng, Y. (2022). Image clustering: an unsupervised approach to categorize visual
    data in social science research. Sociological Methods & Research.

    Examples
    --------
    >>> data = pd.DataFrame({"x": [0, .1, .2, 9, 9.1]}, index=list("abcde"))
    >>> kmeans(data, 2, seed=1).labels.tolist()
    ['1', '1', '1', '2', '2']
    """
    _check_counts(restarts=restarts, components=components)
    random = generator(seed)
    prepared = prepare(data, standardize=standardize, components=components)
    found = _search(prepared.matrix, k, partial(fit, seed=seed, restarts=restarts), random)
    settings = {"method": "k-means", "seed": seed, "restarts": restarts, **found.settings}
    return build(data, prepared, found._replace(settings=settings))


def _search(
    matrix: Matrix, k: int | Iterable[int], find: Find, random: np.random.Generator
) -> Found:
    if isinstance(k, int | np.integer):
        return _one(matrix, int(k), find, random)
    return _best(matrix, k, find, random)


def _one(matrix: Matrix, k: int, find: Find, random: np.random.Generator) -> Found:
    """Fit the number that was given."""
    most = distinct(matrix, k)
    if not 2 <= k <= most:
        raise InputError(
            f"k={k} with {len(matrix)} images{_of_which(most, matrix)}: expected at least 2 themes "
            "and at most as many as there are different images. Choose another k."
        )
    partition = find(matrix, k)
    rows = _some(random, len(matrix), _SILHOUETTE_ROWS)
    selection = compare(matrix, [k], fit=lambda *_: partition, rows=rows).assign(chosen=True)
    settings = {"k": k, "searched_on": len(matrix), "silhouette_on": len(rows)}
    return Found(partition, selection, f"k = {k} was given.", settings)


def _best(matrix: Matrix, k: Iterable[int], find: Find, random: np.random.Generator) -> Found:
    """Try each number, on a part of very many images, and fit the best to all."""
    large = len(matrix) > _SEARCH_ABOVE
    part = matrix[_some(random, len(matrix), _SEARCH_ROWS)] if large else matrix
    numbers, left_out = _numbers(k, part)
    rows = _some(random, len(part), _SILHOUETTE_ROWS)
    selection = compare(part, [1, *numbers], fit=find, rows=rows)
    chosen, reason = choose(selection)
    selection["chosen"] = selection["k"] == chosen
    settings = {"k": chosen, "searched_on": len(part), "silhouette_on": len(rows)}
    return Found(find(matrix, chosen), selection, reason + left_out, settings)


def _numbers(k: Iterable[int], matrix: Matrix) -> tuple[list[int], str]:
    """Check the numbers to try; those beyond what the images allow are left out and told."""
    asked = sorted({int(number) for number in k})
    if not asked or asked[0] < 1:
        raise InputError(f"k={asked}: expected numbers of themes such as range(2, 11).")
    different = distinct(matrix, asked[-1] + 1)
    most = min(different, len(matrix) - 1)
    possible = [number for number in asked if 2 <= number <= most]
    if not possible:
        raise InputError(
            f"k={asked} with {len(matrix)} images{_of_which(different, matrix)}: no number of "
            f"themes from 2 to {most} is among them. Add images or try other numbers."
        )
    if possible[-1] == asked[-1]:
        return possible, ""
    return possible, f" k above {most} was not tried: there are too few different images."


def _of_which(different: int, matrix: Matrix) -> str:
    return f", of which {different} differ" if different < len(matrix) else ""


def _some(random: np.random.Generator, n: int, most: int) -> npt.NDArray[np.intp]:
    if n <= most:
        return np.arange(n)
    return np.sort(random.choice(n, most, replace=False))


def _check_counts(**counts: int | None) -> None:
    for name, value in counts.items():
        if value is not None and value < 1:
            raise InputError(f"{name}={value}: expected a whole number, at least 1.")
