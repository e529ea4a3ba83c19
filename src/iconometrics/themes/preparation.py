"""What a table of features becomes before it is clustered: blocks of equal weight, fewer axes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.wording import counted, listed

__all__ = ["Placement", "Prepared", "distinct", "prepare"]

_ROWS = 8192
_COLUMNS = 32
_ROUNDING = 1e-6


class Placement(NamedTuple):
    """How columns became axes, to bring further images into the same space."""

    columns: list[Any]
    means: npt.NDArray[np.float64]
    scales: npt.NDArray[np.float64]
    axes: npt.NDArray[np.float64] | None

    def matrix(self, data: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Give the rows of further images."""
        rows = ((_numbers(data[self.columns]) - self.means) * self.scales)[:, self.scales > 0]
        return rows if self.axes is None else rows @ self.axes


@dataclass(frozen=True, eq=False)
class Prepared:
    """A matrix ready for clustering, rows in the order of their ids."""

    matrix: npt.NDArray[np.float64]
    ids: pd.Index
    settings: dict[str, Any]
    placement: Placement

    def with_matrix(self, matrix: npt.NDArray[np.float64]) -> Prepared:
        """Put another matrix of the same rows in its place."""
        return replace(self, matrix=matrix)


def prepare(
    data: pd.DataFrame, *, standardize: bool, components: int | None, centered: bool = True
) -> Prepared:
    """Bring a table of features to a matrix in which Euclidean distance makes sense."""
    _check_rows(data)
    order = np.argsort(data.index.astype(str).to_numpy(str), kind="stable")
    names = [str(name) for name in data.columns]
    matrix, means, spreads = _columns(data, order, centered=centered)
    varies = spreads > 0
    if not varies.any():
        raise InputError(
            f"{listed(names)}: constant in all {len(data)} images; expected at least one column "
            "that varies. Add features, or check that the images differ."
        )
    scales = _weights(names, spreads) if standardize else varies.astype(np.float32)
    if standardize:
        matrix *= scales
    settings: dict[str, Any] = {
        "standardized": standardize,
        "images": len(data),
        "columns": int(varies.sum()),
        "constant": [name for name, kept in zip(names, varies, strict=True) if not kept],
        "blocks": _blocks(names, spreads),
    }
    reduced, axes, reduction = _reduced(_kept(matrix, varies), components)
    placement = Placement(list(data.columns), means, scales.astype(float), axes)
    return Prepared(reduced, data.index[order], settings | reduction, placement)


def distinct(matrix: npt.NDArray[np.float64], enough: int) -> int:
    """Count different rows, but no further than needed."""
    seen: set[bytes] = set()
    for row in matrix:
        seen.add((row + 0.0).tobytes())
        if len(seen) >= enough:
            break
    return len(seen)


def _check_rows(data: pd.DataFrame) -> None:
    if data.shape[0] < 2 or not data.shape[1]:
        raise InputError(
            f"a table of {counted(data.shape[0], 'image')} and {counted(data.shape[1], 'column')}: "
            "expected at least two images and one column to find themes in. Extract features of "
            "more images."
        )
    twice = data.index[data.index.duplicated()]
    if len(twice):
        raise InputError(
            f"image {twice[0]!r} has more than one row: expected one row per image. Average the "
            "rows (corpus.aggregate) or keep one of them."
        )


def _columns(
    data: pd.DataFrame, order: npt.NDArray[np.intp], *, centered: bool
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Center columns in double precision, some at a time; return centers and deviations."""
    matrix = np.empty(data.shape, np.float32)
    centers, spreads = np.zeros(data.shape[1]), np.empty(data.shape[1])
    for start in range(0, data.shape[1], _COLUMNS):
        part = data.iloc[:, start : start + _COLUMNS]
        values = _numbers(part)[order]
        means = values.mean(axis=0)
        spread = values.std(axis=0)
        spread[spread <= _ROUNDING * np.abs(means)] = 0
        if centered:
            values -= means
            centers[start : start + _COLUMNS] = means
        spreads[start : start + _COLUMNS] = spread
        matrix[:, start : start + _COLUMNS] = values
    return matrix, centers, spreads


def _kept(
    matrix: npt.NDArray[np.float32], varies: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float32]:
    """Move the columns that vary to the left, in place: a copy would take as much memory again."""
    for place, column in enumerate(np.flatnonzero(varies)):
        if place != column:
            matrix[:, place] = matrix[:, column]
    return matrix[:, : int(varies.sum())]


def _numbers(data: pd.DataFrame) -> npt.NDArray[np.float64]:
    for name, kind in data.dtypes.items():
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind)):
            raise InputError(
                f"column {name!r} holds {kind}, not numbers: expected numeric features only. "
                "Leave it out, or code it as 0 and 1 (pandas.get_dummies)."
            )
    values = data.to_numpy(np.float64, na_value=np.nan)
    gaps = ~np.isfinite(values)
    for name, gap in zip(data.columns, gaps.T, strict=True):
        if gap.any():
            raise InputError(
                f"column {name!r}: {int(gap.sum())} of {len(data)} values missing or infinite, "
                f"the first in image {data.index[int(gap.argmax())]!r}; expected a number "
                "everywhere. Leave out these images (data.dropna()) or this column."
            )
    return values


def _chunks(matrix: npt.NDArray[np.float32]) -> Iterator[npt.NDArray[np.float64]]:
    for start in range(0, len(matrix), _ROWS):
        yield matrix[start : start + _ROWS].astype(np.float64)


def _blocks(names: list[str], spreads: npt.NDArray[np.float64]) -> dict[str, int]:
    kept = [name.split("_")[0] for name, spread in zip(names, spreads, strict=True) if spread]
    return {block: kept.count(block) for block in dict.fromkeys(kept)}


def _weights(names: list[str], spreads: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    sizes = _blocks(names, spreads)
    roots = np.sqrt([sizes.get(name.split("_")[0], 1) for name in names])
    scales = np.where(spreads > 0, spreads * roots, np.inf)
    return (1 / scales).astype(np.float32)


def _reduced(
    matrix: npt.NDArray[np.float32], components: int | None
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64] | None, dict[str, Any]]:
    """Project on the leading principal components where there are more columns than wanted."""
    columns = matrix.shape[1]
    if components is None or columns <= components:
        return matrix.astype(np.float64), None, {"components": None, "variance_kept": 1.0}
    covariance = sum(chunk.T @ chunk for chunk in _chunks(matrix))
    values, vectors = np.linalg.eigh(np.asarray(covariance))
    axes = vectors[:, ::-1][:, :components]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(components)])
    projected = np.concatenate([chunk @ axes for chunk in _chunks(matrix)])
    kept = float(values[::-1][:components].sum() / values.sum())
    return projected, axes, {"components": components, "variance_kept": round(kept, 4)}
