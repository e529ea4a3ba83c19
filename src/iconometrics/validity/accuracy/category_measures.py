"""What each measure of a category is a share of."""

from __future__ import annotations

import numpy as np

__all__ = ["MEASURES", "below", "right"]

MEASURES = ("sensitivity", "specificity", "precision", "f1", "npv", "prevalence")


def right(name: str, gold: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Say which images count above the line.

    Parameters
    ----------
    name
        One of `MEASURES`.
    gold, measured
        (n,) whether each image is of the category, and whether it was measured as it.

    Returns
    -------
    numpy.ndarray
        (n,) true and false.

    Examples
    --------
    >>> right("precision", np.array([True, False]), np.array([True, True])).tolist()
    [True, False]
    """
    if name == "prevalence":
        return gold
    found = ~gold & ~measured if name in ("specificity", "npv") else gold & measured
    return np.asarray(found)


def below(name: str, gold: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Say how much each image counts below the line.

    Parameters
    ----------
    name
        One of `MEASURES`.
    gold, measured
        (n,) whether each image is of the category, and whether it was measured as it.

    Returns
    -------
    numpy.ndarray
        (n,) 0 or 1; for F1 also 1/2, which makes it a share like the others.

    Examples
    --------
    >>> below("f1", np.array([True, False]), np.array([True, True])).tolist()
    [1.0, 0.5]
    """
    shares = {
        "sensitivity": gold,
        "specificity": ~gold,
        "precision": measured,
        "f1": (gold.astype(float) + measured) / 2,
        "npv": ~measured,
        "prevalence": np.ones(len(gold)),
    }
    return np.asarray(shares[name], dtype=float)
