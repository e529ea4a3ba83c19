"""Weights of the corpus itself, whose images stand for unequal parts of what lies beyond."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iconometrics.errors import InputError
from iconometrics.options import Target
from iconometrics.stats import effective_n, survey_design
from iconometrics.wording import counted, listed

__all__ = ["check_weighted", "corpus_weights", "worth_note"]


def check_weighted(weights: str | None, target: Target | str) -> None:
    """Refuse weights where nothing lies beyond the corpus."""
    if weights is not None and target == "corpus":
        raise InputError(
            f"weights={weights!r} with target='corpus': weights say how much of what lies beyond "
            "the corpus each image stands for. Use target='beyond', or leave weights= out."
        )


def corpus_weights(column: pd.Series, name: str) -> np.ndarray:
    """Read weights as multiples of their mean; refuse what is none."""
    weight = pd.to_numeric(column, errors="coerce").to_numpy(float)
    bad = ~(np.isfinite(weight) & (weight > 0))
    if bad.any():
        value = "missing" if pd.isna(column[bad].iloc[0]) else column[bad].iloc[0]
        raise InputError(
            f"weights={name!r} is {value} in {counted(int(bad.sum()), 'row')} "
            f"({listed(column.index[bad])}): expected how many images of the whole each stands "
            "for, a number above 0, such as one over the probability with which it was sampled. "
            "Leave out rows that stand for nothing."
        )
    return np.asarray(weight / weight.mean())


def worth_note(weight: np.ndarray, name: str) -> str:
    """Say how many images of equal weight carry as much."""
    worth = effective_n(survey_design(weight))
    return (
        f"Each row stands for as many of the whole as {name} says: {len(weight):,} rows, worth "
        f"{worth:,.0f} of equal weight (Kish)."
    )
