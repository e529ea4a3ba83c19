"""Class probabilities: from images x categories to one row an image and category."""

from __future__ import annotations

import pandas as pd

from iconometrics.coding.schema import PROBABILITY_COLUMNS
from iconometrics.wording import as_text

__all__ = ["long_probabilities"]


def long_probabilities(probabilities: pd.DataFrame | None, variable: str) -> pd.DataFrame | None:
    """Bring class probabilities of one variable into the long form."""
    if probabilities is None:
        return None
    if set(PROBABILITY_COLUMNS) <= set(probabilities.columns):
        return probabilities[list(PROBABILITY_COLUMNS)].reset_index(drop=True)
    images = as_text(probabilities.index.to_series())
    categories = as_text(probabilities.columns.to_series())
    return pd.DataFrame(
        {
            "image": images.to_numpy().repeat(len(categories)),
            "variable": variable,
            "category": list(categories) * len(images),
            "probability": probabilities.to_numpy(dtype="float64").ravel(),
        }
    ).astype({"image": "str", "variable": "str", "category": "str"})
