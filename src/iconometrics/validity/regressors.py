"""Columns of a table as numbers that errors are regressed on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import need_columns
from iconometrics.stats.categories import base_note, indicators, ordered
from iconometrics.stats.linear import standardized
from iconometrics.wording import counted, listed, with_ids

__all__ = ["regressors"]


def regressors(
    data: pd.DataFrame, columns: Sequence[str], *, images: pd.Series
) -> tuple[pd.DataFrame, dict[str, str], np.ndarray, tuple[str, ...]]:
    """Take columns of a table as terms of a regression."""
    if isinstance(columns, str) or not len(columns):
        raise InputError(f"columns={columns!r}: expected a list of columns, such as ['party'].")
    need_columns(data, columns)
    if data.index.has_duplicates:
        raise InputError("the data names images twice: expected one row per image.")
    table = with_ids(data.loc[:, list(columns)])
    table = table.reindex(images.array)
    numbers = table.select_dtypes("number").replace([np.inf, -np.inf], np.nan)
    table[numbers.columns] = numbers
    kept = table.notna().all(axis=1).to_numpy()
    if not kept.any():
        raise InputError(f"no gold image has a value in all of {listed(columns, 8)}.")
    table = table[kept].reset_index(drop=True)
    terms: dict[str, np.ndarray] = {}
    of_column: dict[str, str] = {}
    bases: list[str] = []
    for name in columns:
        own, base = _terms(table[name], name)
        terms |= own
        of_column |= dict.fromkeys(own, name)
        bases += [f"{base_note(name, base)}."] if base else []
    frame = pd.DataFrame(terms)
    matrix = standardized(np.column_stack([np.ones(len(frame)), frame])).X
    if np.linalg.matrix_rank(matrix) <= len(frame.columns):
        raise InputError(
            f"the columns {listed(columns, 8)} say the same thing twice among the "
            f"{counted(len(frame), 'gold image')}: leave one out."
        )
    gone = int((~kept).sum())
    gap = f"{counted(gone, 'gold image')} without a value in {listed(columns, 8)}: left out."
    return frame, of_column, kept, (*([gap] if gone else []), *bases)


def _terms(values: pd.Series, name: str) -> tuple[dict[str, np.ndarray], str]:
    """Make the terms of one column, and name the category that the others are compared with."""
    if values.nunique() < 2:
        raise InputError(
            f"{name!r} is {values.iloc[0]!r} for all gold images: nothing can depend on it."
        )
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return {f"{name}, + 1 sd": values.to_numpy(dtype=float) / float(values.std())}, ""
    base, *others = ordered(values).cat.categories
    columns = indicators(ordered(values), others).T
    terms = {f"{name} = {kind}": own for kind, own in zip(others, columns, strict=True)}
    return terms, str(base)
