"""What a user means by rows (ids, true and false, a rule) and by values (a column, a Series)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iconometrics.corpus.rules import decide
from iconometrics.corpus.schema import text_index
from iconometrics.errors import InputError
from iconometrics.wording import counted, listed

__all__ = ["positions", "values_of"]


def positions(which: Any, ids: pd.Index, columns: pd.DataFrame) -> NDArray[np.int64]:
    """Turn a selection into positions."""
    if isinstance(which, str):
        return np.flatnonzero(decide(which, columns))
    if isinstance(which, pd.Series) and _is_true_or_false(which):
        chosen = which.set_axis(text_index(which.index)).astype("boolean").fillna(False)
        if not chosen.index.equals(ids):
            _require_known(chosen.index, ids)
            chosen = chosen.reindex(ids, fill_value=False)
        return np.flatnonzero(chosen)
    values = pd.Index(which) if isinstance(which, Sequence | np.ndarray) else pd.Index(list(which))
    if values.dtype == "bool" or (len(values) and values.inferred_type == "boolean"):
        if len(values) != len(ids):
            raise InputError(
                f"{len(values):,} true or false values for {counted(len(ids), 'image')}."
            )
        return np.flatnonzero(values.to_numpy(dtype=bool))
    wanted = text_index(values)
    at = ids.get_indexer(wanted).astype(np.int64)
    if (at < 0).any():
        _require_known(wanted, ids)
    return at


def values_of(which: Any, what: str, *, columns: pd.DataFrame) -> pd.Series:
    """Take a column by name, or values that were given, one per image."""
    if isinstance(which, str):
        if which not in columns:
            raise InputError(
                f"{what}={which!r} is not a column; there are {listed(columns.columns, 12)}."
            )
        return columns[which]
    if isinstance(which, pd.Series):
        values = which.set_axis(text_index(which.index))
        missing = columns.index[~columns.index.isin(values.index)]
        if len(missing) or not values.index.is_unique:
            raise InputError(
                f"{what}= must have one value for each image, by id; none for "
                f"{counted(len(missing), 'image')} ({listed(missing, 3)})."
            )
        return values.reindex(columns.index)
    if len(which) != len(columns):
        raise InputError(
            f"{what}= has {counted(len(which), 'value')} for {counted(len(columns), 'image')}."
        )
    return pd.Series(list(which), index=columns.index)


def _is_true_or_false(which: pd.Series) -> bool:
    """Missing values make objects of booleans; their ids count all the same."""
    if which.dtype == object:
        return pd.api.types.infer_dtype(which) == "boolean"
    return pd.api.types.is_bool_dtype(which.dtype)


def _require_known(wanted: pd.Index, ids: pd.Index) -> None:
    unknown = wanted[~wanted.isin(ids)]
    if len(unknown):
        raise InputError(
            f"{counted(len(unknown), 'id')} not in the corpus: {listed(map(repr, unknown))}; its "
            f"ids are text such as {listed(map(repr, ids[:2])) or 'none: it is empty'}."
        )
