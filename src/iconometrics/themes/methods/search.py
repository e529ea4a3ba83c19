"""From a method and a number of themes, or numbers to try, to the clusters found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from iconometrics.errors import InputError
from iconometrics.options import generator
from iconometrics.themes.build import Found
from iconometrics.themes.method import Method
from iconometrics.themes.number.choice import choose
from iconometrics.themes.number.evidence import (
    EVIDENCE,
    SILHOUETTE_ROWS,
    collect,
    measure,
    subsample,
)
from iconometrics.themes.preparation import distinct

__all__ = ["search"]

Matrix = npt.NDArray[np.float64]

_SEARCH_ABOVE = 20_000
_SEARCH_ROWS = 10_000


def search(
    matrix: Matrix,
    k: int | Iterable[int],
    method: Method,
    *,
    seed: int,
    evidence: Sequence[str] = EVIDENCE,
) -> Found:
    """Fit the number of themes that was given, or the one that a range recommends."""
    if isinstance(k, int | np.integer):
        return _one(matrix, int(k), method, seed)
    return _best(matrix, k, method, seed=seed, evidence=evidence)


def _one(matrix: Matrix, k: int, method: Method, seed: int) -> Found:
    most = distinct(matrix, k)
    if not 2 <= k <= most:
        raise InputError(
            f"k={k} with {len(matrix)} images{_of_which(most, matrix)}: expected at least 2 themes "
            "and at most as many as there are different images. Choose another k."
        )
    partition = method.one(matrix, k, seed=seed)
    rows = subsample(generator(seed), len(matrix), SILHOUETTE_ROWS)
    selection = measure(matrix, [partition], rows=rows)[1:].reset_index(drop=True)
    settings = {"k": k, "searched_on": len(matrix), "silhouette_on": len(rows)}
    return Found(partition, selection.assign(chosen=True), f"k = {k} was given.", settings)


def _best(
    matrix: Matrix, k: Iterable[int], method: Method, *, seed: int, evidence: Sequence[str]
) -> Found:
    part = matrix
    if len(matrix) > _SEARCH_ABOVE:
        part = matrix[subsample(generator(seed), len(matrix), _SEARCH_ROWS)]
    numbers, left_out = _numbers(k, part)
    selection = collect(part, numbers, method=method, seed=seed, evidence=evidence)
    chosen, reason = choose(selection)
    selection["chosen"] = selection["k"] == chosen
    on = min(len(part), SILHOUETTE_ROWS)
    settings = {"k": chosen, "searched_on": len(part), "silhouette_on": on}
    return Found(method.one(matrix, chosen, seed=seed), selection, reason + left_out, settings)


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
