"""Seeds, and keys that name a result by its inputs and options."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from iconometrics.errors import InputError

__all__ = ["canonical", "generator", "key"]


def generator(seed: int | np.random.Generator) -> np.random.Generator:
    """Make the random generator that a seed names."""
    if isinstance(seed, np.random.Generator):
        return seed
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed={seed!r}: expected a whole number, zero or more, such as seed=1.")
    return np.random.default_rng(int(seed))


def canonical(value: Any) -> Any:
    """Turn options into plain JSON values that compare equal when the options do."""
    if isinstance(value, Mapping):
        return {str(name): canonical(value[name]) for name in sorted(value, key=str)}
    if isinstance(value, set | frozenset):
        return sorted(canonical(item) for item in value)
    if isinstance(value, list | tuple | range):
        return [canonical(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return canonical(value.tolist())
    if isinstance(value, PurePath):
        return value.as_posix()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise InputError(f"option {value!r}: expected numbers, text, lists or mappings of them.")


def key(*values: Any) -> str:
    """Name a result by what it was made from."""
    text = json.dumps(canonical(list(values)), ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
