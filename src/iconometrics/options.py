"""Seeds, targets, options as plain JSON, keys of results, and columns asked for by name."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from iconometrics.errors import InputError
from iconometrics.wording import listed

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Target",
    "canonical",
    "check_target",
    "generator",
    "key",
    "need_columns",
    "plain",
    "several",
]

Target = Literal["corpus", "beyond"]
"""What figures are of: the images at hand, or further images like these."""


def check_target(target: str) -> None:
    """Refuse what is neither."""
    if target not in ("corpus", "beyond"):
        raise InputError(
            f"target={target!r}: expected 'corpus', for figures of these images alone, or "
            "'beyond', for those of further images like these."
        )


def generator(seed: int | np.random.Generator) -> np.random.Generator:
    """Make the random generator that a seed names."""
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed={seed!r}: expected a whole number, zero or more, such as seed=1.")
    return np.random.default_rng(int(seed))


def plain(value: Any, *, nan_as_text: bool = False) -> Any:
    """Turn a value into what JSON holds: mappings, lists, text, numbers, true, false and null.

    Sets are sorted, for they have no order. NaN and the infinities stay numbers, or become text
    where every reader of JSON must take them.
    """
    inner = partial(plain, nan_as_text=nan_as_text)
    if isinstance(value, Mapping):
        return {str(name): inner(item) for name, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(inner, value))
    if isinstance(value, list | tuple | range):
        return list(map(inner, value))
    if isinstance(value, np.ndarray | np.generic):
        return inner(value.tolist())
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and nan_as_text and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise InputError(f"option {value!r}: expected numbers, text, lists or mappings of them.")


def canonical(value: Any) -> Any:
    """Turn options into plain JSON values that compare equal when the options do."""
    return _sorted_by_name(plain(value))


def _sorted_by_name(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted_by_name(value[name]) for name in sorted(value)}
    return [_sorted_by_name(item) for item in value] if isinstance(value, list) else value


def key(*values: Any) -> str:
    """Name a result by what it was made from."""
    text = json.dumps(canonical(list(values)), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def several(names: str | Sequence[str] | None) -> tuple[str, ...]:
    """Take one name, several or none."""
    return (names,) if isinstance(names, str) else tuple(names or ())


def need_columns(
    table: pd.DataFrame, names: Iterable[str], *, what: str = "the data", expected: str = ""
) -> None:
    """Refuse a table that misses a column, naming what it has and what may have been meant."""
    missing = [name for name in names if name not in table]
    if not missing:
        return
    columns = [str(column) for column in table.columns]
    close = get_close_matches(str(missing[0]), columns, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    hint += f" Expected {expected}." if expected else ""
    raise InputError(
        f"no column {missing[0]!r} in {what}; there are {listed(columns, 12) or 'none'}.{hint}"
    )
