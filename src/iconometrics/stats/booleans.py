"""Whether each unit is of a category, as truth values."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iconometrics.errors import InputError

__all__ = ["flags"]


def flags(values: ArrayLike) -> np.ndarray:
    """Read truth values; what is missing, text or another number would count as true."""
    units = np.asarray(values)
    missing = np.asarray(pd.isna(units))
    if missing.any():
        raise InputError(
            f"{int(missing.sum())} of {units.size} units have no truth value: leave them out, or "
            "code them first."
        )
    odd = _odd(units)
    if odd.any():
        first = units[odd].flat[0]
        met = repr(str(first)) if isinstance(first, str) else f"{first}"
        raise InputError(
            f"{met} in {int(odd.sum())} of {units.size} units: expected True or False, or 1 and 0. "
            f"Compare first, as in values == {met}."
        )
    return units.astype(bool)


def _odd(units: np.ndarray) -> np.ndarray:
    """Tell what is no truth value: text, even "0", which is as true as any word, or numbers."""
    if units.dtype.kind in "biuf":
        return ~np.isin(units, [0, 1])
    known = [not isinstance(unit, str) and unit in (0, 1) for unit in units.flat]
    return ~np.array(known, bool).reshape(units.shape)
