"""What each measure of a category is a share of."""

from __future__ import annotations

import numpy as np

__all__ = ["MEASURES", "below", "right"]

MEASURES = ("sensitivity", "specificity", "precision", "f1", "npv", "prevalence")


def right(name: str, gold: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Say which images count above the line."""
    if name == "prevalence":
        return gold
    found = ~gold & ~measured if name in ("specificity", "npv") else gold & measured
    return np.asarray(found)


def below(name: str, gold: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Say how much each image counts below the line."""
    shares = {
        "sensitivity": gold,
        "specificity": ~gold,
        "precision": measured,
        "f1": (gold.astype(float) + measured) / 2,
        "npv": ~measured,
        "prevalence": np.ones(len(gold)),
    }
    return np.asarray(shares[name], dtype=float)
