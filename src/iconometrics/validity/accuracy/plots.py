"""What an accuracy figure shows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.validity.accuracy.rates import Rate

__all__ = ["ranked", "rate_rows"]

_FEW = 5


def rate_rows(accuracy: Rate, classes: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """Choose the rows of a figure: accuracy, then sensitivity and precision, or F1 if many."""
    shown = {"sensitivity": "sensitivity", "precision": "precision"}
    if len(classes) > _FEW:
        shown = {"f1": "F1"}
    labels, values = ["accuracy"], [list(accuracy)]
    for category, row in classes.iterrows():
        for name, label in shown.items():
            labels.append(f"{category}: {label}")
            values.append([row[name], row[f"{name}_low"], row[f"{name}_high"]])
    return labels, np.array(values, dtype=float)


def ranked(areas: pd.DataFrame) -> pd.DataFrame:
    """Choose the ROC curves of a figure: the rarer of two categories, else the five largest."""
    if len(areas) == 2:
        return areas.sort_values("n", kind="stable").head(1)
    most = areas.sort_values("n", ascending=False, kind="stable").head(_FEW)
    return most.sort_values("auroc", ascending=False, kind="stable")
