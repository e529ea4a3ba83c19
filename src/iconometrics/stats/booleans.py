"""Whether each unit is of a category, as truth values."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from iconometrics.errors import InputError

__all__ = ["flags"]


def flags(values: ArrayLike) -> np.ndarray:
    """Read truth values; one that is missing is refused, as it would count as true."""
    units = np.asarray(values)
    missing = np.asarray(pd.isna(units))
    if missing.any():
        raise InputError(
            f"{int(missing.sum())} of {units.size} units have no truth value: leave them out, or "
            "code them first."
        )
    return units.astype(bool)
